// Carries messages out: fifty orders are claimed at a time, each is written down the moment it is handed over, and what
// failed is tried again, given up, or handed over once more, as it deserves.
import type { Log } from '../collaborators.ts'
import type { Deliverer, Outcome, Sent } from '../delivery/index.ts'
import type { Delivery, HandedOver, PermanentFailure, TemporaryFailure, Uncertain } from '../invitations/index.ts'
import type { TextObstacle } from '../people/index.ts'
import { type Breaker, createBreaker } from './breaker.ts'
import { createHandoverRecord } from './handover-record.ts'
import { createLanes } from './lanes.ts'
import type { Patience } from './patience.ts'
import { AFTER_UNCERTAIN, jittered, PATIENCE, pauseAfter } from './pauses.ts'
import type { DeliverOrder, PutOff, Queue } from './queue.ts'
import { createUnwritten } from './unwritten.ts'

/** The core's side of a delivery, with its collaborators bound. */
export type DeliverySteps = {
  loadDeliveries: (orders: DeliverOrder[]) => Promise<Delivery[]>
  recordHandedOver: (handed: HandedOver[]) => Promise<void>
  recordTemporaryFailure: (failure: TemporaryFailure) => Promise<void>
  recordPermanentFailure: (failure: PermanentFailure) => Promise<void>
  recordMaybeSent: (uncertain: Uncertain) => Promise<void>
  /** Counts a text message that is about to be sent; gives what stands in its way instead. */
  claimText: (text: { organisationId: string; mobile: string }) => Promise<TextObstacle | undefined>
}

export type DeliverJob = { id: string; data: DeliverOrder; signal: AbortSignal }
export type JobResult = { id: string; status: 'completed' | 'failed'; output?: object }

export type DeliverWork = {
  /** Works through a batch. A job that met a bug or a database that is gone is `failed`: the queue tries it again. */
  run(jobs: DeliverJob[]): Promise<JobResult[]>
  /** Begins no message any more; the orders of a running batch that were not begun go back into the queue. */
  stop(): void
}

const SPREAD = 2_000
const IN_HAND_PAUSE = 5_000
const UNWRITTEN_PAUSE = 60_000
const UNREACHED = { email: 'The mail server could not be reached.', sms: 'Twilio could not be reached.' }
/** Why a text message is not sent, as an outcome. */
export const TEXT_REFUSED: Record<TextObstacle, Outcome> = {
  off: { kind: 'permanent', problem: 'The organisation confirms only by e-mail: nothing is sent by SMS.' },
  country: {
    kind: 'permanent',
    problem: 'Text messages to the country of this number are not allowed in the settings.',
  },
  limit: {
    kind: 'temporary',
    problem: 'All text messages of this day are sent (a limit in the settings). It is tried again.',
    serverWide: false,
  },
}

export function createDeliverWork(c: {
  steps: DeliverySteps
  deliverer: Pick<Deliverer, 'send' | 'lanes'>
  putOff: Queue['putOff']
  patience: Patience
  now: () => Date
  random: () => number
  log: Log
}): DeliverWork {
  const { steps, now, random } = c
  const lanes = createLanes(c.deliverer.lanes)
  const record = createHandoverRecord((handed) => c.patience.patiently(() => steps.recordHandedOver(handed)))
  const watched = (is: string) =>
    createBreaker({
      now,
      random,
      onChange: (pause) => {
        if (pause === undefined) c.log.info({}, `${is} is back`)
        else c.log.warn({ pause }, `${is} is in trouble and is left alone`)
      },
    })
  const breakers: Record<Delivery['channel'], Breaker> = { email: watched('The mail server'), sms: watched('Twilio') }
  // A claim can lapse while its message is being handed over (the database was away): nobody begins the same again.
  const inHand = new Set<string>()
  const unwritten = createUnwritten(c.log)
  let isStopping = false

  /** What became of one order: done, or to be put off until then. */
  async function deliver(job: DeliverJob, delivery: Delivery): Promise<Date | undefined> {
    if (isStopping) return now()
    // Somebody else has the job now.
    if (job.signal.aborted) return undefined
    const wasOffered = unwritten.has(keyOf(delivery))
    if (!(await unwritten.catchUp())) return new Date(now().getTime() + UNWRITTEN_PAUSE)
    if (wasOffered) return undefined
    const admission = await breakers[delivery.channel].admit()
    if (!admission.go) {
      if (!isOutOfPatience(delivery)) return later(admission.until)
      await giveUp(delivery, UNREACHED[delivery.channel])
      return undefined
    }
    // Meanwhile the message of another invitation may have come to tell of this one: it is looked at once more.
    if (admission.waited && delivery.isOneOfSeveral) {
      admission.tell('unknown')
      return now()
    }
    let sent: Sent | undefined
    try {
      sent = await hand(delivery)
    } finally {
      admission.tell(verdictOn(sent))
    }
    const write = noteOf(delivery, sent)
    try {
      await write()
    } catch (error) {
      unwritten.add(keyOf(delivery), write)
      throw error
    }
    return undefined
  }

  /** Offers a message; a text message only where the organisation lets it go. */
  async function hand(delivery: Delivery): Promise<Sent> {
    const { channel, organisationId, to: mobile } = delivery
    const obstacle = channel === 'sms' ? await steps.claimText({ organisationId, mobile }) : undefined
    return obstacle ? { ...TEXT_REFUSED[obstacle], expiresAt: now() } : c.deliverer.send(delivery)
  }

  /** What is to be written down of a message that was offered; to be run again when it fails. */
  function noteOf(delivery: Delivery, sent: Sent): () => Promise<void> {
    const order = { invitationId: delivery.invitationId, generation: delivery.generation }
    const { expiresAt } = sent
    const carried = delivery.also.length > 0 ? { carried: true } : {}
    if (sent.kind === 'handed') return () => record({ ...order, expiresAt, answer: sent.answer, ...carried })
    const { problem } = sent
    return () =>
      c.patience.patiently(async () => {
        if (sent.kind === 'permanent') return steps.recordPermanentFailure({ ...order, problem })
        if (sent.kind === 'uncertain') {
          if (delivery.maybeSentAt !== null) return steps.recordMaybeSent({ ...order, expiresAt, problem })
          const retryAt = new Date(now().getTime() + AFTER_UNCERTAIN)
          return steps.recordTemporaryFailure({ ...order, problem, retryAt, countsAsAttempt: true, maybeSent: true })
        }
        if (isOutOfPatience(delivery)) return giveUp(delivery, problem)
        const retryAt = sent.serverWide ? later(breakers[delivery.channel].openUntil ?? now()) : retryTime(delivery)
        const countsAsAttempt = !sent.serverWide
        return steps.recordTemporaryFailure({ ...order, problem, retryAt, countsAsAttempt, maybeSent: false })
      })
  }

  function giveUp({ invitationId, generation }: Delivery, problem: string): Promise<void> {
    const told = `Tried for a day without success. ${problem}`
    return steps.recordPermanentFailure({ invitationId, generation, problem: told })
  }

  function isOutOfPatience(delivery: Delivery): boolean {
    return now().getTime() >= delivery.queuedAt.getTime() + PATIENCE
  }

  function retryTime(delivery: Delivery): Date {
    const wished = now().getTime() + pauseAfter(delivery.attempts, random)
    return new Date(Math.min(wished, delivery.queuedAt.getTime() + PATIENCE))
  }

  function later(moment: Date): Date {
    return new Date(moment.getTime() + jittered(SPREAD, random))
  }

  /** Splits off the orders that are in hand already; the others are in hand from here on. */
  function claim(jobs: DeliverJob[]): { claimed: DeliverJob[]; doubled: PutOff<DeliverOrder>[] } {
    const claimed: DeliverJob[] = []
    const doubled: PutOff<DeliverOrder>[] = []
    for (const job of jobs) {
      if (inHand.has(keyOf(job.data))) {
        doubled.push({ jobId: job.id, order: job.data, at: new Date(now().getTime() + IN_HAND_PAUSE) })
      } else {
        inHand.add(keyOf(job.data))
        claimed.push(job)
      }
    }
    return { claimed, doubled }
  }

  return {
    async run(jobs) {
      const { claimed, doubled } = claim(jobs)
      try {
        const found = await steps.loadDeliveries(claimed.map((job) => job.data))
        const deliveries = new Map(found.map((delivery) => [keyOf(delivery), delivery]))
        const putOff = doubled
        const results = await Promise.all(
          claimed.map(async (job): Promise<JobResult> => {
            const delivery = deliveries.get(keyOf(job.data))
            if (delivery === undefined) return { id: job.id, status: 'completed' }
            try {
              const until = await lanes(() => deliver(job, delivery))
              if (until !== undefined) putOff.push({ jobId: job.id, order: job.data, at: until })
              return { id: job.id, status: 'completed' }
            } catch (error) {
              c.log.error({ err: error, ...job.data }, 'A delivery was cut short')
              return { id: job.id, status: 'failed', output: { reason: 'cut short; see the log' } }
            }
          }),
        )
        await c.putOff('deliver', putOff)
        return [...results, ...doubled.map(({ jobId }): JobResult => ({ id: jobId, status: 'completed' }))]
      } finally {
        for (const job of claimed) inHand.delete(keyOf(job.data))
      }
    },
    stop() {
      isStopping = true
    },
  }
}

function keyOf({ invitationId, generation }: DeliverOrder): string {
  return `${invitationId}.${generation}`
}

function verdictOn(sent: Sent | undefined): 'fine' | 'trouble' | 'unknown' {
  if (sent === undefined || sent.kind === 'uncertain') return 'unknown'
  return sent.kind === 'temporary' && sent.serverWide ? 'trouble' : 'fine'
}
