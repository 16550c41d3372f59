// Messages that fail: tried again, given up, maybe sent; and a mail server that is left alone (SECURITY 26).
import { beforeEach, describe, expect, test } from 'vitest'
import type { DeliverWork } from '../../src/jobs/deliver.ts'
import {
  type DeliverWorld,
  expiresAt,
  greylisted,
  HOUR,
  handed,
  MINUTE,
  makeDeliverWork,
  makeDeliverWorld,
  refused,
  start,
  trouble,
  unknown,
} from './deliver-world.ts'

let world: DeliverWorld
let work: DeliverWork

beforeEach(() => {
  world = makeDeliverWorld()
  work = makeDeliverWork(world)
})

describe('a failure that may pass', () => {
  test('is tried again after 30 s, 1 min, 2 min … at most an hour', async () => {
    world.answer = async () => greylisted
    for (const attempts of [0, 1, 2, 6, 7, 30]) await work.run([world.job({ attempts })])
    const pauses = world.temporary.map(({ retryAt }) => (retryAt.getTime() - start.getTime()) / MINUTE)
    expect(pauses).toEqual([0.5, 1, 2, 32, 60, 60])
    expect(world.temporary[0]).toMatchObject({ problem: 'Later, please.', countsAsAttempt: true, maybeSent: false })
  })

  test('is tried a last time when a day is over, and then given up', async () => {
    world.answer = async () => greylisted
    world.clock = new Date(start.getTime() + 23.5 * HOUR)
    const one = world.job({ attempts: 20, queuedAt: start })
    await work.run([one])
    expect(world.temporary).toMatchObject([{ retryAt: new Date(start.getTime() + 24 * HOUR) }])

    world.clock = new Date(start.getTime() + 24 * HOUR)
    await work.run([one])
    expect(world.permanent).toEqual([{ ...one.data, problem: 'Tried for a day without success. Later, please.' }])
  })
})

test('a permanent failure is Error at once', async () => {
  world.answer = async () => refused
  const one = world.job()
  await work.run([one])
  expect(world.permanent).toEqual([{ ...one.data, problem: 'No such address.' }])
})

describe('SECURITY 26: nobody knows whether it was sent', () => {
  test('it is handed over once more after 5 minutes', async () => {
    world.answer = async () => unknown
    const one = world.job()
    await work.run([one])
    expect(world.temporary).toEqual([
      {
        ...one.data,
        problem: 'It may have been sent.',
        retryAt: world.later(5 * MINUTE),
        countsAsAttempt: true,
        maybeSent: true,
      },
    ])
  })

  test('the second time it is said to be maybe sent', async () => {
    world.answer = async () => unknown
    const one = world.job({ maybeSentAt: start, attempts: 1 })
    await work.run([one])
    expect(world.maybe).toEqual([{ ...one.data, problem: 'It may have been sent.', expiresAt }])
    expect(world.temporary).toEqual([])
  })
})

describe('SECURITY 26: a server in trouble is left alone', () => {
  test('after the first messages no other is offered; all go back and none loses an attempt', async () => {
    world.answer = async () => trouble
    await work.run(world.jobs(50))
    expect(world.offered.length).toBeLessThanOrEqual(5)
    expect(world.temporary.every(({ countsAsAttempt }) => !countsAsAttempt)).toBe(true)
    expect(world.temporary.length + world.putOff.length).toBe(50)
    for (const { at } of world.putOff) expect(at.getTime()).toBeGreaterThanOrEqual(start.getTime() + 5_000)
  })

  test('then one message at a time tries, after pauses that grow to 5 minutes', async () => {
    world.answer = async () => trouble
    await work.run(world.jobs(50))
    const pauses: number[] = []
    for (let round = 0; round < 9; round += 1) {
      const before = world.offered.length
      let pause = 0
      while (world.offered.length === before) {
        pause += 1_000
        world.clock = world.later(1_000)
        await work.run(world.jobs(10))
      }
      expect(world.offered.length).toBe(before + 1)
      pauses.push(pause / 1_000)
    }
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300])
  })

  test('when it is back all that waits goes out at once', async () => {
    world.answer = async () => trouble
    await work.run(world.jobs(5))
    world.clock = world.later(6_000)
    world.answer = async () => handed
    await work.run(world.jobs(50))
    expect(world.handed).toHaveLength(50)
  })

  test('what has waited for a day is given up without being offered', async () => {
    world.answer = async () => trouble
    await work.run(world.jobs(1))
    const old = world.job({ queuedAt: new Date(start.getTime() - 25 * HOUR) })
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
    await work.run(world.jobs(20))
    expect(world.offered).toHaveLength(20)
  })
})
