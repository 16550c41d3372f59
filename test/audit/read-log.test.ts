// The audit log as it is read: filtered, newest first, a page at a time in both directions.
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type ActGroup,
  type AuditEvent,
  type LogFilter,
  type LoggedEvent,
  momentsOf,
  readLog,
  record,
  sealEvents,
} from '../../src/audit/index.ts'
import { type Database, inSqlTransaction, newId } from '../../src/database/index.ts'
import { seedInvitations } from '../jobs/seed.ts'
import { createTestDatabase } from '../setup/database.ts'
import { addOrganisation, event, later, MINUTE, SECOND, sealKey } from './events.ts'

let db: Database & { drop(): Promise<void> }
let organisationId: string
let ana: string
let max: string

beforeAll(async () => {
  db = await createTestDatabase()
  const [invitation = ''] = await seedInvitations(db, 1)
  const row = await db.prisma.invitation.findUniqueOrThrow({ where: { id: invitation } })
  organisationId = row.organisationId
  ana = row.personId
  max = newId()
  const by = { id: max, name: 'Max' }
  const hub: AuditEvent['subject'] = { kind: 'hub', id: newId(), name: 'Surgery' }
  const person: AuditEvent['subject'] = { kind: 'person', id: ana, name: 'Ana' }
  await write(
    // Twenty-five at one and the same moment: only their ids tell them apart.
    ...Array.from({ length: 25 }, () => event(organisationId, later(0))),
    event(organisationId, later(1 * MINUTE), { act: 'hub.created', actor: by, subject: hub }),
    event(organisationId, later(2 * MINUTE), {
      act: 'invitation.asked',
      actor: by,
      subject: { kind: 'invitation', id: invitation, name: 'ana@example.org' },
    }),
    event(organisationId, later(3 * MINUTE), { act: 'person.changed', subject: person }),
    event(organisationId, later(4 * MINUTE), {
      act: 'refused',
      actor: { id: ana, name: 'Ana' },
      subject: person,
      after: { code: 'may_not_invite' },
    }),
  )
  await write(event(await addOrganisation(db, 'Contoso'), later(0)))
  await sealEvents({ db, sealKey, now: () => later(5 * MINUTE), followUp: async () => {} })
  await write(event(organisationId, later(6 * MINUTE), { act: 'settings.changed' }))
})
afterAll(() => db.drop())

const write = (...events: AuditEvent[]) => inSqlTransaction(db, (tx) => record(tx, events))

const filter = (more: Partial<LogFilter> = {}): LogFilter => ({
  organisationId,
  personId: null,
  group: null,
  since: null,
  until: null,
  ...more,
})

const acts = (events: LoggedEvent[]) => events.map(({ act }) => act)

test('gives the newest first, with their places in the chain, and nothing of another organisation', async () => {
  const events = await readLog(db, filter(), { limit: 100 })
  expect(events).toHaveLength(30)
  expect(acts(events).slice(0, 5)).toEqual([
    'settings.changed',
    'refused',
    'person.changed',
    'invitation.asked',
    'hub.created',
  ])
  expect(events.slice(0, 2).map(({ sequence }) => sequence)).toEqual([null, '29'])
  expect(events[1]?.hash).toMatch(/^[0-9a-f]{64}$/)
  expect(events[1]?.after).toEqual({ code: 'may_not_invite' })
})

test('turns pages back and forth over many events of one moment, losing and repeating none', async () => {
  const all = await readLog(db, filter(), { limit: 100 })
  const seen: LoggedEvent[] = []
  for (;;) {
    const older = seen.at(-1)
    const page = await readLog(db, filter(), { limit: 7, ...(older ? { older } : {}) })
    seen.push(...page)
    if (page.length < 7) break
  }
  expect(seen.map(({ id }) => id)).toEqual(all.map(({ id }) => id))
  const middle = all[20]
  if (!middle) throw new Error('there are thirty')
  const back = await readLog(db, filter(), { limit: 7, newer: middle })
  expect(back.map(({ id }) => id)).toEqual(all.slice(13, 20).map(({ id }) => id))
})

test('finds what somebody did, and what happened to them and to their invitations, each once', async () => {
  expect(acts(await readLog(db, filter({ personId: max }), { limit: 10 }))).toEqual(['invitation.asked', 'hub.created'])
  expect(acts(await readLog(db, filter({ personId: ana }), { limit: 10 }))).toEqual([
    'refused',
    'person.changed',
    'invitation.asked',
  ])
  expect(acts(await readLog(db, filter({ personId: ana, group: 'refusals' }), { limit: 10 }))).toEqual(['refused'])
  const [first] = await readLog(db, filter({ personId: ana }), { limit: 1 })
  expect(acts(await readLog(db, filter({ personId: ana }), { limit: 10, ...(first ? { older: first } : {}) }))).toEqual(
    ['person.changed', 'invitation.asked'],
  )
  expect(await readLog(db, filter({ personId: newId() }), { limit: 10 })).toEqual([])
})

test.each<[ActGroup, string[]]>([
  ['settings', ['settings.changed', 'hub.created']],
  ['people', ['person.changed']],
  ['refusals', ['refused']],
  ['links', []],
  ['approvals', []],
])('finds the acts of the group “%s”', async (group, expected) => {
  expect(acts(await readLog(db, filter({ group }), { limit: 10 }))).toEqual(expected)
})

test('finds the acts of invitations, page by page', async () => {
  const page = await readLog(db, filter({ group: 'invitations' }), { limit: 20 })
  const older = page.at(-1)
  const rest = await readLog(db, filter({ group: 'invitations' }), { limit: 20, ...(older ? { older } : {}) })
  expect([page.length, rest.length]).toEqual([20, 6])
})

test('keeps to its time: from then on, and before that', async () => {
  const found = await readLog(db, filter({ since: later(MINUTE), until: later(3 * MINUTE) }), { limit: 10 })
  expect(acts(found)).toEqual(['invitation.asked', 'hub.created'])
  expect(await readLog(db, filter({ since: later(7 * MINUTE) }), { limit: 10 })).toEqual([])
})

test('knows when a day begins and ends in a time zone, also where a clock is put forward', async () => {
  expect(await momentsOf(db, { from: '2026-03-29', to: '2026-03-29' }, 'Europe/Berlin')).toEqual({
    since: new Date('2026-03-28T23:00:00Z'),
    until: new Date('2026-03-29T22:00:00Z'),
  })
  expect(await momentsOf(db, { from: null, to: '2026-11-20' }, 'UTC')).toEqual({
    since: null,
    until: new Date('2026-11-21T00:00:00Z'),
  })
})

test('reads an index and not the table for every kind of filter', async () => {
  await db.pool.query(
    `INSERT INTO "AuditEvent" ("id", "organisationId", "at", "act", "actorId", "actorName", "subjectKind", "subjectId", "subjectName", "origin")
      SELECT gen_random_uuid(), $1, $2::timestamptz - n * interval '1 second',
        CASE WHEN n % 1000 = 0 THEN 'settings.changed' ELSE 'invitation.sent' END, NULL, 'Usher', 'invitation',
        gen_random_uuid(), 'x@example.org', 'mail' FROM generate_series(1, 50000) n`,
    [organisationId, later(-SECOND)],
  )
  await db.pool.query('ANALYZE "AuditEvent"')
  const statements: { text: string; values: unknown[] }[] = []
  const pool = { query: async (statement: { text: string; values: unknown[] }) => void statements.push(statement) }
  const spied = { ...db, pool: pool as never }
  for (const one of [{}, { personId: ana }, { group: 'settings' as const }, { group: 'invitations' as const }]) {
    await readLog(spied, filter(one), { limit: 11 }).catch(() => {})
  }
  expect(statements).toHaveLength(4)
  for (const { text, values } of statements) {
    const { rows } = await db.pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, values)
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).not.toContain('Seq Scan on "AuditEvent"')
  }
})
