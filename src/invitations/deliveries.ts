// The queue's side: what is still to be sent, read when it is sent. What became of it is in record-deliveries.ts.

import { makeOneTimePassword } from '../accounts/index.ts'
import type { Database, DeliveryMode } from '../database/index.ts'
import type { Language } from '../languages/index.ts'
import { readEmailAddress } from '../people/index.ts'
import { carryTogether } from './carry-together.ts'
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
  language: Language
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
  WHERE i."id" = ANY($1::uuid[]) AND i."channel" <> 'slip' AND (i."status" = 'waiting' OR (i."isAddition" AND i."status" = 'accepted' AND i."sentAt" IS NULL))`
