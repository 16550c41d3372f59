// The durable queue: committed with its act, put off, asked for once, and not ended by a lost connection (SECURITY 9, 29, 31).
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Log } from '../../src/collaborators.ts'
import type { Database } from '../../src/database/index.ts'
import { openQueue, type Queue } from '../../src/jobs/index.ts'
import { createTestDatabase, silentLog } from '../setup/database.ts'

const invitationId = '01990000-0000-7000-8000-000000000001'
let db: Database & { drop(): Promise<void> }
let queue: Queue

beforeAll(async () => {
  db = await createTestDatabase()
  queue = await openQueue({ db, log: silentLog })
})
afterAll(async () => {
  await queue.close()
  await db.drop()
})

async function waiting(name: string): Promise<number> {
  const counts = await queue.counts()
  return counts.find((count) => count.queue === name)?.waiting ?? -1
}

async function startTimes(name: string): Promise<Date[]> {
  const { rows } = await db.pool.query<{ start: Date }>(
    `SELECT start_after AS start FROM queue.job WHERE name = $1 AND state IN ('created', 'retry')`,
    [name],
  )
  return rows.map(({ start }) => start)
}

/** The queue counts by the database's clock. */
function isAbout(moment: Date, expected: Date): boolean {
  return Math.abs(moment.getTime() - expected.getTime()) < 5_000
}

describe('follow-ups', () => {
  test('are there when their act is committed', async () => {
    const before = await waiting('deliver')
    await db.inTransaction((tx) =>
      queue.followUp(tx, [
        { kind: 'deliver', invitationId, generation: 1 },
        { kind: 'notify', invitationId, news: 'accepted' },
      ]),
    )
    expect(await waiting('deliver')).toBe(before + 1)
  })

  test('are not there when it is not', async () => {
    const before = await waiting('deliver')
    const act = db.inTransaction(async (tx) => {
      await queue.followUp(tx, [{ kind: 'deliver', invitationId, generation: 1 }])
      throw new Error('the act failed')
    })
    await expect(act).rejects.toThrow('the act failed')
    expect(await waiting('deliver')).toBe(before)
  })

  test('wait for their time', async () => {
    const notBefore = new Date('2100-01-01T00:00:00Z')
    await db.inTransaction((tx) => queue.followUp(tx, [{ kind: 'deliver', invitationId, generation: 2, notBefore }]))
    expect((await startTimes('deliver')).filter((start) => isAbout(start, notBefore))).toHaveLength(1)
  })

  test('hold ids and nothing else (SECURITY 9)', async () => {
    const { rows } = await db.pool.query<{ data: object }>(
      `SELECT DISTINCT data FROM queue.job WHERE name IN ('deliver', 'notify')`,
    )
    for (const { data } of rows) {
      const allowed = ['invitationId', 'generation', 'news', 'to']
      expect(Object.keys(data).filter((key) => !allowed.includes(key))).toEqual([])
    }
  })

  test('ten thousand are taken in one transaction', async () => {
    await queue.boss.deleteAllJobs('notify')
    const many = Array.from({ length: 10_000 }, () => ({
      kind: 'notify' as const,
      invitationId,
      news: 'expired' as const,
    }))
    await db.inTransaction((tx) => queue.followUp(tx, many))
    // One for the channel and one for the inviter, so that each is tried again by itself.
    expect(await waiting('notify')).toBe(20_000)
    await queue.boss.deleteAllJobs('notify')
  })
})

describe('a job that is put off', () => {
  test('is there once, for later', async () => {
    await queue.boss.deleteAllJobs('deliver')
    await db.inTransaction((tx) => queue.followUp(tx, [{ kind: 'deliver', invitationId, generation: 7 }]))
    const [job] = await queue.boss.fetch<{ invitationId: string; generation: number }>('deliver')
    const at = new Date('2100-01-02T00:00:00Z')

    await queue.putOff('deliver', job ? [{ jobId: job.id, order: job.data, at }] : [])

    const starts = await startTimes('deliver')
    expect(starts.map((start) => isAbout(start, at))).toEqual([true])
    expect(await queue.counts()).toContainEqual({ queue: 'deliver', waiting: 1, active: 0, dead: 0 })
  })
})

describe('what the clock asks for', () => {
  test('is done once, however many ask (SECURITY 31)', async () => {
    const other = await openQueue({ db, log: silentLog })
    await Promise.all(Array.from({ length: 10 }, (_, index) => (index % 2 ? queue : other).askFor('purge', 3_600)))
    await other.close()
    expect(await waiting('maintenance')).toBe(1)
  })
})

test('what an earlier run had in hand is given back', async () => {
  await queue.boss.deleteAllJobs('deliver')
  await db.inTransaction((tx) => queue.followUp(tx, [{ kind: 'deliver', invitationId, generation: 9 }]))
  await queue.boss.fetch('deliver')
  await queue.giveBackAbandoned()
  expect(await queue.counts()).toContainEqual({ queue: 'deliver', waiting: 1, active: 0, dead: 0 })
})

test('a queue that can be used says so, and one that is closed does not', async () => {
  expect(await queue.ready()).toBe(true)
  const other = await openQueue({ db, log: silentLog })
  await other.close()
  expect(await other.ready()).toBe(false)
})

test('a lost connection ends nothing (SECURITY 29)', async () => {
  const heard: string[] = []
  const log: Log = { ...silentLog, warn: (_details, text) => heard.push(text) }
  const other = await openQueue({ db, log })
  await db.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'usher queue' AND datname = current_database() AND pid <> pg_backend_pid()`)
  await expect.poll(() => other.ready()).toBe(true)
  await expect.poll(() => queue.ready()).toBe(true)
  await other.close()
})
