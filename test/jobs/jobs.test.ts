// The workers on a real queue, a real database and a real mail server (SECURITY 30, 31, 33).
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { News } from '../../src/collaborators.ts'
import type { Database } from '../../src/database/index.ts'
import { createDelivery, type Deliverer } from '../../src/delivery/index.ts'
import type { Notice } from '../../src/invitations/index.ts'
import { type Jobs, openQueue, type Queue, startJobs } from '../../src/jobs/index.ts'
import { createMailbox, type Mailbox } from '../../src/sandbox/mailbox/mailbox.ts'
import { createTestDatabase, silentLog } from '../setup/database.ts'
import { seedInvitations } from './seed.ts'

let db: Database & { drop(): Promise<void> }
let mailbox: Mailbox
let queue: Queue
const running: { jobs: Jobs; queue: Queue; deliverer: Deliverer }[] = []
type To = 'channel' | 'inviter'
let told: (Notice & { to: To })[] = []
let postNotice: (notice: Notice, to: To) => Promise<void>

beforeAll(async () => {
  db = await createTestDatabase()
  mailbox = await createMailbox({ log: silentLog })
  queue = await openQueue({ db, log: silentLog })
})
beforeEach(() => {
  told = []
  postNotice = async (notice, to) => void told.push({ ...notice, to })
})
afterEach(async () => {
  await stopAll()
  mailbox.faults.clear()
  await queue.boss.deleteAllJobs('deliver')
  await queue.boss.deleteAllJobs('notify')
})
afterAll(async () => {
  await queue.close()
  await mailbox.close()
  await db.drop()
})

/** One running program, as far as its workers go. */
async function startInstance({ isAlone = false, purge = async () => {} } = {}): Promise<Jobs> {
  const own = await openQueue({ db, log: silentLog })
  const deliverer = createDelivery({
    smtpUrl: mailbox.smtpUrl,
    mailFrom: 'Usher <usher@northwind.example>',
    publicUrl: 'https://invites.northwind.example',
    timeouts: { connection: 10_000, greeting: 10_000, answer: 10_000 },
    now: () => new Date(),
    log: silentLog,
  })
  const jobs = await startJobs({
    queue: own,
    db,
    joinKey: Buffer.alloc(32, 1),
    slipKey: Buffer.alloc(32, 2),
    oneTimeKey: Buffer.alloc(32, 3),
    sealKey: Buffer.alloc(32, 4),
    letterKeys: { resetKey: Buffer.alloc(32, 2), codeKey: Buffer.alloc(32, 3) },
    deliverer,
    postNotice: (notice, to) => postNotice(notice, to),
    showProgress: async () => {},
    showRequest: async () => {},
    showBooking: async () => {},
    showPause: async () => {},
    tell: async () => {},
    letGo: async () => {},
    directory: {
      meetWorkspace: () => Promise.reject(new Error('no Slack')),
      read: () => Promise.reject(new Error('no Slack')),
    },
    purge,
    isAlone,
    schedule: false,
    now: () => new Date(),
    log: silentLog,
  })
  running.push({ jobs, queue: own, deliverer })
  return jobs
}

async function stopAll(): Promise<void> {
  for (const { jobs, queue: own, deliverer } of running.splice(0)) {
    await jobs.stop({ withinMs: 5_000 })
    deliverer.close()
    await own.close()
  }
}

async function order(ids: string[]): Promise<void> {
  await db.inTransaction((tx) =>
    queue.followUp(
      tx,
      ids.map((invitationId) => ({ kind: 'deliver', invitationId, generation: 1 })),
    ),
  )
}

async function tellOf(invitationId: string, news: News): Promise<void> {
  await db.inTransaction((tx) => queue.followUp(tx, [{ kind: 'notify', invitationId, news }]))
}

async function statuses(ids: string[]): Promise<Record<string, number>> {
  const rows = await db.prisma.invitation.findMany({ where: { id: { in: ids } }, select: { status: true } })
  const counts: Record<string, number> = {}
  for (const { status } of rows) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

function mailsFor(ids: string[]): number {
  return mailbox.messages.filter(({ messageId }) => ids.some((id) => messageId.includes(id))).length
}

const untilIdle = { interval: 20 }

describe('messages out of the queue', () => {
  test('each is sent once by two instances, and is Pending (SECURITY 31)', async () => {
    const ids = await seedInvitations(db, 300)
    await startInstance()
    await startInstance()
    await order(ids)
    await expect.poll(() => statuses(ids), untilIdle).toEqual({ pending: 300 })
    expect(mailsFor(ids)).toBe(300)
    expect(await db.prisma.auditEvent.count({ where: { subjectId: { in: ids }, act: 'invitation.sent' } })).toBe(300)
  })

  test('a job that runs twice sends once', async () => {
    const ids = await seedInvitations(db, 5)
    await startInstance()
    await order([...ids, ...ids])
    await expect.poll(() => statuses(ids), untilIdle).toEqual({ pending: 5 })
    await order(ids)
    await expect.poll(async () => (await queue.counts())[0], untilIdle).toMatchObject({ waiting: 0, active: 0 })
    expect(mailsFor(ids)).toBe(5)
  })

  test('a refused address becomes Error, and the inviter hears of it', async () => {
    const [id = ''] = await seedInvitations(db, 1)
    mailbox.faults.next('rcpt', { code: 550, text: '5.1.1 no such user' })
    await startInstance()
    await order([id])
    await expect
      .poll(() => told, untilIdle)
      .toMatchObject([
        { invitationId: id, news: 'failed', to: 'channel' },
        { invitationId: id, news: 'failed', to: 'inviter' },
      ])
    expect(await statuses([id])).toEqual({ error: 1 })
    expect(told[0]?.problem).toBe('The mail server does not know this address (550 5.1.1).')
  })

  test('a passing failure leaves it Waiting, with its next attempt', async () => {
    const [id = ''] = await seedInvitations(db, 1)
    mailbox.faults.next('rcpt', { code: 450, text: '4.2.0 greylisted' })
    await startInstance()
    await order([id])
    await expect
      .poll(() => db.prisma.invitation.findUnique({ where: { id } }), untilIdle)
      .toMatchObject({
        status: 'waiting',
        deliveryAttempts: 1,
        nextAttemptAt: expect.any(Date),
      })
    await expect.poll(async () => (await queue.counts())[0], untilIdle).toMatchObject({ waiting: 1, active: 0 })
  })

  test('no answer after the body: it goes on as Waiting, and is sent again later with the same Message-ID', async () => {
    const [id = ''] = await seedInvitations(db, 1)
    mailbox.faults.next('after-body', 'drop')
    await startInstance()
    await order([id])
    await expect
      .poll(() => db.prisma.invitation.findUnique({ where: { id } }), untilIdle)
      .toMatchObject({
        status: 'waiting',
        maybeSentAt: expect.any(Date),
      })
  })

  test('what a killed program had in hand goes on at the next start', async () => {
    const ids = await seedInvitations(db, 20)
    await order(ids)
    await queue.boss.fetch('deliver', { batchSize: 20 })
    await startInstance({ isAlone: true })
    await expect.poll(() => statuses(ids), untilIdle).toEqual({ pending: 20 })
    expect(mailsFor(ids)).toBe(20)
  })
})

test('SECURITY 30: stopped with much in the queue: out in time, nothing lost, nothing twice', async () => {
  const ids = await seedInvitations(db, 1_000)
  await order(ids)
  const jobs = await startInstance()
  await expect.poll(() => mailsFor(ids), { interval: 5 }).toBeGreaterThan(0)

  await jobs.stop({ withinMs: 10_000 })

  const { pending = 0, waiting = 0 } = await statuses(ids)
  expect(mailsFor(ids)).toBe(pending)
  expect(pending + waiting).toBe(1_000)
  expect((await queue.counts())[0]).toEqual({ queue: 'deliver', waiting, active: 0, dead: 0 })
})

describe('news', () => {
  test('are told', async () => {
    const [id = ''] = await seedInvitations(db, 1)
    await startInstance()
    await tellOf(id, 'accepted')
    await expect
      .poll(() => told, untilIdle)
      .toMatchObject([
        { invitationId: id, news: 'accepted', to: 'channel', hubName: 'People Ops' },
        { invitationId: id, news: 'accepted', to: 'inviter', hubName: 'People Ops' },
      ])
  })

  test('of an invitation that is not there are dropped', async () => {
    await startInstance()
    await tellOf('01990000-0000-7000-8000-0000000000ff', 'accepted')
    await expect
      .poll(async () => (await queue.counts())[1], untilIdle)
      .toEqual({ queue: 'notify', waiting: 0, active: 0, dead: 0 })
    expect(told).toEqual([])
  })

  test('are told again when Slack failed (SECURITY 33)', async () => {
    const [id = ''] = await seedInvitations(db, 1)
    let failures = 1
    postNotice = async (notice, to) => {
      failures -= 1
      if (failures >= 0) throw new Error('An HTTP protocol error occurred: statusCode = 500')
      told.push({ ...notice, to })
    }
    await startInstance()
    await tellOf(id, 'accepted')
    await expect.poll(() => told, untilIdle).toHaveLength(2)
  })

  test('wait as long as Slack asks, and nobody else is told meanwhile (SECURITY 33)', async () => {
    const ids = await seedInvitations(db, 4)
    const tries: number[] = []
    postNotice = async (notice, to) => {
      tries.push(performance.now())
      if (tries.length === 1) throw Object.assign(new Error('ratelimited'), { retryAfter: 1 })
      told.push({ ...notice, to })
    }
    await db.inTransaction((tx) =>
      queue.followUp(
        tx,
        ids.map((invitationId) => ({ kind: 'notify', invitationId, news: 'accepted' })),
      ),
    )
    await startInstance()
    await expect.poll(() => told, untilIdle).toHaveLength(8)
    expect((tries[1] ?? 0) - (tries[0] ?? 0)).toBeGreaterThan(900)
  })
})

describe('what the clock asks for', () => {
  test('expiry: what has run out becomes Expired and is told once, also when it runs twice', async () => {
    const ids = await seedInvitations(db, 3)
    await db.prisma.invitation.updateMany({
      where: { id: { in: ids } },
      data: { status: 'pending', sentAt: new Date(), expiresAt: new Date(Date.now() - 1_000) },
    })
    await startInstance()
    await queue.boss.send('maintenance', { task: 'expire' })
    await queue.boss.send('maintenance', { task: 'expire' })
    await expect.poll(() => statuses(ids), untilIdle).toEqual({ expired: 3 })
    await expect
      .poll(async () => (await queue.counts()).every(({ waiting, active }) => waiting + active === 0), untilIdle)
      .toBe(true)
    const heard = told.map(({ news, invitationId, to }) => `${news} ${invitationId} ${to}`)
    expect(heard.sort()).toEqual(ids.flatMap((id) => [`expired ${id} channel`, `expired ${id} inviter`]).sort())
  })

  test('purge', async () => {
    let purged = 0
    await startInstance({
      purge: async () => {
        purged += 1
      },
    })
    await queue.askFor('purge', 3_600)
    await expect.poll(() => purged, untilIdle).toBe(1)
  })
})
