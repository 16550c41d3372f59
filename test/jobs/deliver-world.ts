// The core and the mail server as far as a delivery sees them, for tests of jobs/deliver.ts.

import type { Outcome } from '../../src/delivery/index.ts'
import type {
  Delivery,
  HandedOver,
  PermanentFailure,
  TemporaryFailure,
  Uncertain,
} from '../../src/invitations/index.ts'
import { createDeliverWork, type DeliverJob, type DeliverWork } from '../../src/jobs/deliver.ts'
import { createPatience } from '../../src/jobs/patience.ts'
import type { DeliverOrder, PutOff } from '../../src/jobs/queue.ts'
import type { TextObstacle } from '../../src/people/index.ts'
import { aDelivery } from '../delivery/a-delivery.ts'
import { silentLog } from '../setup/database.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const start = new Date('2026-11-20T12:00:00Z')
export const expiresAt = new Date('2026-11-27T12:00:00Z')

export const trouble: Outcome = { kind: 'temporary', problem: 'The mail server cannot be reached.', serverWide: true }
export const greylisted: Outcome = { kind: 'temporary', problem: 'Later, please.', serverWide: false }
export const handed: Outcome = { kind: 'handed', answer: '250 fine' }
export const unknown: Outcome = { kind: 'uncertain', problem: 'It may have been sent.' }
export const refused: Outcome = { kind: 'permanent', problem: 'No such address.' }

export type DeliverWorld = ReturnType<typeof makeDeliverWorld>

/** What a test may set (`answer`, `clock`, …) and what happened (`offered`, `handed`, …). */
export function makeDeliverWorld() {
  const world = {
    clock: start,
    /** What is still to be sent. */
    deliveries: new Map<string, Delivery>(),
    answer: async (_delivery: Delivery): Promise<Outcome> => handed,
    offered: [] as string[],
    handed: [] as HandedOver[],
    writeHanded: async (rows: HandedOver[]) => {
      world.handed.push(...rows)
    },
    temporary: [] as TemporaryFailure[],
    permanent: [] as PermanentFailure[],
    maybe: [] as Uncertain[],
    putOff: [] as PutOff<DeliverOrder>[],
    /** What stands in the way of a text message. */
    textObstacle: undefined as TextObstacle | undefined,
    /** Whether the database answers when something could not be written. */
    isReachable: false,
    job(over: Partial<Delivery> = {}): DeliverJob {
      const delivery = aDelivery({ queuedAt: start, invitationId: `invitation ${world.deliveries.size}`, ...over })
      world.deliveries.set(delivery.invitationId, delivery)
      const { invitationId, generation } = delivery
      return { id: `job of ${invitationId}`, data: { invitationId, generation }, signal: new AbortController().signal }
    },
    jobs: (count: number): DeliverJob[] => Array.from({ length: count }, () => world.job()),
    later: (milliseconds: number): Date => new Date(world.clock.getTime() + milliseconds),
  }
  return world
}

/** Five connections, no jitter, no real pauses. */
export function makeDeliverWork(
  world: DeliverWorld,
  loadDeliveries = async (orders: DeliverOrder[]) =>
    orders.flatMap((order) => world.deliveries.get(order.invitationId) ?? []),
): DeliverWork {
  return createDeliverWork({
    steps: {
      loadDeliveries,
      recordHandedOver: (rows) => world.writeHanded(rows),
      recordTemporaryFailure: async (failure) => void world.temporary.push(failure),
      recordPermanentFailure: async (failure) => void world.permanent.push(failure),
      recordMaybeSent: async (uncertain) => void world.maybe.push(uncertain),
      claimText: async () => world.textObstacle,
    },
    deliverer: {
      lanes: 5,
      async send(delivery) {
        world.offered.push(delivery.invitationId)
        return { ...(await world.answer(delivery)), expiresAt }
      },
    },
    putOff: async (_name, jobs) => {
      world.putOff.push(...jobs.map(({ jobId, order, at }) => ({ jobId, order: order as DeliverOrder, at })))
    },
    patience: createPatience({ isReachable: async () => world.isReachable, log: silentLog, pause: async () => {} }),
    now: () => world.clock,
    random: () => 0.5,
    log: silentLog,
  })
}

/** Waits, without a clock, for what goes on in the meantime. */
export async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
