// There is always a Corporate Admin: whoever changes that set goes through here, one after the other.
import type { Database, Transaction } from '../database/index.ts'
import { Refusal } from '../refusal.ts'

/** The Corporate Admins who can be written to in Slack, those known longest first; at most `most`. */
export async function findCorporateAdminsInSlack(
  db: Database,
  organisation: { id: string; workspaceAdminsMayDoAll: boolean },
  most: number,
): Promise<string[]> {
  const admins = await db.prisma.person.findMany({
    where: areCorporateAdmins(organisation),
    select: { slackUserId: true },
    orderBy: { createdAt: 'asc' },
    take: most,
  })
  return admins.flatMap(({ slackUserId }) => slackUserId ?? [])
}

/** The same rule as `isCorporateAdmin`, over everybody who can come in through Slack. */
function areCorporateAdmins(organisation: { id: string; workspaceAdminsMayDoAll: boolean }) {
  return {
    organisationId: organisation.id,
    isActive: true,
    isWorkspaceGuest: false,
    slackUserId: { not: null },
    OR: [
      { role: 'corporate_admin' as const },
      ...(organisation.workspaceAdminsMayDoAll ? [{ isWorkspaceAdmin: true }] : []),
    ],
  }
}

/** Whoever else changes the Corporate Admins of this organisation waits until this transaction has ended. */
export async function lockCorporateAdmins(tx: Transaction, organisationId: string): Promise<void> {
  const key = `corporate admins ${organisationId}`
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${key}, 0))::text`
}

/**
 * Asked after a change, under the lock: throws Refusal `last_corporate_admin` when nobody who can come in through Slack
 * would be a Corporate Admin any more.
 */
export async function ensureCorporateAdminRemains(
  tx: Transaction,
  organisation: { id: string; workspaceAdminsMayDoAll: boolean },
): Promise<void> {
  const somebody = await tx.person.findFirst({ where: areCorporateAdmins(organisation), select: { id: true } })
  if (!somebody) throw new Refusal('last_corporate_admin')
}
