// Somebody who had left joins again: what proved them before they left proves nothing any more.
import type { SqlTransaction } from '../database/index.ts'

/**
 * Forgets the second factors and recovery codes of somebody whose account was paused because they left, as far as these
 * are older than that. In the transaction in which they join again, before their account opens anew.
 */
export async function forgetOldFactors(tx: SqlTransaction, personId: string): Promise<void> {
  await tx.$executeRaw`
    WITH left_account AS (
      SELECT "personId", "leftAt" FROM "Account" WHERE "personId" = ${personId}::uuid AND "leftAt" IS NOT NULL
    ), codes AS (
      DELETE FROM "RecoveryCode" r USING left_account a WHERE r."personId" = a."personId" AND r."createdAt" <= a."leftAt"
    )
    DELETE FROM "SecondFactor" f USING left_account a WHERE f."personId" = a."personId" AND f."createdAt" <= a."leftAt"`
}
