// Sessions end at once: with a pause, a new password, a reset of second factors, and when somebody leaves. What was on
// the way to a session ends with them.
import type { SqlTransaction } from '../../database/index.ts'

/**
 * Ends every session of these people, but for `exceptId`, and every sign-in that is not finished; gives how many sessions
 * ended. In the transaction of the act that calls for it, which has locked their accounts.
 */
export async function endSessions(
  tx: SqlTransaction,
  { personIds, exceptId }: { personIds: string[]; exceptId?: string },
): Promise<number> {
  if (personIds.length === 0) return 0
  await tx.$executeRaw`
    DELETE FROM "SignIn" WHERE "accountIds" && ARRAY(
      SELECT "id" FROM "Account" WHERE "personId" = ANY(${personIds}::uuid[]))`
  return tx.$executeRaw`
    DELETE FROM "Session" WHERE "accountId" IN (
      SELECT "id" FROM "Account" WHERE "personId" = ANY(${personIds}::uuid[]))
    AND "id" IS DISTINCT FROM ${exceptId ?? null}::uuid`
}
