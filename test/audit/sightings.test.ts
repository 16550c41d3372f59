// Refusals, dead links, failed sign-ins and wrong codes in the audit log: beside the answer, once a minute for each, and nothing that could be used.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  createSightings,
  type FailedSignIn,
  type RefusedAct,
  type Sightings,
  type WrongCode,
} from '../../src/audit/index.ts'
import { networkOf } from '../../src/audit/sighting-events.ts'
import { idOf } from '../../src/audit/sightings.ts'
import { type Database, isId, newId } from '../../src/database/index.ts'
import { seedInvitations } from '../jobs/seed.ts'
import { createTestDatabase, silentLog } from '../setup/database.ts'
import { addOrganisation, later, MINUTE, SECOND, START, tamper } from './events.ts'

let db: Database & { drop(): Promise<void> }
let organisationId: string
let invitationId: string
let now = START
const warnings: string[] = []
const log = { ...silentLog, warn: (_details: object, text: string) => void warnings.push(text) }
const pat = { id: newId(), name: 'Pat Kim' }

beforeAll(async () => {
  db = await createTestDatabase()
  ;[invitationId = ''] = await seedInvitations(db, 1)
  organisationId = (await db.prisma.organisation.findFirstOrThrow()).id
})
beforeEach(async () => {
  await tamper(db, 'TRUNCATE "AuditEvent"')
  warnings.length = 0
  now = START
})
afterAll(() => db.drop())

const open = () => createSightings({ db, now: () => now, log })
const events = () => db.prisma.auditEvent.findMany({ orderBy: [{ at: 'asc' }, { id: 'asc' }] })
const refusal = (more: Partial<RefusedAct> = {}): RefusedAct => ({
  organisationId,
  actor: pat,
  code: 'may_not_invite',
  what: 'form invite_form',
  origin: 'slack',
  ...more,
})

test('a refusal is an event of whoever was refused, with its code', async () => {
  const sightings = open()
  sightings.refused(refusal())
  await sightings.flush()
  expect(await events()).toEqual([
    expect.objectContaining({
      organisationId,
      act: 'refused',
      actorId: pat.id,
      subjectKind: 'person',
      subjectId: pat.id,
      origin: 'slack',
      after: { code: 'may_not_invite', what: 'form invite_form' },
    }),
  ])
})

test('is written by itself a second later, and when it closes', async () => {
  const sightings = open()
  sightings.refused(refusal())
  await sightings.close()
  expect(await events()).toHaveLength(1)
})

test('the same refusal is one event a minute, on however many instances; another code or person is another', async () => {
  const [one, other] = [open(), open()]
  for (let time = 0; time < 50; time += 1) {
    one.refused(refusal())
    other.refused(refusal())
    if (time % 10 === 0) await Promise.all([one.flush(), other.flush()])
  }
  one.refused(refusal({ code: 'could_not_be_invited' }))
  one.refused(refusal({ actor: { id: newId(), name: 'Lee' } }))
  await Promise.all([one.flush(), other.flush()])
  expect(await events()).toHaveLength(3)
  now = later(MINUTE)
  one.refused(refusal())
  await one.flush()
  expect(await events()).toHaveLength(4)
})

test('what was mistyped is no event', async () => {
  const sightings = open()
  for (const code of ['address_malformed', 'role_missing', 'note_too_long', 'settings_changed'] as const) {
    sightings.refused(refusal({ code }))
  }
  await sightings.flush()
  expect(await events()).toEqual([])
})

test('a dead link is an event of the invitation that it names, or of the organisation when it names none', async () => {
  const sightings = open()
  sightings.probed({ invitationId, from: '203.0.113.7', how: 'opened' })
  sightings.probed({ invitationId: newId(), from: '203.0.113.8', how: 'sent' })
  sightings.probed({ invitationId: undefined, from: '2001:db8::1', how: 'opened' })
  await sightings.flush()
  const written = await events()
  const place = ({ subjectKind, subjectName, origin, after }: (typeof written)[number]) =>
    `${subjectKind} ${subjectName} ${origin} ${JSON.stringify(after)}`
  expect(written.map(place).sort()).toEqual([
    'invitation p0@example.org web 203.0.113.7 {"how":"opened"}',
    'organisation Northwind web 2001:db8::1 {"how":"opened"}',
    'organisation Northwind web 203.0.113.8 {"how":"sent"}',
  ])
})

test('one client that tries many links is one event a minute', async () => {
  const sightings = open()
  for (let time = 0; time < 40; time += 1) {
    sightings.probed({ invitationId: newId(), from: '203.0.113.7', how: 'opened' })
    sightings.probed({ invitationId: undefined, from: `2001:db8:0:1::${time}`, how: 'opened' })
  }
  await sightings.flush()
  expect(await events()).toHaveLength(2)
})

test('a flood from everywhere does not fill the log: two hundred a minute, and the log of the program says so once', async () => {
  const sightings = open()
  for (let time = 0; time < 1_000; time += 1) {
    sightings.probed({ invitationId: undefined, from: `198.51.${time % 250}.${Math.floor(time / 250)}`, how: 'opened' })
  }
  await sightings.flush()
  expect(await events()).toHaveLength(200)
  expect(warnings).toEqual(['More was refused in a minute than the audit log takes'])
})

const failure = (nameKey: string, from = '203.0.113.7', more: Partial<FailedSignIn> = {}): FailedSignIn => ({
  ...{ who: { nameKey }, from, how: 'password', because: 'wrong' },
  ...more,
})
const code = (more: Partial<WrongCode> = {}): WrongCode => ({
  ...{ holder: undefined, from: '203.0.113.7', kind: 'slip', code: 'code_wrong' },
  ...more,
})
const addPerson = (email: string) =>
  db.prisma.person.create({
    data: {
      id: newId(),
      organisationId,
      email,
      emailKey: email,
      userName: `n.${email}`,
      userNameKey: `n.${email}`,
      createdAt: START,
    },
  })
const address = (number: number) => `198.51.${Math.floor(number / 250)}.${number % 250}`
/** A thousand of a kind, from a thousand networks. */
const floods: [string, (sightings: Sightings, number: number) => void][] = [
  ['dead links', (to, number) => to.probed({ invitationId: undefined, from: address(number), how: 'opened' })],
  ['refusals', (to) => to.refused(refusal({ actor: { id: newId(), name: 'Eve' } }))],
  ['sign-ins by unknown names', (to, number) => to.signInFailed(failure(`x${number}`, address(number)))],
  ['wrong codes', (to, number) => to.codeWrong(code({ from: address(number) }))],
  ['failed sign-ins', (to, number) => to.signInFailed(failure('victim@example.org', address(number)))],
]

test('49: a failed sign-in is an event of the account, once a minute for each network, by whichever of its names', async () => {
  const { id } = await addPerson('ana@example.org')
  const sightings = open()
  for (let time = 0; time < 5; time += 1) {
    for (const name of ['ana@example.org', 'n.ana@example.org']) {
      sightings.signInFailed(failure(name))
      sightings.signInFailed(failure(name, '203.0.113.8'))
    }
    await sightings.flush()
  }
  const written = await events()
  expect(written.map(({ act, subjectId, origin, actorId }) => [act, subjectId, actorId, origin]).sort()).toEqual([
    ['account.sign_in_failed', id, null, 'web 203.0.113.7'],
    ['account.sign_in_failed', id, null, 'web 203.0.113.8'],
  ])
  now = later(MINUTE)
  sightings.signInFailed(failure('ana@example.org'))
  await sightings.flush()
  expect(await events()).toHaveLength(3)
})

test('49: a name that is nobody’s is an event without the name, once a minute for each network', async () => {
  const sightings = open()
  for (const name of ['nobody@example.org', 'a password in the wrong field']) sightings.signInFailed(failure(name))
  await sightings.flush()
  const written = await events()
  expect(written).toMatchObject([
    { subjectKind: 'organisation', after: { how: 'password', because: 'wrong', name: 'unknown' } },
  ])
  expect(JSON.stringify(written.map(({ before, after, subjectName }) => [before, after, subjectName]))).not.toContain(
    'field',
  )
})

test.each(floods)('49: a flood of %s pushes out nothing of another kind, and is counted', async (name, flood) => {
  await addPerson(`victim@example.org`).catch(() => {})
  const { id } = await db.prisma.person.findFirstOrThrow({ where: { emailKey: 'victim@example.org' } })
  const sightings = open()
  for (let number = 0; number < 1_000; number += 1) flood(sightings, number)
  for (const [other, one] of floods) if (other !== name) one(sightings, 0)
  await sightings.flush()
  const counts = new Map<string, number>()
  for (const { act, subjectId, after } of await events()) {
    const isUnknown = JSON.stringify(after).includes('unknown')
    const key = act === 'account.sign_in_failed' ? `${act} ${isUnknown || subjectId !== id ? 'unknown' : 'known'}` : act
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  expect([...counts.values()].sort((a, b) => a - b)).toEqual([1, 1, 1, 1, 200])

  const overflows = () => db.prisma.auditEvent.findMany({ where: { act: 'security.overflow' } })
  expect(await overflows()).toEqual([])
  now = later(MINUTE)
  await sightings.flush()
  expect(await overflows()).toEqual([
    expect.objectContaining({
      organisationId,
      subjectKind: 'organisation',
      after: { what: name, count: 800, minute: START.toISOString() },
    }),
  ])
  await sightings.close()
  expect(await overflows()).toHaveLength(1)
})

test('49: what comes faster than it is written is counted too, and told when it closes within the minute', async () => {
  const sightings = open()
  for (let number = 0; number < 10_000; number += 1) {
    sightings.probed({ invitationId: undefined, from: address(number), how: 'opened' })
    sightings.probed({ invitationId: undefined, from: address(number), how: 'opened' })
  }
  await sightings.close()
  const written = await events()
  expect(written.filter(({ act }) => act === 'link.probed')).toHaveLength(200)
  // Two of each: many were looked up, and many only counted.
  expect(written.find(({ act }) => act === 'security.overflow')?.after).toMatchObject({ count: 2 * 9_800 })
})

test('49: what was typed and is no code, or is one that ended, is no event', async () => {
  const sightings = open()
  for (const refused of ['code_malformed', 'code_none', 'code_old', 'factor_unknown'] as const)
    sightings.codeWrong(code({ code: refused }))
  await sightings.flush()
  expect(await events()).toEqual([])
})

test('nobody is attributed a link that nobody can place: with two organisations it is left out', async () => {
  const other = await addOrganisation(db, 'Contoso')
  const sightings = open()
  sightings.probed({ invitationId: undefined, from: '203.0.113.7', how: 'opened' })
  await sightings.flush()
  expect(await events()).toEqual([])
  await db.prisma.organisation.delete({ where: { id: other } })
})

test('a database that is away costs a line in the log, and nobody an answer', async () => {
  const pool = { connect: async () => Promise.reject(new Error('away')) }
  const sightings = createSightings({ db: { ...db, pool: pool as never }, now: () => now, log })
  sightings.refused(refusal())
  await sightings.flush()
  expect(warnings).toEqual(['Refusals could not be written into the audit log'])
})

test('ids are of their minute, and sort with the others', () => {
  const id = idOf('refused x', START.getTime())
  expect(isId(id)).toBe(true)
  expect(id[14]).toBe('7')
  expect(idOf('refused x', START.getTime())).toBe(id)
  expect(idOf('refused x', later(60 * SECOND).getTime())).not.toBe(id)
  expect(idOf('refused x', later(60 * SECOND).getTime()) > id).toBe(true)
})

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['unknown', 'unknown'],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})
