// Reads messages beside the program, in a thread: what strangers send may be made to take seconds to read, and nobody's
// click may wait for that. What takes too long, or too much memory, is unreadable.
import { Worker } from 'node:worker_threads'
import type { BounceReading } from './read-bounce.ts'

export type BounceReader = {
  /** Throws nothing for what a message holds. */
  read(message: Uint8Array): Promise<BounceReading>
  /** Ends the thread; a next `read` begins another. */
  close(): Promise<void>
}

const LIMIT = 20_000
const MOST_MEMORY = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 }

/** `limit`: how long one message may take, in ms. One at a time. */
export function createBounceReader({ limit = LIMIT }: { limit?: number } = {}): BounceReader {
  let worker: Worker | undefined

  async function close(): Promise<void> {
    const ending = worker
    worker = undefined
    await ending?.terminate()
  }

  return {
    async read(message) {
      worker ??= new Worker(new URL('./reader-thread.ts', import.meta.url), { resourceLimits: MOST_MEMORY })
      const reading = await answerOf(worker, { message, limit })
      if (reading) return reading
      await close()
      return { kind: 'unreadable' }
    },
    close,
  }
}

/** What the thread answers; undefined when it is late, or has ended. */
function answerOf(
  worker: Worker,
  { message, limit }: { message: Uint8Array; limit: number },
): Promise<BounceReading | undefined> {
  return new Promise((resolve) => {
    const end = (reading?: BounceReading) => {
      clearTimeout(timer)
      worker.off('message', end).off('error', fail).off('exit', fail)
      // A thread that breaks when its time is over must not end the program.
      if (reading === undefined) worker.on('error', () => {})
      resolve(reading)
    }
    const fail = () => end()
    const timer = setTimeout(fail, limit)
    worker.on('message', end).on('error', fail).on('exit', fail)
    worker.postMessage(message)
  })
}
