// The clock's side: invitations whose time has come expire, in bounded batches.
import { record } from '../audit/index.ts'
import type { Collaborators } from '../collaborators.ts'
import { inTransaction } from '../database/index.ts'
import { STATUS_NAMES } from '../organisation/index.ts'
import { settleAdditions } from './settle-additions.ts'

const BATCH = 500

/**
 * Makes every pending invitation whose end has come Expired and has it told; gives how many. Safe to run twice and on
 * several instances at once: rows that another pass holds are left to it. Additions do not expire: they are settled.
 */
export async function expireInvitations(c: Pick<Collaborators, 'db' | 'now' | 'followUp'>): Promise<number> {
  await settleAdditions(c)
  let expired = 0
  for (;;) {
    const batch = await expireBatch(c)
    expired += batch
    if (batch < BATCH) return expired
  }
}

async function expireBatch(c: Pick<Collaborators, 'db' | 'now' | 'followUp'>): Promise<number> {
  const at = c.now()
  return inTransaction(c.db, async (tx) => {
    const rows = await tx.$queryRaw<{ id: string; organisationId: string; email: string }[]>`
      UPDATE "Invitation" SET "status" = 'expired', "nextReminderAt" = NULL
      WHERE "id" IN (SELECT "id" FROM "Invitation" WHERE "status" = 'pending' AND "expiresAt" <= ${at}
        AND NOT "isAddition"
        ORDER BY "expiresAt" LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
      RETURNING "id", "organisationId", "email"`
    await record(
      tx,
      rows.map((row) => ({
        organisationId: row.organisationId,
        at,
        act: 'invitation.expired' as const,
        actor: { id: null, name: 'Usher' },
        subject: { kind: 'invitation' as const, id: row.id, name: row.email },
        origin: 'scheduler',
        before: { status: STATUS_NAMES.pending },
        after: { status: STATUS_NAMES.expired },
      })),
    )
    await c.followUp(
      tx,
      rows.map((row) => ({ kind: 'notify', invitationId: row.id, news: 'expired' })),
    )
    return rows.length
  })
}
