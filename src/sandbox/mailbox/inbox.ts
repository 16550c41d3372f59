// The sandbox's inboxes (mails and text messages): the newest messages in memory, a way to wait for one,
// and the stream that tells the browser page about new ones.

import type { ServerResponse } from 'node:http'
import { WAIT_LIMIT } from '../wait-limit.ts'

const HEARTBEAT_MS = 20_000

export type Inbox<Message> = {
  /** Oldest first, at most `capacity` of them. */
  readonly messages: readonly Message[]
  add(message: Message): void
  waitFor(predicate: (message: Message) => boolean, options?: { limitMs?: number }): Promise<Message>
  stream(res: ServerResponse): void
  close(): void
}

/**
 * Makes an inbox. `describe` gives the one line that stands for a message in the error text of `waitFor`;
 * `summarize` what the stream sends about a new message (as the event `message`, in JSON).
 * `waitFor` takes a message that is already there, too, and throws after `limitMs` milliseconds.
 */
export function createInbox<Message>(options: {
  capacity: number
  noun: string
  describe: (message: Message) => string
  summarize: (message: Message) => unknown
}): Inbox<Message> {
  const { capacity, noun, describe, summarize } = options
  const messages: Message[] = []
  const listeners = new Set<(message: Message) => void>()
  const closers = new Set<() => void>()

  return {
    messages,

    add(message) {
      messages.push(message)
      if (messages.length > capacity) messages.shift()
      for (const listener of [...listeners]) listener(message)
    },

    waitFor(predicate, { limitMs = WAIT_LIMIT } = {}) {
      const known = messages.find(predicate)
      if (known !== undefined) return Promise.resolve(known)
      return new Promise((resolve, reject) => {
        const stop = () => {
          clearTimeout(timer)
          listeners.delete(listener)
          closers.delete(closer)
        }
        const listener = (message: Message) => {
          let matches = false
          try {
            matches = predicate(message)
          } catch (error) {
            stop()
            reject(error)
          }
          if (!matches) return
          stop()
          resolve(message)
        }
        const closer = () => {
          stop()
          reject(new Error(`The inbox was closed while something waited for a ${noun}`))
        }
        const timer = setTimeout(() => {
          stop()
          const seen = messages.slice(-10).map((message) => `\n  - ${describe(message)}`)
          reject(
            new Error(
              `No ${noun} of the wanted kind came within ${limitMs} ms; seen: ${seen.length ? seen.join('') : 'none'}`,
            ),
          )
        }, limitMs)
        listeners.add(listener)
        closers.add(closer)
      })
    },

    stream(res) {
      res.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      res.write('retry: 1000\n\n')
      const listener = (message: Message) => {
        res.write(`event: message\ndata: ${JSON.stringify(summarize(message))}\n\n`)
      }
      const heartbeat = setInterval(() => res.write(': still here\n\n'), HEARTBEAT_MS)
      heartbeat.unref()
      const stop = () => {
        clearInterval(heartbeat)
        listeners.delete(listener)
        closers.delete(closer)
      }
      const closer = () => {
        stop()
        res.end()
      }
      listeners.add(listener)
      closers.add(closer)
      res.on('close', stop)
    },

    close() {
      for (const closer of [...closers]) closer()
    },
  }
}
