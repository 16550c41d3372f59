// What follows from a registration link's page: each address is looked into, whoever has an account reads so in their
// mailbox, and the owner of a link that a burst has paused is told.
import type { Log } from '../collaborators.ts'
import type { Deliverer } from '../delivery/index.ts'
import type { Delivery, PauseNotice } from '../invitations/index.ts'
import type { JobResult } from './deliver.ts'
import { retryAfterOf } from './notify.ts'
import type { PutOff, Queue, RegistrationOrder } from './queue.ts'

export type RegistrationJob = { id: string; data: RegistrationOrder }

export type RegistrationSteps = {
  settle: (askId: string) => Promise<unknown>
  loadAccountNews: (askId: string) => Promise<Delivery | undefined>
  recordAccountTold: (askId: string) => Promise<void>
  loadPauseNotice: (linkId: string) => Promise<PauseNotice | undefined>
  /** May throw an error with `retryAfter` (seconds). */
  showPause: (notice: PauseNotice) => Promise<void>
}

/** Works through a batch; what fails is tried again by the queue, with its growing pauses. */
export function createRegistrationWork(c: {
  steps: RegistrationSteps
  deliverer: Pick<Deliverer, 'send'>
  putOff: Queue['putOff']
  now: () => Date
  log: Log
}): (jobs: RegistrationJob[]) => Promise<JobResult[]> {
  const { steps } = c

  async function tell(askId: string): Promise<void> {
    const news = await steps.loadAccountNews(askId)
    if (!news) return
    const sent = await c.deliverer.send(news)
    if (sent.kind === 'temporary') throw new Error('The mail server did not take the message yet')
    // A mailbox that takes no message, and one that may have it: neither is tried again.
    await steps.recordAccountTold(askId)
  }

  async function carryOut({ step, id }: RegistrationOrder): Promise<void> {
    if (step === 'settle') await steps.settle(id)
    if (step === 'tell') await tell(id)
    if (step === 'paused') {
      const notice = await steps.loadPauseNotice(id)
      if (notice) await steps.showPause(notice)
    }
  }

  return async (jobs) => {
    const results: JobResult[] = []
    const putOff: PutOff<RegistrationOrder>[] = []
    for (const { id, data } of jobs) {
      try {
        await carryOut(data)
        results.push({ id, status: 'completed' })
      } catch (error) {
        const seconds = retryAfterOf(error)
        if (seconds !== undefined) {
          putOff.push({ jobId: id, order: data, at: new Date(c.now().getTime() + seconds * 1_000) })
          results.push({ id, status: 'completed' })
          continue
        }
        c.log.warn({ err: error, ...data }, 'A registration could not be carried on yet')
        results.push({ id, status: 'failed', output: { reason: 'not done; see the log' } })
      }
    }
    await c.putOff('registration', putOff)
    return results
  }
}
