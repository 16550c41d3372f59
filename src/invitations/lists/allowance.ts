// What one inviter may send in bulk in a day: batches and bulk resends together, and what of it needs no second person.
import type { SqlTransaction, Transaction } from '../../database/index.ts'
import { LIST_PEOPLE_A_DAY } from './limits.ts'

const DAY = 24 * 60 * 60 * 1000

type Sender = { actorId: string; at: Date }

/** What is sent in bulk in one organization is counted one after the other, until the transaction ends. */
export async function lockBulk(tx: SqlTransaction | Transaction, organisationId: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`lists ${organisationId}`}, 0))::text`
}

/** How many more people this inviter may send to in bulk now. The caller holds `lockBulk`. */
export async function readBulkLeft(tx: SqlTransaction | Transaction, { actorId, at }: Sender): Promise<number> {
  const dayAgo = new Date(at.getTime() - DAY)
  const [sent] = await tx.$queryRaw<{ people: number }[]>`
    SELECT ((SELECT coalesce(sum("good"), 0) FROM "Batch" WHERE "inviterId" = ${actorId}::uuid
        AND "status" IN ('confirmed', 'done') AND "confirmedAt" > ${dayAgo}::timestamptz AND "sendInvitations"
        -- What the clock sends in their name has a limit of its own.
        AND "source" <> 'auto')
      + (SELECT coalesce(sum("people"), 0) FROM "BulkResend" WHERE "actorId" = ${actorId}::uuid
        AND "at" > ${dayAgo}::timestamptz))::int AS "people"`
  return Math.max(0, LIST_PEOPLE_A_DAY - (sent?.people ?? 0))
}

/**
 * How many people this inviter's batches of a day have reached without anybody else's approval. The threshold for a second
 * person counts them all, so that a long batch cut into short ones is still a long one. The caller holds `lockBulk`.
 */
export async function readSentAlone(tx: SqlTransaction, { actorId, at }: Sender): Promise<number> {
  const [sent] = await tx.$queryRaw<{ people: number }[]>`
    SELECT coalesce(sum(b."good"), 0)::int AS "people" FROM "Batch" b WHERE b."inviterId" = ${actorId}::uuid
      AND b."status" IN ('confirmed', 'done') AND b."confirmedAt" > ${new Date(at.getTime() - DAY)}::timestamptz
      AND b."sendInvitations" AND b."source" <> 'auto'
      AND NOT EXISTS (SELECT 1 FROM "ApprovalRequest" r WHERE r."batchId" = b."id" AND r."status" = 'approved')`
  return sent?.people ?? 0
}
