// The list of people: who sees whom, both filters, the search, and pages that hold while people come and go.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  EVERYBODY,
  listPeople,
  type PeopleFilter,
  type PeoplePlace,
  type PeopleViewer,
  settleSearch,
} from '../../src/people/index.ts'
import { createTestDatabase } from '../setup/database.ts'
import { type Seeded, seedOrganisation } from './seed-people.ts'

let db: Awaited<ReturnType<typeof createTestDatabase>>
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

const everything = (seeded: Seeded): PeopleViewer => ({ organisationId: seeded.organisationId, reach: 'all' })

async function namesOf(viewer: PeopleViewer, filter: Partial<PeopleFilter> = {}, size = 50): Promise<string[]> {
  const { people } = await listPeople(db, viewer, { filter: { ...EVERYBODY, ...filter }, size })
  return people.map(({ name }) => name)
}

describe('who sees whom', () => {
  let seeded: Seeded
  let nursing: string
  let [room, hall] = ['', '']
  const id: Record<string, string> = {}
  const reaching = (reach: Partial<Exclude<PeopleViewer['reach'], 'all'>>): PeopleViewer => ({
    organisationId: seeded.organisationId,
    reach: { sentBy: id.Sam ?? '', hubIds: [], departmentId: null, ...reach },
  })

  beforeAll(async () => {
    seeded = await seedOrganisation(db)
    nursing = await seeded.department('Nursing')
    room = await seeded.hub('Room')
    hall = await seeded.hub('Hall')
    for (const firstName of ['Ada', 'Sam', 'Bea', 'Cleo', 'Dan']) id[firstName] = await seeded.person({ firstName })
    id.Eva = await seeded.person({ firstName: 'Eva', departmentId: nursing })
    const by = { inviterId: id.Ada ?? '', status: 'pending' as const }
    await seeded.invite({ ...by, inviterId: id.Sam ?? '', personId: id.Bea ?? '', hubId: hall })
    await seeded.invite({ ...by, personId: id.Cleo ?? '', hubId: room })
    await seeded.invite({ ...by, personId: id.Dan ?? '', hubId: hall, departmentId: nursing })
    await seeded.join(room, id.Ada ?? '')
    const other = await seedOrganisation(db)
    await other.person({ firstName: 'Stranger' })
  })

  it('a Corporate Admin sees everybody of their organisation, and nobody of another', async () => {
    expect(await namesOf(everything(seeded))).toEqual(['Ada', 'Bea', 'Cleo', 'Dan', 'Eva', 'Sam'])
    expect(await namesOf(everything(seeded), { search: 'Stranger' })).toEqual([])
  })

  it('39: whoever only invited sees nobody: neither whom they invited, nor by a search or a filter', async () => {
    expect(await namesOf(reaching({}))).toEqual([])
    expect(await namesOf(reaching({}), { search: 'example.org' })).toEqual([])
    expect(await namesOf(reaching({}), { search: 'Bea' })).toEqual([])
    expect(await namesOf(reaching({}), { invited: 'invited' })).toEqual([])
    expect(await namesOf(reaching({}), { only: 'uncategorised' })).toEqual([])
    const { total } = await listPeople(db, reaching({}), { filter: EVERYBODY })
    expect(total).toEqual({ count: 0, isExact: true })
  })

  it('39: a Hub Admin sees the members of their hub, and nobody who was only invited into it', async () => {
    expect(await namesOf(reaching({ hubIds: [room] }))).toEqual(['Ada'])
    expect(await namesOf(reaching({ hubIds: [room] }), { invited: 'invited' })).toEqual([])
    expect(await namesOf(reaching({ hubIds: [room] }), { search: 'Cleo' })).toEqual([])
    expect(await namesOf(reaching({ hubIds: [room] }), { search: 'Ada' })).toEqual(['Ada'])
  })

  it('39: an HR or Quality Admin sees their department, and nobody who was only invited into it', async () => {
    expect(await namesOf(reaching({ departmentId: nursing }))).toEqual(['Eva'])
    expect(await namesOf(reaching({ departmentId: nursing }), { search: 'Dan' })).toEqual([])
  })

  it('39: an admin of a hub and of a department sees both', async () => {
    expect(await namesOf(reaching({ hubIds: [room], departmentId: nursing }))).toEqual(['Ada', 'Eva'])
  })
})

describe('the two filters', () => {
  let seeded: Seeded
  beforeAll(async () => {
    seeded = await seedOrganisation(db)
    const hubId = await seeded.hub('Main hub')
    const inviterId = await seeded.person({ firstName: 'Never' })
    for (const status of ['waiting', 'pending', 'accepted', 'expired', 'revoked', 'error'] as const) {
      const personId = await seeded.person({ firstName: status })
      await seeded.invite({ personId, inviterId, hubId, status })
      if (status === 'accepted') await seeded.account(personId)
    }
    const paused = await seeded.person({ firstName: 'paused' })
    await seeded.invite({ personId: paused, inviterId, hubId, status: 'accepted' })
    await seeded.account(paused, 'inactive')
    await seeded.person({ firstName: 'gone', isActive: false })
  })

  it.each<[Partial<PeopleFilter>, string[]]>([
    [{ invited: 'all' }, ['Never', 'accepted', 'error', 'expired', 'gone', 'paused', 'pending', 'revoked', 'waiting']],
    [{ invited: 'invited' }, ['accepted', 'expired', 'paused', 'pending']],
    [{ invited: 'not_invited' }, ['Never', 'gone', 'revoked']],
    [{ invited: 'waiting' }, ['waiting']],
    [{ invited: 'error' }, ['error']],
    [{ user: 'not_invited' }, ['Never', 'error', 'revoked']],
    [{ user: 'pending' }, ['pending', 'waiting']],
    [{ user: 'expired' }, ['expired']],
    [{ user: 'active' }, ['accepted']],
    [{ user: 'inactive' }, ['gone', 'paused']],
    [{ invited: 'invited', user: 'inactive' }, ['paused']],
    [{ invited: 'error', user: 'active' }, []],
  ])('%o', async (filter, names) => {
    expect(await namesOf(everything(seeded), filter)).toEqual(names)
    const { total } = await listPeople(db, everything(seeded), { filter: { ...EVERYBODY, ...filter } })
    expect(total).toEqual({ count: names.length, isExact: true })
  })

  it('an answer moves a person at once', async () => {
    await db.prisma.invitation.updateMany({
      where: { person: { firstName: 'error', organisationId: seeded.organisationId } },
      data: { status: 'waiting' },
    })
    expect(await namesOf(everything(seeded), { invited: 'waiting' })).toEqual(['error', 'waiting'])
  })
})

describe('the search', () => {
  let seeded: Seeded
  const search = (typed: string) => namesOf(everything(seeded), { search: typed })
  beforeAll(async () => {
    seeded = await seedOrganisation(db)
    const nursing = await seeded.department('Night Nursing')
    const berlin = await seeded.location('Berlin')
    const ana = await seeded.person({ firstName: 'Ana', lastName: 'Díaz', email: 'Ana.D@Example.org' })
    const bob = await seeded.person({ firstName: 'Bob', lastName: 'O’Neil_100%', departmentId: nursing })
    await seeded.person({ slackName: 'Полина Ли', email: null, mobile: '+79051111111', locationId: berlin })
    const room = await seeded.hub('Harbour Room')
    await seeded.join(room, ana)
    await seeded.invite({ personId: bob, inviterId: ana, hubId: room, status: 'pending' })
    await seeded.group('Early shift', [ana])
  })

  it.each([
    ['ana', ['Ana Díaz']],
    ['DÍAZ', ['Ana Díaz']],
    ['díaz ana', ['Ana Díaz']],
    ['ana.d@example.org', ['Ana Díaz']],
    ['полина', ['Полина Ли']],
    ['+7 905 111', ['Полина Ли']],
    ['night nursing', ['Bob O’Neil_100%']],
    ['bob nursing', ['Bob O’Neil_100%']],
    ['berlin', ['Полина Ли']],
    ['harbour room', ['Ana Díaz', 'Bob O’Neil_100%']],
    ['early shift', ['Ana Díaz']],
    ['an', ['Ana Díaz']],
    ['na', []],
    ['nobody at all', []],
    ['  ', ['Полина Ли', 'Ana Díaz', 'Bob O’Neil_100%']],
  ])('finds by %j', async (typed, names) => {
    expect((await search(typed)).sort()).toEqual(names.sort())
  })

  it.each(['%', '_', '%%%', '___', 'a_a', '\\', '\'; DROP TABLE "Person"; --', 'O’Neil\\_'])(
    'takes %j as it is written',
    async (typed) => {
      const names = await search(typed)
      expect(names).toEqual([])
    },
  )

  it('finds signs that are signs of patterns, where they stand', async () => {
    expect(await search('100%')).toEqual(['Bob O’Neil_100%'])
    expect(await search('neil_1')).toEqual(['Bob O’Neil_100%'])
    expect(await search('%'.repeat(10_000))).toEqual([])
    expect(await search('\0ana')).toEqual(['Ana Díaz'])
  })

  it('finds people of a long list before and after they are settled, by their new names too', async () => {
    await seeded.many(120, 'Longlist')
    const found = () => namesOf(everything(seeded), { search: 'longlist7@' })
    expect(await found()).toEqual(['Ana 00007 Longlist'])
    expect(await settleSearch(db)).toBeGreaterThanOrEqual(120)
    expect(await settleSearch(db)).toBe(0)
    expect(await found()).toEqual(['Ana 00007 Longlist'])
    const where = { emailKey: 'longlist7@example.org', organisationId: seeded.organisationId }
    await db.prisma.person.updateMany({ where, data: { firstName: 'Zoe' } })
    expect(await search('zoe longlist')).toEqual(['Zoe Longlist'])
    expect(await search('00007')).toEqual([])
  })

  it('finds a department by its new name', async () => {
    await db.prisma.department.updateMany({ where: { name: 'Night Nursing' }, data: { name: 'Care' } })
    expect(await search('care')).toEqual(['Bob O’Neil_100%'])
    expect(await search('nursing')).toEqual([])
  })
})

describe('pages', () => {
  const size = 8
  let seeded: Seeded
  beforeAll(async () => {
    seeded = await seedOrganisation(db)
    await seeded.many(20, 'Weber')
  })

  const page = (at: PeoplePlace, filter: Partial<PeopleFilter> = {}) =>
    listPeople(db, everything(seeded), { filter: { ...EVERYBODY, ...filter }, at, size })
  const numbers = (shown: Awaited<ReturnType<typeof page>>) =>
    shown.people.map(({ firstName }) => Number(firstName.slice(4)))
  const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

  it.each([{}, { search: 'weber' }, { invited: 'not_invited' as const }])(
    'lead forwards to the end and back to the beginning: %o',
    async (filter) => {
      const first = await page('first', filter)
      expect(numbers(first)).toEqual(upTo(1, 8))
      expect(first).toMatchObject({ hasPrevious: false, hasNext: true, total: { count: 20, isExact: true } })
      const second = await page({ after: placeOf(first, 7) }, filter)
      const third = await page({ after: placeOf(second, 7) }, filter)
      expect([numbers(second), numbers(third)]).toEqual([upTo(9, 16), upTo(17, 20)])
      expect(third).toMatchObject({ hasPrevious: true, hasNext: false })
      const back = await page({ before: placeOf(third, 0) }, filter)
      expect(numbers(back)).toEqual(upTo(9, 16))
      const beginning = await page({ before: placeOf(back, 0) }, filter)
      expect(numbers(beginning)).toEqual(upTo(1, 8))
      expect(beginning.hasPrevious).toBe(false)
    },
  )

  function placeOf(shown: Awaited<ReturnType<typeof page>>, index: number) {
    const person = shown.people[index]
    if (!person) throw new Error('nobody stands there')
    return person
  }

  it('show nobody twice and pass nobody over while people come, go and are renamed', async () => {
    const first = await page('first')
    const [eighth, second] = [placeOf(first, 7), placeOf(first, 1)]
    await db.prisma.person.update({ where: { id: eighth.id }, data: { lastName: 'Aaron' } })
    await db.prisma.person.update({ where: { id: second.id }, data: { isActive: false } })
    await seeded.person({ firstName: 'Ana 00008x', lastName: 'Weber' })
    const next = await page({ after: eighth })
    expect(next.people.map(({ firstName }) => firstName).slice(0, 3)).toEqual(['Ana 00008x', 'Ana 00009', 'Ana 00010'])
  })

  it('that would be empty or half empty become the nearest full one', async () => {
    const all = await listPeople(db, everything(seeded), { filter: EVERYBODY, size: 100 })
    const last = all.people.at(-1)
    const third = all.people.at(2)
    if (!last || !third) throw new Error('there is nobody')
    const behindTheEnd = await page({ after: last })
    expect(behindTheEnd.people.map(({ id }) => id)).toEqual(all.people.slice(-size).map(({ id }) => id))
    expect(behindTheEnd).toMatchObject({ hasPrevious: true, hasNext: false })
    const beforeTheThird = await page({ before: third })
    expect(beforeTheThird.people).toHaveLength(size)
    expect(beforeTheThird.hasPrevious).toBe(false)
    const nobody = await page({ after: last }, { search: 'nobody at all' })
    expect(nobody).toMatchObject({ people: [], total: { count: 0, isExact: true } })
  })

  it('say what stands in the way of inviting somebody', async () => {
    const other = await seedOrganisation(db)
    await other.person({ firstName: 'a', email: null })
    await other.person({ firstName: 'b', email: null, mobile: '+79051111111' })
    await other.person({ firstName: 'c', employeeType: null })
    await other.person({ firstName: 'd', isActive: false })
    await other.person({ firstName: 'e' })
    const { people } = await listPeople(db, everything(other), { filter: EVERYBODY })
    expect(people.map(({ obstacles }) => obstacles)).toEqual([
      ['no_contact'],
      ['no_email'],
      ['uncategorised'],
      ['left'],
      [],
    ])
  })
})
