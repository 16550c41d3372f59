// What a directory asks: filters, pages, searches, and what the service can do. What it cannot do is said at once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startUsher, type Usher } from '../setup/usher.ts'
import { type Body, type Directory, entraUser, errorOf, filtered, openDirectory, SEARCH, USER } from './directory.ts'

let usher: Usher
let directory: Directory
let ana: Body
beforeAll(async () => {
  usher = await startUsher()
  directory = await openDirectory(usher)
  ana = (await directory.post('/Users', entraUser('ana'))).body
})
afterAll(() => usher.stop())

describe('a filter', () => {
  it.each([
    'userName sw "a"',
    'userName eq "a" or userName eq "b"',
    'not (userName eq "a")',
    '(userName eq "a")',
    'userName pr',
    'userName eq',
    'eq "a"',
    'shoeSize eq 42',
    'emails[type eq "work"]',
    'userName eq "a" userName eq "b"',
    `userName eq "${'\\'.repeat(900)}`,
    `userName eq "${'\n'.repeat(900)}`,
    `${'(a eq 1 or b eq 2) and '.repeat(40)}a eq 1`,
    `userName eq "${'a'.repeat(5000)}"`,
    '['.repeat(900),
    '',
  ])('that cannot be done here is an invalid filter: %j', async (filter) => {
    expect(errorOf(await directory.get(filtered('/Users', filter)))).toEqual([400, 'invalidFilter'])
  })

  it('is read with the signs that JSON writes otherwise', async () => {
    await directory.post('/Users', entraUser('quoted', { externalId: 'CONTOSO\\ana "the first"' }))

    const { body } = await directory.get(filtered('/Users', 'externalId eq "CONTOSO\\\\ana \\"the first\\""'))

    expect(body.totalResults).toBe(1)
  })
})

describe('a list', () => {
  it('is given in parts, at most two hundred, in one order', async () => {
    for (let number = 0; number < 5; number++) await directory.post('/Users', entraUser(`paged-${number}`))
    const { body: all } = await directory.get('/Users')
    const ids = all.Resources.map(({ id }: Body) => id)

    const paged: string[] = []
    for (let startIndex = 1; startIndex <= all.totalResults; startIndex += 2) {
      const { body } = await directory.get(`/Users?startIndex=${startIndex}&count=2`)
      expect(body).toMatchObject({ totalResults: all.totalResults, startIndex })
      paged.push(...body.Resources.map(({ id }: Body) => id))
    }

    expect(paged).toEqual(ids)
    expect((await directory.get('/Users?count=0')).body).toMatchObject({ totalResults: ids.length, Resources: [] })
    expect((await directory.get('/Users?startIndex=-3&count=-1')).body).toMatchObject({ startIndex: 1, Resources: [] })
    expect((await directory.get('/Users?startIndex=9999')).body.Resources).toEqual([])
  })

  it.each(['startIndex=x', 'count=1.5', 'count=1&count=2', 'filter=a&filter=b', 'attributes[]=id&attributes[]=x'])(
    'is not given by %s',
    async (query) => {
      const { status } = await directory.get(`/Users?${query}`)
      // What is no parameter of SCIM's is not looked at.
      expect(status).toBe(query.startsWith('attributes[]') ? 200 : 400)
    },
  )

  it('holds the attributes that are asked for, and never those that are not wanted', async () => {
    const filter = 'userName eq "ana@contoso.example"'
    const one = async (more: string) => (await directory.get(filtered('/Users', filter, more))).body.Resources[0]

    expect(await one('&attributes=userName,name.familyName')).toEqual({
      schemas: [USER],
      id: ana.id,
      userName: 'ana@contoso.example',
      name: { familyName: 'Familyname' },
    })
    const rest = await one(`&excludedAttributes=emails.type,meta,id,${USER}:active`)
    expect(rest).toMatchObject({ id: ana.id, emails: [{ value: 'ana@contoso.example', primary: true }] })
    expect(rest).not.toHaveProperty('meta')
    expect(rest).not.toHaveProperty('active')
    expect(rest.emails[0]).not.toHaveProperty('type')
  })
})

describe('a search by POST', () => {
  it('finds users, groups, or both behind one another', async () => {
    await directory.post('/Groups', { displayName: 'Searched' })
    const search = (path: string, more: object) => directory.post(`${path}/.search`, { schemas: [SEARCH], ...more })

    const users = await search('/Users', { filter: 'userName eq "ana@contoso.example"', attributes: ['userName'] })
    expect(users.body.Resources).toEqual([{ schemas: [USER], id: ana.id, userName: 'ana@contoso.example' }])
    const groups = await search('/Groups', { filter: 'displayName eq "Searched"', excludedAttributes: ['members'] })
    expect(groups.body.totalResults).toBe(1)

    const counts = [(await directory.get('/Users?count=0')).body, (await directory.get('/Groups?count=0')).body]
    const [people, sets] = counts.map(({ totalResults }) => totalResults)
    const both = await search('', { startIndex: people, count: 2 })
    expect(both.body.totalResults).toBe(people + sets)
    expect(both.body.Resources.map(({ meta }: Body) => meta.resourceType)).toEqual(['User', 'Group'])
    const onlyGroups = await search('', { filter: 'displayName eq "Searched"' })
    expect(onlyGroups.body.totalResults).toBe(1)
    expect(errorOf(await search('', { filter: 'shoeSize eq 42' }))).toEqual([400, 'invalidFilter'])
    expect(errorOf(await directory.post('/Users/.search', { filter: 'x' }))).toEqual([400, 'invalidSyntax'])
  })
})

describe('the service', () => {
  it('says what it can do', async () => {
    const { body } = await directory.get('/ServiceProviderConfig')

    expect(body).toMatchObject({
      patch: { supported: true },
      bulk: { supported: false },
      filter: { supported: true, maxResults: 200 },
      changePassword: { supported: false },
      sort: { supported: false },
      etag: { supported: false },
      authenticationSchemes: [{ type: 'oauthbearertoken' }],
      meta: { location: 'https://usher.example.test/scim/v2/ServiceProviderConfig' },
    })
  })

  it('describes its types and schemas, with Usher’s own, and no password', async () => {
    const types = await directory.get('/ResourceTypes')
    expect(types.body.Resources.map(({ endpoint }: Body) => endpoint)).toEqual(['/Users', '/Groups'])
    expect((await directory.get('/ResourceTypes/User')).body.schemaExtensions).toHaveLength(2)

    const { body } = await directory.get('/Schemas')
    expect(body.Resources.map(({ id }: Body) => id)).toContain('urn:ietf:params:scim:schemas:extension:usher:2.0:User')
    const user = await directory.get(`/Schemas/${USER}`)
    expect(user.body.attributes.map(({ name }: Body) => name)).not.toContain('password')
  })

  it('is measured by its routes, in which no id stands', async () => {
    await directory.patch(`/Users/${ana.id}`, [{ op: 'replace', path: 'title', value: 'Measured' }])

    const metrics = await (await fetch(`${usher.app.url}/metrics`)).text()

    expect(metrics).toContain('route="/scim/v2/Users"')
    expect(metrics).toContain('method="PATCH"')
    expect(metrics).not.toContain(ana.id)
  })
})
