// A transaction for use cases that somebody waits for and that are SQL throughout: the same statements as with Prisma,
// each prepared once per connection, at a third of the time that they take through its client.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool, PoolClient } from 'pg'
import { createStatementNames } from './statement-names.ts'

/** What SQL needs of a transaction. Prisma's transactions have it too: what asks for no more runs in both. */
export type SqlTransaction = {
  /** Gives the rows. Every value becomes a parameter. */
  $queryRaw<T>(text: TemplateStringsArray, ...values: unknown[]): Promise<T>
  /** Gives the number of rows written. */
  $executeRaw(text: TemplateStringsArray, ...values: unknown[]): Promise<number>
  /** For the queue: statements that it has built itself, with $1, $2, …. */
  $queryRawUnsafe<T>(text: string, ...values: unknown[]): Promise<T>
}

const ATTEMPTS = 4
const LONGEST = 15_000
const CONFLICTS: unknown[] = ['40001', '40P01']

/**
 * Runs `work` in a transaction: committed when it is done, rolled back when it throws, and then the error goes on.
 * After a deadlock or a serialization failure `work` runs again, up to three times: it must have no effects but in `tx`.
 * Ends after 15 s at the latest. Throws PostgreSQL's errors.
 */
export async function inSqlTransaction<T>(db: { pool: Pool }, work: (tx: SqlTransaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await runOnce(db.pool, work)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (attempt === ATTEMPTS || !CONFLICTS.includes(code)) throw error
      // Not both again at the same moment.
      await sleep(attempt * 10 + Math.random() * 20)
    }
  }
}

async function runOnce<T>(pool: Pool, work: (tx: SqlTransaction) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  // A connection that hangs is given up: what waits for it fails, and PostgreSQL rolls back.
  const clock = setTimeout(() => client.end(), LONGEST)
  let broken: Error | undefined
  // Said by its query as well; without a listener it would end the process.
  const onError = (error: Error) => {
    broken = error
  }
  client.on('error', onError)
  try {
    await client.query('BEGIN')
    const result = await work(transactionOn(client))
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch((cause: Error) => {
      broken = cause
    })
    throw error
  } finally {
    clearTimeout(clock)
    client.off('error', onError)
    client.release(broken)
  }
}

function transactionOn(client: PoolClient): SqlTransaction {
  const run = (text: string, values: unknown[]) => client.query({ name: nameOf(text), text, values })
  return {
    $queryRaw: async <T>(parts: TemplateStringsArray, ...values: unknown[]) => {
      const { rows } = await run(textOf(parts), values)
      return rows as T
    },
    $executeRaw: async (parts, ...values) => (await run(textOf(parts), values)).rowCount ?? 0,
    $queryRawUnsafe: async <T>(text: string, ...values: unknown[]) => {
      const { rows } = await run(text, values)
      return rows as T
    },
  }
}

const nameOf = createStatementNames('sql')
// A template's parts are the same object every time its place in the code is reached.
const texts = new WeakMap<TemplateStringsArray, string>()

function textOf(parts: TemplateStringsArray): string {
  const known = texts.get(parts)
  if (known !== undefined) return known
  const text = parts.reduce((before, part, index) => `${before}$${index}${part}`)
  texts.set(parts, text)
  return text
}
