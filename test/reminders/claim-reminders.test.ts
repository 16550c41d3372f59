// Who is due is claimed once, however many clocks ask; and what a reminder job does when the mail server does not want it.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { FollowUp } from '../../src/collaborators.ts'
import { type Database, newId } from '../../src/database/index.ts'
import type { Outcome } from '../../src/delivery/index.ts'
import { claimReminders, loadDeliveries, loadReminders, type ReminderDelivery } from '../../src/invitations/index.ts'
import type { PutOff, RemindOrder } from '../../src/jobs/queue.ts'
import { createRemindWork } from '../../src/jobs/remind.ts'
import { aDelivery } from '../delivery/a-delivery.ts'
import { greylisted, HOUR, handed, refused, start, trouble, unknown } from '../jobs/deliver-world.ts'
import { seedInvitations } from '../jobs/seed.ts'
import { createTestDatabase, silentLog } from '../setup/database.ts'

const DAY = 24 * HOUR

describe('claiming', () => {
  let db: Database & { drop(): Promise<void> }
  let followed: FollowUp[]
  const now = new Date('2026-11-20T12:00:00Z')
  const c = () => ({
    db,
    now: () => now,
    followUp: async (_tx: unknown, all: FollowUp[]) => void followed.push(...all),
  })

  beforeAll(async () => {
    db = await createTestDatabase()
  })
  beforeEach(() => {
    followed = []
  })
  afterAll(() => db.drop())

  /** Pending invitations that were sent half of their week ago. */
  async function seedDue(count: number): Promise<string[]> {
    const ids = await seedInvitations(db, count)
    const sentAt = new Date(now.getTime() - 3.5 * DAY)
    const data = {
      status: 'pending' as const,
      sentAt,
      expiresAt: new Date(now.getTime() + 3.5 * DAY),
      nextReminderAt: now,
    }
    await db.prisma.invitation.updateMany({ where: { id: { in: ids } }, data })
    return ids
  }

  it('by four clocks at once reminds each of 1,200 once: one event, one job, one sending counted (SECURITY 31)', async () => {
    const ids = await seedDue(1_200)
    const counts = await Promise.all([1, 2, 3, 4].map(() => claimReminders(c())))
    await claimReminders(c())
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1_200)
    const reminded = followed.map((followUp) => (followUp.kind === 'remind' ? followUp.invitationId : ''))
    expect(reminded.toSorted()).toEqual(ids.toSorted())
    expect(await db.prisma.auditEvent.count({ where: { subjectId: { in: ids }, act: 'invitation.reminded' } })).toBe(
      1_200,
    )
    expect(await db.prisma.sending.count()).toBe(1_200)
    const rows = await db.prisma.invitation.findMany({ where: { id: { in: ids } } })
    expect(
      new Set(rows.map(({ remindersSent, nextReminderAt }) => `${remindersSent} ${Number(nextReminderAt)}`)),
    ).toEqual(new Set([`1 ${now.getTime() + 2.5 * DAY}`]))
  })

  it.each([
    ['accepted', { status: 'accepted' as const }],
    ['revoked', { status: 'revoked' as const }],
    ['waiting again', { status: 'waiting' as const }],
    ['come back', { bouncedAt: now }],
    ['carried by a message that is out', {}],
  ])('what is %s is not reminded, and is not looked at again now', async (what, data) => {
    const [id = '', carrierId = ''] = await seedDue(2)
    const carriedById = what.startsWith('carried') ? carrierId : null
    await db.prisma.invitation.update({ where: { id: carrierId }, data: { nextReminderAt: null } })
    await db.prisma.invitation.update({ where: { id }, data: { ...data, carriedById } })
    expect(await claimReminders(c())).toBe(0)
    const { nextReminderAt, remindersSent } = await db.prisma.invitation.findUniqueOrThrow({ where: { id } })
    expect(nextReminderAt === null || nextReminderAt > now).toBe(true)
    expect(remindersSent).toBe(0)
  })

  it('an inactive person and an archived hub are not reminded', async () => {
    const [id = ''] = await seedDue(1)
    const { personId } = await db.prisma.invitation.findUniqueOrThrow({ where: { id } })
    await db.prisma.person.update({ where: { id: personId }, data: { isActive: false } })
    const [other = ''] = await seedDue(1)
    const { hubId } = await db.prisma.invitation.findUniqueOrThrow({ where: { id: other } })
    await db.prisma.hub.update({ where: { id: hubId }, data: { archivedAt: now } })
    expect(await claimReminders(c())).toBe(0)
  })

  it('names the other hubs that the message told of, where they are still open', async () => {
    const [id = '', second = '', third = ''] = await seedDue(3)
    const { prisma } = db
    await prisma.invitation.updateMany({
      where: { id: { in: [second, third] } },
      data: { carriedById: id, note: 'Hi' },
    })
    await prisma.invitation.update({ where: { id: third }, data: { status: 'revoked' } })
    const [loaded] = await loadReminders(
      { db, now: () => now, joinKey: Buffer.alloc(32, 1), oneTimeKey: Buffer.alloc(32, 2) },
      [{ invitationId: id, generation: 1 }],
    )
    expect(loaded?.also).toEqual([{ hubName: 'People Ops', inviterName: 'max@example.org', note: 'Hi' }])
  })

  it('carries the user name and the one-time password of the first message, where that had them', async () => {
    const [id = ''] = await seedDue(1)
    const keys = { db, now: () => now, joinKey: Buffer.alloc(32, 1), oneTimeKey: Buffer.alloc(32, 2) }
    const { personId } = await db.prisma.invitation.findUniqueOrThrow({ where: { id } })
    await db.prisma.person.update({ where: { id: personId }, data: { userName: 'ana.diaz', userNameKey: 'ana.diaz' } })
    await db.prisma.invitation.update({ where: { id }, data: { mode: 'credentials', status: 'waiting' } })
    const [first] = await loadDeliveries(keys, [{ invitationId: id, generation: 1 }])
    await db.prisma.invitation.update({ where: { id }, data: { status: 'pending' } })
    const [again] = await loadReminders(keys, [{ invitationId: id, generation: 1 }])
    expect(first?.credentials?.userName).toBe('ana.diaz')
    expect(again?.credentials).toEqual(first?.credentials)
  })

  it('a reminder that waits in the queue is not loaded any more once it has no point', async () => {
    const [id = ''] = await seedDue(1)
    const load = (generation: number) =>
      loadReminders({ db, now: () => now, joinKey: Buffer.alloc(32, 1), oneTimeKey: Buffer.alloc(32, 2) }, [
        { invitationId: id, generation },
      ])
    expect(await load(1)).toMatchObject([
      { kind: 'reminder', endsAt: new Date(now.getTime() + 3.5 * DAY), reminder: 1 },
    ])
    expect(await load(2)).toEqual([])
    await db.prisma.invitation.update({ where: { id }, data: { expiresAt: now } })
    expect(await load(1)).toEqual([])
  })
})

describe('a reminder job', () => {
  const reminder: ReminderDelivery = {
    ...aDelivery({ kind: 'reminder' }),
    endsAt: new Date(start.getTime() + 3 * DAY),
    reminder: 1,
  }
  let now: Date
  let answers: Outcome[]
  let offered: string[]
  let failures: string[]
  let putOff: PutOff<RemindOrder>[]
  let waiting: ReminderDelivery[]
  let work: ReturnType<typeof createRemindWork>

  beforeEach(() => {
    now = start
    answers = []
    offered = []
    failures = []
    putOff = []
    waiting = [reminder]
    work = createRemindWork({
      steps: {
        loadReminders: async () => waiting,
        recordReminderFailure: async ({ problem }) => void failures.push(problem),
        claimText: async () => 'limit',
      },
      deliverer: {
        async send({ to }) {
          offered.push(to)
          return { ...(answers.shift() ?? handed), expiresAt: reminder.endsAt }
        },
      },
      putOff: async (_name, jobs) =>
        void putOff.push(...jobs.map((job) => ({ ...job, order: job.order as RemindOrder }))),
      now: () => now,
      random: () => 0.5,
      log: silentLog,
    })
  })

  const order = { invitationId: reminder.invitationId, generation: 1 }
  const run = (more: Partial<RemindOrder> = {}) => work([{ id: newId(), data: { ...order, ...more } }])

  it('sends once; what may have been sent is not sent again', async () => {
    answers = [handed, unknown]
    await run()
    await run()
    expect({ offered: offered.length, putOff, failures }).toEqual({ offered: 2, putOff: [], failures: [] })
  })

  it('tries again what was put off, with growing pauses, for half a day', async () => {
    answers = [greylisted]
    await run()
    expect(putOff).toMatchObject([
      { order: { since: start.getTime(), attempts: 1 }, at: new Date(start.getTime() + 30_000) },
    ])
    now = new Date(start.getTime() + 11.9 * HOUR)
    answers = [greylisted]
    await run({ since: start.getTime(), attempts: 9 })
    expect(putOff).toHaveLength(1)
    expect(failures).toEqual([
      `Tried for half a day without success. ${greylisted.kind === 'temporary' && greylisted.problem}`,
    ])
  })

  it('says why it was refused for good', async () => {
    answers = [refused]
    await run()
    expect(failures).toEqual(['No such address.'])
    expect(putOff).toEqual([])
  })

  it('leaves a mail server in trouble alone', async () => {
    answers = [trouble]
    await run()
    await run()
    expect(offered).toHaveLength(1)
    expect(putOff).toHaveLength(2)
    expect(putOff[1]?.at.getTime()).toBeGreaterThan(now.getTime())
  })

  it('by SMS waits where the day’s messages are sent', async () => {
    waiting = [{ ...reminder, channel: 'sms', to: '+79051111111' }]
    await run()
    expect(offered).toEqual([])
    expect(putOff).toHaveLength(1)
  })

  it('that has no point any more, or is of an older generation, is dropped', async () => {
    await run({ generation: 2 })
    waiting = []
    expect(await run()).toMatchObject([{ status: 'completed' }])
    expect({ offered, putOff, failures }).toEqual({ offered: [], putOff: [], failures: [] })
  })
})
