// How far a list got, told in one message: looked at again, at most once a second, until all of it has left.
import type { Log } from '../collaborators.ts'
import type { ListProgress } from '../invitations/index.ts'
import type { JobResult } from './deliver.ts'
import { retryAfterOf } from './notify.ts'
import type { PutOff, Queue, ReportOrder } from './queue.ts'

export type ReportJob = { id: string; data: ReportOrder }

/** Between two looks, in seconds: the first, and the most while nothing changes. */
const FIRST_PAUSE = 1
const LONGEST_PAUSE = 60

export type ReportSteps = {
  readProgress: (batchId: string) => Promise<ListProgress | undefined>
  /** Makes the slips of a list that cannot be undone any more. */
  makeSlips: (batchId: string) => Promise<unknown>
  /** Ends a list of which nothing waits any more. */
  finish: (batchId: string) => Promise<boolean>
  /** Brings the one message up to date. May throw an error with `retryAfter` (seconds). */
  showProgress: (progress: ListProgress) => Promise<void>
}

/** Works through a batch of looks. A list that is done is shown once more, and then left alone. */
export function createReportWork(c: {
  steps: ReportSteps
  putOff: Queue['putOff']
  now: () => Date
  log: Log
}): (jobs: ReportJob[]) => Promise<JobResult[]> {
  const { steps, now } = c

  async function look({ data }: ReportJob): Promise<ReportOrder | undefined> {
    const { batchId } = data
    let progress = await steps.readProgress(batchId)
    if (progress?.status === 'confirmed' && progress.startsAt && progress.startsAt <= now()) {
      await steps.makeSlips(batchId)
      progress = await steps.readProgress(batchId)
    }
    if (progress && isOver(progress, now())) {
      await steps.finish(batchId)
      progress = await steps.readProgress(batchId)
    }
    if (!progress) return undefined
    const hasStarted = progress.startsAt === null || progress.startsAt <= now()
    const seen = `${progress.status} ${hasStarted} ${progress.handled}`
    if (seen !== data.seen) await steps.showProgress(progress)
    if (progress.status !== 'confirmed') return undefined
    const pause = seen === data.seen ? Math.min((data.pause ?? FIRST_PAUSE) * 2, LONGEST_PAUSE) : FIRST_PAUSE
    const untilStart = progress.startsAt ? (progress.startsAt.getTime() - now().getTime()) / 1000 : 0
    // Nothing moves before the first message leaves: the next look is then.
    return { batchId, seen, pause: Math.max(FIRST_PAUSE, Math.min(Math.max(pause, untilStart), LONGEST_PAUSE)) }
  }

  return async (jobs) => {
    const results: JobResult[] = []
    const putOff: PutOff<ReportOrder>[] = []
    for (const job of jobs) {
      try {
        const next = await look(job)
        if (next) putOff.push({ jobId: job.id, order: next, at: inSeconds(now(), next.pause ?? FIRST_PAUSE) })
        results.push({ id: job.id, status: 'completed' })
      } catch (error) {
        const seconds = retryAfterOf(error)
        if (seconds !== undefined) {
          putOff.push({ jobId: job.id, order: job.data, at: inSeconds(now(), seconds) })
          results.push({ id: job.id, status: 'completed' })
          continue
        }
        c.log.warn({ err: error, batchId: job.data.batchId }, 'A list could not be reported yet')
        results.push({ id: job.id, status: 'failed', output: { reason: 'not told; see the log' } })
      }
    }
    await c.putOff('report', putOff)
    return results
  }
}

function isOver(progress: ListProgress, now: Date): boolean {
  if (progress.status !== 'confirmed') return false
  if (!progress.sendInvitations) return true
  // Nobody is to be written to: there is nothing to wait for, and nothing to undo.
  const hasStarted = progress.invited === 0 || progress.startsAt === null || progress.startsAt <= now
  const invited = Object.values(progress.counts).reduce((sum, count) => sum + count, 0)
  return hasStarted && progress.handled >= invited
}

function inSeconds(from: Date, seconds: number): Date {
  return new Date(from.getTime() + seconds * 1000)
}
