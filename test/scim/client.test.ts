// A client that knows SCIM by a library: it builds every message and reads every answer with scimmy's own classes, which
// throw at what is not SCIM. (No client of SCIM's is among the packages.) What is described is what is sent.
import SCIMMY from 'scimmy'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startUsher, type Usher } from '../setup/usher.ts'
import { type Body, type Directory, entraUser, openDirectory, USHER } from './directory.ts'

const { ListResponse, PatchOp, SearchRequest } = SCIMMY.Messages

let usher: Usher
let directory: Directory
beforeAll(async () => {
  usher = await startUsher()
  directory = await openDirectory(usher)
})
afterAll(() => usher.stop())

const readUser = (body: Body) => new SCIMMY.Schemas.User(body, 'out')
const readGroup = (body: Body) => new SCIMMY.Schemas.Group(body, 'out')

it('takes a user through everything, and understands every answer', async () => {
  const wanted = new SCIMMY.Schemas.User(entraUser('client', { [USHER]: { startDate: '2026-12-01' } }), 'in')
  const made = readUser((await directory.post('/Users', wanted)).body)
  expect(made.id).toMatch(/^[0-9a-f-]{36}$/)
  expect(made.meta?.location).toBe(`https://usher.example.test/scim/v2/Users/${made.id}`)

  const listed = new ListResponse((await directory.get('/Users?count=1')).body)
  expect(listed).toMatchObject({ totalResults: 1, startIndex: 1 })
  expect(readUser(listed.Resources[0]).userName).toBe('client@contoso.example')

  const search = new SearchRequest().prepare({ filter: 'userName eq "client@contoso.example"', count: 1 })
  const found = new ListResponse((await directory.post('/Users/.search', search)).body)
  expect(found.Resources.map(({ id }: Body) => id)).toEqual([made.id])

  const change = new PatchOp({
    schemas: [PatchOp.id],
    Operations: [{ op: 'replace', path: 'name.givenName', value: 'Clio' }],
  })
  const { body: patched } = await directory.send(`/Users/${made.id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/scim+json' },
    body: JSON.stringify(change),
  })
  expect(readUser(patched).name).toMatchObject({ givenName: 'Clio', familyName: 'Familyname' })

  const replaced = readUser((await directory.put(`/Users/${made.id}`, { ...patched, title: 'Muse' })).body)
  expect(replaced.title).toBe('Muse')
})

it('takes a group through everything, and understands every answer', async () => {
  const { body: user } = await directory.post('/Users', entraUser('grouped'))
  const wanted = new SCIMMY.Schemas.Group({ displayName: 'Clients', members: [{ value: user.id }] }, 'in')
  const made = readGroup((await directory.post('/Groups', wanted)).body)
  expect(made.members?.map(({ value }: Body) => value)).toEqual([user.id])

  const listed = new ListResponse((await directory.get('/Groups')).body)
  expect(listed.Resources.map((group: Body) => readGroup(group).displayName)).toEqual(['Clients'])

  expect((await directory.remove(`/Groups/${made.id}`)).status).toBe(204)
})

it('reads errors as the errors that they are', async () => {
  for (const answer of [
    await directory.get('/Users/nobody'),
    await directory.post('/Users', {}),
    await directory.get('/Users?filter=x'),
    await directory.post('/Users', entraUser('client')),
  ]) {
    // The library throws an error document that it is given as the error that it tells of.
    const { status, scimType, detail } = answer.body
    expect(() => new SCIMMY.Messages.ErrorResponse(answer.body)).toThrow(
      expect.objectContaining({ status, ...(scimType ? { scimType } : {}), message: detail }),
    )
    expect(Number(status)).toBe(answer.status)
  }
})

it('finds every attribute of a user described in the schemas', async () => {
  const { body: schemas } = await directory.get('/Schemas')
  const { body: types } = await directory.get('/ResourceTypes/User')
  const named = [types.schema, ...types.schemaExtensions.map(({ schema }: Body) => schema)]
  const described = new Map(schemas.Resources.map((schema: Body) => [schema.id, schema.attributes]))
  const { body: user } = await directory.post(
    '/Users',
    entraUser('described', { [USHER]: { employeeType: 'Employee' } }),
  )

  for (const schema of user.schemas) expect(named).toContain(schema)
  const own = (described.get(types.schema) as Body[]).map(({ name }) => name)
  const common = ['schemas', 'id', 'externalId', 'meta']
  for (const name of Object.keys(user)) if (!name.startsWith('urn:')) expect([...own, ...common]).toContain(name)
  expect((described.get(USHER) as Body[]).map(({ name }) => name)).toEqual(['startDate', 'employeeType'])
})
