// Writes down what the mail server took, at once: what is not written when the program is killed is sent again. What
// comes in while a statement runs goes with the next one, at most ten at a time.
import type { HandedOver } from '../invitations/index.ts'

const MOST_AT_ONCE = 10

/** Resolves when it is written; rejects with the error of `write`. */
export type HandoverRecord = (handed: HandedOver) => Promise<void>

/** `write` writes several in one go. */
export function createHandoverRecord(write: (handed: HandedOver[]) => Promise<void>): HandoverRecord {
  const waiting: { handed: HandedOver; resolve: () => void; reject: (error: unknown) => void }[] = []
  let isWriting = false

  async function writeAll(): Promise<void> {
    isWriting = true
    while (waiting.length > 0) {
      const entries = waiting.splice(0, MOST_AT_ONCE)
      try {
        await write(entries.map((entry) => entry.handed))
        for (const entry of entries) entry.resolve()
      } catch (error) {
        for (const entry of entries) entry.reject(error)
      }
    }
    isWriting = false
  }

  return (handed) => {
    const written = new Promise<void>((resolve, reject) => waiting.push({ handed, resolve, reject }))
    if (!isWriting) void writeAll()
    return written
  }
}
