// Telling members: what fails is tried again, and Slack's pauses are kept.
import { beforeEach, describe, expect, test } from 'vitest'
import { createAutoWork } from '../../src/jobs/auto.ts'
import type { TellOrder } from '../../src/jobs/queue.ts'
import { createTellWork } from '../../src/jobs/tell.ts'
import { silentLog } from '../setup/database.ts'

const now = new Date('2026-11-26T09:00:00Z')
const job = (id: string): { id: string; data: TellOrder } => ({ id, data: { what: 'auto_held', id } })

let told: string[]
let putOff: { jobId: string; at: Date }[]

beforeEach(() => {
  told = []
  putOff = []
})

function work(tell: (order: TellOrder) => Promise<void>) {
  return createTellWork({
    tell: async (order) => {
      told.push(order.id)
      await tell(order)
    },
    putOff: async (_name, jobs) => void putOff.push(...jobs),
    now: () => now,
    log: silentLog,
  })
}

describe('telling members', () => {
  test('works through a batch', async () => {
    const results = await work(async () => {})([job('a'), job('b')])
    expect(results.map(({ status }) => status)).toEqual(['completed', 'completed'])
    expect(told).toEqual(['a', 'b'])
    expect(putOff).toEqual([])
  })

  test('leaves Slack alone for as long as it asks, with all that follows', async () => {
    const limited = Object.assign(new Error('slow down'), { retryAfter: 30 })
    const results = await work(async () => Promise.reject(limited))([job('a'), job('b')])
    expect(told).toEqual(['a'])
    expect(results.map(({ status }) => status)).toEqual(['completed', 'completed'])
    const at = new Date(now.getTime() + 30_000)
    expect(putOff).toMatchObject([
      { jobId: 'a', at },
      { jobId: 'b', at },
    ])
  })

  test('gives what failed back to the queue, and goes on with the others', async () => {
    const results = await work(async ({ id }) => {
      if (id === 'a') throw new Error('the database is away')
    })([job('a'), job('b')])
    expect(results.map(({ status }) => status)).toEqual(['failed', 'completed'])
    expect(told).toEqual(['a', 'b'])
  })
})

describe('the pass of every organisation', () => {
  test('one that fails keeps no other from its own, and fails the task in the end', async () => {
    const passed: string[] = []
    const pass = createAutoWork({
      findRules: async () => ['a', 'b', 'c'],
      runPass: async (ruleId) => {
        passed.push(ruleId)
        if (ruleId === 'b') throw new Error('no connection')
        return 1
      },
      log: silentLog,
    })
    await expect(pass()).rejects.toThrow('Not every pass came to its end')
    expect(passed).toEqual(['a', 'b', 'c'])
  })
})
