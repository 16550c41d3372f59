// What a directory asks that cannot be: each is answered with SCIM's own error, at once, and nothing is changed.
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startUsher, type Usher } from '../setup/usher.ts'
import {
  type Body,
  type Directory,
  ERROR,
  entraUser,
  filtered,
  GROUP,
  openDirectory,
  PATCH,
  SEARCH,
  USER,
} from './directory.ts'

let usher: Usher
let directory: Directory
let ana: Body
beforeAll(async () => {
  usher = await startUsher()
  directory = await openDirectory(usher)
  ana = (await directory.post('/Users', entraUser('ana'))).body
})
afterAll(() => usher.stop())

/** Sends a text as it is. */
const raw = (
  path: string,
  body: RequestInit['body'],
  { type = 'application/scim+json', method = 'POST', more = {} } = {},
) => directory.send(path, { method, body, headers: { 'content-type': type, ...more } })

const errorOf = ({ status, body }: { status: number; body: Body }) => {
  expect(body.schemas).toEqual([ERROR])
  expect(body.status).toBe(String(status))
  expect(body.detail).not.toMatch(/ at .*\(|node_modules|<html/)
  return [status, body.scimType]
}

describe('a body', () => {
  it.each<[string, string]>([
    ['that is cut', '{"userName":'],
    ['that is a text', '"ana"'],
    ['that is a list', '[]'],
    ['that is of another kind', JSON.stringify({ schemas: [GROUP], userName: 'x' })],
  ])('%s is invalid syntax', async (_name, text) => {
    expect(errorOf(await raw('/Users', text))).toEqual([400, 'invalidSyntax'])
  })

  it('that is no JSON, or that is not there, is 415', async () => {
    expect(errorOf(await raw('/Users', 'userName=ana', { type: 'application/x-www-form-urlencoded' }))).toEqual([
      415,
      undefined,
    ])
    expect(errorOf(await directory.send('/Users', { method: 'POST' }))).toEqual([415, undefined])
  })

  it('of more than 1 MB is 413, also one that is small until it is unpacked', async () => {
    const large = JSON.stringify(entraUser('large', { title: 'x'.repeat(1_100_000) }))
    expect(errorOf(await raw('/Users', large))).toEqual([413, undefined])

    const packed = gzipSync(large)
    expect(packed.length).toBeLessThan(10_000)
    expect(errorOf(await raw('/Users', packed, { more: { 'content-encoding': 'gzip' } }))).toEqual([413, undefined])
  })

  it('of a user of more than 64 kB is 413', async () => {
    expect(errorOf(await directory.post('/Users', entraUser('fat', { title: 'x'.repeat(70_000) })))).toEqual([
      413,
      undefined,
    ])
  })

  it('nested tens of thousands deep is refused like any other, or nothing of it is taken', async () => {
    const deep = (open: string, close: string) => `${open.repeat(50_000)}1${close.repeat(50_000)}`
    const made = `{"userName":"deep","name":${deep('{"givenName":', '}')}}`
    const changed = `{"schemas":["${PATCH}"],"Operations":[{"op":"add","path":"roles","value":${deep('[', ']')}}]}`

    expect(errorOf(await raw('/Users', made))).toEqual([400, 'invalidValue'])
    const patched = await raw(`/Users/${ana.id}`, changed, { method: 'PATCH' })
    expect(patched).toMatchObject({ status: 200, body: ana })
  })

  it('with signs that PostgreSQL does not keep is kept without them', async () => {
    const { status, body } = await raw(
      '/Users',
      '{"userName":"nul\\u0000@contoso.example","title":"half \\ud800 and \\u0000","name":{"familyName":"O\\u0000"}}',
    )

    expect(status).toBe(201)
    expect(body.title).toBe('half \ufffd and ')
  })
})

describe('a user', () => {
  it.each<[string, object]>([
    ['without a name', { schemas: [USER] }],
    ['whose name is empty', { userName: ' ' }],
    ['whose name is a list', { userName: ['a', 'b'] }],
    ['whose name is longer than 255', { userName: 'a'.repeat(256) }],
    ['whose address is none', { userName: 'x1', emails: [{ value: 'nonsense', primary: true }] }],
    ['whose "active" is a number', { userName: 'x2', active: 3 }],
    ['whose addresses are a number', { userName: 'x3', emails: 7 }],
  ])('%s is an invalid value', async (_name, body) => {
    expect(errorOf(await directory.post('/Users', body))).toEqual([400, 'invalidValue'])
  })

  it('with the address of another user is 409, made or changed', async () => {
    const taken = entraUser('other', { emails: [{ value: 'ANA@contoso.example', primary: true }] })
    expect(errorOf(await directory.post('/Users', taken))).toEqual([409, 'uniqueness'])

    const { body: bob } = await directory.post('/Users', entraUser('bob'))
    const change = [{ op: 'replace', path: 'emails[type eq "work"].value', value: 'ana@contoso.example' }]
    expect(errorOf(await directory.patch(`/Users/${bob.id}`, change))).toEqual([409, 'uniqueness'])
    const rename = [{ op: 'replace', path: 'userName', value: 'Ana@Contoso.example' }]
    expect(errorOf(await directory.patch(`/Users/${bob.id}`, rename))).toEqual([409, 'uniqueness'])
    expect((await directory.get(`/Users/${bob.id}`)).body).toEqual(bob)
  })

  it('with the address of somebody whom the organisation knows otherwise is not changed into them', async () => {
    const { organisationId } = await usher.app.db.prisma.person.findUniqueOrThrow({ where: { id: ana.id } })
    await usher.app.db.prisma.person.create({
      data: {
        id: '019a0000-0000-7000-8000-00000000cafe',
        organisationId,
        email: 'known@contoso.example',
        emailKey: 'known@contoso.example',
        createdAt: usher.clock.now,
      },
    })
    const change = [{ op: 'replace', path: 'emails', value: [{ value: 'known@contoso.example', primary: true }] }]

    expect(errorOf(await directory.patch(`/Users/${ana.id}`, change))).toEqual([409, 'uniqueness'])
  })
})

describe('a PATCH', () => {
  it.each<[string, unknown[], [number, string | undefined]]>([
    ['of no operation', [], [400, 'invalidValue']],
    ['of a list', [[]], [400, 'invalidValue']],
    ['of an unknown kind', [{ op: 'move', path: 'title' }], [400, 'invalidSyntax']],
    ['that removes nothing', [{ op: 'remove' }], [400, 'noTarget']],
    ['of a text alone', [{ op: 'replace', value: 'x' }], [400, 'invalidValue']],
    ['with a broken path', [{ op: 'replace', path: 'emails[type eq', value: 'x' }], [400, 'invalidPath']],
    ['with a path of parts of parts', [{ op: 'replace', path: 'a.b.c', value: 'x' }], [400, 'invalidPath']],
    ['that filters what is no list', [{ op: 'replace', path: 'title[type eq "x"]', value: 'x' }], [400, 'invalidPath']],
    ['that takes the user name away', [{ op: 'remove', path: 'userName' }], [400, 'invalidValue']],
    ['with a number for an address', [{ op: 'replace', path: 'name', value: 3 }], [400, 'invalidValue']],
  ])('%s is refused, and nothing is changed', async (_name, operations, expected) => {
    expect(errorOf(await directory.patch(`/Users/${ana.id}`, operations))).toEqual(expected)
    expect((await directory.get(`/Users/${ana.id}`)).body).toEqual(ana)
  })

  it('is done whole or not at all', async () => {
    const operations = [
      { op: 'replace', path: 'title', value: 'Half' },
      { op: 'replace', path: 'name', value: 3 },
    ]

    expect((await directory.patch(`/Users/${ana.id}`, operations)).status).toBe(400)
    expect((await directory.get(`/Users/${ana.id}`)).body).not.toHaveProperty('title')
  })

  it('of a group that cannot be is refused', async () => {
    const { body: group } = await directory.post('/Groups', { displayName: 'Refused' })
    for (const operations of [
      [{ op: 'add', path: 'members', value: [{ value: '019a0000-0000-7000-8000-00000000dead' }] }],
      [{ op: 'add', path: 'members', value: [{}] }],
      [{ op: 'replace', path: 'displayName', value: ' ' }],
    ]) {
      expect(errorOf(await directory.patch(`/Groups/${group.id}`, operations))).toEqual([400, 'invalidValue'])
    }
    const byName = [{ op: 'remove', path: 'members[display eq "Ana"]' }]
    expect(errorOf(await directory.patch(`/Groups/${group.id}`, byName))).toEqual([400, 'invalidPath'])
    expect(errorOf(await directory.post('/Groups', { displayName: 'REFUSED' }))).toEqual([409, 'uniqueness'])
  })
})

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

describe('an address', () => {
  it.each<[string, string, [number, string | undefined]]>([
    ['GET', '/Nothing', [404, undefined]],
    ['GET', '/Users/%E0%A4%A', [404, undefined]],
    ['DELETE', '/Users', [405, undefined]],
    ['POST', '/Groups/1', [405, undefined]],
    ['POST', '/Bulk', [501, undefined]],
    ['GET', '/Me', [501, undefined]],
    ['GET', '/Schemas/urn:nothing', [404, undefined]],
    ['GET', '/ResourceTypes/Nothing', [404, undefined]],
  ])('%s %s is answered in SCIM’s words', async (method, path, expected) => {
    expect(errorOf(await directory.send(path, { method }))).toEqual(expected)
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
    await directory.get(`/Users/${ana.id}`)

    const metrics = await (await fetch(`${usher.app.url}/metrics`)).text()

    expect(metrics).toContain('route="/scim/v2/Users"')
    expect(metrics).toContain('method="PATCH"')
    expect(metrics).not.toContain(ana.id)
  })
})
