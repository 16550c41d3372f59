// Serves the sandbox's browser page: the plain files in ./public, read when they are asked for, no build.
import { createReadStream, statSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join } from 'node:path'

const PUBLIC_FOLDER = join(import.meta.dirname, 'public')

const CONTENT_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

const HEADERS = {
  // Pictures in messages come from anywhere; everything else is ours. The frame is a mail, served by the mailbox.
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https: http:; connect-src 'self'; " +
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cache-control': 'no-cache',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/**
 * Answers a GET or HEAD for a file of the page; the app has taken `/sandbox` off the path, so the page itself is `/`.
 * Returns false, with nothing answered, when the path is no file of the page.
 */
export function servePage(req: IncomingMessage, res: ServerResponse): boolean {
  if (req.method !== 'GET' && req.method !== 'HEAD') return false
  const path = (req.url ?? '/').split('?')[0] ?? '/'
  const name = path === '/' || path === '' ? 'index.html' : path.slice(1)
  // One folder, no subfolders, no dots but the extension's: nothing outside the folder can be named.
  if (!/^[a-z0-9-]+\.[a-z]+$/.test(name)) return false
  const type = CONTENT_TYPES[extname(name)]
  const file = join(PUBLIC_FOLDER, name)
  const stats = type === undefined ? undefined : statSync(file, { throwIfNoEntry: false })
  if (type === undefined || stats === undefined || !stats.isFile()) return false
  res.writeHead(200, { ...HEADERS, 'content-type': type, 'content-length': stats.size })
  if (req.method === 'HEAD') res.end()
  else
    createReadStream(file)
      .on('error', () => res.destroy())
      .pipe(res)
  return true
}
