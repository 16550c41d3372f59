// The requests for groups that Microsoft documents ("Develop and plan provisioning for a SCIM endpoint in Microsoft Entra
// ID"), over HTTP against the running app.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startUsher, type Usher } from '../setup/usher.ts'
import { type Body, type Directory, entraUser, filtered, GROUP, openDirectory } from './directory.ts'

let usher: Usher
let entra: Directory
beforeAll(async () => {
  usher = await startUsher()
  entra = await openDirectory(usher)
})
afterAll(() => usher.stop())

const create = async (name: string): Promise<Body> => {
  const { status, body } = await entra.post('/Users', entraUser(name))
  expect(status).toBe(201)
  return body
}

describe('Entra’s groups', () => {
  const group = async (displayName: string): Promise<Body> => {
    const { status, body } = await entra.post('/Groups', {
      schemas: [GROUP, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
      externalId: `8aa1a0c0-${displayName}`,
      displayName,
      meta: { resourceType: 'Group' },
    })
    expect(status).toBe(201)
    return body
  }

  it('are created, read and looked for without their members', async () => {
    const { id } = await group('Created')

    const read = await entra.get(`/Groups/${id}?excludedAttributes=members`)
    expect(read.body).toMatchObject({ id, displayName: 'Created', externalId: '8aa1a0c0-Created' })
    expect(read.body).not.toHaveProperty('members')
    const found = await entra.get(filtered('/Groups', 'displayName eq "created"', '&excludedAttributes=members'))
    expect(found.body).toMatchObject({ totalResults: 1, Resources: [{ id }] })
    expect(found.body.Resources[0]).not.toHaveProperty('members')
  })

  it('get another name', async () => {
    const { id } = await group('Old name')

    const { status } = await entra.patch(`/Groups/${id}`, [{ op: 'Replace', path: 'displayName', value: 'New name' }])

    expect(status).toBe(204)
    expect((await entra.get(`/Groups/${id}`)).body.displayName).toBe('New name')
  })

  it('get and lose members, named by value with an empty reference', async () => {
    const { id } = await group('With members')
    const [one, other] = [await create('member-one'), await create('member-other')]
    const members = [one, other].map((user) => ({ $ref: null, value: user.id }))

    expect((await entra.patch(`/Groups/${id}`, [{ op: 'Add', path: 'members', value: members }])).status).toBe(204)
    const removal = [{ op: 'Remove', path: 'members', value: [{ $ref: null, value: one.id }] }]
    expect((await entra.patch(`/Groups/${id}`, removal)).status).toBe(204)

    const { body } = await entra.get(`/Groups/${id}`)
    expect(body.members.map(({ value }: Body) => value)).toEqual([other.id])
    const asked = await entra.get(filtered('/Groups', `id eq "${id}" and members eq "${other.id}"`, '&attributes=id'))
    expect(asked.body.totalResults).toBe(1)
    const not = await entra.get(filtered('/Groups', `id eq "${id}" and members[value eq "${one.id}"]`))
    expect(not.body.totalResults).toBe(0)
  })

  it('take the same member twice and let go of one who is not in as if nothing were', async () => {
    const { id } = await group('Twice')
    const user = await create('twice')
    const add = [{ op: 'Add', path: 'members', value: [{ value: user.id }, { value: user.id }] }]
    await entra.patch(`/Groups/${id}`, add)

    expect((await entra.patch(`/Groups/${id}`, add)).status).toBe(204)
    const stranger = '019a0000-0000-7000-8000-00000000beef'
    const removal = [{ op: 'Remove', path: 'members', value: [{ value: stranger }, { value: 'no id' }] }]
    expect((await entra.patch(`/Groups/${id}`, removal)).status).toBe(204)

    expect((await entra.get(`/Groups/${id}`)).body.members).toHaveLength(1)
  })

  it('are emptied by a removal without a value', async () => {
    const { id } = await group('Emptied')
    const user = await create('emptied')
    await entra.patch(`/Groups/${id}`, [{ op: 'Add', path: 'members', value: [{ value: user.id }] }])

    await entra.patch(`/Groups/${id}`, [{ op: 'Remove', path: 'members' }])

    expect((await entra.get(`/Groups/${id}`)).body.members).toEqual([])
  })

  it('lose whoever is deleted', async () => {
    const { id } = await group('Left behind')
    const user = await create('left-behind')
    await entra.patch(`/Groups/${id}`, [{ op: 'Add', path: 'members', value: [{ value: user.id }] }])

    await entra.remove(`/Users/${user.id}`)

    expect((await entra.get(`/Groups/${id}`)).body.members).toEqual([])
  })
})
