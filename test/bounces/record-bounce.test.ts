// What becomes of an invitation whose message came back: src/invitations/record-bounce.ts.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Bounce, recordBounce } from '../../src/invitations/index.ts'
import { openQueue, type Queue } from '../../src/jobs/index.ts'
import { seedInvitations } from '../jobs/seed.ts'
import { createTestDatabase, silentLog } from '../setup/database.ts'

const PROBLEM = 'The mail server of example.org does not know this address (550 5.1.1).'
const now = () => new Date()

let db: Awaited<ReturnType<typeof createTestDatabase>>
let queue: Queue
let id = ''
let email = ''

beforeAll(async () => {
  db = await createTestDatabase()
  queue = await openQueue({ db, log: silentLog })
})
afterAll(async () => {
  await queue.close()
  await db.drop()
})
beforeEach(async () => {
  ;[id = ''] = await seedInvitations(db, 1)
  email = 'p0@example.org'
  await set({ status: 'pending', sentAt: now(), expiresAt: now(), nextReminderAt: now(), generation: 2 })
})

type Data = Parameters<typeof db.prisma.invitation.update>[0]['data']

const set = (data: Data, which = id) => db.prisma.invitation.update({ where: { id: which }, data })
const invitation = (which = id) => db.prisma.invitation.findUniqueOrThrow({ where: { id: which } })
const bounce = (changes: Partial<Bounce> = {}) =>
  recordBounce(
    { db, followUp: queue.followUp, now },
    { invitationId: id, generation: 2, addresses: [email], action: 'failed', problem: PROBLEM, ...changes },
  )
const events = async (which = id) => {
  const found = await db.prisma.auditEvent.findMany({ where: { subjectId: which }, orderBy: { at: 'asc' } })
  return found.map(({ act, before, after }) => ({ act, before, after }))
}
const newsOf = async (which: string) => {
  const { rows } = await db.pool.query(
    `SELECT data ->> 'news' AS news, data ->> 'to' AS "to" FROM queue.job
     WHERE name = 'notify' AND data ->> 'invitationId' = $1 ORDER BY 2`,
    [which],
  )
  return rows
}

describe('a message that came back', () => {
  it('makes a pending invitation Error with the reason, and channel and inviter are told', async () => {
    expect(await bounce()).toBe('failed')

    expect(await invitation()).toMatchObject({ status: 'error', deliveryProblem: PROBLEM, nextReminderAt: null })
    expect((await invitation()).bouncedAt).toBeInstanceOf(Date)
    expect(await events()).toEqual([
      { act: 'invitation.bounced', before: { status: 'Pending' }, after: { status: 'Error', problem: PROBLEM } },
    ])
    expect(await newsOf(id)).toEqual([
      { news: 'failed', to: 'channel' },
      { news: 'failed', to: 'inviter' },
    ])
  })

  it('twice, and by ten readers at once, is one', async () => {
    const verdicts = await Promise.all(Array.from({ length: 10 }, () => bounce()))

    expect(verdicts.toSorted()).toEqual(['failed', ...Array(9).fill('noted')])
    expect(await events()).toHaveLength(1)
    expect(await newsOf(id)).toHaveLength(2)
  })

  it('before it was written down as sent counts too', async () => {
    await set({ status: 'waiting', sentAt: null })

    expect(await bounce()).toBe('failed')
    expect((await invitation()).status).toBe('error')
  })

  it('to the same address in other letters is the same', async () => {
    expect(await bounce({ addresses: ['P0@EXAMPLE.org'] })).toBe('failed')
  })

  it('takes with it what the same message told of', async () => {
    const { personId, organisationId, inviterId } = await invitation()
    const hub = await db.prisma.hub.create({
      data: { id: crypto.randomUUID(), organisationId, name: 'Second', createdAt: now() },
    })
    const { id: _id, ...row } = await invitation()
    const data = { ...row, hubId: hub.id, personId, inviterId, generation: 5 }
    const carried = crypto.randomUUID()
    const alone = crypto.randomUUID()
    await db.prisma.invitation.create({ data: { ...data, id: carried, carriedById: id } })
    const third = await db.prisma.hub.create({
      data: { id: crypto.randomUUID(), organisationId, name: 'Third', createdAt: now() },
    })
    await db.prisma.invitation.create({ data: { ...data, id: alone, hubId: third.id } })

    expect(await bounce()).toBe('failed')

    expect((await invitation(carried)).status).toBe('error')
    expect(await newsOf(carried)).toHaveLength(2)
    expect((await invitation(alone)).status).toBe('pending')
  })

  it('of somebody who was added to the hub leaves them in it, and says why', async () => {
    await set({ status: 'accepted', isAddition: true })

    expect(await bounce()).toBe('failed')

    expect(await invitation()).toMatchObject({ status: 'accepted', deliveryProblem: PROBLEM })
    expect(await newsOf(id)).toHaveLength(2)
    expect(await bounce()).toBe('noted')
    expect(await newsOf(id)).toHaveLength(2)
  })
})

describe('what changes no status', () => {
  it.each(['accepted', 'revoked', 'expired', 'error'] as const)(
    'an invitation that is %s: its story notes it',
    async (status) => {
      await set({ status, nextReminderAt: null })
      const before = await invitation()

      expect(await bounce()).toBe('noted')
      expect(await bounce()).toBe('noted')

      expect(await invitation()).toEqual(before)
      expect(await events()).toEqual([
        { act: 'invitation.bounced', before: null, after: { problem: PROBLEM, generation: 2 } },
      ])
      expect(await newsOf(id)).toEqual([])
    },
  )

  it('an older message: what was sent again stays as it is', async () => {
    const before = await invitation()

    expect(await bounce({ generation: 1 })).toBe('noted')

    expect(await invitation()).toEqual(before)
    expect(await events()).toMatchObject([{ act: 'invitation.bounced', after: { problem: PROBLEM } }])
  })

  it('a delay is noted once for each message, however often it is told', async () => {
    expect(await bounce({ action: 'delayed', problem: 'Late.' })).toBe('noted')
    expect(await bounce({ action: 'delayed', problem: 'Later still.' })).toBe('noted')

    expect((await invitation()).status).toBe('pending')
    expect(await events()).toEqual([
      { act: 'invitation.delayed', before: null, after: { problem: 'Late.', generation: 2 } },
    ])
  })

  it.each([
    ['another address', { addresses: ['somebody@example.org'] }],
    ['no address', { addresses: [] }],
    ['an id that there is not', { invitationId: '0198f2a0-1111-7000-8000-00000000ffff' }],
    ['an id that is none', { invitationId: "x'; DROP TABLE" }],
    ['a generation that there never was', { generation: 3 }],
  ])('a forged bounce with %s', async (_name, changes) => {
    const before = await invitation()

    expect(await bounce(changes)).toBe('unmatched')

    expect(await invitation()).toEqual(before)
    expect(await events()).toEqual([])
  })
})
