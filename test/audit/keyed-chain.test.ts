// SECURITY 51: the key of the seals. Without it nobody makes one, and nobody takes it away from those that have it; what was
// sealed before there was a key goes on counting, and no further than it reached.
import { createHash, createHmac } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type ChainVerdict,
  findLostSeals,
  record,
  SEAL_PURPOSE,
  sealEvents,
  verifyChains,
} from '../../src/audit/index.ts'
import { sealOf } from '../../src/audit/seal-hash.ts'
import { type Database, inSqlTransaction, openDatabase } from '../../src/database/index.ts'
import { deriveKey } from '../../src/keys.ts'
import { createTestDatabase, silentLog } from '../setup/database.ts'
import {
  addOrganisation,
  event,
  fieldsOf,
  HOUR,
  later,
  MINUTE,
  readSealable,
  SECOND,
  sealKey,
  sealWithoutKey,
  tamper,
} from './events.ts'

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

describe('a chain with keys', () => {
  beforeEach(async () => {
    await write(...many(20))
    await sealEvents(c())
  })

  test('51: a database thief who rewrites a row and works out every hash anew without the secret is noticed', async () => {
    const thiefsKey = deriveKey('what the thief guesses the secret might be', SEAL_PURPOSE)
    const id = await eventAt(7)
    await tamper(db, `UPDATE "AuditEvent" SET "actorName" = 'Eve' WHERE "id" = '${id}'; DELETE FROM "AuditSeal"`)
    await sealEvents({ ...c(), sealKey: thiefsKey })
    expect((await verifyChains(db, thiefsKey))[0]).toMatchObject({ proved: 20, broken: undefined })
    expect(await verdict()).toMatchObject({ proved: 0, broken: { sequence: 1, kind: 'changed' } })
  })

  test('51: so is one who works them out without any key', async () => {
    const seal = await db.prisma.auditSeal.findFirstOrThrow({ where: { organisationId, sequence: 1 } })
    const sealed = (await readSealable(db, organisationId)).find(({ id }) => id === seal.eventId)
    if (!sealed) throw new Error('the event is there')
    const place = { sequence: 1, previous: '', sealedAt: seal.sealedAt }
    // The form is no secret: with the key it is this seal, and without one it is another.
    expect(sealOf(sealKey, sealed, place)).toBe(seal.hash)
    const form = JSON.stringify([place.previous, place.sequence, place.sealedAt.toISOString(), ...fieldsOf(sealed)])
    expect(createHmac('sha256', sealKey).update(form).digest('hex')).toBe(seal.hash)
    expect(createHash('sha256').update(form).digest('hex')).not.toBe(seal.hash)
  })

  test('51: one who lets Usher itself seal a rewritten end again is noticed by an anchor of before, and soon by the hour too', async () => {
    const anchor = (await verdict()).last
    if (!anchor) throw new Error('there is a last one')
    const id = await eventAt(7)
    await tamper(
      db,
      `UPDATE "AuditEvent" SET "actorName" = 'Eve' WHERE "id" = '${id}'; DELETE FROM "AuditSeal" WHERE "sequence" >= 7`,
    )
    now = later(HOUR)
    await sealEvents(c(), { everything: true })
    expect(await verdict()).toMatchObject({ proved: 20, broken: undefined, late: { count: 0 } })
    expect(await findLostSeals(db, [anchor], [await verdict()])).toEqual([anchor])
    await tamper(db, 'DELETE FROM "AuditSeal" WHERE "sequence" >= 7')
    now = later(3 * HOUR)
    await sealEvents(c(), { everything: true })
    expect(await verdict()).toMatchObject({ proved: 20, broken: undefined, late: { count: 14, first: 7 } })
  })

  test('51: an anchor counts only where the chain is proved up to it', async () => {
    const anchor = (await verdict()).last
    if (!anchor) throw new Error('there is a last one')
    await tamper(db, `UPDATE "AuditEvent" SET "actorName" = 'Eve' WHERE "id" = '${await eventAt(7)}'`)
    expect(await findLostSeals(db, [anchor], [await verdict()])).toEqual([anchor])
  })
})

describe('a chain from before there was a key', () => {
  beforeEach(async () => {
    await write(...many(5))
    await sealWithoutKey(db, await readSealable(db, organisationId))
    now = later(HOUR)
  })

  const keyStart = () => db.prisma.auditEvent.findMany({ where: { act: 'audit.keyed' } })

  test('51: goes on with keys, and says how far it went without', async () => {
    const last = await db.prisma.auditSeal.findFirstOrThrow({ where: { organisationId, sequence: 5 } })
    expect(await sealEvents(c())).toBe(1)
    expect(await keyStart()).toEqual([
      expect.objectContaining({ organisationId, actorName: 'Usher', after: { unkeyed: 5, lastUnkeyed: last.hash } }),
    ])
    await write(...many(3, later(HOUR)))
    expect(await sealEvents(c())).toBe(3)
    expect(await verdict()).toMatchObject({ proved: 9, broken: undefined, unkeyed: 5, keyedSince: now })
    expect(await keyStart()).toHaveLength(1)
  })

  test('51: its first seal with a key leaves the database at once', async () => {
    const queued: unknown[] = []
    await sealEvents({ ...c(), followUp: async (_tx, followUps) => void queued.push(...followUps) })
    const first = await db.prisma.auditSeal.findFirstOrThrow({ where: { organisationId, sequence: 6 } })
    const anchors = await db.prisma.auditAnchor.findMany({ where: { organisationId } })
    expect(anchors).toMatchObject([{ sequence: 6n, hash: first.hash, isKeyStart: true, postedAt: null }])
    expect(queued).toEqual([{ kind: 'tell', what: 'audit_anchor', id: anchors[0]?.id }])
  })

  test('51: over two instances and many batches the key begins once', async () => {
    await write(...many(2_500, later(HOUR - MINUTE)))
    const other = await openDatabase({ url: db.url, dataDir: '', log: silentLog })
    try {
      await Promise.all([sealEvents(c()), sealEvents({ ...c(), db: other }), sealEvents(c())])
    } finally {
      await other.close()
    }
    await sealEvents(c())
    expect(await keyStart()).toHaveLength(1)
    expect(await verdict()).toMatchObject({ proved: 2_506, broken: undefined, unkeyed: 5, unsealed: 0 })
  })

  test('51: a change before the key is found as it was before', async () => {
    await sealEvents(c())
    const id = await eventAt(3)
    await tamper(db, `UPDATE "AuditEvent" SET "actorName" = 'Eve' WHERE "id" = '${id}'`)
    expect(await verdict()).toMatchObject({ proved: 2, broken: { sequence: 3, kind: 'changed', event: { id } } })
  })

  test('51: rewritten before the key, it does not fit what follows', async () => {
    await sealEvents(c())
    const rewritten = (await readSealable(db, organisationId)).slice(0, 5)
    await tamper(db, `UPDATE "AuditEvent" SET "actorName" = 'Eve' WHERE "id" = '${rewritten[2]?.id}'`)
    await tamper(db, 'DELETE FROM "AuditSeal" WHERE "sequence" <= 5')
    await sealWithoutKey(db, (await readSealable(db, organisationId)).slice(0, 5))
    expect(await verdict()).toMatchObject({ proved: 5, broken: { sequence: 6, kind: 'changed' } })
  })

  test('51: nobody takes the key away from what was sealed with one', async () => {
    await sealEvents(c())
    await write(...many(3, later(HOUR)))
    await sealEvents(c())
    const { last } = await verdict()
    if (!last) throw new Error('there is a last one')
    // The mark alone, on one seal and on all.
    for (const which of ['"sequence" = 7', '"sequence" > 5']) {
      await tamper(db, `UPDATE "AuditSeal" SET "isKeyed" = false WHERE ${which}`)
      expect((await verdict()).broken?.sequence).toBe(which === '"sequence" = 7' ? 7 : 6)
      await tamper(db, 'UPDATE "AuditSeal" SET "isKeyed" = "sequence" > 5')
      expect((await verdict()).broken).toBeUndefined()
    }
    // The mark and the hashes, of the end and of everything.
    const events = await readSealable(db, organisationId)
    const [changed] = events.slice(7)
    await tamper(db, `UPDATE "AuditEvent" SET "actorName" = 'Eve' WHERE "id" = '${changed?.id}'`)
    await tamper(db, 'DELETE FROM "AuditSeal"')
    await sealWithoutKey(db, await readSealable(db, organisationId))
    expect(await verdict()).toMatchObject({ proved: 9, unkeyed: 9, broken: { kind: 'no_keys' } })
    // And lets Usher go on with it: that is an event and a message, and no seal that was kept elsewhere fits.
    now = later(2 * HOUR)
    await sealEvents(c())
    expect(await verdict()).toMatchObject({ unkeyed: 9, keyedSince: now, broken: undefined })
    expect(await keyStart()).toHaveLength(2)
    expect(await findLostSeals(db, [last], [await verdict()])).toEqual([last])
  })

  test('51: a seal without a key after one with a key is no seal', async () => {
    await sealEvents(c())
    await write(event(organisationId, later(HOUR)))
    const events = await readSealable(db, organisationId)
    const seventh = events.find(({ act, at }) => act !== 'audit.keyed' && at.getTime() === now.getTime())
    const { hash } = await db.prisma.auditSeal.findFirstOrThrow({ where: { organisationId, sequence: 6 } })
    if (!seventh) throw new Error('the event is there')
    const form = JSON.stringify([hash, 7, now.toISOString(), ...fieldsOf(seventh)])
    await db.prisma.auditSeal.create({
      data: {
        organisationId,
        sequence: 7,
        eventId: seventh.id,
        hash: createHash('sha256').update(form).digest('hex'),
        sealedAt: now,
        isKeyed: false,
      },
    })
    expect(await verdict()).toMatchObject({ proved: 6, broken: { sequence: 7, kind: 'key_missing' } })
  })
})
