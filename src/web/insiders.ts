// Who may see how Usher is doing inside: programs on this machine, and whoever shows the token of METRICS_TOKEN.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Request } from 'express'

type Asking = Pick<Request, 'headers'> & { socket: { remoteAddress?: string | undefined } }

/** What proxies write into requests that they pass on: whoever stands behind them is not on this machine. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via']

/** Makes the check. It looks at the connection itself: what a header claims lets nobody in. */
export function createInsiderCheck(token: string | undefined): (request: Asking) => boolean {
  const expected = token === undefined ? undefined : hash(token)
  return (request) => {
    const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
    if (expected && given !== undefined && timingSafeEqual(hash(given), expected)) return true
    return isLoopback(request.socket.remoteAddress) && FORWARDED.every((name) => request.headers[name] === undefined)
  }
}

function isLoopback(address = ''): boolean {
  return address === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(address)
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
