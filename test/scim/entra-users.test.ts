// The requests that Microsoft documents ("Develop and plan provisioning for a SCIM endpoint in Microsoft Entra ID"), and
// the shapes that its provisioning service is known to send, over HTTP against the running app.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startUsher, type Usher } from '../setup/usher.ts'
import { type Body, type Directory, ENTERPRISE, entraUser, filtered, LIST, openDirectory, USHER } from './directory.ts'

let usher: Usher
let entra: Directory
beforeAll(async () => {
  usher = await startUsher()
  entra = await openDirectory(usher)
})
afterAll(() => usher.stop())

const person = (id: string) => usher.app.db.prisma.person.findUniqueOrThrow({ where: { id } })
const create = async (name: string, more = {}): Promise<Body> => {
  const { status, body } = await entra.post('/Users', entraUser(name, more))
  expect(status).toBe(201)
  return body
}
const patchUser = async (id: string, operations: unknown[]): Promise<Body> => {
  const { status, body } = await entra.patch(`/Users/${id}`, operations)
  expect(status).toBe(200)
  return body
}

describe('Entra’s users', () => {
  it('are looked for by their user name before they are made', async () => {
    const { status, body } = await entra.get(
      filtered('/Users', 'userName eq "Test_User_dfeef4c5-5681-4387-b016-bdf221e82081"'),
    )

    expect(status).toBe(200)
    expect(body).toEqual({ schemas: [LIST], totalResults: 0, startIndex: 1, itemsPerPage: 0, Resources: [] })
  })

  it('are created, and read by their id', async () => {
    const made = await create('created')

    expect(made).toMatchObject({ externalId: 'entra-created', userName: 'created@contoso.example', roles: [] })
    expect((await entra.get(`/Users/${made.id}`)).body).toEqual(made)
  })

  it('are found by external id and by the work address', async () => {
    const made = await create('found')

    for (const filter of [
      'externalId eq "entra-found"',
      'emails[type eq "work"].value eq "found@contoso.example"',
      'emails.value eq "FOUND@contoso.example"',
      `id eq "${made.id}"`,
      'userName eq "found@contoso.example" and active eq true',
    ]) {
      const { body } = await entra.get(filtered('/Users', filter))
      expect(
        body.Resources.map(({ id }: Body) => id),
        filter,
      ).toEqual([made.id])
    }
  })

  it('get another address and family name by paths', async () => {
    const { id } = await create('patched')

    const body = await patchUser(id, [
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'updated@contoso.example' },
      { op: 'Replace', path: 'name.familyName', value: 'Updated' },
    ])

    expect(body.emails).toEqual([{ primary: true, type: 'work', value: 'updated@contoso.example' }])
    expect(body.name).toMatchObject({ givenName: 'patched', familyName: 'Updated' })
    expect(await person(id)).toMatchObject({ email: 'updated@contoso.example', lastName: 'Updated' })
  })

  it('get another user name', async () => {
    const { id } = await create('renamed')

    const body = await patchUser(id, [{ op: 'Replace', path: 'userName', value: '5b50642d-79fc@contoso.example' }])

    expect(body.userName).toBe('5b50642d-79fc@contoso.example')
    expect((await entra.get(filtered('/Users', 'userName eq "renamed@contoso.example"'))).body.totalResults).toBe(0)
  })

  it.each([
    ['no', false],
    ['capital', 'False'],
    ['small', 'false'],
  ])('are disabled by a %s "false"', async (name, value) => {
    const { id } = await create(`disabled-${name}`)

    const body = await patchUser(id, [{ op: 'Replace', path: 'active', value }])

    expect(body.active).toBe(false)
    expect((await person(id)).isActive).toBe(false)
  })

  it('are inactive from the start where they are made so', async () => {
    const { id, active } = await create('inactive', { active: false })

    expect(active).toBe(false)
    expect((await person(id)).isActive).toBe(false)
  })

  it('are disabled by an Add of active, and enabled by "True"', async () => {
    const { id } = await create('toggled')

    await patchUser(id, [{ op: 'Add', path: 'active', value: 'False' }])
    expect((await person(id)).isActive).toBe(false)
    await patchUser(id, [{ op: 'Add', path: 'active', value: 'True' }])
    expect((await person(id)).isActive).toBe(true)
  })

  it('get entries that they did not have, named by a filter', async () => {
    const { id } = await create('entries')

    const body = await patchUser(id, [
      { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '+44 7400 123456' },
      { op: 'Replace', path: 'emails[type eq "home"].value', value: 'entries@home.example' },
      { op: 'Add', path: 'addresses[type eq "work"].locality', value: 'Redmond' },
      { op: 'Add', path: 'roles[primary eq "True"].value', value: 'User' },
    ])

    expect(body.phoneNumbers).toEqual([{ type: 'mobile', value: '+44 7400 123456' }])
    expect(body.emails).toContainEqual({ type: 'home', value: 'entries@home.example' })
    expect(body.addresses).toEqual([{ type: 'work', locality: 'Redmond' }])
    expect(body.roles).toEqual([{ primary: true, value: 'User' }])
    expect(await person(id)).toMatchObject({ mobile: '+447400123456', email: 'entries@contoso.example' })
  })

  it('get many attributes at once, by their paths as keys', async () => {
    const department = await usher.app.db.prisma.department.create({
      data: {
        id: '019a0000-0000-7000-8000-00000000000d',
        organisationId: (await usher.app.db.prisma.organisation.findFirstOrThrow()).id,
        name: 'Research',
        createdAt: usher.clock.now,
      },
    })
    const { id } = await create('keys')

    const body = await patchUser(id, [
      {
        op: 'Replace',
        value: {
          displayName: 'Keys Keeper',
          'name.givenName': 'Kay',
          'emails[type eq "work"].value': 'kay@contoso.example',
          [`${ENTERPRISE}:department`]: 'research',
          [`${USHER}:startDate`]: '2026-12-01T00:00:00Z',
        },
      },
    ])

    expect(body).toMatchObject({
      displayName: 'Keys Keeper',
      name: { givenName: 'Kay', familyName: 'Familyname' },
      [ENTERPRISE]: { department: 'research' },
      [USHER]: { startDate: '2026-12-01T00:00:00Z' },
    })
    expect(body.schemas).toContain(USHER)
    expect(await person(id)).toMatchObject({
      firstName: 'Kay',
      email: 'kay@contoso.example',
      departmentId: department.id,
      startDate: new Date('2026-12-01'),
    })
  })

  it('get and lose a manager, written as an id, an object or a list of one', async () => {
    const manager = await create('manager')
    const { id } = await create('managed')

    for (const value of [manager.id, { value: manager.id }, [{ $ref: `../Users/${manager.id}`, value: manager.id }]]) {
      const body = await patchUser(id, [{ op: 'Add', path: `${ENTERPRISE}:manager`, value }])
      expect(body[ENTERPRISE].manager).toEqual({ value: manager.id })
      const without = await patchUser(id, [{ op: 'Remove', path: `${ENTERPRISE}:manager` }])
      expect(without[ENTERPRISE]).toBeUndefined()
    }
  })

  it('keep their other addresses when one is added or removed by its value', async () => {
    const { id } = await create('several')
    await patchUser(id, [{ op: 'Add', path: 'emails', value: [{ type: 'other', value: 'x@other.example' }] }])

    const body = await patchUser(id, [{ op: 'Remove', path: 'emails', value: [{ value: 'x@other.example' }] }])

    expect(body.emails).toEqual([{ primary: true, type: 'work', value: 'several@contoso.example' }])
  })

  it('have one primary address, the one that was said last', async () => {
    const { id } = await create('primary')

    const body = await patchUser(id, [
      { op: 'Add', path: 'emails', value: [{ type: 'home', value: 'p@home.example', primary: true }] },
    ])

    expect(body.emails.filter(({ primary }: Body) => primary)).toEqual([
      { type: 'home', value: 'p@home.example', primary: true },
    ])
    expect((await person(id)).email).toBe('p@home.example')
  })

  it('may have attributes that Usher does not know, in every kind of request', async () => {
    const made = await create('strange', { favouriteColour: 'blue', 'urn:example:scim:2.0:Hat': { size: 7 } })

    const body = await patchUser(made.id, [
      { op: 'Add', path: 'favouriteColour', value: 'red' },
      { op: 'Add', path: 'urn:example:scim:2.0:Hat:size', value: 8 },
      { op: 'Replace', path: 'title', value: 'Engineer' },
    ])

    expect(body.title).toBe('Engineer')
    expect(JSON.stringify(body)).not.toMatch(/Colour|Hat/)
  })

  it('are deleted: the person is inactive, and the user is there no more', async () => {
    const { id } = await create('deleted')

    expect((await entra.remove(`/Users/${id}`)).status).toBe(204)

    expect((await entra.get(`/Users/${id}`)).status).toBe(404)
    expect((await entra.remove(`/Users/${id}`)).status).toBe(404)
    const left = await person(id)
    expect(left).toMatchObject({ isActive: false, email: 'deleted@contoso.example' })
    expect(left.sources).toEqual({})
  })

  it('who were deleted and come again are the same person', async () => {
    const { id } = await create('again')
    await entra.remove(`/Users/${id}`)

    const made = await create('again')

    expect(made.id).toBe(id)
    expect((await person(id)).hiredAgainAt).not.toBeNull()
  })
})
