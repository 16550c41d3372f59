// The queue's side of reminders: what is still to be called to mind, read when it is sent, and that it could not be.
import { makeOneTimePassword } from '../../accounts/index.ts'
import { record } from '../../audit/index.ts'
import type { Collaborators } from '../../collaborators.ts'
import { type Database, type DeliveryMode, inSqlTransaction } from '../../database/index.ts'
import { readEmailAddress } from '../../people/index.ts'
import type { Delivery, DeliveryOrder } from '../deliveries.ts'
import { makeJoinToken } from '../join-token.ts'

/** A reminder is a message with the link that the first one had; `endsAt` and `reminder` (its number) are always there. */
export type ReminderDelivery = Delivery & { endsAt: Date; reminder: number }

type Row = Omit<ReminderDelivery, 'token' | 'to' | 'kind' | 'credentials'> & {
  email: string
  isByLink: boolean
  mode: DeliveryMode
  userName: string | null
}

/**
 * Reads the reminders of the given orders. An invitation that was answered, revoked, sent again, that came back or has
 * expired since is simply absent, and so is one whose person or hub is not active any more.
 */
export async function loadReminders(
  c: { db: Database; joinKey: Buffer; oneTimeKey: Buffer; now: () => Date },
  orders: DeliveryOrder[],
): Promise<ReminderDelivery[]> {
  const { rows } = await c.db.pool.query<Row>({
    name: 'load-reminders',
    text: LOAD_REMINDERS,
    values: [orders.map((order) => order.invitationId), orders.map((order) => order.generation), c.now()],
  })
  return rows.map(({ email, isByLink, mode, userName, ...row }) => ({
    ...row,
    // The same as in the first message: it is made of the invitation and its generation.
    ...(mode === 'credentials' && userName
      ? { credentials: { userName, password: makeOneTimePassword(c.oneTimeKey, row) } }
      : {}),
    kind: isByLink ? 'registration_reminder' : 'reminder',
    to: row.channel === 'email' ? (readEmailAddress(email)?.deliverable ?? email) : email,
    token: makeJoinToken(c.joinKey, row, row.channel === 'sms' ? 'short' : 'long'),
  }))
}

// The hubs that the first message told of, too (src/invitations/carry-together.ts), where they are still open.
const ALSO = `coalesce((SELECT jsonb_agg(jsonb_build_object('hubName', oh."name", 'note', CASE WHEN other."note" = i."note"
      THEN '' ELSE other."note" END, 'inviterName', coalesce(nullif(by."slackName", ''),
        nullif(trim(by."firstName" || ' ' || by."lastName"), ''), by."email", '')) ORDER BY oh."name")
    FROM "Invitation" other JOIN "Hub" oh ON oh."id" = other."hubId" JOIN "Person" by ON by."id" = other."inviterId"
    WHERE other."carriedById" = i."id" AND other."status" = 'pending' AND oh."archivedAt" IS NULL), '[]'::jsonb)`

const LOAD_REMINDERS = `
  SELECT i."id" AS "invitationId", i."generation", i."registrationLinkId" IS NOT NULL AS "isByLink", i."organisationId",
    i."email", i."channel"::text AS "channel", i."mode"::text AS "mode", p."userName", i."language", i."note", 0 AS "attempts", i."queuedAt",
    NULL::timestamptz AS "maybeSentAt", ${ALSO} AS "also", i."expiresAt" AS "endsAt", greatest(i."remindersSent", 1) AS "reminder",
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
  WHERE i."status" = 'pending' AND i."expiresAt" > $3 AND i."channel" <> 'slip' AND i."bouncedAt" IS NULL
    AND p."isActive" AND h."archivedAt" IS NULL`

/** Writes into the log why a reminder did not go out. The invitation stays as it is: its first message did. */
export async function recordReminderFailure(
  c: Pick<Collaborators, 'db' | 'now'>,
  { reminder, problem }: { reminder: Pick<ReminderDelivery, 'invitationId' | 'channel'>; problem: string },
): Promise<void> {
  await inSqlTransaction(c.db, async (tx) => {
    const rows = await tx.$queryRaw<{ id: string; organisationId: string; email: string }[]>`
      SELECT "id", "organisationId", "email" FROM "Invitation" WHERE "id" = ${reminder.invitationId}::uuid`
    await record(
      tx,
      rows.map(({ id, organisationId, email }) => ({
        organisationId,
        at: c.now(),
        act: 'invitation.reminder_failed',
        actor: { id: null, name: 'Usher' },
        subject: { kind: 'invitation', id, name: email },
        origin: reminder.channel === 'sms' ? 'sms' : 'mail',
        after: { problem },
      })),
    )
  })
}
