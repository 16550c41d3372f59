// The seal over the audit log: every event has its place, whatever comes late, breaks off or runs twice; and the proof.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ChainVerdict, findLostSeals, record, sealEvents, verifyChains } from '../../src/audit/index.ts'
import { type Database, inSqlTransaction, openDatabase } from '../../src/database/index.ts'
import { createTestDatabase, silentLog } from '../setup/database.ts'
import { addOrganisation, event, HOUR, later, MINUTE, SECOND, sealKey, tamper } from './events.ts'

let db: Database & { url: string; drop(): Promise<void> }
let organisationId: string
let now = later(0)
const c = () => ({ db, now: () => now, sealKey, followUp: async () => {} })

beforeAll(async () => {
  db = await createTestDatabase()
})
beforeEach(async () => {
  await db.pool.query('TRUNCATE "Organisation" CASCADE')
  await tamper(db, 'TRUNCATE "AuditEvent", "AuditSeal"')
  organisationId = await addOrganisation(db)
  now = later(0)
})
afterAll(() => db.drop())

const write = (...events: Parameters<typeof record>[1]) => inSqlTransaction(db, (tx) => record(tx, events))

/** `count` events, a second apart from `from` on. */
const many = (count: number, from = later(0), of = organisationId) =>
  Array.from({ length: count }, (_, index) => event(of, new Date(from.getTime() + index * SECOND)))

async function verdict(): Promise<ChainVerdict> {
  const verdicts = await verifyChains(db, sealKey)
  const found = verdicts.find((one) => one.organisationId === organisationId)
  if (!found) throw new Error('there is no verdict')
  return found
}

async function eventAt(sequence: number): Promise<string> {
  const seal = await db.prisma.auditSeal.findFirstOrThrow({ where: { organisationId, sequence } })
  return seal.eventId
}

describe('sealing', () => {
  test('gives every event of an organisation its place, in the order in which it happened', async () => {
    const [first, second, third] = many(3)
    if (!first || !second || !third) throw new Error('three were made')
    await write(third, first, second)
    expect(await sealEvents(c())).toBe(3)
    const { rows } = await db.pool.query(
      `SELECT s."sequence"::int, e."at" FROM "AuditSeal" s JOIN "AuditEvent" e ON e."id" = s."eventId" ORDER BY 1`,
    )
    expect(rows).toEqual([
      { sequence: 1, at: first.at },
      { sequence: 2, at: second.at },
      { sequence: 3, at: third.at },
    ])
    expect(await verdict()).toMatchObject({ proved: 3, broken: undefined, unsealed: 0 })
  })

  test('does nothing the second time', async () => {
    await write(...many(5))
    await sealEvents(c())
    expect(await sealEvents(c())).toBe(0)
    expect(await db.prisma.auditSeal.count()).toBe(5)
  })

  test('keeps the chains of two organisations apart', async () => {
    const other = await addOrganisation(db, 'Contoso')
    await write(...many(2), ...many(3, later(0), other))
    await sealEvents(c())
    expect(await verifyChains(db, sealKey)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ organisationId, proved: 2, broken: undefined }),
        expect.objectContaining({ organisationId: other, proved: 3, broken: undefined }),
      ]),
    )
  })

  test('goes through many batches in one pass', async () => {
    await write(...many(2_500))
    expect(await sealEvents(c())).toBe(2_500)
    expect(await verdict()).toMatchObject({ proved: 2_500, broken: undefined, unsealed: 0 })
  })

  test('takes an event in whose transaction was open while younger ones were sealed, at the end of the chain', async () => {
    const late = await db.pool.connect()
    try {
      await late.query('BEGIN')
      await inOpenTransaction(late, event(organisationId, later(0), { act: 'settings.changed' }))
      await write(...many(3, later(MINUTE)))
      now = later(2 * MINUTE)
      expect(await sealEvents(c())).toBe(3)
      await late.query('COMMIT')
    } finally {
      late.release()
    }
    now = later(3 * MINUTE)
    expect(await sealEvents(c())).toBe(1)
    const last = await db.prisma.auditEvent.findUniqueOrThrow({ where: { id: await eventAt(4) } })
    expect(last.act).toBe('settings.changed')
    expect(await verdict()).toMatchObject({ proved: 4, broken: undefined, unsealed: 0 })
  })

  test('finds an event that came later than any horizon when it looks at everything', async () => {
    await write(...many(3, later(5 * HOUR)))
    now = later(5 * HOUR)
    await sealEvents(c())
    await write(event(organisationId, later(0)))
    expect(await sealEvents(c())).toBe(0)
    expect(await verdict()).toMatchObject({ proved: 3, unsealed: 1 })
    expect(await sealEvents(c(), { everything: true })).toBe(1)
    expect(await verdict()).toMatchObject({ proved: 4, broken: undefined, unsealed: 0 })
  })

  test('is not led past others by an event of a clock that is a day fast', async () => {
    await write(event(organisationId, later(24 * HOUR)))
    await sealEvents(c())
    now = later(10 * MINUTE)
    await write(event(organisationId, later(9 * MINUTE)))
    expect(await sealEvents(c())).toBe(1)
  })

  test('goes on where it stopped after days of standing still', async () => {
    await write(...many(2))
    await sealEvents(c())
    await write(...many(1_500, later(HOUR)), ...many(10, later(71 * HOUR)))
    now = later(72 * HOUR)
    expect(await sealEvents(c())).toBe(1_510)
    expect(await verdict()).toMatchObject({ proved: 1_512, unsealed: 0 })
  })

  test('by two instances at once seals each event once, in one chain', async () => {
    const other = await openDatabase({ url: db.url, dataDir: '', log: silentLog })
    try {
      await write(...many(3_000))
      const counts = await Promise.all([
        sealEvents(c()),
        sealEvents({ ...c(), db: other }),
        sealEvents(c()),
        sealEvents({ ...c(), db: other }),
      ])
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3_000)
    } finally {
      await other.close()
    }
    expect(await verdict()).toMatchObject({ proved: 3_000, broken: undefined, unsealed: 0 })
  })

  test.each([1, 700, 1_000, 1_001, 2_999])('that dies at place %i is made good by the next', async (place) => {
    await write(...many(3_000))
    await db.pool.query(`
      CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NEW; END';
      CREATE TRIGGER dies BEFORE INSERT ON "AuditSeal" FOR EACH ROW WHEN (NEW."sequence" = ${place})
        EXECUTE FUNCTION die()`)
    try {
      await expect(sealEvents(c())).rejects.toThrow()
    } finally {
      await db.pool.query('DROP TRIGGER dies ON "AuditSeal"; DROP FUNCTION die()')
    }
    expect((await verdict()).broken).toBeUndefined()
    await sealEvents(c())
    expect(await verdict()).toMatchObject({ proved: 3_000, broken: undefined, unsealed: 0 })
  })

  test('makes nobody wait: acts are written while a chain is being extended', async () => {
    await write(...many(1))
    const sealing = await db.pool.connect()
    try {
      await sealing.query('BEGIN')
      await sealing.query(`SELECT pg_advisory_xact_lock(hashtextextended('seal ${organisationId}', 0))`)
      const began = performance.now()
      await write(event(organisationId, later(0)))
      expect(performance.now() - began).toBeLessThan(1_000)
      await sealing.query('ROLLBACK')
    } finally {
      sealing.release()
    }
  })
})

describe('the proof', () => {
  beforeEach(async () => {
    await write(...many(20))
    await sealEvents(c())
  })

  test.each([
    ['act', `"act" = 'invitation.revoked'`],
    ['time', `"at" = "at" + interval '1 millisecond'`],
    ['actor', `"actorId" = '00000000-0000-7000-8000-000000000001'`],
    ['actor’s name', `"actorName" = 'Eve'`],
    ['subject', `"subjectId" = '00000000-0000-7000-8000-000000000001'`],
    ['subject’s name', `"subjectName" = 'eve@example.org'`],
    ['subject’s kind', `"subjectKind" = 'person'`],
    ['origin', `"origin" = 'web 203.0.113.7'`],
    ['state before', `"before" = '{}'`],
    ['state after', `"after" = '{"hub": "Main hub", "role": "Team Lead"}'`],
    ['state after, taken away', `"after" = NULL`],
    ['state after, in the last digit of a number', `"after" = '{"count": 9007199254740993}'`],
  ])('names the event whose %s was changed', async (_what, change) => {
    const id = await eventAt(7)
    await tamper(db, `UPDATE "AuditEvent" SET ${change} WHERE "id" = '${id}'`)
    expect(await verdict()).toMatchObject({ proved: 6, broken: { sequence: 7, kind: 'changed', event: { id } } })
  })

  test('names the place of an event that is gone', async () => {
    await tamper(db, `DELETE FROM "AuditEvent" WHERE "id" = '${await eventAt(7)}'`)
    expect(await verdict()).toMatchObject({ proved: 6, broken: { sequence: 7, kind: 'missing', event: undefined } })
  })

  test('names the place of an event that is gone together with its seal', async () => {
    const id = await eventAt(7)
    await tamper(db, `DELETE FROM "AuditEvent" WHERE "id" = '${id}'; DELETE FROM "AuditSeal" WHERE "eventId" = '${id}'`)
    expect(await verdict()).toMatchObject({ proved: 6, broken: { sequence: 7, kind: 'seal_missing' } })
  })

  test('names the first of two events that changed places', async () => {
    const [one, other] = [await eventAt(7), await eventAt(9)]
    const between = '00000000-0000-7000-8000-000000000001'
    const move = (from: string, to: string) => `UPDATE "AuditSeal" SET "eventId" = '${to}' WHERE "eventId" = '${from}'`
    await tamper(db, [move(one, between), move(other, one), move(between, other)].join(';'))
    expect(await verdict()).toMatchObject({ proved: 6, broken: { sequence: 7, kind: 'out_of_place' } })
  })

  test('names a seal that was written anew for a changed event: the next does not fit any more', async () => {
    await tamper(db, `UPDATE "AuditSeal" SET "hash" = repeat('0', 64) WHERE "sequence" = 7`)
    expect(await verdict()).toMatchObject({ proved: 6, broken: { sequence: 7, kind: 'changed' } })
  })

  test('finds the end cut off by a seal that was noted before, and by nothing else', async () => {
    const noted = (await verdict()).last
    if (!noted) throw new Error('there is a last one')
    expect(noted.sequence).toBe(20)
    expect(await findLostSeals(db, [noted], [await verdict()])).toEqual([])
    const ids = [await eventAt(19), await eventAt(20)].map((id) => `'${id}'`).join(',')
    await tamper(
      db,
      `DELETE FROM "AuditSeal" WHERE "eventId" IN (${ids}); DELETE FROM "AuditEvent" WHERE "id" IN (${ids})`,
    )
    expect(await verdict()).toMatchObject({ proved: 18, broken: undefined })
    expect(await findLostSeals(db, [noted], [await verdict()])).toEqual([noted])
  })

  test('says how many events are not sealed yet, and does not mind them', async () => {
    await write(...many(3, later(HOUR)))
    expect(await verdict()).toMatchObject({ proved: 20, broken: undefined, unsealed: 3 })
  })

  test('reads a chain that is longer than what it holds in memory', async () => {
    await write(...many(4_500, later(HOUR)))
    await sealEvents(c())
    const id = await eventAt(4_300)
    expect(await verdict()).toMatchObject({ proved: 4_520, broken: undefined })
    await tamper(db, `UPDATE "AuditEvent" SET "actorName" = 'Eve' WHERE "id" = '${id}'`)
    expect(await verdict()).toMatchObject({ proved: 4_299, broken: { sequence: 4_300, event: { id } } })
  })
})

test('the log and its seals refuse every change, as long as nobody takes the guards away', async () => {
  await write(event(organisationId, later(0)))
  await sealEvents(c())
  for (const statement of [
    `UPDATE "AuditEvent" SET "act" = 'x'`,
    'DELETE FROM "AuditEvent"',
    'TRUNCATE "AuditEvent"',
    `UPDATE "AuditSeal" SET "hash" = 'x'`,
    'DELETE FROM "AuditSeal"',
    'TRUNCATE "AuditSeal"',
  ]) {
    await expect(db.pool.query(statement)).rejects.toThrow('the audit log is only added to')
  }
})

async function inOpenTransaction(
  client: { query: (text: string, values: unknown[]) => Promise<unknown> },
  { at, act }: { at: Date; act: string },
): Promise<void> {
  await client.query(
    `INSERT INTO "AuditEvent" ("id", "organisationId", "at", "act", "actorName", "subjectKind", "subjectId", "subjectName", "origin")
      VALUES (gen_random_uuid(), $1, $2, $3, 'Ada', 'organisation', $1, 'Northwind', 'slack')`,
    [organisationId, at, act],
  )
}
