// How every answer of the web door leaves: whole, with its length, and with headers that were worked out before.
import type { Request, Response } from 'express'
import type { Html } from '../html.ts'
import type { Headers } from './headers.ts'

/** Of one answer; a list where a header stands there several times. */
export type MoreHeaders = Readonly<Record<string, string | string[]>>

/** Sends a body. `more`: headers of this answer alone. To HEAD, Node sends the headers only. */
export function answer(
  response: Response,
  {
    status,
    headers,
    body,
    more,
  }: { status: number; headers: Headers; body: Html | string | Buffer; more?: MoreHeaders },
): void {
  const text = Buffer.isBuffer(body) ? body : body.toString()
  response.writeHead(status, { ...headers, ...more, 'Content-Length': String(Buffer.byteLength(text)) })
  response.end(text)
}

/** An IPv4 client of a server that listens on both kinds of address is still an IPv4 client. */
export function clientAddress({ ip }: Pick<Request, 'ip'>): string {
  return ip?.replace(/^::ffff:(?=\d+\.)/, '') ?? 'unknown'
}
