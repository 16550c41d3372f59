// What became of messages and could not be written down although the database answers: a bug, or a full disk. Until it
// is written nothing more is sent, and least of all the same again: people must not get a mail for each of our tries.
import type { Log } from '../collaborators.ts'

export type Unwritten = {
  has(key: string): boolean
  /** `write` is tried again by `catchUp`. */
  add(key: string, write: () => Promise<void>): void
  /** Tries to write what is left; whether nothing is left. Never throws. */
  catchUp(): Promise<boolean>
}

export function createUnwritten(log: Log): Unwritten {
  const writes = new Map<string, () => Promise<void>>()
  let running: Promise<boolean> | undefined

  async function writeAll(): Promise<boolean> {
    try {
      for (const [key, write] of [...writes]) {
        await write()
        writes.delete(key)
      }
    } catch (error) {
      log.error({ err: error, messages: writes.size }, 'What was sent cannot be written down; nothing more is sent')
    }
    running = undefined
    return writes.size === 0
  }

  return {
    has: (key) => writes.has(key),
    add: (key, write) => void writes.set(key, write),
    async catchUp() {
      if (writes.size === 0) return true
      running ??= writeAll()
      return running
    },
  }
}
