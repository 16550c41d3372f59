// The requests that Okta documents ("Okta and SCIM Version 2.0"), and those of its own suite of tests for SCIM servers,
// in their order, over HTTP against the running app.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startUsher, type Usher } from '../setup/usher.ts'
import { type Body, type Directory, ERROR, filtered, GROUP, LIST, openDirectory, USER } from './directory.ts'

let usher: Usher
let okta: Directory
beforeAll(async () => {
  usher = await startUsher()
  okta = await openDirectory(usher)
})
afterAll(() => usher.stop())

/** What Okta sends when somebody is assigned to the app. */
const isaac = {
  schemas: [USER],
  userName: 'isaac.brock@example.com',
  name: { givenName: 'Isaac', familyName: 'Brock' },
  emails: [{ primary: true, value: 'isaac.brock@example.com', type: 'work' }],
  displayName: 'Isaac Brock',
  locale: 'en-US',
  externalId: '00ujl29u0le5T6Aj10h7',
  groups: [],
  password: '1mz050nq',
  active: true,
}

const person = (id: string) => usher.app.db.prisma.person.findUniqueOrThrow({ where: { id } })

describe('Okta’s suite', () => {
  let made: Body

  it('tests the credentials by a list of two users', async () => {
    const { status, body } = await okta.get('/Users?count=2&startIndex=1')

    expect(status).toBe(200)
    expect(body).toMatchObject({ schemas: [LIST], startIndex: 1, totalResults: 0, itemsPerPage: 0, Resources: [] })
  })

  it('tests the groups by a list of a hundred', async () => {
    const { status, body } = await okta.get('/Groups?count=100&startIndex=1')

    expect(status).toBe(200)
    expect(body).toMatchObject({ schemas: [LIST], Resources: [] })
  })

  it('asks for a user who is not there by an id, and gets SCIM’s 404', async () => {
    const { status, body } = await okta.get('/Users/010101001010101011001010101011')

    expect(status).toBe(404)
    expect(body).toMatchObject({ schemas: [ERROR], status: '404' })
    expect(body.detail).not.toBe('')
  })

  it('looks for a user name that nobody has, and gets an empty list', async () => {
    const { status, body } = await okta.get(filtered('/Users', 'userName eq "isaac.brock@example.com"'))

    expect(status).toBe(200)
    expect(body).toMatchObject({ totalResults: 0, Resources: [] })
  })

  it('creates a user', async () => {
    const { status, body, headers, text } = await okta.post('/Users', isaac)

    made = body
    expect(status).toBe(201)
    expect(body).toMatchObject({
      schemas: [USER],
      userName: 'isaac.brock@example.com',
      externalId: '00ujl29u0le5T6Aj10h7',
      active: true,
      name: { givenName: 'Isaac', familyName: 'Brock' },
      emails: [{ primary: true, value: 'isaac.brock@example.com', type: 'work' }],
      meta: { resourceType: 'User' },
    })
    expect(body.meta.location).toBe(`https://usher.example.test/scim/v2/Users/${body.id}`)
    expect(headers.get('location')).toBe(body.meta.location)
    expect(text).not.toContain('1mz050nq')
    expect(await person(body.id)).toMatchObject({
      firstName: 'Isaac',
      lastName: 'Brock',
      email: 'isaac.brock@example.com',
      language: 'en',
      isActive: true,
    })
  })

  it('keeps no password', async () => {
    const { rows } = await usher.app.db.pool.query('SELECT "resource"::text FROM "ScimUser"')

    expect(JSON.stringify(rows)).not.toContain('1mz050nq')
  })

  it('reads the user by the id', async () => {
    const { status, body } = await okta.get(`/Users/${made.id}`)

    expect(status).toBe(200)
    expect(body).toEqual(made)
  })

  it('finds the user by the name, in whatever letters', async () => {
    const { body } = await okta.get(
      filtered('/Users', 'userName eq "Isaac.Brock@EXAMPLE.com"', '&startIndex=1&count=100'),
    )

    expect(body).toMatchObject({ totalResults: 1, Resources: [{ id: made.id }] })
  })

  it('creates the same user once more, and gets 409', async () => {
    const { status, body } = await okta.post('/Users', isaac)

    expect(status).toBe(409)
    expect(body).toMatchObject({ schemas: [ERROR], status: '409', scimType: 'uniqueness' })
  })

  it('pushes a changed profile by PUT', async () => {
    const { status, body } = await okta.put(`/Users/${made.id}`, {
      ...isaac,
      id: made.id,
      name: { givenName: 'Isaac', familyName: 'Brock-Updated' },
      meta: { resourceType: 'User' },
    })

    expect(status).toBe(200)
    expect(body.name.familyName).toBe('Brock-Updated')
    expect(await person(made.id)).toMatchObject({ lastName: 'Brock-Updated', isActive: true })
  })

  it('deactivates by PATCH, without a path', async () => {
    const { status, body } = await okta.patch(`/Users/${made.id}`, [{ op: 'replace', value: { active: false } }])

    expect(status).toBe(200)
    expect(body.active).toBe(false)
    expect(await person(made.id)).toMatchObject({ isActive: false })
  })

  it('does not reactivate somebody because a PUT says nothing of it', async () => {
    const { active: _active, ...silent } = isaac
    const { body } = await okta.put(`/Users/${made.id}`, silent)

    expect(body.active).toBe(false)
    expect(await person(made.id)).toMatchObject({ isActive: false })
  })

  it('reactivates, and the person counts as hired again', async () => {
    await okta.patch(`/Users/${made.id}`, [{ op: 'replace', value: { active: true } }])

    const after = await person(made.id)
    expect(after).toMatchObject({ isActive: true, leftAt: null })
    expect(after.hiredAgainAt).not.toBeNull()
  })
})

describe('Okta’s groups', () => {
  let group: Body
  let members: Body[]
  beforeAll(async () => {
    const one = (name: string) =>
      okta.post('/Users', { ...isaac, externalId: name, userName: name, emails: [{ primary: true, value: name }] })
    members = [(await one('ada@okta.local.example')).body, (await one('test.user@okta.local.example')).body]
  })

  const idsIn = async () => {
    const { body } = await okta.get(`/Groups/${group.id}`)
    return (body.members ?? []).map(({ value }: Body) => value).sort()
  }

  it('are created empty', async () => {
    const { status, body } = await okta.post('/Groups', { schemas: [GROUP], displayName: 'Test SCIMv2', members: [] })

    group = body
    expect(status).toBe(201)
    expect(body).toMatchObject({ schemas: [GROUP], displayName: 'Test SCIMv2', members: [] })
    const row = await usher.app.db.prisma.group.findUniqueOrThrow({ where: { id: body.id } })
    expect(row).toMatchObject({ source: 'scim', name: 'Test SCIMv2', deletedAt: null })
  })

  it('are renamed by PATCH with their own id in the value', async () => {
    const { status } = await okta.patch(`/Groups/${group.id}`, [
      { op: 'replace', value: { id: group.id, displayName: 'Test SCIMv2 renamed' } },
    ])

    expect(status).toBe(204)
    expect((await okta.get(`/Groups/${group.id}`)).body.displayName).toBe('Test SCIMv2 renamed')
  })

  it('get and lose members in one PATCH', async () => {
    const [ada, test] = members
    await okta.patch(`/Groups/${group.id}`, [
      { op: 'add', path: 'members', value: [{ value: ada.id, display: 'Ada' }] },
    ])

    const { status } = await okta.patch(`/Groups/${group.id}`, [
      { op: 'remove', path: `members[value eq "${ada.id}"]` },
      { op: 'add', path: 'members', value: [{ value: test.id, display: 'test.user@okta.local' }] },
    ])

    expect(status).toBe(204)
    expect(await idsIn()).toEqual([test.id])
  })

  it('get all their members anew by PATCH and by PUT', async () => {
    const ids = members.map(({ id }) => id).sort()
    await okta.patch(`/Groups/${group.id}`, [
      { op: 'replace', path: 'members', value: ids.map((value) => ({ value, display: 'somebody' })) },
    ])
    expect(await idsIn()).toEqual(ids)

    const { status, body } = await okta.put(`/Groups/${group.id}`, {
      schemas: [GROUP],
      id: group.id,
      displayName: 'Test SCIMv2 renamed',
      members: [{ value: ids[0], display: 'somebody' }],
    })
    expect(status).toBe(200)
    expect(body.members).toEqual([
      expect.objectContaining({
        value: ids[0],
        type: 'User',
        $ref: `https://usher.example.test/scim/v2/Users/${ids[0]}`,
      }),
    ])
  })

  it('are deleted: nobody is removed with them, and they are found no more', async () => {
    const inside = () => usher.app.db.prisma.groupMembership.count({ where: { groupId: group.id } })
    const before = await inside()

    expect((await okta.remove(`/Groups/${group.id}`)).status).toBe(204)

    expect((await okta.get(`/Groups/${group.id}`)).status).toBe(404)
    expect((await okta.remove(`/Groups/${group.id}`)).status).toBe(404)
    expect(await inside()).toBe(before)
    expect((await usher.app.db.prisma.group.findUniqueOrThrow({ where: { id: group.id } })).deletedAt).not.toBeNull()
  })
})
