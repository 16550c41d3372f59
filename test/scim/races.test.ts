// Many requests of a directory at once, and long lists: each name once, nothing half, no request that stands in another's way.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../src/database/index.ts'
import { startUsher, type Usher } from '../setup/usher.ts'
import { type Body, type Directory, directoryOf, entraUser, filtered, openDirectory } from './directory.ts'

let usher: Usher
let directory: Directory
beforeAll(async () => {
  usher = await startUsher()
  directory = await openDirectory(usher)
})
afterAll(() => usher.stop())

const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status).sort()
const prisma = () => usher.app.db.prisma

describe('at the same moment', () => {
  it('two creations of one user name are one user and one 409', async () => {
    const answers = await Promise.all([
      directory.post('/Users', entraUser('race', { emails: [{ value: 'one@contoso.example' }] })),
      directory.post('/Users', entraUser('race', { emails: [{ value: 'other@contoso.example' }] })),
    ])

    expect(statuses(answers)).toEqual([201, 409])
    expect(await prisma().scimUser.count({ where: { userNameKey: 'race@contoso.example' } })).toBe(1)
    // Whoever was refused left nobody behind.
    const people = { emailKey: { in: ['one@contoso.example', 'other@contoso.example'] } }
    expect(await prisma().person.count({ where: people })).toBe(1)
  })

  it('twenty creations of one address are one user', async () => {
    const emails = [{ value: 'shared@contoso.example', primary: true }]
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, number) => directory.post('/Users', entraUser(`shared-${number}`, { emails }))),
    )

    expect(statuses(answers)).toEqual([201, ...Array(19).fill(409)])
    expect(await prisma().person.count({ where: { emailKey: 'shared@contoso.example' } })).toBe(1)
  })

  it('two groups of one name are one group and one 409', async () => {
    const answers = await Promise.all([
      directory.post('/Groups', { displayName: 'Race' }),
      directory.post('/Groups', { displayName: 'race' }),
    ])

    expect(statuses(answers)).toEqual([201, 409])
    expect(await prisma().group.count({ where: { name: { equals: 'race', mode: 'insensitive' } } })).toBe(1)
  })

  it('changes of different attributes of one user are all kept', async () => {
    const { body: user } = await directory.post('/Users', entraUser('kept'))
    const parts = ['title', 'nickName', 'timezone', 'displayName', 'name.middleName', 'name.honorificPrefix']

    await Promise.all(parts.map((path) => directory.patch(`/Users/${user.id}`, [{ op: 'replace', path, value: 'x' }])))

    const { body } = await directory.get(`/Users/${user.id}`)
    expect(body).toMatchObject({ title: 'x', nickName: 'x', timezone: 'x', displayName: 'x' })
    expect(body.name).toMatchObject({ middleName: 'x', honorificPrefix: 'x', familyName: 'Familyname' })
  })

  it('changes, removal and creation of one person end in one of their orders', async () => {
    const { body: user } = await directory.post('/Users', entraUser('contested'))

    const answers = await Promise.all([
      ...Array.from({ length: 5 }, (_, number) =>
        directory.patch(`/Users/${user.id}`, [{ op: 'replace', path: 'active', value: number % 2 === 0 }]),
      ),
      directory.remove(`/Users/${user.id}`),
      directory.post('/Users', entraUser('contested')),
    ])

    for (const { status } of answers) expect([200, 201, 204, 404, 409]).toContain(status)
    const there = (await directory.get(`/Users/${user.id}`)).status === 200
    expect(there).toBe(answers.at(-1)?.status === 201)
  })

  it('members who come one by one are all in', async () => {
    const users = await Promise.all(
      Array.from({ length: 12 }, (_, number) => directory.post('/Users', entraUser(`joiner-${number}`))),
    )
    const { body: group } = await directory.post('/Groups', { displayName: 'Joined one by one' })

    const answers = await Promise.all(
      users.map(({ body }) =>
        directory.patch(`/Groups/${group.id}`, [{ op: 'add', path: 'members', value: [{ value: body.id }] }]),
      ),
    )

    expect(new Set(statuses(answers))).toEqual(new Set([204]))
    expect((await directory.get(`/Groups/${group.id}`)).body.members).toHaveLength(12)
  })
})

describe('a sync', () => {
  it('of a thousand users, ten at a time, is whole: each once, each with their event', async () => {
    const before = (await directory.get('/Users?count=0')).body.totalResults
    const names = Array.from({ length: 1000 }, (_, number) => `sync-${number}`)
    const made: number[] = []
    const lane = async () => {
      for (let name = names.pop(); name !== undefined; name = names.pop()) {
        const found = await directory.get(filtered('/Users', `userName eq "${name}@contoso.example"`))
        expect(found.body.totalResults).toBe(0)
        made.push((await directory.post('/Users', entraUser(name))).status)
      }
    }
    await Promise.all(Array.from({ length: 10 }, lane))

    expect(new Set(made)).toEqual(new Set([201]))
    expect((await directory.get('/Users?count=0')).body.totalResults).toBe(before + 1000)
    const added = await prisma().auditEvent.count({
      where: { act: 'person.added', subjectName: { startsWith: 'sync-' } },
    })
    expect(added).toBe(1000)
  })
})

describe('a group of five thousand', () => {
  let ids: string[]
  beforeAll(async () => {
    const { organisationId } = await prisma().scimToken.findFirstOrThrow()
    ids = Array.from({ length: 5000 }, () => newId())
    // Written at once: how users come is not what this is about.
    await usher.app.db.pool.query(
      `WITH people AS (
         INSERT INTO "Person" ("id", "organisationId", "firstName", "lastName", "createdAt")
         SELECT id, $1, 'Member', id::text, now() FROM unnest($2::uuid[]) AS id RETURNING "id")
       INSERT INTO "ScimUser" ("personId", "organisationId", "userName", "userNameKey", "emailKeys", "resource",
         "createdAt", "updatedAt")
       SELECT "id", $1, "id"::text, "id"::text, '{}', jsonb_build_object('userName', "id"), now(), now() FROM people`,
      [organisationId, ids],
    )
  })

  it('is made, read, changed by one, left out and replaced', async () => {
    const members = ids.map((value) => ({ value, display: 'somebody' }))
    const { status, body: group } = await directory.post('/Groups?excludedAttributes=members', {
      displayName: 'Five thousand',
      members,
    })
    expect(status).toBe(201)
    expect(group).not.toHaveProperty('members')

    const count = async () => (await directory.get(`/Groups/${group.id}`)).body.members.length
    expect(await count()).toBe(5000)
    await directory.patch(`/Groups/${group.id}`, [{ op: 'remove', path: `members[value eq "${ids[0]}"]` }])
    expect(await count()).toBe(4999)
    const listed = await directory.get(
      filtered('/Groups', 'displayName eq "Five thousand"', '&excludedAttributes=members'),
    )
    expect(listed.text.length).toBeLessThan(2000)
    await directory.patch(`/Groups/${group.id}`, [{ op: 'replace', path: 'members', value: members.slice(0, 10) }])
    expect(await count()).toBe(10)
  })

  it('is taken in single operations too, as Entra once sent them', async () => {
    const { body: group } = await directory.post('/Groups', { displayName: 'One by one' })
    const some = ids.slice(0, 1000)
    const add = some.map((value) => ({ op: 'Add', path: 'members', value: [{ value }] }))
    expect((await directory.patch(`/Groups/${group.id}`, add)).status).toBe(204)

    expect((await directory.get(`/Groups/${group.id}`)).body.members).toHaveLength(1000)
    const events = await prisma().auditEvent.findMany({ where: { subjectId: group.id, act: 'group.members_changed' } })
    expect(events.map(({ after }) => (after as Body).added)).toEqual([1000])
  })

  it('makes a page of groups shorter, where their members would be too many for one answer', async () => {
    const { organisationId } = await prisma().scimToken.findFirstOrThrow()
    const groups = Array.from({ length: 12 }, () => newId())
    await usher.app.db.pool.query(
      `WITH made AS (
         INSERT INTO "Group" ("id", "organisationId", "source", "externalId", "name", "createdAt")
         SELECT id, $1, 'scim', id::text, 'Big ' || id, now() FROM unnest($2::uuid[]) AS id RETURNING "id"),
       known AS (
         INSERT INTO "ScimGroup" ("groupId", "organisationId", "displayName", "displayNameKey", "createdAt", "updatedAt")
         SELECT "id", $1, 'Big ' || "id", 'big ' || "id", now() + interval '1 day', now() FROM made RETURNING 1)
       INSERT INTO "GroupMembership" ("groupId", "personId")
       SELECT "id", person FROM made, unnest($3::uuid[]) AS person`,
      [organisationId, groups, ids],
    )
    const { totalResults } = (await directory.get('/Groups?count=0')).body

    const first = await directory.get(`/Groups?startIndex=${totalResults - 11}&count=12`)

    // Fifty thousand members in one answer, and no more.
    expect(first.body).toMatchObject({ totalResults, itemsPerPage: 10 })
    const rest = await directory.get(`/Groups?startIndex=${totalResults - 1}&count=12`)
    expect([...first.body.Resources, ...rest.body.Resources].map(({ id }: Body) => id).sort()).toEqual(groups.sort())
  })
})

describe('too many requests', () => {
  it('of one address in a minute are told when to come again, in SCIM’s words', async () => {
    const small = await startUsher({ webLimits: { scim: 3 } })
    try {
      const busy = directoryOf(small.app.url, 'usher-scim-none')
      const answers: Body[] = []
      for (let number = 0; number < 4; number++) answers.push(await busy.get('/Users'))

      expect(statuses(answers)).toEqual([401, 401, 401, 429])
      expect(answers[3].headers.get('retry-after')).toMatch(/^\d+$/)
      expect(answers[3].body).toMatchObject({ status: '429' })
    } finally {
      await small.stop()
    }
  })
})
