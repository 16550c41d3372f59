// Signs requests as Slack does and posts them to the app, within Slack's time limit.
import { createHmac } from 'node:crypto'
import { request } from 'node:http'

export const formType = 'application/x-www-form-urlencoded'
export const jsonType = 'application/json'

export type Delivery =
  | { outcome: 'answered'; status: number; body: string; headers: Record<string, string | string[] | undefined> }
  | { outcome: 'timeout' }
  | { outcome: 'failed'; reason: string }

/** One request to the app as it went out, for tests and benchmarks. */
export interface SentRequest {
  /** 'command', or the payload's or event's type */
  kind: string
  path: string
  body: string
  headers: Record<string, string>
  /** HTTP status, or why there is none */
  answer: number | 'timeout' | 'failed'
  /** milliseconds until the answer */
  took: number
}

export interface Outgoing {
  /** Signs and sends a body to the app. Never throws. */
  send(kind: string, body: string, contentType: string, headers?: Record<string, string>): Promise<Delivery>
  /** Sends exactly what is given, unsigned; for forged, repeated and aged requests. */
  sendRaw(raw: { path?: string; body: string; headers?: Record<string, string>; kind?: string }): Promise<Delivery>
  /** Slack's signature of a body at a time (epoch seconds). */
  sign(body: string, timestamp: number): string
  /** the newest 500 requests */
  sent: SentRequest[]
}

/** Slack's request signature: `v0=` and the hex HMAC-SHA256 over `v0:timestamp:body`. */
export function signature(secret: string, body: string, timestamp: number): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`
}

function exchange(url: URL, body: string, headers: Record<string, string>, limit: number): Promise<Delivery> {
  return new Promise((resolve) => {
    // A connection of its own each time: a kept one would die with a restarted app and look like the app's failure.
    const outgoing = request(url, { method: 'POST', agent: false, headers: { ...headers, connection: 'close' } })
    const timer = setTimeout(() => {
      resolve({ outcome: 'timeout' })
      outgoing.destroy()
    }, limit)
    const finish = (delivery: Delivery) => {
      clearTimeout(timer)
      resolve(delivery)
    }
    outgoing.on('error', (error) => finish({ outcome: 'failed', reason: error.message }))
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', (error) => finish({ outcome: 'failed', reason: error.message }))
      response.on('end', () =>
        finish({
          ...{ outcome: 'answered', status: response.statusCode ?? 0, headers: response.headers },
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      )
    })
    outgoing.end(body)
  })
}

/**
 * The way out to the app.
 * @param options.appUrl where the app listens, without /slack/events; plain http
 * @param options.limit milliseconds until a request counts as unanswered
 */
export function createOutgoing(options: {
  appUrl: () => string
  signingSecret: string
  now: () => number
  limit: number
}): Outgoing {
  const sent: SentRequest[] = []
  const outgoing: Outgoing = {
    sent,
    sign: (body, timestamp) => signature(options.signingSecret, body, timestamp),
    async sendRaw({ path = '/slack/events', body, headers = {}, kind = 'raw' }) {
      const started = performance.now()
      const complete = { 'content-length': String(Buffer.byteLength(body)), ...headers }
      const delivery = await exchange(new URL(path, options.appUrl()), body, complete, options.limit).catch(
        (error): Delivery => ({ outcome: 'failed', reason: String(error) }),
      )
      const answer = delivery.outcome === 'answered' ? delivery.status : delivery.outcome
      sent.push({ kind, path, body, headers, answer, took: performance.now() - started })
      if (sent.length > 500) sent.shift()
      return delivery
    },
    send(kind, body, contentType, headers = {}) {
      const timestamp = Math.floor(options.now() / 1000)
      return outgoing.sendRaw({
        kind,
        body,
        headers: {
          'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
          accept: 'application/json,*/*',
          'content-type': contentType,
          'x-slack-request-timestamp': String(timestamp),
          'x-slack-signature': outgoing.sign(body, timestamp),
          ...headers,
        },
      })
    },
  }
  return outgoing
}
