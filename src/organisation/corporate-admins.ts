// There is always a Corporate Admin: whoever changes that set goes through here, one after the other.
import type { Transaction } from '../database/index.ts'
import { Refusal } from '../refusal.ts'

/** Whoever else changes the Corporate Admins of this organisation waits until this transaction has ended. */
export async function lockCorporateAdmins(tx: Transaction, organisationId: string): Promise<void> {
  const key = `corporate admins ${organisationId}`
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${key}, 0))::text`
}

/**
 * Asked after a change, under the lock: throws Refusal `last_corporate_admin` when nobody who can come in through Slack
 * would be a Corporate Admin any more. The same rule as `isCorporateAdmin`, over everybody.
 */
export async function ensureCorporateAdminRemains(
  tx: Transaction,
  organisation: { id: string; workspaceAdminsMayDoAll: boolean },
): Promise<void> {
  const somebody = await tx.person.findFirst({
    where: {
      organisationId: organisation.id,
      isActive: true,
      isWorkspaceGuest: false,
      slackUserId: { not: null },
      OR: [{ role: 'corporate_admin' }, ...(organisation.workspaceAdminsMayDoAll ? [{ isWorkspaceAdmin: true }] : [])],
    },
    select: { id: true },
  })
  if (!somebody) throw new Refusal('last_corporate_admin')
}
