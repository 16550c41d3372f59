// Anchors: the last seal of each day leaves the database, once over two instances, to the channel and to a file.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WebClient } from '@slack/web-api'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { claimAnchors, fileAnchors, record, sealEvents } from '../../src/audit/index.ts'
import type { FollowUp } from '../../src/collaborators.ts'
import { type Database, inSqlTransaction, openDatabase } from '../../src/database/index.ts'
import { createAnchorFile } from '../../src/jobs/anchor-file.ts'
import { tell } from '../../src/slack/tellings.ts'
import { createTestDatabase, silentLog } from '../setup/database.ts'
import { addOrganisation, event, HOUR, later, readSealable, sealKey, sealWithoutKey, tamper } from './events.ts'

const DAY = 24 * HOUR
const CHANNEL = 'CPEOPLE'
let db: Database & { url: string; drop(): Promise<void> }
let other: Database
let organisationId: string
let now = later(0)
let queued: FollowUp[] = []
let posted: { channel: string; text: string }[] = []
const folder = mkdtempSync(join(tmpdir(), 'usher-anchors-'))
const file = join(folder, 'anchors')

beforeAll(async () => {
  db = await createTestDatabase()
  other = await openDatabase({ url: db.url, dataDir: '', log: silentLog })
})
beforeEach(async () => {
  await db.pool.query('TRUNCATE "Organisation" CASCADE; TRUNCATE "AuditAnchor"')
  await tamper(db, 'TRUNCATE "AuditEvent", "AuditSeal"')
  organisationId = await addOrganisation(db)
  await db.prisma.organisation.updateMany({ data: { notificationChannelId: CHANNEL, timeZone: 'Europe/Berlin' } })
  now = later(0)
  queued = []
  posted = []
  rmSync(file, { force: true })
})
afterAll(async () => {
  await other.close()
  await db.drop()
  rmSync(folder, { recursive: true })
})

const c = (on: Database = db) => ({
  db: on,
  now: () => now,
  sealKey,
  followUp: async (_tx: unknown, followUps: FollowUp[]) => void queued.push(...followUps),
})

/** Something happens, and is sealed. */
async function act(at = now): Promise<string> {
  now = at
  await inSqlTransaction(db, (tx) => record(tx, [event(organisationId, now)]))
  const { sequence, hash } = await sealNext()
  return `${sequence}:${hash}`
}

async function sealNext(): Promise<{ sequence: bigint; hash: string }> {
  await sealEvents(c())
  return db.prisma.auditSeal.findFirstOrThrow({ orderBy: { sequence: 'desc' } })
}

/** What the queue does with what was put into it; twice over, as after a crash. */
async function tellAll(): Promise<void> {
  const client = {
    chat: { postMessage: async (message: { channel: string; text: string }) => void posted.push(message) },
  } as unknown as WebClient
  for (let time = 0; time < 2; time += 1) {
    for (const followUp of queued) {
      if (followUp.kind !== 'tell') throw new Error('only tellings are queued')
      await tell({ db, now: () => now, log: silentLog, letGo: async () => {}, client }, followUp)
    }
  }
}

test('51: the last seal of a day is posted to the notification channel, once, when the day is over there', async () => {
  await act()
  const last = await act(later(10 * HOUR))
  expect(await claimAnchors(c())).toBe(0)
  // 20 November ends in Berlin at 23:00 UTC.
  now = later(14 * HOUR - 1)
  expect(await claimAnchors(c())).toBe(0)
  now = later(14 * HOUR + 1)
  await act()
  const counts = await Promise.all([
    claimAnchors(c()),
    claimAnchors(c(other)),
    claimAnchors(c()),
    claimAnchors(c(other)),
  ])
  expect(counts.toSorted()).toEqual([0, 0, 0, 1])
  expect(await claimAnchors(c())).toBe(0)
  await tellAll()
  expect(posted).toEqual([
    expect.objectContaining({ channel: CHANNEL, text: `Audit log, last seal of 2026-11-20: ${last}` }),
  ])
  expect(JSON.stringify(posted)).toContain(`npm run usher -- audit verify --noted ${last}`)
})

test('51: the first seal with a key says what it is', async () => {
  await inSqlTransaction(db, (tx) => record(tx, [event(organisationId, now)]))
  await sealWithoutKey(db, await readSealable(db, organisationId))
  const { sequence, hash } = await sealNext()
  expect(await claimAnchors(c())).toBe(0)
  await tellAll()
  expect(posted).toEqual([
    expect.objectContaining({ channel: CHANNEL, text: `Audit log, first seal made with a key: ${sequence}:${hash}` }),
  ])
  expect(JSON.stringify(posted)).toContain('If it comes at another time, someone replaced seals in the database.')
  const lines: string[] = []
  await fileAnchors(c(), async (line) => void lines.push(line))
  expect(lines).toEqual([`2026-11-20 2:${hash} Northwind`])
})

test('51: each day has its own; a day on which nothing happened has none; one that was missed is made good', async () => {
  const first = await act()
  now = later(DAY)
  await claimAnchors(c())
  now = later(2 * DAY)
  expect(await claimAnchors(c())).toBe(0)
  const second = await act(later(3 * DAY))
  now = later(5 * DAY)
  expect(await claimAnchors(c())).toBe(1)
  await tellAll()
  expect(posted.map(({ text }) => text)).toEqual([
    `Audit log, last seal of 2026-11-20: ${first}`,
    `Audit log, last seal of 2026-11-23: ${second}`,
  ])
})

test.each([
  ['the setting is off', { auditSealInChannel: false }],
  ['there is no channel', { notificationChannelId: null }],
])('51: nothing is posted where %s', async (_why, data) => {
  await act()
  await db.prisma.organisation.updateMany({ data })
  now = later(DAY)
  expect(await claimAnchors(c())).toBe(1)
  await tellAll()
  expect(posted).toEqual([])
})

test('51: is appended to the file, one line each, once over two instances and after a run that was cut short', async () => {
  const append = createAnchorFile(file)
  const first = await act()
  now = later(DAY)
  await claimAnchors(c())
  expect((await Promise.all([fileAnchors(c(), append), fileAnchors(c(other), append)])).toSorted()).toEqual([0, 1])
  expect(readFileSync(file, 'utf8')).toBe(`2026-11-20 ${first} Northwind\n`)
  const second = await act()
  now = later(2 * DAY)
  await claimAnchors(c())
  // It was written, and the program died before the database knew.
  const dying = async (line: string) => {
    await append(line)
    throw new Error('killed')
  }
  await expect(fileAnchors(c(), dying)).rejects.toThrow('killed')
  await fileAnchors(c(), append)
  expect(readFileSync(file, 'utf8')).toBe(`2026-11-20 ${first} Northwind\n2026-11-21 ${second} Northwind\n`)
})

test('51: a line of the file that was cut off does not swallow the next one', async () => {
  writeFileSync(file, '2026-11-19 12:9f')
  const seal = await act()
  now = later(DAY)
  await claimAnchors(c())
  await fileAnchors(c(), createAnchorFile(file))
  expect(readFileSync(file, 'utf8')).toBe(`2026-11-19 12:9f\n2026-11-20 ${seal} Northwind\n`)
})
