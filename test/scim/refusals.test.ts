// What a directory asks that cannot be: each is answered with SCIM's own error, at once, and nothing is changed.
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startUsher, type Usher } from '../setup/usher.ts'
import { type Body, type Directory, entraUser, errorOf, GROUP, openDirectory, PATCH, USER } from './directory.ts'

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

  it('of more than 1 MB is 413, and one that would have to be unpacked is 415', async () => {
    const large = JSON.stringify(entraUser('large', { title: 'x'.repeat(1_100_000) }))
    expect(errorOf(await raw('/Users', large))).toEqual([413, undefined])

    const packed = gzipSync(large)
    expect(packed.length).toBeLessThan(10_000)
    expect(errorOf(await raw('/Users', packed, { more: { 'content-encoding': 'gzip' } }))).toEqual([415, undefined])
  })

  it('of a user of more than 64 kB is 413', async () => {
    expect(errorOf(await directory.post('/Users', entraUser('fat', { title: 'x'.repeat(70_000) })))).toEqual([
      413,
      undefined,
    ])
  })

  it('48: nested tens of thousands deep is refused, and nothing of it is taken', async () => {
    const deep = (open: string, close: string) => `${open.repeat(50_000)}1${close.repeat(50_000)}`
    const made = `{"userName":"deep","name":${deep('{"givenName":', '}')}}`
    const changed = `{"schemas":["${PATCH}"],"Operations":[{"op":"add","path":"roles","value":${deep('[', ']')}}]}`

    expect((await raw('/Users', made)).status).toBe(400)
    expect((await raw(`/Users/${ana.id}`, changed, { method: 'PATCH' })).status).toBe(400)
    expect(await usher.app.db.prisma.scimUser.count({ where: { userNameKey: 'deep' } })).toBe(0)
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
