import { beforeEach, describe, expect, test } from 'vitest'
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
import { aDelivery } from '../delivery/a-delivery.ts'
import { silentLog } from '../setup/database.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const start = new Date('2026-11-20T12:00:00Z')
const expiresAt = new Date('2026-11-27T12:00:00Z')

const trouble: Outcome = { kind: 'temporary', problem: 'The mail server cannot be reached.', serverWide: true }
const greylisted: Outcome = { kind: 'temporary', problem: 'Later, please.', serverWide: false }
const handed: Outcome = { kind: 'handed', answer: '250 fine' }
const unknown: Outcome = { kind: 'uncertain', problem: 'It may have been sent.' }
const refused: Outcome = { kind: 'permanent', problem: 'No such address.' }

/** The core and the mail server as far as a delivery sees them. */
function makeWorld() {
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
    lanes: 5,
    isReachable: false,
  }
  return world
}
type World = ReturnType<typeof makeWorld>

let world: World
let work: DeliverWork

beforeEach(() => {
  world = makeWorld()
  work = makeWork()
})

function makeWork(): DeliverWork {
  return createDeliverWork({
    steps: {
      loadDeliveries: async (orders) => orders.flatMap((order) => world.deliveries.get(order.invitationId) ?? []),
      recordHandedOver: (rows) => world.writeHanded(rows),
      recordTemporaryFailure: async (failure) => void world.temporary.push(failure),
      recordPermanentFailure: async (failure) => void world.permanent.push(failure),
      recordMaybeSent: async (uncertain) => void world.maybe.push(uncertain),
    },
    deliverer: {
      lanes: world.lanes,
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

function job(over: Partial<Delivery> = {}): DeliverJob {
  const delivery = aDelivery({ queuedAt: start, invitationId: `invitation ${world.deliveries.size}`, ...over })
  world.deliveries.set(delivery.invitationId, delivery)
  return jobFor(delivery)
}

function jobFor({ invitationId, generation }: DeliverOrder, signal = new AbortController().signal): DeliverJob {
  return { id: `job of ${invitationId}`, data: { invitationId, generation }, signal }
}

function jobs(count: number): DeliverJob[] {
  return Array.from({ length: count }, () => job())
}

function later(milliseconds: number): Date {
  return new Date(world.clock.getTime() + milliseconds)
}

describe('a message that goes through', () => {
  test('is written down with the answer and the end of its link', async () => {
    const one = job()
    expect(await work.run([one])).toEqual([{ id: one.id, status: 'completed' }])
    expect(world.handed).toEqual([{ ...one.data, expiresAt, answer: '250 fine' }])
  })

  test('is not sent when it was revoked, answered or resent meanwhile (SECURITY 7)', async () => {
    const [one] = jobs(1)
    world.deliveries.clear()
    expect(await work.run(one ? [one] : [])).toEqual([{ id: one?.id, status: 'completed' }])
    expect(world.offered).toEqual([])
  })

  test('is not begun by a worker that has lost its claim', async () => {
    const one = job()
    const lost = AbortSignal.abort()
    await work.run([{ ...one, signal: lost }])
    expect(world.offered).toEqual([])
  })

  test('is not begun twice at once, whoever asks', async () => {
    const one = job()
    let release = () => {}
    world.answer = () => new Promise((resolve) => (release = () => resolve(handed)))
    const first = work.run([one])
    await eventually(() => world.offered.length === 1)
    await work.run([{ ...one, id: 'the same again' }])
    release()
    await first
    expect(world.offered).toHaveLength(1)
    expect(world.putOff).toEqual([{ jobId: 'the same again', order: one.data, at: later(5_000) }])
  })
})

describe('SECURITY 27: killed in the middle of a batch', () => {
  test('at most as many messages as connections are sent and not yet written down', async () => {
    let unwritten = 0
    let most = 0
    world.answer = async () => {
      unwritten += 1
      most = Math.max(most, unwritten)
      return handed
    }
    world.writeHanded = async (rows) => {
      // As slow as a database may be: everything else that can go on does.
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      unwritten -= rows.length
      world.handed.push(...rows)
    }
    await Promise.all([work.run(jobs(50)), work.run(jobs(50))])
    expect(world.handed).toHaveLength(100)
    expect(most).toBeLessThanOrEqual(5)
  })
})

describe('SECURITY 29: the database goes away while messages are on their way', () => {
  test('what was sent is written down when it is back, and not sent again', async () => {
    let failures = 3
    const write = world.writeHanded
    world.writeHanded = async (rows) => {
      failures -= 1
      if (failures >= 0) throw new Error('connection terminated')
      await write(rows)
    }
    await work.run(jobs(3))
    expect(world.handed).toHaveLength(3)
    expect(world.offered).toHaveLength(3)
  })
})

describe('what was sent cannot be written down, although the database answers', () => {
  test('nobody gets a second mail for it, and nothing more is sent until it is written', async () => {
    const write = world.writeHanded
    world.isReachable = true
    world.writeHanded = async () => {
      throw new Error('a bug')
    }
    const batch = jobs(20)
    await work.run(batch)
    const offered = world.offered.length
    expect(offered).toBeLessThanOrEqual(5)
    for (let again = 0; again < 5; again += 1) await work.run(batch)
    expect(world.offered).toHaveLength(offered)
    expect(world.putOff.at(-1)?.at).toEqual(later(60_000))

    world.writeHanded = write
    await work.run(batch)

    expect(world.offered).toHaveLength(20)
    expect(new Set(world.offered).size).toBe(20)
    expect(world.handed).toHaveLength(20)
  })
})

describe('a failure that may pass', () => {
  test('is tried again after 30 s, 1 min, 2 min … at most an hour', async () => {
    world.answer = async () => greylisted
    for (const attempts of [0, 1, 2, 6, 7, 30]) await work.run([job({ attempts })])
    const pauses = world.temporary.map(({ retryAt }) => (retryAt.getTime() - start.getTime()) / MINUTE)
    expect(pauses).toEqual([0.5, 1, 2, 32, 60, 60])
    expect(world.temporary[0]).toMatchObject({ problem: 'Later, please.', countsAsAttempt: true, maybeSent: false })
  })

  test('is tried a last time when a day is over, and then given up', async () => {
    world.answer = async () => greylisted
    world.clock = new Date(start.getTime() + 23.5 * HOUR)
    const one = job({ attempts: 20, queuedAt: start })
    await work.run([one])
    expect(world.temporary).toMatchObject([{ retryAt: new Date(start.getTime() + 24 * HOUR) }])

    world.clock = new Date(start.getTime() + 24 * HOUR)
    await work.run([one])
    expect(world.permanent).toEqual([{ ...one.data, problem: 'Tried for a day without success. Later, please.' }])
  })
})

test('a permanent failure is Error at once', async () => {
  world.answer = async () => refused
  const one = job()
  await work.run([one])
  expect(world.permanent).toEqual([{ ...one.data, problem: 'No such address.' }])
})

describe('SECURITY 26: nobody knows whether it was sent', () => {
  test('it is handed over once more after 5 minutes', async () => {
    world.answer = async () => unknown
    const one = job()
    await work.run([one])
    expect(world.temporary).toEqual([
      {
        ...one.data,
        problem: 'It may have been sent.',
        retryAt: later(5 * MINUTE),
        countsAsAttempt: true,
        maybeSent: true,
      },
    ])
  })

  test('the second time it is said to be maybe sent', async () => {
    world.answer = async () => unknown
    const one = job({ maybeSentAt: start, attempts: 1 })
    await work.run([one])
    expect(world.maybe).toEqual([{ ...one.data, problem: 'It may have been sent.', expiresAt }])
    expect(world.temporary).toEqual([])
  })
})

describe('SECURITY 26: a server in trouble is left alone', () => {
  test('after the first messages no other is offered; all go back and none loses an attempt', async () => {
    world.answer = async () => trouble
    await work.run(jobs(50))
    expect(world.offered.length).toBeLessThanOrEqual(5)
    expect(world.temporary.every(({ countsAsAttempt }) => !countsAsAttempt)).toBe(true)
    expect(world.temporary.length + world.putOff.length).toBe(50)
    for (const { at } of world.putOff) expect(at.getTime()).toBeGreaterThanOrEqual(start.getTime() + 5_000)
  })

  test('then one message at a time tries, after pauses that grow to 5 minutes', async () => {
    world.answer = async () => trouble
    await work.run(jobs(50))
    const pauses: number[] = []
    for (let round = 0; round < 9; round += 1) {
      const before = world.offered.length
      let pause = 0
      while (world.offered.length === before) {
        pause += 1_000
        world.clock = later(1_000)
        await work.run(jobs(10))
      }
      expect(world.offered.length).toBe(before + 1)
      pauses.push(pause / 1_000)
    }
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300])
  })

  test('when it is back all that waits goes out at once', async () => {
    world.answer = async () => trouble
    await work.run(jobs(5))
    world.clock = later(6_000)
    world.answer = async () => handed
    await work.run(jobs(50))
    expect(world.handed).toHaveLength(50)
  })

  test('what has waited for a day is given up without being offered', async () => {
    world.answer = async () => trouble
    await work.run(jobs(1))
    const old = job({ queuedAt: new Date(start.getTime() - 25 * HOUR) })
    await work.run([old])
    expect(world.permanent).toEqual([
      { ...old.data, problem: 'Tried for a day without success. The mail server could not be reached.' },
    ])
  })

  test('a message that is merely refused does not stop the others', async () => {
    let count = 0
    world.answer = async () => {
      count += 1
      return count % 2 === 0 ? refused : greylisted
    }
    await work.run(jobs(20))
    expect(world.offered).toHaveLength(20)
  })
})

describe('what is nobody’s refusal', () => {
  test('a bug with one message leaves the others alone and is tried again by the queue', async () => {
    const batch = jobs(3)
    world.answer = async (delivery) => {
      if (delivery.invitationId === batch[1]?.data.invitationId) throw new Error('a bug')
      return handed
    }
    const results = await work.run(batch)
    expect(results.map(({ status }) => status)).toEqual(['completed', 'failed', 'completed'])
    expect(JSON.stringify(results)).not.toContain('ana@')
  })

  test('a database that cannot be read is thrown on', async () => {
    const batch = jobs(2)
    const broken = createDeliverWork({
      steps: {
        loadDeliveries: async () => {
          throw new Error('the database is away')
        },
        recordHandedOver: async () => {},
        recordTemporaryFailure: async () => {},
        recordPermanentFailure: async () => {},
        recordMaybeSent: async () => {},
      },
      deliverer: { lanes: 1, send: async () => ({ ...handed, expiresAt }) },
      putOff: async () => {},
      patience: createPatience({ isReachable: async () => false, log: silentLog }),
      now: () => start,
      random: () => 0.5,
      log: silentLog,
    })
    await expect(broken.run(batch)).rejects.toThrow('away')
    await expect(broken.run(batch)).rejects.toThrow('away')
  })
})

test('SECURITY 30: after stop nothing is begun; what was begun ends, the rest goes back at once', async () => {
  const released: (() => void)[] = []
  world.answer = () => new Promise((resolve) => released.push(() => resolve(handed)))
  const running = work.run(jobs(50))
  await eventually(() => released.length === 5)
  work.stop()
  for (const release of released) release()
  await running
  expect(world.handed).toHaveLength(5)
  expect(world.putOff).toHaveLength(45)
  for (const { at } of world.putOff) expect(at).toEqual(start)
})

async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
