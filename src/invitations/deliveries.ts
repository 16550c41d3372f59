// The queue's side: what is still to be sent, read when it is sent, and what became of it, written as it happens.
import { type AuditEvent, record } from '../audit/index.ts'
import type { Collaborators } from '../collaborators.ts'
import {
  type Database,
  type DeliveryMode,
  type InvitationStatus,
  inSqlTransaction,
  newId,
  type SqlTransaction,
} from '../database/index.ts'
import { makeOneTimePassword } from '../accounts/index.ts'
import { STATUS_NAMES } from '../organisation/index.ts'
import { readEmailAddress } from '../people/index.ts'
import { carryTogether, recordCarried } from './carry-together.ts'
import { makeJoinToken } from './join-token.ts'

/** One message to be sent, with all that its words need. */
export type Delivery = {
  invitationId: string
  generation: number
  /**
   * An addition tells somebody who has an account that they are in one more hub; `registration` is an invitation that
   * the invitee asked for by a registration link; `account_exists` answers somebody who did so and has an account.
   * An addition and `account_exists` carry no link to sign up. A reminder carries the link of the first message.
   */
  kind: 'invitation' | 'addition' | 'registration' | 'account_exists' | 'reminder' | 'registration_reminder'
  organisationId: string
  organisationName: string
  hubName: string
  inviterName: string
  channel: 'email' | 'sms'
  /** The address as a mail server takes it (domain in ASCII), or the mobile number (E.164). */
  to: string
  firstName: string
  language: 'en' | 'ru'
  note: string
  /** Further hubs that the same link joins, each with who invites into it. */
  also: AlsoInvited[]
  /** Others of the same person are open. */
  isOneOfSeveral: boolean
  appendix: string
  validDays: number
  /** Of a reminder: when the link ends, and the how manieth it is. */
  endsAt?: Date
  reminder?: number
  timeZone: string
  attempts: number
  queuedAt: Date
  maybeSentAt: Date | null
  /** The link's secret: made here, and nowhere kept. */
  token: string
  /** In place of the link: a user name and a one-time password, made here and nowhere kept. */
  credentials?: { userName: string; password: string }
}

/** `note`: only where it is another than the message's own. */
export type AlsoInvited = { hubName: string; inviterName: string; note: string }

export type DeliveryOrder = { invitationId: string; generation: number }

type Row = Omit<Delivery, 'token' | 'to' | 'kind' | 'also' | 'credentials'> & {
  mode: DeliveryMode
  userName: string | null
  email: string
  personId: string
  isAddition: boolean
  isByLink: boolean
}

/**
 * Reads what is still to be sent of the given orders. An invitation that was revoked, answered or resent since is
 * simply absent, and so is an addition that was told already.
 */
export async function loadDeliveries(
  c: { db: Database; now: () => Date; joinKey: Buffer; oneTimeKey: Buffer },
  orders: DeliveryOrder[],
): Promise<Delivery[]> {
  const { rows } = await c.db.pool.query<Row>({
    name: 'load-deliveries',
    text: LOAD_DELIVERIES,
    values: [orders.map((order) => order.invitationId), orders.map((order) => order.generation)],
  })
  const { kept, also } = await withTheirOthers(c, rows)
  return kept.map(({ email, isAddition, isByLink, personId: _, mode, userName, ...row }) => ({
    ...row,
    ...(mode === 'credentials' && !isAddition && userName
      ? { credentials: { userName, password: makeOneTimePassword(c.oneTimeKey, row) } }
      : {}),
    also: also.get(row.invitationId) ?? [],
    kind: isAddition ? 'addition' : isByLink ? 'registration' : 'invitation',
    to: row.channel === 'email' ? (readEmailAddress(email)?.deliverable ?? email) : email,
    token: makeJoinToken(c.joinKey, row, row.channel === 'sms' ? 'short' : 'long'),
  }))
}

/** Most people are invited into one hub; only for the others it is settled whose message tells of which. */
async function withTheirOthers(
  c: { db: Database; now: () => Date },
  rows: Row[],
): Promise<{ kept: Row[]; also: Map<string, AlsoInvited[]> }> {
  const several = rows.filter(({ isOneOfSeveral, isAddition }) => isOneOfSeveral && !isAddition)
  if (several.length === 0) return { kept: rows, also: new Map() }
  const carried = new Map<string, string[]>()
  for (const personId of new Set(several.map((row) => row.personId))) {
    const wanted = several.filter((row) => row.personId === personId).map(({ invitationId }) => invitationId)
    for (const [id, others] of await carryTogether(c, personId, wanted)) carried.set(id, others)
  }
  const kept = rows.filter((row) => !several.includes(row) || carried.has(row.invitationId))
  const ids = [...carried.values()].flat()
  const { rows: told } = await c.db.pool.query<AlsoInvited & { id: string }>({
    name: 'load-also-invited',
    text: LOAD_ALSO,
    values: [ids],
  })
  const alsoOf = ({ invitationId, note }: Row) =>
    (carried.get(invitationId) ?? []).flatMap((id) => {
      const other = told.find((each) => each.id === id)
      if (!other) return []
      return [{ hubName: other.hubName, inviterName: other.inviterName, note: other.note === note ? '' : other.note }]
    })
  return { kept, also: new Map(kept.map((row) => [row.invitationId, alsoOf(row)])) }
}

const LOAD_ALSO = `
  SELECT i."id", h."name" AS "hubName", i."note",
    coalesce(nullif(inviter."slackName", ''), nullif(trim(inviter."firstName" || ' ' || inviter."lastName"), ''),
      inviter."email", '') AS "inviterName"
  FROM "Invitation" i JOIN "Hub" h ON h."id" = i."hubId" JOIN "Person" inviter ON inviter."id" = i."inviterId"
  WHERE i."id" = ANY($1::uuid[]) ORDER BY h."name"`

const LOAD_DELIVERIES = `
  SELECT i."id" AS "invitationId", i."personId", i."generation", i."isAddition",
    EXISTS (SELECT 1 FROM "Invitation" o WHERE o."personId" = i."personId" AND o."id" <> i."id"
      AND o."status" IN ('waiting', 'pending')) AS "isOneOfSeveral",
    i."registrationLinkId" IS NOT NULL AS "isByLink", i."organisationId", i."email", i."channel"::text AS "channel",
    i."mode"::text AS "mode", p."userName",
    i."language",
    i."note", i."deliveryAttempts" AS "attempts", i."queuedAt", i."maybeSentAt",
    o."displayName" AS "organisationName", o."messageAppendix" AS "appendix", o."invitationDays" AS "validDays",
    o."timeZone", h."name" AS "hubName", p."firstName",
    coalesce(nullif(inviter."slackName", ''), nullif(trim(inviter."firstName" || ' ' || inviter."lastName"), ''),
      inviter."email", o."displayName") AS "inviterName"
  FROM unnest($1::uuid[], $2::int[]) AS wanted("id", "generation")
  JOIN "Invitation" i ON i."id" = wanted."id" AND i."generation" = wanted."generation"
  JOIN "Organisation" o ON o."id" = i."organisationId"
  JOIN "Hub" h ON h."id" = i."hubId"
  JOIN "Person" p ON p."id" = i."personId"
  JOIN "Person" inviter ON inviter."id" = i."inviterId"
  WHERE i."id" = ANY($1::uuid[]) AND i."channel" <> 'slip' AND (i."status" = 'waiting' OR (i."isAddition" AND i."sentAt" IS NULL))`

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
    UPDATE "Invitation" i SET "status" = CASE WHEN i."isAddition" THEN i."status" ELSE 'pending' END,
      "sentAt" = $6, "expiresAt" = CASE WHEN i."isAddition" THEN NULL ELSE handed."expiresAt" END,
      "nextAttemptAt" = NULL, "maybeSentAt" = NULL, "deliveryProblem" = NULL, "nextReminderAt" = ${FIRST_LOOK}
    FROM handed
    WHERE i."id" = ANY($1::uuid[]) AND i."id" = handed."id" AND i."generation" = handed."generation"
      AND (i."status" = 'waiting' OR (i."isAddition" AND i."sentAt" IS NULL))
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
        AND ("status" = 'waiting' OR ("isAddition" AND "sentAt" IS NULL))`
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
    // Somebody who was added to a hub stays in it, whether the news reaches them or not: only the problem is noted.
    const rows = await tx.$queryRaw<MarkedRow[]>`
      UPDATE "Invitation" SET "status" = CASE WHEN "isAddition" THEN "status" ELSE 'error' END,
        "sentAt" = CASE WHEN "isAddition" THEN ${at} ELSE "sentAt" END,
        "nextAttemptAt" = NULL, "deliveryProblem" = ${failure.problem}
      WHERE "id" = ${failure.invitationId}::uuid AND "generation" = ${failure.generation}
        AND ("status" = 'waiting' OR ("isAddition" AND "sentAt" IS NULL))
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
    UPDATE "Invitation" i SET "status" = CASE WHEN i."isAddition" THEN i."status" ELSE 'pending' END,
      "sentAt" = ${mark.at}, "expiresAt" = CASE WHEN i."isAddition" THEN NULL ELSE handed."expiresAt" END,
      "nextAttemptAt" = NULL, "maybeSentAt" = ${mark.maybeSentAt}, "deliveryProblem" = ${mark.problem},
      "nextReminderAt" = CASE WHEN i."isAddition" THEN NULL
        ELSE ${mark.at}::timestamptz + (handed."expiresAt" - ${mark.at}::timestamptz) / 2 END
    FROM unnest(${orders.map((order) => order.invitationId)}::uuid[], ${orders.map((order) => order.generation)}::int[],
      ${orders.map((order) => order.expiresAt)}::timestamptz[]) AS handed("id", "generation", "expiresAt")
    WHERE i."id" = handed."id" AND i."generation" = handed."generation"
      AND (i."status" = 'waiting' OR (i."isAddition" AND i."sentAt" IS NULL))
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
