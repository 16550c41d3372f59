// `npm run usher -- audit verify`, as an operator types it.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { record, sealEvents } from '../../src/audit/index.ts'
import { type Database, inSqlTransaction } from '../../src/database/index.ts'
import { createDatabase, createTestDatabase } from '../setup/database.ts'
import { addOrganisation, event, later, SECOND, tamper } from './events.ts'

const program = fileURLToPath(new URL('../../src/cli/index.ts', import.meta.url))
let db: Database & { url: string; drop(): Promise<void> }
let organisationId: string

beforeAll(async () => {
  db = await createTestDatabase()
  organisationId = await addOrganisation(db)
  await write(10)
  await sealEvents({ db, now: () => later(60 * SECOND) })
})
afterAll(() => db.drop())

const write = (count: number) =>
  inSqlTransaction(db, (tx) =>
    record(
      tx,
      Array.from({ length: count }, (_, index) => event(organisationId, later(index * SECOND))),
    ),
  )

function usher(words: string[], databaseUrl = db.url) {
  const env = { ...process.env, DATABASE_URL: databaseUrl, USHER_SECRET: 'a secret for tests, and for tests alone' }
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], { env, encoding: 'utf8' })
  return { status, stdout, stderr }
}

let noted = ''

test('says that the chain is unbroken, and prints the last seal to keep', () => {
  const { status, stdout, stderr } = usher(['audit', 'verify'])
  expect(stderr).toBe('')
  expect(stdout).toMatch(/^Northwind: unbroken\. 10 events are as they were when they were sealed\.\n/)
  noted = /The last seal: (10:[0-9a-f]{64})/.exec(stdout)?.[1] ?? ''
  expect(noted).not.toBe('')
  expect(status).toBe(0)
})

test('finds a noted seal in its place, and says so when it is not there', () => {
  const good = usher(['audit', 'verify', '--noted', noted])
  expect(good.stdout).toContain('The seal you noted is in its place.')
  expect(good.status).toBe(0)
  const bad = usher(['audit', 'verify', '--noted', `11:${noted.slice(3)}`])
  expect(bad.stdout).toContain(`BROKEN: the seal 11:${noted.slice(3)} stands in no chain.`)
  expect(bad.status).toBe(1)
})

test('says how many events wait for their seal', async () => {
  await write(2)
  const { status, stdout } = usher(['audit', 'verify'])
  expect(stdout).toContain('2 events are not sealed yet. A running Usher seals them within a minute.')
  expect(status).toBe(0)
})

test('names the first event that does not fit, and ends with code 1', async () => {
  const { eventId } = await db.prisma.auditSeal.findFirstOrThrow({ where: { sequence: 4 } })
  await tamper(db, `UPDATE "AuditEvent" SET "actorName" = E'Eve\\n0 problems' WHERE "id" = '${eventId}'`)
  const { status, stdout, stderr } = usher(['audit', 'verify'])
  expect(stderr).toBe('')
  expect(stdout).toContain('Northwind: BROKEN at place 4. This event, or its seal, was changed after it was sealed:')
  expect(stdout).toContain(
    `2026-11-20T09:00:03.000Z (UTC) · invitation.asked · by Eve 0 problems · on ana@example.org · event ${eventId}`,
  )
  expect(stdout).toContain('3 events are proved before it; nothing from there on is.')
  expect(status).toBe(1)
})

test.each([
  [['audit'], 'Type: npm run usher -- audit verify'],
  [['audit', 'prove'], 'Type: npm run usher -- audit verify'],
  [['audit', 'verify', '--noted', '12'], '“12” is not a seal.'],
  [['audit', 'verify', '--all'], "Unknown option '--all'"],
])('%j is not understood: code 2, and what to type', (words, expected) => {
  const { status, stderr } = usher(words)
  expect(stderr).toContain(expected)
  expect(status).toBe(2)
})

test('a database that is not there, or has no tables, is told in words', async () => {
  const away = usher(['audit', 'verify'], 'postgresql://nobody:secret@127.0.0.1:1/usher')
  expect(away.stderr).toMatch(/^The database at 127\.0\.0\.1:1\/usher cannot be reached/)
  expect(away.stderr).not.toContain('secret')
  expect(away.status).toBe(2)
  const empty = await createDatabase({ empty: true })
  try {
    const { status, stderr } = usher(['audit', 'verify'], empty.url)
    expect(stderr.trim()).toBe(
      'The tables of this database are not those of this Usher. Start Usher once, then try again.',
    )
    expect(status).toBe(2)
  } finally {
    await empty.drop()
  }
})
