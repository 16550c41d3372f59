// The queue's side: what became of a message that was offered, written as it happens.
import { type AuditEvent, record } from '../audit/index.ts'
import type { Collaborators } from '../collaborators.ts'
import { type InvitationStatus, inSqlTransaction, newId, type SqlTransaction } from '../database/index.ts'
import { STATUS_NAMES } from '../organisation/index.ts'
import { recordCarried } from './carry-together.ts'
import type { DeliveryOrder } from './deliveries.ts'

/** `carried`: the message told of further hubs. */
export type HandedOver = DeliveryOrder & { expiresAt: Date; answer: string; carried?: boolean }

/**
 * Notes that the mail server took these messages: waiting becomes pending, in one statement for all. What changed
 * meanwhile (revoked, or already accepted by a quick invitee) stays as it is.
 */
export async function recordHandedOver(c: Pick<Collaborators, 'db' | 'now'>, handed: HandedOver[]): Promise<void> {
  if (handed.length === 0) return
  await c.db.pool.query({
    name: 'record-handed-over',
    text: RECORD_HANDED_OVER,
    values: [
      handed.map((order) => order.invitationId),
      handed.map((order) => order.generation),
      handed.map((order) => order.expiresAt),
      handed.map((order) => order.answer),
      handed.map(() => newId()),
      c.now(),
      STATUS_NAMES,
    ],
  })
  const carriers = handed.filter(({ carried }) => carried).map(({ invitationId }) => invitationId)
  if (carriers.length > 0) await recordCarried(c, carriers)
}

// When it is first looked whether to remind (src/invitations/reminders/reminders-of.ts): half-way to the end.
const FIRST_LOOK = `CASE WHEN i."isAddition" THEN NULL ELSE $6::timestamptz + (handed."expiresAt" - $6::timestamptz) / 2 END`

// One statement, one round trip: the pace of a queue of ten thousand is that of this.
const RECORD_HANDED_OVER = `
  WITH handed AS (
    SELECT * FROM unnest($1::uuid[], $2::int[], $3::timestamptz[], $4::text[], $5::uuid[])
      AS h("id", "generation", "expiresAt", "answer", "eventId")
  ), sent AS (
    UPDATE "Invitation" i SET "status" = CASE WHEN i."status" = 'accepted' THEN i."status" ELSE 'pending' END,
      "sentAt" = $6, "expiresAt" = handed."expiresAt",
      "nextAttemptAt" = NULL, "maybeSentAt" = NULL, "deliveryProblem" = NULL, "nextReminderAt" = ${FIRST_LOOK}
    FROM handed
    WHERE i."id" = ANY($1::uuid[]) AND i."id" = handed."id" AND i."generation" = handed."generation"
      AND (i."status" = 'waiting' OR (i."isAddition" AND i."status" = 'accepted' AND i."sentAt" IS NULL))
    RETURNING handed."eventId", handed."answer", i."id", i."organisationId", i."email", i."status", i."channel"
  )
  INSERT INTO "AuditEvent" ("id", "organisationId", "at", "act", "actorName", "subjectKind", "subjectId",
    "subjectName", "origin", "after")
  SELECT "eventId", "organisationId", $6, 'invitation.sent', 'Usher', 'invitation', "id", "email",
    CASE WHEN "channel" = 'sms' THEN 'sms' ELSE 'mail' END,
    jsonb_build_object('status', $7::jsonb ->> "status"::text, 'answer', "answer")
  FROM sent`

export type Uncertain = DeliveryOrder & { expiresAt: Date; problem: string }

/** The mail server took the message and never said so: the invitation goes on as pending, and the inviter hears it. */
export async function recordMaybeSent(
  c: Pick<Collaborators, 'db' | 'now' | 'followUp'>,
  uncertain: Uncertain,
): Promise<void> {
  const at = c.now()
  await inSqlTransaction(c.db, async (tx) => {
    const rows = await markSent(tx, [uncertain], { at, maybeSentAt: at, problem: uncertain.problem })
    await record(
      tx,
      rows.map((row) => told(row, { act: 'invitation.maybe_sent', at, after: { problem: uncertain.problem } })),
    )
    await c.followUp(
      tx,
      rows.map((row) => ({ kind: 'notify', invitationId: row.id, news: 'maybe_sent' })),
    )
  })
}

export type TemporaryFailure = DeliveryOrder & {
  problem: string
  retryAt: Date
  /** False when the mail server as a whole was in trouble: that is not this message's failure. */
  countsAsAttempt: boolean
  maybeSent: boolean
}

/** Notes a failure that may pass, and has the message tried again at `retryAt`. */
export async function recordTemporaryFailure(
  c: Pick<Collaborators, 'db' | 'now' | 'followUp'>,
  failure: TemporaryFailure,
): Promise<void> {
  const maybeSentAt = failure.maybeSent ? c.now() : null
  const more = failure.countsAsAttempt ? 1 : 0
  await inSqlTransaction(c.db, async (tx) => {
    const count = await tx.$executeRaw`
      UPDATE "Invitation" SET "deliveryAttempts" = "deliveryAttempts" + ${more}, "nextAttemptAt" = ${failure.retryAt},
        "deliveryProblem" = ${failure.problem}, "maybeSentAt" = coalesce(${maybeSentAt}, "maybeSentAt")
      WHERE "id" = ${failure.invitationId}::uuid AND "generation" = ${failure.generation}
        AND ("status" = 'waiting' OR ("isAddition" AND "status" = 'accepted' AND "sentAt" IS NULL))`
    if (count !== 1) return
    const { invitationId, generation, retryAt } = failure
    await c.followUp(tx, [{ kind: 'deliver', invitationId, generation, notBefore: retryAt }])
  })
}

export type PermanentFailure = DeliveryOrder & { problem: string }

/** Notes that a message cannot be delivered: waiting becomes Error, and the inviter hears why. */
export async function recordPermanentFailure(
  c: Pick<Collaborators, 'db' | 'now' | 'followUp'>,
  failure: PermanentFailure,
): Promise<void> {
  const at = c.now()
  await inSqlTransaction(c.db, async (tx) => {
    // Somebody who was added to a hub stays in it, whether the news reaches them or not.
    const rows = await tx.$queryRaw<MarkedRow[]>`
      UPDATE "Invitation" SET "status" = CASE WHEN "status" = 'accepted' THEN "status" ELSE 'error' END,
        "sentAt" = CASE WHEN "status" = 'accepted' THEN ${at} ELSE "sentAt" END,
        "nextAttemptAt" = NULL, "deliveryProblem" = ${failure.problem}
      WHERE "id" = ${failure.invitationId}::uuid AND "generation" = ${failure.generation}
        AND ("status" = 'waiting' OR ("isAddition" AND "status" = 'accepted' AND "sentAt" IS NULL))
      RETURNING "id", "organisationId", "email", "status"::text AS "status"`
    await record(
      tx,
      rows.map((row) => told(row, { act: 'invitation.failed', at, after: { problem: failure.problem } })),
    )
    await c.followUp(
      tx,
      rows.map((row) => ({ kind: 'notify', invitationId: row.id, news: 'failed' })),
    )
  })
}

type MarkedRow = { id: string; organisationId: string; email: string; status: InvitationStatus }

async function markSent(
  tx: SqlTransaction,
  orders: (DeliveryOrder & { expiresAt: Date })[],
  mark: { at: Date; maybeSentAt: Date | null; problem: string | null },
): Promise<MarkedRow[]> {
  return tx.$queryRaw<MarkedRow[]>`
    UPDATE "Invitation" i SET "status" = CASE WHEN i."status" = 'accepted' THEN i."status" ELSE 'pending' END,
      "sentAt" = ${mark.at}, "expiresAt" = handed."expiresAt",
      "nextAttemptAt" = NULL, "maybeSentAt" = ${mark.maybeSentAt}, "deliveryProblem" = ${mark.problem},
      "nextReminderAt" = CASE WHEN i."isAddition" THEN NULL
        ELSE ${mark.at}::timestamptz + (handed."expiresAt" - ${mark.at}::timestamptz) / 2 END
    FROM unnest(${orders.map((order) => order.invitationId)}::uuid[], ${orders.map((order) => order.generation)}::int[],
      ${orders.map((order) => order.expiresAt)}::timestamptz[]) AS handed("id", "generation", "expiresAt")
    WHERE i."id" = handed."id" AND i."generation" = handed."generation"
      AND (i."status" = 'waiting' OR (i."isAddition" AND i."status" = 'accepted' AND i."sentAt" IS NULL))
    RETURNING i."id", i."organisationId", i."email", i."status"::text AS "status"`
}

function told(row: MarkedRow, event: Pick<AuditEvent, 'act' | 'at' | 'after'>): AuditEvent {
  return {
    organisationId: row.organisationId,
    at: event.at,
    act: event.act,
    actor: { id: null, name: 'Usher' },
    subject: { kind: 'invitation', id: row.id, name: row.email },
    origin: 'mail',
    after: { status: STATUS_NAMES[row.status], ...event.after },
  }
}
