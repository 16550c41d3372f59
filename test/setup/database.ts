// A database of its own for a test file: migrated, empty, and gone afterwards.
import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { inject } from 'vitest'
import { type Database, openDatabase } from '../../src/database/index.ts'
import { withDatabase } from './database-url.ts'

/** Logs nothing: for tests that do not look at the log. */
export const silentLog = { debug() {}, info() {}, warn() {}, error() {} }

async function asAdmin(statement: string) {
  const admin = new Client({ connectionString: inject('database').url })
  await admin.connect()
  try {
    await admin.query(statement)
  } finally {
    await admin.end()
  }
}

/** Makes a database on the server of this run: a copy of the migrated template, or with `empty` one without tables. */
export async function createDatabase(
  options: { empty?: boolean } = {},
): Promise<{ url: string; drop(): Promise<void> }> {
  const { url, template } = inject('database')
  const name = `usher_test_${randomBytes(6).toString('hex')}`
  // A copy of files instead of log records: 30 ms, not 80.
  await asAdmin(`CREATE DATABASE ${name} TEMPLATE ${options.empty ? 'template0' : template} STRATEGY FILE_COPY`)
  return { url: withDatabase(url, name), drop: () => asAdmin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) }
}

/** A fresh migrated database, opened. `drop` closes and removes it: call it in afterAll. */
export async function createTestDatabase(): Promise<Database & { url: string; drop(): Promise<void> }> {
  const made = await createDatabase()
  const database = await openDatabase({ url: made.url, dataDir: '', log: silentLog })
  return {
    ...database,
    async drop() {
      await database.close()
      await made.drop()
    },
  }
}
