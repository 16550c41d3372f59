// What Twilio says later of a text message that it took: delivered, or not and why. Safe to be told twice.
import { record } from '../audit/index.ts'
import type { Collaborators } from '../collaborators.ts'
import { type InvitationStatus, inSqlTransaction, isId } from '../database/index.ts'
import { STATUS_NAMES } from '../organisation/index.ts'

/** `about`: what the message was sent with: "invitation id.generation". */
export type TextReceipt = {
  about: string
  outcome: 'delivered' | 'failed' /** Why it failed, in words. */
  problem: string
}

type Row = { id: string; organisationId: string; email: string; status: InvitationStatus; generation: number }

/**
 * Notes that a text message arrived, or makes its invitation Error with the reason and has the inviter told. What was
 * answered, revoked or sent again since stays as it is. False for a receipt that is about no invitation.
 */
export async function recordTextReceipt(
  c: Pick<Collaborators, 'db' | 'now' | 'followUp'>,
  receipt: TextReceipt,
): Promise<boolean> {
  const [id = '', written] = receipt.about.split('.')
  const generation = Number(written)
  if (!isId(id) || !Number.isSafeInteger(generation)) return false
  const at = c.now()
  return inSqlTransaction(c.db, async (tx) => {
    const [row] = await tx.$queryRaw<Row[]>`
      SELECT "id", "organisationId", "email", "status"::text AS "status", "generation" FROM "Invitation"
      WHERE "id" = ${id}::uuid AND "channel" = 'sms' FOR UPDATE`
    if (!row) return false
    const event = {
      organisationId: row.organisationId,
      at,
      actor: { id: null, name: 'Usher' },
      subject: { kind: 'invitation' as const, id, name: row.email },
      origin: 'sms',
    }
    if (receipt.outcome === 'delivered') {
      const [told] = await tx.$queryRaw<unknown[]>`
        SELECT 1 AS "told" FROM "AuditEvent" WHERE "subjectId" = ${id}::uuid AND "act" = 'invitation.delivered'
          AND "after" ->> 'generation' = ${String(generation)} LIMIT 1`
      if (!told)
        await record(tx, [{ ...event, act: 'invitation.delivered', after: { generation: String(generation) } }])
      return true
    }
    const count = await tx.$executeRaw`
      UPDATE "Invitation" SET "status" = 'error', "bouncedAt" = ${at}::timestamptz, "nextAttemptAt" = NULL,
        "nextReminderAt" = NULL, "deliveryProblem" = ${receipt.problem}
      WHERE "id" = ${id}::uuid AND "generation" = ${generation} AND "status" IN ('waiting', 'pending')`
    if (count !== 1) return true
    const after = { status: STATUS_NAMES.error, problem: receipt.problem }
    await record(tx, [{ ...event, act: 'invitation.failed', before: { status: STATUS_NAMES[row.status] }, after }])
    await c.followUp(tx, [{ kind: 'notify', invitationId: id, news: 'failed' }])
    return true
  })
}
