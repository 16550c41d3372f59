// Whose address was changed by somebody else (a directory, an import, Slack) is told at the former one: a trigger on the
// person notes it, in the transaction that changes it, whichever part of Usher that is.
import type { Collaborators } from '../collaborators.ts'
import { inSqlTransaction } from '../database/index.ts'
import { tellAccountHolder } from './letters.ts'

/** In one transaction; the rest follows at once. */
const MOST_AT_ONCE = 200

/** Asks for the letters of all who have not been told. Safe on two instances and twice: each is taken once. */
export async function tellMoved(c: Pick<Collaborators, 'db' | 'followUp' | 'now'>): Promise<void> {
  for (;;) {
    const told = await inSqlTransaction(c.db, async (tx) => {
      const moves = await tx.$queryRaw<{ personId: string; before: string }[]>`
        DELETE FROM "AddressMove" WHERE "id" IN (
          SELECT "id" FROM "AddressMove" ORDER BY "at" LIMIT ${MOST_AT_ONCE} FOR UPDATE SKIP LOCKED)
        RETURNING "personId", "before"`
      for (const { personId, before } of moves) {
        await tellAccountHolder(tx, c, { personId, kind: 'email_changed', to: { channel: 'email', sentTo: before } })
      }
      return moves.length
    })
    if (told < MOST_AT_ONCE) return
  }
}
