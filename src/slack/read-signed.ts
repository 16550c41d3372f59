// Before Bolt sees a request by HTTP: without a signature and a time its body isn't read, and nobody's is beyond 512 kB.
// Refusals are counted: strangers cause one line a minute in the log, and no more.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { countByTheMinute } from '../by-the-minute.ts'
import type { Log } from '../collaborators.ts'

/** Slack's own rule: a request is refused when its time is more than five minutes away, on either side. */
const MOST_SKEW_SECONDS = 300
/** More than Slack sends. */
const LONGEST_BODY = 512 * 1024
const REFUSALS = {
  unsigned: { status: 401, text: 'This address is for Slack, which signs its requests.\n' },
  wrongTime: { status: 401, text: 'The time of this request is more than five minutes away. Check the clock.\n' },
  wrongSignature: { status: 401, text: 'The signature of this request is wrong. Check the signing secret.\n' },
  tooLong: { status: 413, text: 'A request to this address can be at most 512 kB long.\n' },
}

/** Bolt takes a body that was read before it from `rawBody`, and checks its signature once more. */
type SlackRequest = IncomingMessage & { rawBody?: Buffer }
type Handler = (request: SlackRequest, response: ServerResponse, next: (error?: unknown) => void) => void

/** Makes the handler, to be put before Bolt's. It lets those go on whose signature and time are right, their body read. */
export function readSigned({ signingSecret, now, log }: { signingSecret: string; now: () => Date; log: Log }): Handler {
  const count = countByTheMinute((refused) => log.warn({ refused }, 'Requests that Slack did not send were refused'))

  function refuse(response: ServerResponse, kind: keyof typeof REFUSALS): void {
    count(kind)
    const { status, text } = REFUSALS[kind]
    // Node passes over the rest of the body. If the connection closed at once, a client that still sends would often miss the answer.
    response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(text)
  }

  async function take(request: SlackRequest, response: ServerResponse, next: Parameters<Handler>[2]): Promise<void> {
    const { 'x-slack-signature': signature, 'x-slack-request-timestamp': time } = request.headers
    if (typeof signature !== 'string' || typeof time !== 'string') return refuse(response, 'unsigned')
    if (!isNow(time, now())) return refuse(response, 'wrongTime')
    if (Number(request.headers['content-length'] ?? 0) > LONGEST_BODY) return refuse(response, 'tooLong')
    const body = await readBody(request)
    if (body === 'gone') return
    if (body === 'tooLong') return refuse(response, 'tooLong')
    if (!isSigned(body, { signature, time, signingSecret })) return refuse(response, 'wrongSignature')
    request.rawBody = body
    next()
  }

  return (request, response, next) => void take(request, response, next).catch(next)
}

function isNow(time: string, now: Date): boolean {
  return Math.abs(now.getTime() / 1000 - Number(time)) <= MOST_SKEW_SECONDS
}

function isSigned(
  body: Buffer,
  { signature, time, signingSecret }: { signature: string; time: string; signingSecret: string },
): boolean {
  const hash = createHmac('sha256', signingSecret).update(`v0:${time}:`).update(body).digest('hex')
  const [expected, given] = [Buffer.from(`v0=${hash}`), Buffer.from(signature)]
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** The body; or that it is too long, or that its sender was gone before its end. */
function readBody(request: IncomingMessage): Promise<Buffer | 'tooLong' | 'gone'> {
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    let length = 0
    const take = (part: Buffer) => {
      length += part.length
      if (length <= LONGEST_BODY) return void parts.push(part)
      // What still comes is thrown away, as nobody listens to it.
      request.off('data', take)
      parts.length = 0
      resolve('tooLong')
    }
    request.on('data', take)
    request.once('end', () => resolve(Buffer.concat(parts)))
    request.once('error', () => resolve('gone'))
    request.once('close', () => resolve('gone'))
  })
}
