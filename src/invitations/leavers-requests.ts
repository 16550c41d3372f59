// Open requests that nobody needs to decide on any more: for somebody who has left, and by somebody who has.
import type { AuditEvent } from '../audit/index.ts'
import type { FollowUp, Leaving } from '../collaborators.ts'
import type { SqlTransaction } from '../database/index.ts'

type Closed = {
  id: string
  invitationId: string | null
  batchId: string | null
  isInvitee: boolean
  name: string
}

const WHY = {
  invitee: 'They are not active in the organisation any more.',
  requester: 'Whoever asked for it is not active in the organisation any more.',
}

/**
 * Closes the open requests for people who left, and those that they made themselves: nobody stands behind these any
 * more. What somebody asked for by a registration link of theirs stays open, because the invitee asked. Gives what is to
 * be recorded, and what has to follow: every copy says so.
 */
export async function closeRequestsOf(
  tx: SqlTransaction,
  { organisationId, personIds, actor, origin, at }: Leaving,
): Promise<{ events: AuditEvent[]; followUps: FollowUp[] }> {
  const closed = await tx.$queryRaw<Closed[]>`
    WITH theirs AS (
      SELECT r."id", i."personId" = ANY(${personIds}::uuid[]) IS TRUE AS "isInvitee",
        coalesce(i."email", nullif(b."fileName", ''), 'a list') AS "name"
      FROM "ApprovalRequest" r
      LEFT JOIN "Invitation" i ON i."id" = r."invitationId"
      LEFT JOIN "Batch" b ON b."id" = r."batchId"
      WHERE r."id" IN (
          SELECT mine."id" FROM "ApprovalRequest" mine WHERE mine."requesterId" = ANY(${personIds}::uuid[])
          UNION SELECT about."id" FROM "Invitation" awaited JOIN "ApprovalRequest" about ON about."invitationId" = awaited."id"
          WHERE awaited."personId" = ANY(${personIds}::uuid[]) AND awaited."status" = 'awaiting_approval')
        AND r."status" = 'open'
        AND (i."personId" = ANY(${personIds}::uuid[]) IS TRUE OR i."registrationLinkId" IS NULL)
      ORDER BY r."id" FOR UPDATE OF r
    ), closed AS (
      UPDATE "ApprovalRequest" r SET "status" = 'closed', "decidedAt" = ${at}::timestamptz, "escalatesAt" = NULL,
        "answer" = CASE WHEN theirs."isInvitee" THEN ${WHY.invitee} ELSE ${WHY.requester} END
      FROM theirs WHERE r."id" = theirs."id" AND r."status" = 'open'
      RETURNING r."id", r."invitationId", r."batchId", theirs."isInvitee", theirs."name"
    ), rejected AS (
      UPDATE "Invitation" i SET "status" = 'rejected' FROM closed
      WHERE i."id" = closed."invitationId" AND NOT closed."isInvitee" AND i."status" = 'awaiting_approval'
    ), lists AS (
      UPDATE "Batch" b SET "status" = 'rejected' FROM closed
      WHERE b."id" = closed."batchId" AND b."status" = 'awaiting_approval'
    )
    SELECT * FROM closed`
  return {
    events: closed.map(
      ({ id, invitationId, batchId, isInvitee, name }): AuditEvent => ({
        organisationId,
        at,
        act: 'request.closed',
        actor,
        subject: { kind: invitationId ? 'invitation' : 'list', id: invitationId ?? batchId ?? id, name },
        origin,
        after: { because: isInvitee ? WHY.invitee : WHY.requester },
      }),
    ),
    followUps: closed.map(({ id }) => ({ kind: 'request', requestId: id, step: 'tell' })),
  }
}
