// Tells members what became of an invitation. The words and the channel are the Slack door's, which news are told together
// is the core's; the patience is ours.
import type { Log } from '../collaborators.ts'
import type { Notice } from '../invitations/index.ts'
import type { JobResult } from './deliver.ts'
import type { NotifyOrder, PutOff, Queue } from './queue.ts'

export type NotifyJob = { id: string; data: NotifyOrder }

/** Works through a batch, one after the other: Slack takes about one message a second for a channel. */
export function createNotifyWork(c: {
  loadNotice: (order: NotifyOrder) => Promise<Notice | undefined>
  /** Whether it is told now; what is `gathered` is told with others, and nothing is left to do. */
  place: (notice: Notice, told: { to: NotifyOrder['to']; noticeId: string }) => Promise<'tell' | 'gathered'>
  /** May throw an error with `retryAfter` (seconds) where Slack asks for a pause. */
  postNotice: (notice: Notice, to: NotifyOrder['to']) => Promise<void>
  putOff: Queue['putOff']
  now: () => Date
  log: Log
}): (jobs: NotifyJob[]) => Promise<JobResult[]> {
  async function tell(order: NotifyOrder, noticeId: string): Promise<void> {
    const notice = await c.loadNotice(order)
    if (notice === undefined) return
    if ((await c.place(notice, { to: order.to, noticeId })) === 'tell') await c.postNotice(notice, order.to)
  }

  return async (jobs) => {
    const results: JobResult[] = []
    const putOff: PutOff<NotifyOrder>[] = []
    let pausedUntil: Date | undefined
    for (const { id, data } of jobs) {
      // Put off, it is another job, and the same notice.
      const order = { ...data, noticeId: data.noticeId ?? id }
      try {
        if (pausedUntil === undefined) await tell(data, order.noticeId)
        else putOff.push({ jobId: id, order, at: pausedUntil })
        results.push({ id, status: 'completed' })
      } catch (error) {
        const seconds = retryAfterOf(error)
        if (seconds === undefined) {
          c.log.warn({ err: error, ...data }, 'News could not be told yet')
          results.push({ id, status: 'failed', output: { reason: 'not told; see the log' } })
          continue
        }
        pausedUntil = new Date(c.now().getTime() + seconds * 1_000)
        putOff.push({ jobId: id, order, at: pausedUntil })
        results.push({ id, status: 'completed' })
      }
    }
    await c.putOff('notify', putOff)
    return results
  }
}

/** Seconds that Slack asks to be left alone for; undefined for any other error. */
export function retryAfterOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('retryAfter' in error)) return undefined
  return typeof error.retryAfter === 'number' && error.retryAfter >= 0 ? error.retryAfter : undefined
}
