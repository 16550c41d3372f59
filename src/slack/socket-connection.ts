// Socket Mode's line to Slack: opened, and opened again whenever it ends. Bolt's own way back waits 5 s each time Slack
// renews the line (every few hours), lets its pauses grow without end, and ends the process where Slack refuses once.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../collaborators.ts'

/** Bolt's client, with its own reconnecting turned off. */
type SocketClient = {
  /** Resolves when Slack has said hello. */
  start: () => Promise<unknown>
  disconnect: () => Promise<unknown>
  on: (event: 'disconnected', listener: () => void) => unknown
}

export type SocketConnection = {
  /** Resolves after the first try, whether it succeeded or not; later ones follow by themselves. */
  start: () => Promise<void>
  stop: () => Promise<void>
}

const FIRST_PAUSE = 1_000
const LONGEST_PAUSE = 30_000
/** A line that lasted this long, in ms, was a good one: the next is opened at once. */
const GOOD_LINE = 10_000
/** For Slack to take leave, in ms. */
const GRACE = 1_000

export function keepConnected(client: SocketClient, { log }: { log: Log }): SocketConnection {
  const end = new AbortController()
  let failures = 0
  let lineEnded = () => {}
  client.on('disconnected', () => lineEnded())

  async function live(tried: () => void): Promise<void> {
    while (!end.signal.aborted) {
      const ended = new Promise<void>((resolve) => {
        lineEnded = resolve
      })
      let opened: number | undefined
      try {
        await client.start()
        opened = performance.now()
        tried()
        if (end.signal.aborted) await client.disconnect()
        await ended
        if (!end.signal.aborted) log.info({}, 'Slack ended the connection; another is opened')
      } catch (error) {
        log.warn({ err: error ?? 'the line broke before Slack said hello' }, 'Slack cannot be reached; trying again')
        tried()
      }
      const wasGood = opened !== undefined && performance.now() - opened >= GOOD_LINE
      failures = wasGood ? 0 : failures + 1
      const pause = wasGood ? 0 : Math.min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE)
      await sleep(pause * (0.8 + 0.4 * Math.random()), undefined, { signal: end.signal }).catch(() => {})
    }
  }

  return {
    start: () =>
      new Promise((resolve) => {
        void live(resolve)
      }),
    stop: async () => {
      end.abort()
      await Promise.race([client.disconnect(), sleep(GRACE, undefined, { ref: false })])
    },
  }
}
