// Socket Mode: the app connects to Slack, and everything that would be a request to the app is an envelope on that line.
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { isRecord } from './block-kit-checks.ts'
import { type Delivery, formType, type Outgoing, type SentRequest } from './outgoing.ts'
import { acceptWebSocket, type WebSocketConnection } from './web-socket.ts'

export interface SocketMode {
  /** The app's lines that are open now. */
  readonly connections: number
  /** Ends every line: `refresh` as Slack does every few hours, with notice; `cut` without a word. */
  disconnect(how: 'refresh' | 'cut'): void
  /** Sends any envelope, for repeated and strange ones. */
  send(type: 'slash_commands' | 'interactive' | 'events_api', payload: unknown): Promise<Delivery>
}

export interface SocketModeServer extends SocketMode {
  /** A ticket for one line, as apps.connections.open gives it. */
  open(): { url: string }
  /** Takes an HTTP upgrade. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** What the parts of the local Slack send through, in place of HTTP. */
  outgoing: Outgoing
}

/** Slack's own limit of lines to one app. */
const mostConnections = 10

interface Waiting {
  over: WebSocketConnection
  answer(delivery: Delivery): void
}

/** Makes the server's side. `byHttp`: for requests that are sent raw, and for the record of what was sent. */
export function createSocketMode(options: {
  byHttp: Outgoing
  appId: string
  /** ws://127.0.0.1:port */
  origin: () => string
  /** milliseconds until an envelope counts as unanswered */
  limit: number
}): SocketModeServer {
  const { byHttp, limit } = options
  const tickets = new Set<string>()
  const lines = new Set<WebSocketConnection>()
  const waiting = new Map<string, Waiting>()

  function takeAnswer(text: string): void {
    const answer: unknown = JSON.parse(text)
    if (!isRecord(answer) || typeof answer.envelope_id !== 'string') return
    const { payload } = answer
    const isEmpty = !isRecord(payload) || Object.keys(payload).length === 0
    waiting.get(answer.envelope_id)?.answer({
      ...{ outcome: 'answered', status: 200, headers: {} },
      body: isEmpty ? '' : JSON.stringify(payload),
    })
  }

  function exchange(envelope: Record<string, unknown>): Promise<Delivery> {
    const over = [...lines].at(-1)
    if (!over) return Promise.resolve({ outcome: 'failed', reason: 'the app has no Socket Mode connection' })
    const id = randomUUID()
    return new Promise((resolve) => {
      const answer = (delivery: Delivery) => {
        clearTimeout(timer)
        waiting.delete(id)
        resolve(delivery)
      }
      const timer = setTimeout(() => answer({ outcome: 'timeout' }), limit)
      waiting.set(id, { over, answer })
      over.send(JSON.stringify({ envelope_id: id, ...envelope }))
    })
  }

  async function send(kind: string, body: string, contentType: string, headers: Record<string, string> = {}) {
    const started = performance.now()
    const delivery = await exchange(envelopeOf(kind, body, contentType, headers))
    const answer = delivery.outcome === 'answered' ? delivery.status : delivery.outcome
    const took = performance.now() - started
    byHttp.sent.push({ kind, path: 'socket mode', body, headers, answer, took } satisfies SentRequest)
    if (byHttp.sent.length > 500) byHttp.sent.shift()
    return delivery
  }

  return {
    get connections() {
      return lines.size
    },
    disconnect(how) {
      for (const line of lines) {
        if (how === 'cut') line.terminate()
        else
          line.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested', debug_info: { host: 'local' } }))
      }
    },
    send: (type, payload) => exchange({ type, payload, accepts_response_payload: true }),
    open() {
      const ticket = randomUUID()
      tickets.add(ticket)
      return { url: `${options.origin()}/link/?ticket=${ticket}&app_id=${options.appId}` }
    },
    upgrade(request, socket, head) {
      const ticket = new URL(request.url ?? '/', 'http://localhost').searchParams.get('ticket') ?? ''
      // A ticket is for one line.
      if (!tickets.delete(ticket) || lines.size >= mostConnections) {
        socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
        return
      }
      const line = acceptWebSocket(
        { request, socket, head },
        {
          message: takeAnswer,
          closed() {
            if (line) lines.delete(line)
            for (const { over, answer } of [...waiting.values()]) {
              if (over === line) answer({ outcome: 'failed', reason: 'the Socket Mode connection broke' })
            }
          },
        },
      )
      if (!line) return
      lines.add(line)
      const info = { host: 'local', approximate_connection_time: 18_060 }
      const connection_info = { app_id: options.appId }
      line.send(JSON.stringify({ type: 'hello', num_connections: lines.size, debug_info: info, connection_info }))
    },
    outgoing: { ...byHttp, send },
  }
}

/** What would be the body of a request, as an envelope (without its id). */
function envelopeOf(
  kind: string,
  body: string,
  contentType: string,
  headers: Record<string, string>,
): Record<string, unknown> {
  if (contentType !== formType) {
    const retry_attempt = Number(headers['x-slack-retry-num'] ?? 0)
    const retry_reason = headers['x-slack-retry-reason'] ?? ''
    const retry = { retry_attempt, retry_reason }
    return { type: 'events_api', payload: JSON.parse(body), accepts_response_payload: false, ...retry }
  }
  const { payload, ...fields } = Object.fromEntries(new URLSearchParams(body))
  if (kind === 'command') return { type: 'slash_commands', payload: fields, accepts_response_payload: true }
  const accepts_response_payload = kind === 'view_submission' || kind === 'block_suggestion'
  return { type: 'interactive', payload: JSON.parse(payload ?? '{}'), accepts_response_payload }
}
