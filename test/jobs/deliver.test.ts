// Messages that go through, and what is never done twice (SECURITY 7, 27, 29, 30).
import { beforeEach, describe, expect, test } from 'vitest'
import type { DeliverWork } from '../../src/jobs/deliver.ts'
import {
  type DeliverWorld,
  eventually,
  expiresAt,
  handed,
  makeDeliverWork,
  makeDeliverWorld,
  start,
} from './deliver-world.ts'

let world: DeliverWorld
let work: DeliverWork

beforeEach(() => {
  world = makeDeliverWorld()
  work = makeDeliverWork(world)
})

describe('a message that goes through', () => {
  test('is written down with the answer and the end of its link', async () => {
    const one = world.job()
    expect(await work.run([one])).toEqual([{ id: one.id, status: 'completed' }])
    expect(world.handed).toEqual([{ ...one.data, expiresAt, answer: '250 fine' }])
  })

  test('is not sent when it was revoked, answered or resent meanwhile (SECURITY 7)', async () => {
    const [one] = world.jobs(1)
    world.deliveries.clear()
    expect(await work.run(one ? [one] : [])).toEqual([{ id: one?.id, status: 'completed' }])
    expect(world.offered).toEqual([])
  })

  test('is not begun by a worker that has lost its claim', async () => {
    const one = world.job()
    const lost = AbortSignal.abort()
    await work.run([{ ...one, signal: lost }])
    expect(world.offered).toEqual([])
  })

  test('is not begun twice at once, whoever asks', async () => {
    const one = world.job()
    let release = () => {}
    world.answer = () => new Promise((resolve) => (release = () => resolve(handed)))
    const first = work.run([one])
    await eventually(() => world.offered.length === 1)
    await work.run([{ ...one, id: 'the same again' }])
    release()
    await first
    expect(world.offered).toHaveLength(1)
    expect(world.putOff).toEqual([{ jobId: 'the same again', order: one.data, at: world.later(5_000) }])
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
    await Promise.all([work.run(world.jobs(50)), work.run(world.jobs(50))])
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
    await work.run(world.jobs(3))
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
    const batch = world.jobs(20)
    await work.run(batch)
    const offered = world.offered.length
    expect(offered).toBeLessThanOrEqual(5)
    for (let again = 0; again < 5; again += 1) await work.run(batch)
    expect(world.offered).toHaveLength(offered)
    expect(world.putOff.at(-1)?.at).toEqual(world.later(60_000))

    world.writeHanded = write
    await work.run(batch)

    expect(world.offered).toHaveLength(20)
    expect(new Set(world.offered).size).toBe(20)
    expect(world.handed).toHaveLength(20)
  })
})

describe('what is nobody’s refusal', () => {
  test('a bug with one message leaves the others alone and is tried again by the queue', async () => {
    const batch = world.jobs(3)
    world.answer = async (delivery) => {
      if (delivery.invitationId === batch[1]?.data.invitationId) throw new Error('a bug')
      return handed
    }
    const results = await work.run(batch)
    expect(results.map(({ status }) => status)).toEqual(['completed', 'failed', 'completed'])
    expect(JSON.stringify(results)).not.toContain('ana@')
  })

  test('a database that cannot be read is thrown on', async () => {
    const batch = world.jobs(2)
    const broken = makeDeliverWork(world, async () => {
      throw new Error('the database is away')
    })
    await expect(broken.run(batch)).rejects.toThrow('away')
    await expect(broken.run(batch)).rejects.toThrow('away')
  })
})

test('SECURITY 30: after stop nothing is begun; what was begun ends, the rest goes back at once', async () => {
  const released: (() => void)[] = []
  world.answer = () => new Promise((resolve) => released.push(() => resolve(handed)))
  const running = work.run(world.jobs(50))
  await eventually(() => released.length === 5)
  work.stop()
  for (const release of released) release()
  await running
  expect(world.handed).toHaveLength(5)
  expect(world.putOff).toHaveLength(45)
  for (const { at } of world.putOff) expect(at).toEqual(start)
})
