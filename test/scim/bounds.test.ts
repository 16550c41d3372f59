// SECURITY 48: what a directory may send: JSON that isn't deep, lists that aren't long, filters that end. Bounds are
// looked at and no time is: what is refused is refused before anything works on it.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ScimDirectory, ScimResource } from '../../src/people/index.ts'
import { createScim, SCIM_PATH } from '../../src/web/scim/index.ts'
import { DEEPEST, isDeeperThan } from '../../src/web/scim/json-bounds.ts'
import { type Directory, directoryOf, entraUser, GROUP, PATCH, SEARCH } from './directory.ts'

const id = '019a0000-0000-7000-8000-000000000002'
const at = new Date('2026-12-01T10:00:00Z')
let server: Server
let there: Directory
let asked: string[] = []
let stored: ScimResource = {}

beforeAll(async () => {
  const user = () => ({ id, resource: stored, createdAt: at, updatedAt: at })
  const note = (name: string) => void asked.push(name)
  const directory: ScimDirectory = {
    findCaller: async () => '019a0000-0000-7000-8000-000000000001',
    createUser: async (_caller, resource) => {
      note('createUser')
      stored = resource
      return user()
    },
    readUser: async () => user(),
    listUsers: async () => ({ users: [], total: 0 }),
    changeUser: async (_caller, { change }) => {
      const changed = change({ userName: 'ana', emails: [] })
      note('changeUser')
      stored = changed
      return user()
    },
    removeUser: async () => {},
    createGroup: async () => {
      note('createGroup')
      return id
    },
    readGroup: async () => ({ id, displayName: 'Sales', externalId: null, members: [], createdAt: at, updatedAt: at }),
    listGroups: async () => ({ groups: [], total: 0 }),
    changeGroup: async () => note('changeGroup'),
    removeGroup: async () => {},
  }
  const silent = () => {}
  const log = { debug: silent, info: silent, warn: silent, error: silent }
  const app = express()
  app.use(
    SCIM_PATH,
    createScim({
      ...{ directory, publicUrl: 'https://usher.example.test', limit: 100_000, headers: {}, log },
      databaseIsAway: async () => false,
    }),
  )
  server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  there = directoryOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'usher-scim-any')
})
afterAll(() => new Promise((resolve) => server.close(resolve)))
beforeEach(() => {
  asked = []
})

const raw = (path: string, body: string | Buffer, method = 'POST', type = 'application/scim+json') =>
  there.send(path, { method, headers: { 'content-type': type }, body })

describe('48: nested brackets', () => {
  const many = 400_000
  const bodies: [string, string][] = [
    ['lists', '['.repeat(many) + ']'.repeat(many)],
    ['lists that do not end', '['.repeat(2 * many)],
    ['objects', `${'{"a":'.repeat(many / 4)}1${'}'.repeat(many / 4)}`],
    ['lists in a user', `{"userName":"ana","emails":${'['.repeat(many)}${']'.repeat(many)}}`],
    [
      'behind a text with brackets and quotation marks',
      `{"a":"]]\\"]]\\\\","b":${'['.repeat(many)}${']'.repeat(many)}}`,
    ],
    ['one level more than is taken', `${'['.repeat(DEEPEST + 1)}${']'.repeat(DEEPEST + 1)}`],
  ]

  it.each(bodies)('are refused before they are parsed: %s', async (_what, body) => {
    const parse = vi.spyOn(JSON, 'parse')
    const answers = [await raw('/Users', body), await raw(`/Groups/${id}`, body, 'PATCH'), await raw('/.search', body)]
    const parsed = parse.mock.calls.filter(([text]) => text === body)
    parse.mockRestore()
    expect(parsed).toEqual([])
    for (const { status, body: said } of answers) {
      expect(status).toBe(400)
      expect(said.detail).toContain(`at most ${DEEPEST} levels deep`)
    }
    expect(asked).toEqual([])
  })

  it('are looked at once: within texts they are no brackets, and closed ones count no more', () => {
    const deeper = (json: string, most = 2) => isDeeperThan(Buffer.from(json), most)
    expect(deeper('[[1],[2],[3],{"a":1}]')).toBe(false)
    expect(deeper('[[[1]]]')).toBe(true)
    expect(deeper('["[[[[", {"[[": "\\"[[["}]')).toBe(false)
    expect(deeper('["\\\\", [["x"]]]')).toBe(true)
    expect(deeper(']]]][[[')).toBe(true)
    expect(deeper('["é[[[", "😀{{{"]')).toBe(false)
  })

  it('of an ordinary depth are taken, and no other encoding than UTF-8 is', async () => {
    expect((await there.post('/Users', entraUser('ana'))).status).toBe(201)
    const utf16 = Buffer.from('['.repeat(50), 'utf16le')
    expect((await raw('/Users', utf16, 'POST', 'application/scim+json; charset=utf-16le')).status).toBe(415)
  })
})

describe('48: long lists', () => {
  const list = <T>(count: number, make: (index: number) => T) =>
    Array.from({ length: count }, (_, index) => make(index))
  const email = (index: number) => ({ value: `a${index}@example.org`, type: `t${index}` })
  const add = (path: string | undefined, value: unknown) => ({ op: 'add', path, value })

  it('of a user are refused, in a whole user, in one operation, and grown by many', async () => {
    const user = entraUser('ana')
    const tooMany = [
      await there.post('/Users', { ...user, emails: list(101, email) }),
      await there.post('/Users', { ...user, unknown: list(40_000, String) }),
      await there.put(`/Users/${id}`, { ...user, ...Object.fromEntries(list(30_000, (index) => [`a${index}`, 1])) }),
      await there.patch(`/Users/${id}`, [add('emails', list(10_000, email))]),
      await there.patch(`/Users/${id}`, [add(undefined, { emails: list(101, email) })]),
      await there.patch(
        `/Users/${id}`,
        list(200, (index) =>
          add(
            'emails',
            list(60, (one) => email(index * 100 + one)),
          ),
        ),
      ),
      await there.patch(
        `/Users/${id}`,
        list(1001, () => add('active', true)),
      ),
      await raw(`/Users/${id}`, JSON.stringify({ schemas: [PATCH], operations: list(20_000, () => 1) }), 'PATCH'),
    ]
    for (const [index, { status, body }] of tooMany.entries()) {
      expect(status, String(index)).toBe(400)
      expect(body.detail, String(index)).toMatch(/at most/)
    }
    expect(asked).toEqual([])
    expect((await there.post('/Users', { ...user, emails: list(100, email) })).status).toBe(201)
  })

  it('of members are taken up to twenty thousand', async () => {
    const members = (count: number) => list(count, (index) => ({ value: `m${index}` }))
    const names = (count: number) => list(count, (index) => `m${index}`)
    for (const tooMany of [
      await there.post('/Groups', { schemas: [GROUP], displayName: 'Sales', members: members(20_001) }),
      await there.patch(`/Groups/${id}`, [add('members', names(60_000))]),
    ]) {
      expect(tooMany.status).toBe(400)
      expect(tooMany.body.detail).toContain('at most 20,000 members')
    }
    expect(asked).toEqual([])
    expect((await there.patch(`/Groups/${id}`, [add('members', members(10_000))])).status).toBe(204)
  })
})

describe('48: filters and paths', () => {
  const patterns = [
    `userName eq "${'\\'.repeat(900)}`,
    `userName eq "${'a'.repeat(100_000)}"`,
    `${'emails['.repeat(140)}value eq 1`,
    `${'('.repeat(900)}userName eq 1`,
    Array.from({ length: 30 }, () => 'userName eq "a"').join(' and '),
    `${' '.repeat(900)}"`,
    `userName ${'eq '.repeat(200)}`,
    `${'a.'.repeat(400)} eq 1`,
  ]

  it('that are long or made to be slow are refused in a search, and as the path of an operation', async () => {
    for (const filter of patterns) {
      const search = await there.post('/Users/.search', { schemas: [SEARCH], filter })
      expect(search.status, filter.slice(0, 30)).toBe(400)
      expect(search.body.scimType).toBe('invalidFilter')
      const inAddress = await there.get(`/Users?filter=${encodeURIComponent(filter.slice(0, 3000))}`)
      expect(inAddress.status).toBe(400)
      const path = await there.patch(`/Groups/${id}`, [{ op: 'add', path: `members[${filter}]`, value: 'x' }])
      expect(path.status).toBe(400)
    }
    expect(asked).toEqual([])
  })
})
