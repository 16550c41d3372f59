// The words of people who came with a long list, taken apart for the index of the search a little later: while the list
// is written that would be half of its time. Until then such people are found too, only not by that index.
import type { Database } from '../database/index.ts'

const BATCH = 500

/**
 * Settles what is not settled yet, in short statements; gives how many. Safe to run twice and on several instances at
 * once: rows that another pass holds are left to it.
 */
export async function settleSearch(db: Database): Promise<number> {
  for (let settled = 0; ; ) {
    const { rowCount } = await db.pool.query({
      name: 'settle-search',
      text: `UPDATE "PersonSearch" SET "isSettled" = true WHERE "personId" IN (SELECT "personId" FROM "PersonSearch"
        WHERE NOT "isSettled" ORDER BY "personId" LIMIT $1 FOR UPDATE SKIP LOCKED)`,
      values: [BATCH],
    })
    settled += rowCount ?? 0
    if ((rowCount ?? 0) < BATCH) return settled
  }
}
