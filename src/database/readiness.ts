// Whether everything in the database is as the program needs it, by one statement on a connection that is there anyway.
import type { Pool } from 'pg'
import { codeOf } from './errors.ts'
import { type AppliedMigration, MIGRATION_ROWS, type MigrationState, stateOf } from './migrate.ts'

/** `queue`: whether the queue's tables are there. */
export type Readiness = { canWrite: boolean; migrations: MigrationState; queue: boolean }

type Row = { readonly: string; migrations: AppliedMigration[]; queueVersion: number | null }

// Statements are parsed as a whole: without one of these tables the whole statement fails.
const ALL_AT_ONCE = `SELECT current_setting('transaction_read_only') AS "readonly",
  (SELECT coalesce(jsonb_agg(to_jsonb(m)), '[]') FROM (${MIGRATION_ROWS}) m) AS "migrations",
  (SELECT max("version") FROM queue.version) AS "queueVersion"`
const UNDEFINED_TABLE = '42P01'

/**
 * Reads how the database stands. One statement while all tables are there; where one is missing, two more to find out
 * which. Throws what the pool throws where the database does not answer.
 */
export async function readReadiness(pool: Pick<Pool, 'query'>): Promise<Readiness> {
  try {
    const { rows } = await pool.query<Row>({ name: 'readiness', text: ALL_AT_ONCE })
    const [row] = rows
    return {
      canWrite: row?.readonly === 'off',
      migrations: await stateOf(row?.migrations ?? []),
      queue: (row?.queueVersion ?? null) !== null,
    }
  } catch (error) {
    if (codeOf(error) !== UNDEFINED_TABLE) throw error
  }
  const { rows: found } = await pool.query<{ readonly: string; migrations: boolean; queue: boolean }>(
    `SELECT current_setting('transaction_read_only') AS "readonly",
      to_regclass('_prisma_migrations') IS NOT NULL AS "migrations", to_regclass('queue.version') IS NOT NULL AS "queue"`,
  )
  const migrations = found[0]?.migrations ? (await pool.query<AppliedMigration>(MIGRATION_ROWS)).rows : []
  return {
    canWrite: found[0]?.readonly === 'off',
    migrations: await stateOf(migrations),
    queue: found[0]?.queue ?? false,
  }
}
