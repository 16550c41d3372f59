// `npm run usher -- audit verify`, as an operator types it.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { record, sealEvents } from '../../src/audit/index.ts'
import { type Database, inSqlTransaction } from '../../src/database/index.ts'
import { createDatabase, createTestDatabase } from '../setup/database.ts'
import { addOrganisation, event, later, SECOND, SECRET, sealKey, tamper } from './events.ts'

const program = fileURLToPath(new URL('../../src/cli/index.ts', import.meta.url))
let db: Database & { url: string; drop(): Promise<void> }
let organisationId: string

beforeAll(async () => {
  db = await createTestDatabase()
  organisationId = await addOrganisation(db)
  await write(10)
  await sealEvents({ db, sealKey, now: () => later(60 * SECOND), followUp: async () => {} })
})
afterAll(() => db.drop())

const write = (count: number) =>
  inSqlTransaction(db, (tx) =>
    record(
      tx,
      Array.from({ length: count }, (_, index) => event(organisationId, later(index * SECOND))),
    ),
  )

function usher(words: string[], settings: NodeJS.ProcessEnv = {}) {
  const env = { ...process.env, DATABASE_URL: db.url, USHER_SECRET: SECRET, ...settings }
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], { env, encoding: 'utf8' })
  return { status, stdout, stderr }
}

let noted = ''

test('says that the chain is unbroken, and prints the last seal to keep', () => {
  const { status, stdout, stderr } = usher(['audit', 'verify'])
  expect(stderr).toBe('')
  expect(stdout).toMatch(/^Northwind: unbroken\. 10 events are as they were when they were sealed\.\n/)
  expect(stdout).toContain('Every seal was made with the key from USHER_SECRET.')
  expect(stdout).toContain('Not checked: whether the end was cut off')
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

test('51: needs the secret: with another one, nothing is proved', () => {
  const { status, stdout } = usher(['audit', 'verify'], { USHER_SECRET: 'another secret, and as long as it has to be' })
  expect(stdout).toContain('Northwind: BROKEN at place 1.')
  expect(stdout).toContain('If USHER_SECRET is not the one that Usher runs with, that is the reason.')
  expect(status).toBe(1)
})

test('51: checks a whole file of anchors, and names each that is not in the chain any more', () => {
  const folder = mkdtempSync(join(tmpdir(), 'usher-anchors-'))
  try {
    const file = join(folder, 'anchors')
    writeFileSync(file, `2026-11-20 ${noted} Northwind\n`)
    const good = usher(['audit', 'verify', '--anchors', file])
    expect(good.stdout).toContain(`1 of 1 anchor in ${file} is in the chain.`)
    expect(good.status).toBe(0)
    const lost = `12:${noted.slice(3)}`
    writeFileSync(file, `2026-11-20 ${noted} Northwind\n2026-11-21 12:9f\n2026-11-21 ${lost} Northwind Ltd\n`)
    const { status, stdout } = usher(['audit', 'verify', '--anchors', file])
    expect(stdout).toContain(`BROKEN: the seal ${lost} stands in no chain.`)
    expect(stdout).toContain(`1 of 2 anchors in ${file} is in the chain.\n1 line of it can't be read as an anchor.`)
    expect(status).toBe(1)
    // The setting names the same file, and need not have been used yet.
    const bySetting = (path: string) => usher(['audit', 'verify'], { AUDIT_ANCHOR_FILE: path })
    expect(bySetting(file)).toMatchObject({ status: 1, stdout })
    const none = join(folder, 'none')
    expect(bySetting(none)).toMatchObject({ status: 0, stdout: expect.stringContaining(`${none} has no anchors yet.`) })
    expect(usher(['audit', 'verify', '--anchors', none])).toMatchObject({ status: 2 })
  } finally {
    rmSync(folder, { recursive: true })
  }
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
  const away = usher(['audit', 'verify'], { DATABASE_URL: 'postgresql://nobody:secret@127.0.0.1:1/usher' })
  expect(away.stderr).toMatch(/^The database at 127\.0\.0\.1:1\/usher cannot be reached/)
  expect(away.stderr).not.toContain('secret')
  expect(away.status).toBe(2)
  const empty = await createDatabase({ empty: true })
  try {
    const { status, stderr } = usher(['audit', 'verify'], { DATABASE_URL: empty.url })
    expect(stderr.trim()).toBe(
      'The tables of this database are not those of this Usher. Start Usher once, then try again.',
    )
    expect(status).toBe(2)
  } finally {
    await empty.drop()
  }
})
