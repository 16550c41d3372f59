// Open invitations of people whose address or phone number changed. A trigger on the person has made the older link dead in
// the same moment, and says here which they are: each gets a new message at the present contact, and the inviter is told.
import { type AuditEvent, record } from '../audit/index.ts'
import type { Collaborators, FollowUp } from '../collaborators.ts'
import { type InvitationStatus, inSqlTransaction, newId, type SqlTransaction } from '../database/index.ts'
import { STATUS_NAMES } from '../organisation/index.ts'

const BATCH = 200
const CONTACT_GONE = 'The person has neither the address nor the number any more that the message was for.'

type Row = {
  id: string
  organisationId: string
  generation: number
  status: InvitationStatus
  before: string
  contact: string | null
  contactKey: string | null
}

/** Renews all that wait for it; gives how many. Safe on two instances and twice: each is taken once. */
export async function renewMoved(c: Pick<Collaborators, 'db' | 'followUp' | 'now'>): Promise<number> {
  for (let renewed = 0; ; ) {
    const count = await inSqlTransaction(c.db, (tx) => renewBatch(tx, c))
    renewed += count
    if (count < BATCH) return renewed
  }
}

async function renewBatch(tx: SqlTransaction, c: Pick<Collaborators, 'followUp' | 'now'>): Promise<number> {
  const at = c.now()
  const moves = await tx.$queryRaw<{ invitationId: string; before: string }[]>`
    DELETE FROM "MovedInvitation" WHERE "invitationId" IN (
      SELECT "invitationId" FROM "MovedInvitation" ORDER BY "at" LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
    RETURNING "invitationId", "before"`
  const ids = moves.map(({ invitationId }) => invitationId)
  await tx.$queryRaw`SELECT 1 AS "locked" FROM "Invitation" WHERE "id" = ANY(${ids}::uuid[]) ORDER BY "id" FOR UPDATE`
  const rows = await tx.$queryRaw<Row[]>`
    SELECT i."id", i."organisationId", i."generation", i."status"::text AS "status", moved."before",
      CASE i."channel" WHEN 'sms' THEN p."mobile" ELSE p."email" END AS "contact",
      CASE i."channel" WHEN 'sms' THEN p."mobile" ELSE p."emailKey" END AS "contactKey"
    FROM unnest(${ids}::uuid[], ${moves.map(({ before }) => before)}::text[]) AS moved("id", "before")
    JOIN "Invitation" i ON i."id" = moved."id" JOIN "Person" p ON p."id" = i."personId"
    WHERE i."status" IN ('awaiting_approval', 'waiting', 'pending')`
  const reachable = rows.filter(({ contact }) => contact !== null)
  const asked = reachable.filter(({ status }) => status === 'awaiting_approval')
  const sent = reachable.filter(({ status }) => status !== 'awaiting_approval')
  const lost = rows.filter(({ contact, status }) => contact === null && status !== 'awaiting_approval')
  await sendAgain(tx, sent, at)
  await fail(tx, lost)
  await record(tx, [
    ...[...sent, ...asked].map((row) => movedEvent(row, at)),
    ...lost.map((row) => failedEvent(row, at)),
  ])
  await c.followUp(tx, [
    ...sent.flatMap(({ id, generation }): FollowUp[] => [
      { kind: 'deliver', invitationId: id, generation },
      { kind: 'notify', invitationId: id, news: 'moved' },
    ]),
    ...lost.map(({ id }): FollowUp => ({ kind: 'notify', invitationId: id, news: 'failed' })),
  ])
  return moves.length
}

/** As a resend, with the generation that the trigger gave; each counts as a message to the present contact. */
async function sendAgain(tx: SqlTransaction, rows: Row[], at: Date): Promise<void> {
  if (rows.length === 0) return
  await tx.$executeRaw`UPDATE "Invitation" SET "status" = 'waiting', "queuedAt" = ${at}::timestamptz, "sentAt" = NULL,
    "expiresAt" = NULL, "deliveryAttempts" = 0, "nextAttemptAt" = NULL, "deliveryProblem" = NULL, "maybeSentAt" = NULL,
    "bouncedAt" = NULL, "carriedById" = NULL, "nextReminderAt" = NULL, "remindersSent" = 0
    WHERE "id" = ANY(${rows.map(({ id }) => id)}::uuid[])`
  await tx.$executeRaw`
    INSERT INTO "Sending" ("id", "organisationId", "emailKey", "at", "isSingle")
    SELECT g."id", g."organisationId", g."key", ${at}::timestamptz, false
    FROM unnest(${rows.map(() => newId())}::uuid[], ${rows.map(({ organisationId }) => organisationId)}::uuid[],
      ${rows.map(({ contactKey }) => contactKey)}::text[]) AS g("id", "organisationId", "key")`
}

async function fail(tx: SqlTransaction, rows: Row[]): Promise<void> {
  if (rows.length === 0) return
  await tx.$executeRaw`UPDATE "Invitation" SET "status" = 'error', "deliveryProblem" = ${CONTACT_GONE},
    "nextAttemptAt" = NULL, "nextReminderAt" = NULL WHERE "id" = ANY(${rows.map(({ id }) => id)}::uuid[])`
}

const BY_USHER = { id: null, name: 'Usher' }

function movedEvent({ id, organisationId, status, before, contact }: Row, at: Date): AuditEvent {
  return {
    ...{ organisationId, at, act: 'invitation.moved', actor: BY_USHER, origin: 'scheduler' },
    subject: { kind: 'invitation', id, name: contact ?? before },
    before: { contact: before, status: STATUS_NAMES[status] },
    after: { contact, status: STATUS_NAMES[status === 'awaiting_approval' ? status : 'waiting'] },
  }
}

function failedEvent({ id, organisationId, status, before }: Row, at: Date): AuditEvent {
  return {
    ...{ organisationId, at, act: 'invitation.failed', actor: BY_USHER, origin: 'scheduler' },
    subject: { kind: 'invitation', id, name: before },
    before: { status: STATUS_NAMES[status] },
    after: { status: STATUS_NAMES.error, problem: CONTACT_GONE },
  }
}
