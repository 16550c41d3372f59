// There is always a Corporate Admin: whoever changes that set goes through here, one after the other.
import type { Database, SqlTransaction, Transaction } from '../database/index.ts'
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
export async function lockCorporateAdmins(
  tx: Pick<SqlTransaction, '$queryRaw'>,
  organisationId: string,
): Promise<void> {
  const key = `corporate admins ${organisationId}`
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${key}, 0))::text`
}

/**
 * Of people who are about to become inactive the one who has to stay: the Corporate Admin known longest, where nobody else
 * who can come in through Slack would be one. Undefined where somebody remains, or none of them is one. Takes the lock where
 * a Corporate Admin is among them.
 */
export async function findLastCorporateAdmin(
  tx: Pick<SqlTransaction, '$queryRaw'>,
  organisationId: string,
  leavingIds: string[],
): Promise<string | undefined> {
  const isOne = (rows: AdminRow[]) => rows.filter(({ isAdmin }) => isAdmin)
  if (isOne(await readAdmins(tx, organisationId, leavingIds)).length === 0) return undefined
  await lockCorporateAdmins(tx, organisationId)
  // Read again: somebody else may have changed them while this waited.
  const admins = isOne(await readAdmins(tx, organisationId, null))
  if (admins.some(({ id }) => !leavingIds.includes(id))) return undefined
  return admins[0]?.id
}

type AdminRow = { id: string; isAdmin: boolean }

/** The same rule once more, over rows: of these people, or of all. */
function readAdmins(
  tx: Pick<SqlTransaction, '$queryRaw'>,
  organisationId: string,
  ids: string[] | null,
): Promise<AdminRow[]> {
  return tx.$queryRaw<AdminRow[]>`
    SELECT p."id", (p."role" IS NOT DISTINCT FROM 'corporate_admin' OR (o."workspaceAdminsMayDoAll" AND p."isWorkspaceAdmin"))
      AS "isAdmin"
    FROM "Person" p JOIN "Organisation" o ON o."id" = p."organisationId"
    WHERE p."organisationId" = ${organisationId}::uuid AND p."isActive" AND NOT p."isWorkspaceGuest"
      AND p."slackUserId" IS NOT NULL AND (p."role" = 'corporate_admin' OR p."isWorkspaceAdmin")
      AND (${ids}::uuid[] IS NULL OR p."id" = ANY(${ids}::uuid[]))
    ORDER BY p."createdAt", p."id"`
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
