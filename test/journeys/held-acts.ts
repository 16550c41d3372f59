// Brings about that things happen at the same moment: the test holds what they need, and lets go when all of them wait.
import { expect } from 'vitest'
import type { Usher } from '../setup/usher.ts'
import { queryRows, until } from './acts.ts'

/** Runs a statement, starts `work`, lets go when so many requests wait for the rows of the statement. */
export async function whileHeld<T>(
  usher: Usher,
  { statement, values, waiting }: { statement: string; values: unknown[]; waiting: number },
  work: () => Promise<T>,
): Promise<T> {
  const holder = await usher.app.db.pool.connect()
  try {
    await holder.query('BEGIN')
    await holder.query(statement, values)
    const done = work()
    const blocked = `SELECT count(*)::int AS "waiting" FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`
    await until(async () => expect(await queryRows(usher, blocked)).toEqual([{ waiting }]))
    await holder.query('COMMIT')
    return await done
  } finally {
    // After the COMMIT there is nothing left to take back.
    await holder.query('ROLLBACK')
    holder.release()
  }
}
