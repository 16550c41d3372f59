// Members are told what is not about one invitation. What is said, and to whom, is the Slack door's (src/slack/tellings.ts).
import type { Log } from '../collaborators.ts'
import type { JobResult } from './deliver.ts'
import { retryAfterOf } from './notify.ts'
import type { PutOff, Queue, TellOrder } from './queue.ts'

export type TellJob = { id: string; data: TellOrder }

/** Works through a batch, one after the other: what fails is tried again by the queue, with its growing pauses. */
export function createTellWork(c: {
  /** Safe to run again: whoever was told is not told twice. May throw an error with `retryAfter` (seconds). */
  tell: (order: TellOrder) => Promise<void>
  putOff: Queue['putOff']
  now: () => Date
  log: Log
}): (jobs: TellJob[]) => Promise<JobResult[]> {
  return async (jobs) => {
    const results: JobResult[] = []
    const putOff: PutOff<TellOrder>[] = []
    let pausedUntil: Date | undefined
    for (const { id, data } of jobs) {
      try {
        if (pausedUntil === undefined) await c.tell(data)
        else putOff.push({ jobId: id, order: data, at: pausedUntil })
        results.push({ id, status: 'completed' })
      } catch (error) {
        const seconds = retryAfterOf(error)
        if (seconds === undefined) {
          c.log.warn({ err: error, ...data }, 'Members could not be told yet')
          results.push({ id, status: 'failed', output: { reason: 'not told; see the log' } })
          continue
        }
        pausedUntil = new Date(c.now().getTime() + seconds * 1_000)
        putOff.push({ jobId: id, order: data, at: pausedUntil })
        results.push({ id, status: 'completed' })
      }
    }
    await c.putOff('tell', putOff)
    return results
  }
}
