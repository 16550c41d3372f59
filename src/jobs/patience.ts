// What has happened outside must be written down inside: a database that is away for a while is waited for.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../collaborators.ts'

const FIRST_PAUSE = 100
const LONGEST_PAUSE = 2_000
const TRIES_WHILE_REACHABLE = 3

export type Patience = {
  /** Runs `write` until it succeeds; running it twice must do no harm. Throws its error when the database answers and
   * `write` fails all the same, and after `giveUp`. */
  patiently(write: () => Promise<void>): Promise<void>
  /** No more waiting: the program ends. */
  giveUp(): void
}

/** `isReachable` asks the database for something simple. */
export function createPatience(c: {
  isReachable: () => Promise<boolean>
  log: Log
  pause?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>
}): Patience {
  const pause = c.pause ?? ((milliseconds, signal) => sleep(milliseconds, undefined, { signal }))
  const end = new AbortController()
  return {
    async patiently(write) {
      let tries = 0
      for (let wait = FIRST_PAUSE; ; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
        try {
          return await write()
        } catch (error) {
          if (end.signal.aborted) throw error
          if (await c.isReachable()) tries += 1
          if (tries >= TRIES_WHILE_REACHABLE) throw error
          c.log.warn({ err: error }, 'What was sent could not be written down yet')
          // Ended early by giveUp alone: then the next try is the last.
          await pause(wait, end.signal).catch(() => {})
        }
      }
    },
    giveUp: () => end.abort(),
  }
}
