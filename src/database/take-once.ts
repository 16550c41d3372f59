// Requests that must be done once however often they come: whoever writes the key first has it.
import type { Database } from './index.ts'

/** Takes a request by its key; false when it was taken before, by whichever instance. */
export async function takeOnce(db: Database, key: string, at: Date): Promise<boolean> {
  const { rowCount } = await db.pool.query({
    name: 'take-once',
    text: 'INSERT INTO "SlackReceipt" ("key", "receivedAt") VALUES ($1, $2) ON CONFLICT DO NOTHING',
    values: [key, at],
  })
  return rowCount === 1
}

const FORGOTTEN_AT_ONCE = 10_000

/** Forgets keys older than `before`, in bounded batches; gives how many. */
export async function forgetTaken(db: Database, before: Date): Promise<number> {
  let forgotten = 0
  for (;;) {
    const { rowCount } = await db.pool.query({
      text: `DELETE FROM "SlackReceipt" WHERE "key" IN
        (SELECT "key" FROM "SlackReceipt" WHERE "receivedAt" < $1 LIMIT $2)`,
      values: [before, FORGOTTEN_AT_ONCE],
    })
    forgotten += rowCount ?? 0
    if ((rowCount ?? 0) < FORGOTTEN_AT_ONCE) return forgotten
  }
}
