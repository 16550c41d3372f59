// Reading a request's body, up to a limit.
import type { IncomingMessage } from 'node:http'

export class BodyTooLarge extends Error {}

/**
 * The whole body.
 * @param limit bytes; throws BodyTooLarge beyond it
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > limit) throw new BodyTooLarge(`more than ${limit} bytes`)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}
