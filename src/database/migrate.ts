// Brings a database to the shape that this program needs: at every start, once, however many start together.
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { codeOf, DatabaseIsNewer, MigrationFailed, reasonOf } from './errors.ts'
import { withSchemaEngine } from './schema-engine.ts'

/** current: nothing to do. behind: migrations are missing. ahead: made by a newer program. failed: one broke off. */
export type MigrationState = 'current' | 'behind' | 'ahead' | 'failed'

export type MigrateOptions = {
  /** The folder of the migrations; this program's own by default. */
  folder?: string
}

export const migrationsFolder = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))

// Any number, as long as every Usher uses the same; Prisma's own is another.
const lockKey = 8_474_437

type Found = { state: MigrationState; missing: string[]; unknown: string[]; failed: string[] }

async function ownMigrations(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return names.filter((name) => existsSync(join(folder, name, 'migration.sql'))).sort()
}

export type AppliedMigration = { name: string; finished: boolean }

/** What the database has of migrations, as a statement. */
export const MIGRATION_ROWS = `SELECT migration_name AS name, bool_or(finished_at IS NOT NULL) AS finished
  FROM _prisma_migrations WHERE rolled_back_at IS NULL GROUP BY migration_name ORDER BY migration_name`

/** How what the database has stands to the migrations of this program. */
export async function stateOf(rows: AppliedMigration[]): Promise<MigrationState> {
  return compareRows(rows, await ownMigrations(migrationsFolder)).state
}

async function compare(client: Client, folder: string): Promise<Found> {
  const rows = await client
    .query<AppliedMigration>(MIGRATION_ROWS)
    .then((result) => result.rows)
    .catch((error: unknown) => {
      const tableIsMissing = codeOf(error) === '42P01'
      if (tableIsMissing) return []
      throw error
    })
  return compareRows(rows, await ownMigrations(folder))
}

function compareRows(rows: AppliedMigration[], own: string[]): Found {
  const failed = rows.filter((row) => !row.finished).map((row) => row.name)
  const applied = rows.filter((row) => row.finished).map((row) => row.name)
  const unknown = rows.map((row) => row.name).filter((name) => !own.includes(name))
  const missing = own.filter((name) => !applied.includes(name))
  const state = unknown.length > 0 ? 'ahead' : failed.length > 0 ? 'failed' : missing.length > 0 ? 'behind' : 'current'
  return { state, missing, unknown, failed }
}

async function withClient<T>(connectionString: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 10_000, application_name: 'usher migrations' })
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}

/** How the database stands to the migrations of this program. Only reads. */
export function migrationState(connectionString: string, options: MigrateOptions = {}): Promise<MigrationState> {
  return withClient(connectionString, async (client) => {
    const { state } = await compare(client, options.folder ?? migrationsFolder)
    return state
  })
}

/**
 * Applies the migrations that are missing, and gives their names. Of several programs that start together one does it,
 * the others wait for it. Throws DatabaseIsNewer and MigrationFailed, each with what to do.
 */
export function migrate(connectionString: string, options: MigrateOptions = {}): Promise<string[]> {
  const folder = options.folder ?? migrationsFolder
  return withClient(connectionString, async (client) => {
    const atFirst = await compare(client, folder)
    if (atFirst.state === 'current') return []
    // Held by this connection: if the program dies in the middle, PostgreSQL lets it go.
    await client.query('SELECT pg_advisory_lock($1)', [lockKey])
    const found = await compare(client, folder)
    refuse(found)
    if (found.state === 'current') return []
    try {
      return await apply(connectionString, folder)
    } catch (error) {
      const { failed } = await compare(client, folder)
      throw new MigrationFailed(
        `The migration ${failed[0] ?? found.missing[0]} failed: ${reasonOf(error)}. ${wayOutOfFailure}`,
        { cause: error },
      )
    }
  })
}

const wayOutOfFailure =
  'Nothing was started. Bring back a backup of the database, or start the program that ran before; ' +
  'after mending what the message names, run: npx prisma migrate resolve --rolled-back <migration>'

function refuse({ state, unknown, failed }: Found) {
  if (state === 'ahead') {
    throw new DatabaseIsNewer(
      `This database was made by a newer Usher: it has the migration ${unknown[0]}, which this one does not know. ` +
        'Start the newer Usher, or bring back a backup from before it.',
    )
  }
  if (state === 'failed') {
    throw new MigrationFailed(`The migration ${failed[0]} broke off at an earlier start. ${wayOutOfFailure}`)
  }
}

async function apply(connectionString: string, folder: string): Promise<string[]> {
  const { appliedMigrationNames } = await withSchemaEngine(connectionString, async (engine) =>
    engine.applyMigrations({
      migrationsList: await loadMigrations(folder),
      filters: { externalTables: [], externalEnums: [] },
    }),
  )
  return appliedMigrationNames
}

async function loadMigrations(folder: string) {
  const names = await ownMigrations(folder)
  const lockfile = join(folder, 'migration_lock.toml')
  return {
    baseDir: folder,
    lockfile: {
      path: './migration_lock.toml',
      content: existsSync(lockfile) ? await readFile(lockfile, 'utf8') : null,
    },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.map(async (name) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok' as const, value: await readFile(join(folder, name, 'migration.sql'), 'utf8') },
        },
      })),
    ),
  }
}
