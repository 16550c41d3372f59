// What HR does by hand with people: mark as left, bring back, categorise; whose, what other sources hold, ten thousand.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findMember, findOrganisation } from '../../src/organisation/index.ts'
import {
  beginSelection,
  bringBack,
  categorise,
  changeSelection,
  chooseAll,
  countCategorisable,
  countMarkable,
  countUncategorised,
  EVERYBODY,
  listPeople,
  markLeft,
  type PeopleFilter,
} from '../../src/people/index.ts'
import { createTestDatabase } from '../setup/database.ts'
import { type LeaversWorld, leaversWorld } from './leavers-world.ts'

let db: Awaited<ReturnType<typeof createTestDatabase>>
let world: LeaversWorld
let [nursing, lena, max, ana, bob] = ['', '', '', '', '']
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())
beforeEach(async () => {
  world = await leaversWorld(db)
  const { seeded } = world
  nursing = await seeded.department('Nursing')
  lena = await seeded.person({ firstName: 'Lena', role: 'hr_admin', departmentId: nursing })
  max = await seeded.person({ firstName: 'Max', role: 'corporate_admin', departmentId: nursing })
  ana = await seeded.person({ firstName: 'Ana', lastName: 'Diaz', departmentId: nursing, employeeType: null })
  bob = await seeded.person({ firstName: 'Bob', employeeType: null })
})

const one = (actorId: string, personId: string) => ({ ...world.by(actorId), which: { personId } })

async function chosen(actorId: string, ids: string[]) {
  const owner = { organisationId: world.organisationId, ownerId: actorId }
  const selectionId = await beginSelection(world.c, owner)
  await changeSelection(world.c, { ...owner, selectionId }, { add: ids, remove: [] })
  return { ...world.by(actorId), which: { selectionId } }
}

const isActive = async (id: string) => (await world.person(id)).isActive
const typeOf = async (id: string) => (await world.person(id)).employeeType

describe('SECURITY 14: who may mark whom as left, and bring them back', () => {
  it('Corporate Admins anybody but themselves', async () => {
    for (const id of [ana, bob, lena, max]) {
      expect(await markLeft(world.c, one(world.ada, id))).toEqual({ count: 1 })
      expect(await isActive(id)).toBe(false)
      expect(await bringBack(world.c, one(world.ada, id))).toEqual({ count: 1, held: 0 })
      expect(await isActive(id)).toBe(true)
    }
    await expect(markLeft(world.c, one(world.ada, world.ada))).rejects.toMatchObject({ code: 'left_own' })
  })

  it('HR Admins those of their department, but no Corporate Admin', async () => {
    expect(await markLeft(world.c, one(lena, ana))).toEqual({ count: 1 })
    expect(await bringBack(world.c, one(lena, ana))).toEqual({ count: 1, held: 0 })
    for (const id of [bob, max]) {
      await expect(markLeft(world.c, one(lena, id))).rejects.toMatchObject({ code: 'may_not_mark_left' })
    }
    await expect(markLeft(world.c, one(lena, lena))).rejects.toMatchObject({ code: 'left_own' })
  })

  it.each(['quality_admin', 'team_lead', 'employee'] as const)('nobody else: %s', async (role) => {
    const quinn = await world.member({ firstName: 'Quinn', role, departmentId: nursing }, 'hub_admin')
    for (const act of [markLeft, bringBack]) {
      await expect(act(world.c, one(quinn, ana))).rejects.toMatchObject({ code: 'may_not_mark_left' })
      await expect(act(world.c, await chosen(quinn, [ana]))).rejects.toMatchObject({ code: 'may_not_mark_left' })
    }
    expect(await isActive(ana)).toBe(true)
  })

  it('of many, the others are passed over, and oneself', async () => {
    const request = await chosen(lena, [ana, bob, max, lena])
    expect(await countMarkable(db, request)).toEqual({ leavable: 1, returnable: 0 })
    expect(await markLeft(world.c, request)).toEqual({ count: 1 })
    expect(await Promise.all([ana, bob, max, lena].map(isActive))).toEqual([false, true, true, true])
    expect(await countMarkable(db, request)).toEqual({ leavable: 0, returnable: 1 })
  })

  it('nobody of another organisation, and no selection of somebody else’s', async () => {
    const other = await leaversWorld(db)
    await expect(markLeft(world.c, one(world.ada, other.ada))).rejects.toMatchObject({ code: 'person_unknown' })
    const { which } = await chosen(world.ada, [ana])
    expect(await markLeft(world.c, { ...world.by(max), which })).toEqual({ count: 0 })
    expect(await isActive(ana)).toBe(true)
  })
})

describe('marking and bringing back', () => {
  it('a second time says so, and changes nothing', async () => {
    await markLeft(world.c, one(world.ada, ana))
    const name = { detail: { name: 'Ana Diaz' } }
    await expect(markLeft(world.c, one(max, ana))).rejects.toMatchObject({ code: 'left_already', ...name })
    await bringBack(world.c, one(world.ada, ana))
    await expect(bringBack(world.c, one(max, ana))).rejects.toMatchObject({ code: 'not_left', ...name })
    expect(await world.actsOn(ana)).toEqual(['person.deactivated', 'person.reactivated'])
  })

  it('an admin’s no holds, whatever Slack says', async () => {
    await markLeft(world.c, one(world.ada, ana))
    await world.says(ana, 'slack', true)
    expect(await isActive(ana)).toBe(false)
    await bringBack(world.c, one(world.ada, ana))
    expect(await isActive(ana)).toBe(true)
  })

  it.each(['slack', 'scim'] as const)('who left by %s is brought back there, and nowhere else', async (source) => {
    await world.says(ana, source, false)
    const detail = { name: 'Ana Diaz', source }
    await expect(bringBack(world.c, one(world.ada, ana))).rejects.toMatchObject({ code: 'left_by_source', detail })
    const request = await chosen(world.ada, [ana, bob])
    await markLeft(world.c, one(world.ada, bob))
    expect(await countMarkable(db, request)).toEqual({ leavable: 0, returnable: 1 })
    expect(await bringBack(world.c, request)).toEqual({ count: 1, held: 1 })
    expect(await Promise.all([ana, bob].map(isActive))).toEqual([false, true])
  })

  it('what an import said is taken back by hand', async () => {
    await world.says(ana, 'csv', false)
    expect(await bringBack(world.c, one(world.ada, ana))).toEqual({ count: 1, held: 0 })
  })
})

describe('categorising', () => {
  it('several in one act, with an event each; what they are already is no event', async () => {
    const request = { ...(await chosen(world.ada, [ana, bob, lena])), employeeType: 'employee' as const }
    expect(await countCategorisable(db, request)).toEqual({ employee: 2, contractor: 3, held: 0 })
    expect(await categorise(world.c, request)).toEqual({ count: 2, held: 0 })
    expect(await Promise.all([ana, bob, lena].map(typeOf))).toEqual(['employee', 'employee', 'employee'])
    expect(await world.actsOn(ana)).toEqual(['person.changed'])
    expect(await world.actsOn(lena)).toEqual([])
    expect(await world.person(ana)).toMatchObject({ sources: { employeeType: 'hand' } })
    expect(await categorise(world.c, request)).toEqual({ count: 0, held: 0 })
    expect(await categorise(world.c, { ...request, employeeType: 'contractor' })).toEqual({ count: 3, held: 0 })
  })

  it.each(['scim', 'csv'] as const)('leaves alone what %s says, and says how many', async (source) => {
    await db.prisma.person.update({
      where: { id: ana },
      data: { employeeType: 'contractor', sources: { employeeType: source } },
    })
    const request = { ...(await chosen(world.ada, [ana, bob])), employeeType: 'employee' as const }
    expect(await countCategorisable(db, request)).toEqual({ employee: 1, contractor: 1, held: 1 })
    expect(await categorise(world.c, request)).toEqual({ count: 1, held: 1 })
    expect(await typeOf(ana)).toBe('contractor')
  })

  it('a hand is stronger than Slack, which says it of guests', async () => {
    await db.prisma.person.update({
      where: { id: ana },
      data: { employeeType: 'contractor', sources: { employeeType: 'slack' } },
    })
    await categorise(world.c, { ...one(world.ada, ana), employeeType: 'employee' })
    expect(await typeOf(ana)).toBe('employee')
  })

  it('SECURITY 14: HR Admins categorise those of their department, Quality Admins and others nobody', async () => {
    const request = { ...(await chosen(lena, [ana, bob])), employeeType: 'employee' as const }
    expect(await categorise(world.c, request)).toEqual({ count: 1, held: 0 })
    expect(await Promise.all([ana, bob].map(typeOf))).toEqual(['employee', null])
    const quinn = await world.member({ role: 'quality_admin', departmentId: nursing }, 'hub_admin')
    const others = { ...(await chosen(quinn, [ana])), employeeType: 'contractor' as const }
    expect(await countCategorisable(db, others)).toEqual({ employee: 0, contractor: 0, held: 0 })
    await expect(categorise(world.c, others)).rejects.toMatchObject({ code: 'may_not_categorise' })
    const outside = { ...one(lena, bob), employeeType: 'contractor' as const }
    await expect(categorise(world.c, outside)).rejects.toMatchObject({ code: 'may_not_categorise' })
    const forged = { ...one(lena, 'nonsense'), employeeType: 'contractor' as const }
    await expect(categorise(world.c, forged)).rejects.toMatchObject({ code: 'may_not_categorise' })
  })

  it('two at the same moment: one says the last word, and each turn is told once', async () => {
    const acts = (['employee', 'contractor', 'employee', 'contractor'] as const).map(
      (employeeType) => () => categorise(world.c, { ...one(world.ada, ana), employeeType }),
    )
    const done = await Promise.all(acts.map((act) => act()))
    const events = await db.prisma.auditEvent.findMany({ where: { subjectId: ana }, orderBy: { id: 'asc' } })
    expect(events).toHaveLength(done.reduce((sum, { count }) => sum + count, 0))
    expect(await typeOf(ana)).not.toBeNull()
  })
})

describe('ten thousand at once', () => {
  it('are categorised, and marked as left, each with its event', async () => {
    await world.seeded.many(10_000, 'Many')
    const owner = { organisationId: world.organisationId, ownerId: world.ada }
    const selectionId = await beginSelection(world.c, owner)
    const viewer = { organisationId: world.organisationId, reach: 'all' as const }
    await chooseAll(world.c, { ...owner, selectionId }, { viewer, filter: { ...EVERYBODY, search: 'many' } })
    const request = { ...world.by(world.ada), which: { selectionId } }
    expect(await categorise(world.c, { ...request, employeeType: 'contractor' })).toEqual({ count: 10_000, held: 0 })
    expect(await markLeft(world.c, request)).toEqual({ count: 10_000 })
    const count = (act: string) => db.prisma.auditEvent.count({ where: { organisationId: world.organisationId, act } })
    expect(await count('person.changed')).toBe(10_000)
    expect(await count('person.deactivated')).toBe(10_000)
  })
})

describe('the two lists of HR', () => {
  const names = async (filter: Partial<PeopleFilter>, departmentId: string | null = null) => {
    const reach = departmentId === null ? 'all' : { sentBy: lena, hubIds: [], departmentId }
    const viewer = { organisationId: world.organisationId, reach: reach as 'all' }
    const { people, total } = await listPeople(db, viewer, { filter: { ...EVERYBODY, ...filter }, size: 50 })
    expect(total).toEqual({ count: people.length, isExact: true })
    return people.map(({ name }) => name)
  }

  it('hold those who are not categorised, and those who have left, with every other filter and search', async () => {
    await db.prisma.person.update({ where: { id: bob }, data: { slackUserId: 'U1' } })
    await markLeft(world.c, one(world.ada, await world.seeded.person({ firstName: 'Gone', employeeType: null })))
    expect(await names({ only: 'uncategorised' })).toEqual(['Bob', 'Ana Diaz'])
    expect(await names({ only: 'left' })).toEqual(['Gone'])
    expect(await names({ only: 'uncategorised' }, nursing)).toEqual(['Ana Diaz'])
    expect(await names({ only: 'uncategorised', search: 'bob' })).toEqual(['Bob'])
    expect(await names({ only: 'uncategorised', user: 'not_invited' })).toEqual(['Bob', 'Ana Diaz'])
    expect(await names({ only: 'uncategorised', user: 'active' })).toEqual([])
    expect(await names({ only: 'left', user: 'inactive' })).toEqual(['Gone'])
  })

  it('are counted for those who look after people, each their own', async () => {
    const count = async (actorId: string) => {
      const actor = await findMember(db.prisma, { id: actorId, organisationId: world.organisationId })
      const organisation = await findOrganisation(db.prisma, { id: world.organisationId })
      return actor && organisation ? countUncategorised(db, actor, organisation) : undefined
    }
    expect(await count(world.ada)).toBe(2)
    expect(await count(lena)).toBe(1)
    expect(await count(bob)).toBe(0)
  })
})
