// Who may read the sandbox's mails and text messages: pages of this machine only. They carry links and codes, and a
// foreign web site could otherwise reach them through a name that points to 127.0.0.1.
import type { IncomingMessage, ServerResponse } from 'node:http'

const LOOPBACK = /^(localhost|[a-z0-9-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i

/** Says whether a request names this machine as its host and comes from no foreign page. */
export function isLocalRequest(req: IncomingMessage): boolean {
  const host = req.headers.host ?? ''
  if (!LOOPBACK.test(host)) return false
  const origin = req.headers.origin
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) return false
  const site = req.headers['sec-fetch-site']
  return site === undefined || site === 'same-origin' || site === 'none'
}

/** Answers with JSON that no cache keeps. */
export function sendJson(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
  res.end(JSON.stringify(body))
}

/** Answers that the request came from elsewhere. */
export function refuseForeign(res: ServerResponse): void {
  sendJson(res, 403, {
    error: 'The sandbox can only be used from this computer, at http://localhost or http://127.0.0.1.',
  })
}
