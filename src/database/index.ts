// The one way to the database: Prisma for single rows, the pool for hot statements, transactions, and the server itself
// where DATABASE_URL names none. Nobody else imports Prisma or pg.
import { setTimeout as sleep } from 'node:timers/promises'
import { PrismaPg } from '@prisma/adapter-pg'
import { Client, Pool } from 'pg'
import { findRunningEmbedded, startEmbedded } from './embedded/index.ts'
import { codeOf, DatabaseUnreachable, reasonOf } from './errors.ts'
import { PrismaClient } from './generated/client.ts'
import { SILENCE, socketThatGivesUp } from './giving-up.ts'
import type { Log } from './log.ts'
import { createStatementNames } from './statement-names.ts'
import { inTransaction, type Transaction, type TransactionOptions } from './transaction.ts'

export type { Pool, PoolClient } from 'pg'
export { findRunningEmbedded } from './embedded/index.ts'
export {
  DatabaseIsNewer,
  DatabaseUnreachable,
  EmbeddedDatabaseInUse,
  EmbeddedDatabaseUnavailable,
  MigrationFailed,
} from './errors.ts'
// Rows, enums and Prisma.sql, for those who may use the database.
export * from './generated/client.ts'
export { type MigrateOptions, type MigrationState, migrate, migrationState } from './migrate.ts'
export { isId, newId } from './new-id.ts'
export { type Readiness, readReadiness } from './readiness.ts'
export { inSqlTransaction, type SqlTransaction } from './sql-transaction.ts'
export { forgetTaken, takeOnce } from './take-once.ts'
export { inTransaction, type Transaction, type TransactionOptions } from './transaction.ts'

export type Database = {
  prisma: PrismaClient
  /** For hot single statements: `pool.query({ name, text, values })`. The connections are shared with prisma. */
  pool: Pool
  /** The address of the database, with its password: never log it. */
  url: string
  /** Runs `work` in one transaction; see inTransaction. */
  inTransaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>
  /** Asks the database for something real. Throws DatabaseUnreachable when it does not answer in 2 s, or is read-only. */
  ping(): Promise<void>
  /** Ends the connections, and the built-in server where this program started it. */
  close(): Promise<void>
}

export type OpenOptions = {
  /** DATABASE_URL. Without it the built-in database is started, with its files in `dataDir`. */
  url?: string | undefined
  dataDir: string
  log: Log
  /** Most connections at once: 10. */
  poolSize?: number
  /** How long to wait for a database that is not there yet, in ms: 30,000. */
  waitMs?: number
  /** For command line tools: use the built-in database of a program that runs, where there is one. */
  join?: boolean
}

/**
 * Opens the database; it does not migrate it. Throws DatabaseUnreachable, EmbeddedDatabaseInUse or
 * EmbeddedDatabaseUnavailable, each with a sentence that says what to do.
 */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  const { dataDir, log, poolSize = 10, waitMs = 30_000 } = options
  const running = options.url ?? (options.join ? await findRunningEmbedded(dataDir) : undefined)
  const embedded = running === undefined ? await startEmbedded({ dataDir, log }) : undefined
  const url = running ?? embedded?.connectionString ?? ''
  try {
    await untilReachable(url, waitMs, log)
  } catch (error) {
    await embedded?.stop()
    throw error
  }
  const pool = openPool(url, poolSize, log)
  const nameOf = createStatementNames('prisma')
  const adapter = new PrismaPg(pool, { statementNameGenerator: ({ sql }) => nameOf(sql) })
  const prisma = new PrismaClient({ adapter, errorFormat: 'minimal' })
  return {
    prisma,
    pool,
    url,
    inTransaction: (work, transactionOptions) => inTransaction({ prisma }, work, transactionOptions),
    ping: () => ping(pool),
    async close() {
      // What breaks from here on is meant to.
      pool.removeAllListeners('error').on('error', () => {})
      await prisma.$disconnect()
      // A connection that hangs must not keep the program from ending.
      await Promise.race([pool.end(), sleep(5_000, undefined, { ref: false })])
      await embedded?.stop()
    },
  }
}

function openPool(connectionString: string, size: number, log: Log): Pool {
  const pool = new Pool({
    connectionString,
    max: size,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: SILENCE - 10_000,
    keepAlive: true,
    stream: socketThatGivesUp,
    application_name: 'usher',
  })
  // Without a listener a connection that breaks while idle would end the process. The pool makes a new one by itself.
  pool.on('error', (error) => log.warn({ reason: error.message }, 'A database connection was lost'))
  return pool
}

/** The database's place without user and password, fit to be shown. */
function placeOf(url: string): string {
  try {
    const { hostname, port, pathname } = new URL(url)
    return `${hostname}:${port || 5432}${pathname}`
  } catch {
    return 'the address in DATABASE_URL'
  }
}

const notThereYet = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  '57P03',
  '53300',
]

async function untilReachable(url: string, waitMs: number, log: Log) {
  const began = Date.now()
  for (let attempt = 1; ; attempt++) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
    client.on('error', () => {})
    try {
      await client.connect()
      await client.query('SELECT 1')
      return
    } catch (error) {
      const code = codeOf(error)
      const mayComeYet = code === undefined ? /timeout|terminated/i.test(reasonOf(error)) : notThereYet.includes(code)
      const waited = Date.now() - began
      if (!mayComeYet || waited >= waitMs) {
        const since = mayComeYet ? ` after ${Math.round(waited / 1000)} seconds` : ''
        throw new DatabaseUnreachable(
          `The database at ${placeOf(url)} cannot be reached${since}: ${reasonOf(error)}. Is it running, and is DATABASE_URL right?`,
          { cause: error },
        )
      }
      if (attempt === 1) log.warn({ database: placeOf(url), reason: reasonOf(error) }, 'Waiting for the database')
      await sleep(Math.min(100 * attempt, 1_000, Math.max(waitMs - waited, 10)))
    } finally {
      // A connection that never came about may never end either.
      client.end().catch(() => {})
    }
  }
}

async function ping(pool: Pool) {
  const asked = pool
    .query<{ readonly: string }>("SELECT current_setting('transaction_read_only') AS readonly")
    .then((result) => result.rows[0]?.readonly)
  const late = sleep(2_000, 'late' as const, { ref: false })
  const answer = await Promise.race([asked, late]).catch((error: unknown) => {
    throw new DatabaseUnreachable(`The database does not answer: ${reasonOf(error)}.`, { cause: error })
  })
  if (answer === 'late') {
    asked.catch(() => {})
    throw new DatabaseUnreachable('The database did not answer within 2 seconds.')
  }
  if (answer === 'on') throw new DatabaseUnreachable('The database is read-only.')
}
