// Somebody who has an account joins a further hub: what they were invited into is shown where they are signed in, and one
// press accepts it. Their role stays as it is.
import { record } from '../audit/index.ts'
import type { Collaborators } from '../collaborators.ts'
import { type Database, inSqlTransaction, isId, type Role, type UserType } from '../database/index.ts'
import { ROLE_NAMES, USER_TYPE_NAMES } from '../organisation/index.ts'
import { Refusal } from '../refusal.ts'

const MOST = 20

/** An invitation that the holder of an account can accept. */
export type InvitationToAccept = { id: string; hubName: string; inviterName: string; expiresAt: Date | null }

/** Whose account it is. */
export type AccountHolder = { organisationId: string; personId: string; name: string }

/** What is open to the holder of an account, at most 20, the oldest first. Changes nothing. */
export async function listInvitationsToAccept(
  { db, now }: { db: Database; now: () => Date },
  { personId }: Pick<AccountHolder, 'personId'>,
): Promise<InvitationToAccept[]> {
  const { rows } = await db.pool.query<InvitationToAccept>({
    name: 'invitations-to-accept',
    text: `SELECT i."id", h."name" AS "hubName", i."expiresAt",
        coalesce(nullif(inviter."slackName", ''), nullif(trim(inviter."firstName" || ' ' || inviter."lastName"), ''),
          inviter."email", '') AS "inviterName"
      FROM "Invitation" i JOIN "Hub" h ON h."id" = i."hubId" JOIN "Person" inviter ON inviter."id" = i."inviterId"
      JOIN "Person" p ON p."id" = i."personId"
      WHERE i."personId" = $1::uuid AND h."archivedAt" IS NULL AND ${IS_ACCEPTABLE}
      ORDER BY i."createdAt", i."id" LIMIT ${MOST}`,
    values: [personId, now()],
  })
  return rows
}

/** Of the invitation "i" and its person "p", at $2: it was delivered to the contact that is theirs now, and is open. */
const IS_ACCEPTABLE = `i."status" = 'pending' AND NOT i."isAddition" AND (i."expiresAt" IS NULL OR i."expiresAt" > $2)
  AND CASE i."channel" WHEN 'email' THEN lower(i."email") = lower(p."email") WHEN 'sms' THEN i."email" = p."mobile"
    ELSE true END`

/**
 * Accepts one of them: membership, audit event and the news to the inviter in one transaction. Of many at the same moment,
 * a revocation, a resend and the end, one wins. Throws Refusal `invitation_changed` where it is not open to them any more.
 */
export async function joinFromAccount(
  c: Pick<Collaborators, 'db' | 'now' | 'followUp'>,
  { holder, invitationId, origin }: { holder: AccountHolder; invitationId: string; origin: string },
): Promise<void> {
  if (!isId(invitationId)) throw new Refusal('invitation_changed')
  const { personId, organisationId, name } = holder
  const at = c.now()
  await inSqlTransaction(c.db, async (tx) => {
    // An invitation before its person, as everywhere.
    await tx.$queryRaw`SELECT 1 AS "locked" FROM "Invitation"
      WHERE "id" = ${invitationId}::uuid AND "personId" = ${personId}::uuid FOR UPDATE`
    await tx.$queryRaw`SELECT 1 AS "locked" FROM "Person" WHERE "id" = ${personId}::uuid FOR NO KEY UPDATE`
    const [joined] = await tx.$queryRaw<Joined[]>`
      WITH claimed AS (
        UPDATE "Invitation" i SET "status" = 'accepted', "acceptedAt" = ${at}, "nextAttemptAt" = NULL,
          "nextReminderAt" = NULL
        FROM "Person" p JOIN "Account" a ON a."personId" = p."id" AND a."status" = 'active', "Hub" h
        WHERE i."id" = ${invitationId}::uuid AND i."personId" = ${personId}::uuid AND p."id" = i."personId" AND p."isActive"
          AND h."id" = i."hubId" AND h."archivedAt" IS NULL
          AND i."status" = 'pending' AND NOT i."isAddition" AND (i."expiresAt" IS NULL OR i."expiresAt" > ${at})
          AND CASE i."channel" WHEN 'email' THEN lower(i."email") = lower(p."email")
            WHEN 'sms' THEN i."email" = p."mobile" ELSE true END
          AND NOT EXISTS (SELECT 1 FROM "RegistrationLink" l WHERE l."id" = i."registrationLinkId" AND l."used" >= l."mostUses")
        RETURNING i."id", i."email", i."hubId", h."name" AS "hubName", i."userType", i."registrationLinkId"
      ), uses AS (
        UPDATE "RegistrationLink" SET "used" = "used" + 1 WHERE "id" IN (SELECT "registrationLinkId" FROM claimed)
      ), membership AS (
        INSERT INTO "HubMembership" ("hubId", "personId", "userType", "joinedAt")
        SELECT "hubId", ${personId}::uuid, "userType", ${at} FROM claimed ON CONFLICT DO NOTHING
      )
      SELECT c."email", c."hubName", c."userType"::text AS "userType",
        (SELECT p."role"::text FROM "Person" p WHERE p."id" = ${personId}::uuid) AS "role" FROM claimed c`
    if (!joined) throw new Refusal('invitation_changed')
    await record(tx, [
      {
        organisationId,
        at,
        act: 'invitation.accepted',
        actor: { id: personId, name },
        subject: { kind: 'invitation', id: invitationId, name: joined.email },
        origin,
        after: {
          email: joined.email,
          hub: joined.hubName,
          userType: USER_TYPE_NAMES[joined.userType],
          // The one that they have: an invitation to somebody who has an account changes none.
          role: joined.role && ROLE_NAMES[joined.role],
        },
      },
    ])
    await c.followUp(tx, [{ kind: 'notify', invitationId, news: 'accepted' }])
  })
}

type Joined = { email: string; hubName: string; userType: UserType; role: Role | null }
