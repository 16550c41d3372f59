// Refusals and dead links in the audit log: beside the answer, once a minute for each, and nothing that could be used.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createSightings, type RefusedAct } from '../../src/audit/index.ts'
import { idOf, networkOf } from '../../src/audit/sightings.ts'
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
