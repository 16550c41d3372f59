// The sandbox's phone: text messages in memory, shown beside the local Slack. The same shape as the mailbox.
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createInbox } from '../mailbox/inbox.ts'
import { isLocalRequest, refuseForeign, sendJson } from '../mailbox/local-only.ts'

const CAPACITY = 500

export type TextMessage = {
  id: string
  /** Milliseconds since 1970. */
  receivedAt: number
  from: string
  to: string
  body: string
}

export type Phone = {
  /** The last 500 text messages, oldest first. */
  readonly messages: readonly TextMessage[]
  /** Takes a text message in. */
  receive(message: { from: string; to: string; body: string }): TextMessage
  /** The first message that matches, also one that is already there; throws after `limitMs`. */
  waitFor(predicate: (message: TextMessage) => boolean, options?: { limitMs?: number }): Promise<TextMessage>
  /** GET /api/phone and /api/phone/stream; false when the path is neither. */
  handleClient(req: IncomingMessage, res: ServerResponse): boolean
  close(): Promise<void>
}

/** Makes an empty phone. */
export function createPhone(): Phone {
  const inbox = createInbox<TextMessage>({
    capacity: CAPACITY,
    noun: 'text message',
    describe: (message) => `to ${message.to}: ${message.body}`,
    summarize: (message) => message,
  })
  return {
    messages: inbox.messages,
    waitFor: inbox.waitFor,
    receive(message) {
      const received = { id: randomUUID(), receivedAt: Date.now(), ...message }
      inbox.add(received)
      return received
    },
    handleClient(req, res) {
      const path = (req.url ?? '').split('?')[0]
      if (path !== '/api/phone' && path !== '/api/phone/stream') return false
      if (!isLocalRequest(req)) refuseForeign(res)
      else if (req.method !== 'GET') sendJson(res, 405, { error: 'Text messages can only be read here.' })
      else if (path === '/api/phone') sendJson(res, 200, { messages: [...inbox.messages].reverse() })
      else inbox.stream(res)
      return true
    },
    async close() {
      inbox.close()
    },
  }
}
