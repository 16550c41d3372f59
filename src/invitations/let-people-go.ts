// People who are not active any more are let go in the moment that makes them so: what waits for their answer is revoked,
// their account paused. What they had sent to others stays as it is.
import { type AuditEvent, record } from '../audit/index.ts'
import type { Leaving } from '../collaborators.ts'
import type { InvitationStatus, SqlTransaction } from '../database/index.ts'
import { STATUS_NAMES } from '../organisation/index.ts'

/**
 * Revokes the waiting and pending invitations of people who left, and pauses their accounts; an audit event each. The
 * caller has locked their invitations and then them, and has made them inactive.
 */
export async function letPeopleGo(tx: SqlTransaction, leaving: Leaving): Promise<void> {
  const { organisationId, personIds, actor, origin, at } = leaving
  if (personIds.length === 0) return
  const revoked = await tx.$queryRaw<{ id: string; email: string; before: InvitationStatus }[]>`
    WITH open AS (
      SELECT "id", "status" FROM "Invitation" WHERE "personId" = ANY(${personIds}::uuid[])
        AND "status" IN ('waiting', 'pending')
    )
    UPDATE "Invitation" i SET "status" = 'revoked', "generation" = i."generation" + 1, "nextAttemptAt" = NULL,
      "nextReminderAt" = NULL
    FROM open WHERE i."id" = open."id" RETURNING i."id", i."email", open."status"::text AS "before"`
  const paused = await tx.$queryRaw<{ id: string; name: string }[]>`
    UPDATE "Account" a SET "status" = 'inactive', "leftAt" = ${at}::timestamptz
    FROM "Person" p WHERE p."id" = a."personId" AND a."personId" = ANY(${personIds}::uuid[]) AND a."status" = 'active'
    RETURNING p."id", coalesce(nullif(p."slackName", ''), nullif(trim(p."firstName" || ' ' || p."lastName"), ''),
      p."email", p."userName", 'Somebody') AS "name"`
  const common = { organisationId, at, actor, origin }
  await record(tx, [
    ...revoked.map(
      ({ id, email, before }): AuditEvent => ({
        ...common,
        act: 'invitation.revoked',
        subject: { kind: 'invitation', id, name: email },
        before: { status: STATUS_NAMES[before] },
        after: { status: STATUS_NAMES.revoked, because: 'the person is inactive' },
      }),
    ),
    ...paused.map(
      ({ id, name }): AuditEvent => ({
        ...common,
        act: 'account.paused',
        subject: { kind: 'person', id, name },
        before: { account: 'Active' },
        after: { account: 'Inactive', because: 'the person is inactive' },
      }),
    ),
  ])
}
