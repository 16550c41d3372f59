// The headers of every answer, worked out once: pages that run no script, tell nobody where the visitor comes from,
// and are kept by no cache.
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import helmet from 'helmet'

/** Header names and values, ready for `writeHead`. */
export type Headers = Readonly<Record<string, string>>

export type HeaderSets = {
  /** For every page; pages hold names and are about one person. */
  page: Headers
  /** For what never changes under its address: the stylesheet, the icon. */
  lasting: Headers
  /** For machines: health and metrics. */
  machine: Headers
}

/** Works the headers out. `isHttps`: the world reaches Usher by https, so browsers may insist on it. */
export function buildHeaders({ isHttps }: { isHttps: boolean }): HeaderSets {
  const secure = helmetHeaders(isHttps)
  const unseen = { 'X-Robots-Tag': 'noindex, nofollow' }
  const page = { ...secure, ...unseen, 'Cache-Control': 'no-store', 'Content-Type': 'text/html; charset=utf-8' }
  return {
    page,
    lasting: { ...secure, 'Cache-Control': 'public, max-age=31536000, immutable' },
    machine: { ...secure, ...unseen, 'Cache-Control': 'no-store' },
  }
}

// Helmet sets the same headers on each answer, so one answer that goes nowhere is enough to learn them.
function helmetHeaders(isHttps: boolean): Headers {
  const response = new ServerResponse(new IncomingMessage(new Socket()))
  const harden = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
    },
    // Our own forms show their origin by it (guards.ts); other sites learn nothing, not even the host.
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    // Other services under the same domain are not ours to decide about.
    strictTransportSecurity: isHttps && { maxAge: 31_536_000, includeSubDomains: false },
  })
  harden(response.req, response, () => {})
  return Object.fromEntries(
    response.getHeaderNames().map((name) => [capitalised(name), String(response.getHeader(name))]),
  )
}

function capitalised(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
}
