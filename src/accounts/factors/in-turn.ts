// One thing at a time for each person: what two browsers do to one person's factors at the same moment happens one after
// the other, on whichever instance.
import { type Database, inSqlTransaction, type SqlTransaction } from '../../database/index.ts'
import { Refusal } from '../../refusal.ts'

/**
 * Runs `work` in a transaction that has locked the person. A refusal is given back, not thrown, by `work`: what it has
 * counted is committed, and then it is thrown here. `work` may run again: it must have no effects but in `tx`.
 */
export async function inTurn<T>(
  db: Database,
  personId: string,
  work: (tx: SqlTransaction) => Promise<T | Refusal>,
): Promise<T> {
  const result = await inSqlTransaction(db, async (tx) => {
    await tx.$queryRaw`SELECT 1 AS "locked" FROM "Person" WHERE "id" = ${personId}::uuid FOR NO KEY UPDATE`
    return work(tx)
  })
  if (result instanceof Refusal) throw result
  return result
}
