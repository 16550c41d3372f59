// The pure rule and the SQL of a pass let through the same people, whoever they are.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newId } from '../../src/database/index.ts'
import { readRulePeople } from '../../src/invitations/auto/explain-person.ts'
import { listAutoPeople } from '../../src/invitations/auto/preview.ts'
import { askOf, findRule } from '../../src/invitations/auto/store.ts'
import { CONDITIONS, dayIn, type RulePerson, reasonOf, runAutoPass, whyOf } from '../../src/invitations/index.ts'
import { createTestDatabase } from '../setup/database.ts'
import { createAutoWorld } from './auto-world.ts'

let db: Awaited<ReturnType<typeof createTestDatabase>>

beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

const NOW = new Date('2026-12-03T09:00:00Z')
const hoursBefore = (hours: number) => new Date(NOW.getTime() - hours * 60 * 60 * 1000)

const someone = fc.record({
  isActive: fc.boolean(),
  employeeType: fc.constantFrom('employee' as const, 'contractor' as const, null),
  startDate: fc.constantFrom('2020-01-01', '2026-12-01', '2026-12-03', '2026-12-04', null),
  hasAddress: fc.boolean(),
  groups: fc.subarray([0, 1, 2, 3]),
  hiredAgain: fc.constantFrom(null, 100, 300),
  invitations: fc.array(
    fc.record({
      status: fc.constantFrom(
        'pending' as const,
        'accepted' as const,
        'expired' as const,
        'revoked' as const,
        'awaiting_approval' as const,
        'error' as const,
      ),
      hours: fc.constantFrom(50, 100, 200, 400),
    }),
    { maxLength: 2 },
  ),
  account: fc.constantFrom('none' as const, 'none' as const, 'active' as const, 'paused' as const, 'left' as const),
  messages: fc.constantFrom(0, 0, 9, 10, 11),
  agedMessages: fc.constantFrom(0, 5),
})
type Someone = typeof someone extends fc.Arbitrary<infer Drawn> ? Drawn : never

// Most are due, or lack one thing: else hardly anybody would be let through.
const nearly = fc
  .tuple(
    someone,
    fc.array(
      fc.constantFrom(
        ...([
          'isActive',
          'employeeType',
          'startDate',
          'hasAddress',
          'groups',
          'invitations',
          'account',
          'messages',
        ] as const),
      ),
      { maxLength: 2 },
    ),
  )
  .map(([drawn, lacking]): Someone => {
    const due: Someone = {
      ...drawn,
      isActive: true,
      employeeType: 'employee',
      startDate: '2026-12-01',
      hasAddress: true,
      groups: [0],
      invitations: [],
      account: 'none',
      messages: 0,
    }
    return { ...due, ...Object.fromEntries(lacking.map((field) => [field, drawn[field]])) }
  })

type World = Awaited<ReturnType<typeof createAutoWorld>>

/** Writes one person as drawn; gives what the pure rule is to be told of them, put together by hand. */
async function write(world: World, groupIds: string[], drawn: Someone) {
  const id = newId()
  const email = drawn.hasAddress ? `${id}@example.org` : null
  const { organisationId } = world
  const hiredAgainAt = drawn.hiredAgain === null ? null : hoursBefore(drawn.hiredAgain)
  await db.prisma.person.create({
    data: {
      ...{ id, organisationId, email, emailKey: email, createdAt: hoursBefore(1000) },
      employeeType: drawn.employeeType,
      startDate: drawn.startDate === null ? null : new Date(drawn.startDate),
    },
  })
  const memberOf = drawn.groups.map((index) => groupIds[index] ?? '')
  await db.prisma.groupMembership.createMany({ data: memberOf.map((groupId) => ({ groupId, personId: id })) })
  // Of one hub only one may be open.
  const invitations = drawn.invitations.filter(
    ({ status }, index, all) => index === 0 || !isOpen(status) || !isOpen(all[0]?.status ?? ''),
  )
  const isEarlier = ({ hours }: { hours: number }) => drawn.hiredAgain !== null && hours > drawn.hiredAgain
  for (const one of invitations.filter(isEarlier)) await writeInvitation(world, id, one)
  if (drawn.account !== 'none') await world.account(id, drawn.account === 'active' ? 'active' : 'inactive')
  const change = (data: { isActive: boolean; hiredAgainAt?: Date }) => db.prisma.person.update({ where: { id }, data })
  if (hiredAgainAt) await change({ isActive: false })
  if (drawn.account === 'left') {
    await db.prisma.account.updateMany({ where: { personId: id }, data: { leftAt: hoursBefore(350) } })
  }
  if (hiredAgainAt) await change({ isActive: true, hiredAgainAt })
  for (const one of invitations.filter((each) => !isEarlier(each))) await writeInvitation(world, id, one)
  await change({ isActive: drawn.isActive })
  const sendings = email === null ? [] : [...Array(drawn.messages).fill(1), ...Array(drawn.agedMessages).fill(25)]
  await db.prisma.sending.createMany({
    data: sendings.map((hours) => ({
      ...{ id: newId(), organisationId, emailKey: email ?? '', at: hoursBefore(hours), isSingle: false },
    })),
  })
  const invitedAt = invitations.map(({ hours }) => hoursBefore(hours)).sort((a, b) => b.getTime() - a.getTime())[0]
  const told: RulePerson = {
    ...{ isActive: drawn.isActive, employeeType: drawn.employeeType, startDate: drawn.startDate, email },
    ...{ groupIds: memberOf, invitedAt: invitedAt ?? null, account: drawn.account, hiredAgainAt },
    hasOpenInvitation: invitations.some(({ status }) => isOpen(status)),
    messagesToday: email === null ? 0 : drawn.messages,
  }
  return { id, told }
}

async function writeInvitation(world: World, personId: string, drawn: Someone['invitations'][number]): Promise<void> {
  const { organisationId, hubId, ownerId } = world
  const at = hoursBefore(drawn.hours)
  await db.prisma.invitation.create({
    data: {
      ...{ id: newId(), organisationId, hubId, personId, inviterId: ownerId, email: '', status: drawn.status },
      ...{ userType: 'team_member', role: 'employee', language: 'en', createdAt: at, queuedAt: at },
    },
  })
}

const isOpen = (status: string) => ['awaiting_approval', 'waiting', 'pending'].includes(status)

it('a pass invites exactly those whom the pure rule lets through, and the preview gives the same reasons', async () => {
  let letThrough = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(someone, nearly), { minLength: 5, maxLength: 25 }),
      fc.boolean(),
      async (people, withoutStartDate) => {
        const world = await createAutoWorld(db, NOW)
        const groupIds = await Promise.all(['Sales', 'Care', 'Gone', 'Others'].map((name) => world.group(name, [])))
        const written: Awaited<ReturnType<typeof write>>[] = []
        for (const drawn of people) written.push(await write(world, groupIds, drawn))
        const ruleId = await world.turnOn({ groupIds: groupIds.slice(0, 3), withoutStartDate, mostInPass: '5000' })
        await db.prisma.group.update({ where: { id: groupIds[2] ?? '' }, data: { deletedAt: NOW } })
        const rule = await findRule(askOf(db), ruleId)
        if (!rule) throw new Error('the rule is not there')
        const today = dayIn('UTC', NOW)
        const read = await readRulePeople(askOf(db), world.organisationId, { now: NOW })
        const reasons = new Map(written.map(({ id, told }) => [id, reasonOf(whyOf(told, rule, today))]))
        for (const { id, told } of written) {
          expect(read.get(id)).toMatchObject({ ...told, groupIds: expect.arrayContaining(told.groupIds) })
        }
        for (const kind of ['due', ...CONDITIONS] as const) {
          const listed = await listAutoPeople(db, { rule, moment: { now: NOW, today }, kind }, { skip: 0, limit: 100 })
          const expected = written.filter(({ id }) => (reasons.get(id) ?? 'due') === kind).map(({ id }) => id)
          // Whoever is in none of the groups is not looked at.
          const seen = kind === 'in_group' ? [] : expected.filter((id) => isInLivingGroup(written, id, groupIds))
          expect(listed.map(({ id }) => id).sort(), kind).toEqual(seen.sort())
        }

        const invited = await runAutoPass(world.c, ruleId)

        const due = written.filter(({ id }) => reasons.get(id) === undefined).map(({ id }) => id)
        const made = await db.prisma.invitation.findMany({
          where: { organisationId: world.organisationId, batchId: { not: null } },
          select: { personId: true, status: true },
        })
        expect(invited).toBe(due.length)
        expect(made.map(({ personId }) => personId).sort()).toEqual(due.sort())
        expect(made.every(({ status }) => status === 'waiting')).toBe(true)
        expect(await runAutoPass(world.c, ruleId)).toBe(0)
        letThrough += due.length
      },
    ),
    { numRuns: 25 },
  )
  expect(letThrough).toBeGreaterThan(20)
})

function isInLivingGroup(written: { id: string; told: RulePerson }[], id: string, [sales, care]: string[]): boolean {
  const groups = written.find((one) => one.id === id)?.told.groupIds ?? []
  return groups.includes(sales ?? '') || groups.includes(care ?? '')
}
