// Reminders out: read when they are sent, tried again for half a day, and dropped where they have no point any more.
import type { Log } from '../collaborators.ts'
import type { Deliverer, Outcome, Sent } from '../delivery/index.ts'
import type { ReminderDelivery } from '../invitations/index.ts'
import type { TextObstacle } from '../people/index.ts'
import { createBreaker } from './breaker.ts'
import { type JobResult, TEXT_REFUSED } from './deliver.ts'
import { pauseAfter } from './pauses.ts'
import type { PutOff, Queue, RemindOrder } from './queue.ts'

export type RemindJob = { id: string; data: RemindOrder }

/** The core's side, with its collaborators bound. */
export type RemindSteps = {
  loadReminders: (orders: RemindOrder[]) => Promise<ReminderDelivery[]>
  recordReminderFailure: (failure: { reminder: ReminderDelivery; problem: string }) => Promise<void>
  /** Counts a text message that is about to be sent; gives what stands in its way instead. */
  claimText: (text: { organisationId: string; mobile: string }) => Promise<TextObstacle | undefined>
}

/** Half a day later the next reminder would be near. */
const PATIENCE = 12 * 60 * 60 * 1000

/**
 * Works through a batch, all of it at once. That a reminder is due was written down when it was queued: nothing is to be
 * noted of one that was handed over. Of one that may have been sent neither, because twice is worse than not at all.
 */
export function createRemindWork(c: {
  steps: RemindSteps
  deliverer: Pick<Deliverer, 'send'>
  putOff: Queue['putOff']
  now: () => Date
  random: () => number
  log: Log
}): (jobs: RemindJob[]) => Promise<JobResult[]> {
  const { steps, now, random } = c
  const watched = () => createBreaker({ now, random })
  const breakers = { email: watched(), sms: watched() }

  /** Gives the order again, with when it is due, where it has to be tried later. */
  async function remind({ id, data }: RemindJob, reminder: ReminderDelivery): Promise<PutOff<RemindOrder> | undefined> {
    const since = data.since ?? now().getTime()
    const admission = await breakers[reminder.channel].admit()
    if (!admission.go) return { jobId: id, order: { ...data, since }, at: admission.until }
    let sent: Sent | Outcome | undefined
    try {
      sent = await hand(reminder)
    } finally {
      admission.tell(sent === undefined ? 'unknown' : isServerWide(sent) ? 'trouble' : 'fine')
    }
    if (sent.kind === 'handed' || sent.kind === 'uncertain') return undefined
    if (sent.kind === 'permanent') {
      await steps.recordReminderFailure({ reminder, problem: sent.problem })
      return undefined
    }
    const attempts = data.attempts ?? 0
    const at = new Date(now().getTime() + pauseAfter(attempts, random))
    if (at.getTime() <= since + PATIENCE) {
      const more = isServerWide(sent) ? 0 : 1
      return { jobId: id, order: { ...data, since, attempts: attempts + more }, at }
    }
    const problem = `Tried for half a day without success. ${sent.problem}`
    await steps.recordReminderFailure({ reminder, problem })
    return undefined
  }

  async function hand(reminder: ReminderDelivery): Promise<Sent | Outcome> {
    const { channel, organisationId, to: mobile } = reminder
    const obstacle = channel === 'sms' ? await steps.claimText({ organisationId, mobile }) : undefined
    return obstacle ? TEXT_REFUSED[obstacle] : c.deliverer.send(reminder)
  }

  return async (jobs) => {
    const putOff: PutOff<RemindOrder>[] = []
    const found = await steps.loadReminders(jobs.map(({ data }) => data))
    const reminders = new Map(found.map((reminder) => [reminder.invitationId, reminder]))
    const results = await Promise.all(
      jobs.map(async (job): Promise<JobResult> => {
        const reminder = reminders.get(job.data.invitationId)
        if (!reminder || reminder.generation !== job.data.generation) return { id: job.id, status: 'completed' }
        try {
          const again = await remind(job, reminder)
          if (again) putOff.push(again)
          return { id: job.id, status: 'completed' }
        } catch (error) {
          const { invitationId } = job.data
          c.log.warn({ err: error, invitationId }, 'A reminder could not be sent yet')
          return { id: job.id, status: 'failed', output: { reason: 'not sent; see the log' } }
        }
      }),
    )
    await c.putOff('remind', putOff)
    return results
  }
}

function isServerWide(sent: Outcome): boolean {
  return sent.kind === 'temporary' && sent.serverWide
}
