// Migrations: they agree with schema.prisma, are applied once, and stop the start in words where they cannot be.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DatabaseIsNewer, MigrationFailed, migrate, migrationState } from '../../src/database/index.ts'
import { withSchemaEngine } from '../../src/database/schema-engine.ts'
import { createDatabase } from '../setup/database.ts'

let database: Awaited<ReturnType<typeof createDatabase>>
let folder: string

beforeEach(async () => {
  database = await createDatabase({ empty: true })
  folder = mkdtempSync(join(tmpdir(), 'usher-migrations-'))
  writeFileSync(join(folder, 'migration_lock.toml'), 'provider = "postgresql"\n')
})
afterEach(async () => {
  await database.drop()
  rmSync(folder, { recursive: true, force: true })
})

function addMigration(name: string, sql: string) {
  mkdirSync(join(folder, name))
  writeFileSync(join(folder, name, 'migration.sql'), sql)
}

async function ask(statement: string) {
  const client = new Client({ connectionString: database.url })
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(statement)
    return rows
  } finally {
    await client.end()
  }
}

async function stepsToSchema() {
  const content = readFileSync(fileURLToPath(new URL('../../prisma/schema.prisma', import.meta.url)), 'utf8')
  const pushed = await withSchemaEngine(
    database.url,
    (engine) =>
      engine.schemaPush({
        force: true,
        schema: { files: [{ path: 'schema.prisma', content }] },
        filters: { externalTables: [], externalEnums: [] },
      }),
    content,
  )
  return pushed.executedSteps
}

describe('the migrations of this program', () => {
  test('agree with schema.prisma, whatever was added by hand', async () => {
    await migrate(database.url)
    expect(await stepsToSchema()).toBe(0)
  })

  test('are missed by that comparison when one is missing', async () => {
    await migrate(database.url)
    await ask('DROP INDEX "Invitation_hubId_idx"')
    expect(await stepsToSchema()).toBe(1)
  })

  test('are applied once when five programs start together', async () => {
    const applied = await Promise.all(Array.from({ length: 5 }, () => migrate(database.url)))
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1)
    expect(
      await ask('SELECT count(*)::int AS n FROM _prisma_migrations GROUP BY migration_name HAVING count(*) > 1'),
    ).toEqual([])
  })
})

describe('a migration', () => {
  test('takes the database from behind to current, functions with semicolons included', async () => {
    addMigration('20260101000000_first', 'CREATE TABLE one (n int);')
    expect(await migrationState(database.url, { folder })).toBe('behind')
    expect(await migrate(database.url, { folder })).toEqual(['20260101000000_first'])
    addMigration(
      '20260102000000_second',
      "CREATE FUNCTION two() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 2; END $$; INSERT INTO one VALUES (two()); -- it's; done",
    )
    expect(await migrationState(database.url, { folder })).toBe('behind')
    expect(await migrate(database.url, { folder })).toEqual(['20260102000000_second'])
    expect(await migrate(database.url, { folder })).toEqual([])
    expect(await migrationState(database.url, { folder })).toBe('current')
    expect(await ask('SELECT n FROM one')).toEqual([{ n: 2 }])
  })

  test('that fails leaves nothing half done, and stops this start and the next with its name and what to do', async () => {
    addMigration('20260101000000_first', 'CREATE TABLE one (n int);')
    addMigration('20260102000000_second', 'CREATE TABLE two (n int); INSERT INTO nowhere VALUES (1);')

    const start = migrate(database.url, { folder })

    await expect(start).rejects.toThrow(MigrationFailed)
    await expect(start).rejects.toThrow(
      /^The migration 20260102000000_second failed: relation "nowhere" does not exist\./,
    )
    expect(await ask("SELECT to_regclass('two') AS two")).toEqual([{ two: null }])
    expect(await migrationState(database.url, { folder })).toBe('failed')
    await expect(migrate(database.url, { folder })).rejects.toThrow(
      /20260102000000_second broke off at an earlier start/,
    )
  })

  test('that this program does not know stops the start: the database is newer', async () => {
    addMigration('20260101000000_first', 'CREATE TABLE one (n int);')
    addMigration('20260102000000_second', 'CREATE TABLE two (n int);')
    await migrate(database.url, { folder })
    rmSync(join(folder, '20260102000000_second'), { recursive: true })

    expect(await migrationState(database.url, { folder })).toBe('ahead')
    await expect(migrate(database.url, { folder })).rejects.toThrow(DatabaseIsNewer)
    await expect(migrate(database.url, { folder })).rejects.toThrow(/made by a newer Usher.*20260102000000_second/)
  })
})
