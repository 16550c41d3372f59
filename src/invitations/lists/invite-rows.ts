// One chunk of a confirmed list: invitations for those who may be invited, and for the others one word, the same for
// an account in the hub and an open invitation to it.
import type { FollowUp } from '../../collaborators.ts'
import { type Batch, type DeliveryChannel, newId, type SqlTransaction } from '../../database/index.ts'
import {
  isCorporateAdmin,
  type KnownMember,
  type Organisation,
  ROLE_NAMES,
  USER_TYPE_NAMES,
} from '../../organisation/index.ts'
import { freeUserNames, userNameFrom } from '../../people/index.ts'
import { ADDRESS_LIMIT } from '../limits.ts'
import { UNDO_WITHIN } from './limits.ts'

export type Chunk = {
  batch: Batch
  organisation: Organisation
  actor: KnownMember
  range: { from: number; to: number; at: Date }
  rows: { position: number }[]
  /** Who each row's person is, by position. */
  personIds: Map<number, string>
  origin: string
}

/** What `src/invitations/limits.ts` does for one address, for many at once. */
const DAY = 24 * 60 * 60 * 1000

/**
 * Writes invitations, their messages for the limits, memberships of those who have an account, verdicts and audit
 * events; one statement each.
 */
export async function inviteRows(
  tx: SqlTransaction,
  { batch, organisation, actor, range, rows, origin, personIds }: Chunk,
): Promise<{ invited: number; followUps: FollowUp[] }> {
  const { at } = range
  const ids = rows.map(() => newId())
  if (batch.mode === 'credentials') await giveUserNames(tx, batch.organisationId, [...personIds.values()])
  const made = await tx.$queryRaw<{ id: string; isAddition: boolean; channel: DeliveryChannel }[]>`
    WITH given AS (
      SELECT g."id", p."id" AS "personId", coalesce(r."person"->>'channel', 'email') AS "channel",
        CASE r."person"->>'channel' WHEN 'sms' THEN r."person"->>'mobile' WHEN 'slip' THEN p."userName"
          ELSE r."person"->>'email' END AS "email",
        (a."status" IS NOT DISTINCT FROM 'active') AS "isAddition", p."language",
        CASE r."person"->>'channel' WHEN 'sms' THEN r."person"->>'mobile' WHEN 'slip' THEN 'user ' || p."userName"
          ELSE p."emailKey" END AS "contact", g."position",
        (r."person"->>'departmentId')::uuid AS "departmentId", (r."person"->>'locationId')::uuid AS "locationId"
      FROM unnest(${ids}::uuid[], ${rows.map(({ position }) => position)}::int[],
        ${rows.map(({ position }) => personIds.get(position))}::uuid[]) AS g("id", "position", "personId")
      CROSS JOIN LATERAL (SELECT * FROM "BatchRow" r
        WHERE r."batchId" = ${batch.id}::uuid AND r."position" = g."position" OFFSET 0) AS r
      JOIN "Person" p ON p."id" = g."personId"
      -- An account that was paused because its person left does not count once they are back.
      LEFT JOIN "Account" a ON a."personId" = p."id" AND NOT (a."status" = 'inactive' AND a."leftAt" IS NOT NULL)
      -- Whose account was paused because they left, and who is here again, is invited anew.
      WHERE p."isActive" AND ((a."status" = 'inactive' AND a."leftAt" IS NOT NULL) OR (a."status" IS DISTINCT FROM 'inactive'
          AND NOT EXISTS (SELECT 1 FROM "HubMembership" m
            WHERE m."personId" = p."id" AND m."hubId" = ${batch.hubId}::uuid)))
        -- A message for somebody who is known goes to the number that is known, never to one that a row brings.
        AND (coalesce(r."person"->>'channel', 'email') <> 'sms' OR p."mobile" = r."person"->>'mobile')
        -- The clock invites nobody twice: asked again here, where the person is locked.
        AND (NOT ${batch.source === 'auto'}::boolean OR NOT EXISTS (SELECT 1 FROM "Invitation" i
          WHERE i."personId" = p."id" AND (p."hiredAgainAt" IS NULL OR i."queuedAt" >= p."hiredAgainAt")))
    ), placed AS (
      -- Several people of one batch may share a phone.
      SELECT f.*, row_number() OVER (PARTITION BY f."contact" ORDER BY f."position") AS "place" FROM given f
    )
    INSERT INTO "Invitation" ("id", "organisationId", "hubId", "personId", "inviterId", "email", "userType", "role",
      "departmentId", "locationId", "language", "note", "status", "batchId", "isAddition", "createdAt", "queuedAt",
      "acceptedAt", "channel", "mode", "languageChosen")
    SELECT "id", ${batch.organisationId}::uuid, ${batch.hubId}::uuid, "personId", ${batch.inviterId}::uuid, "email",
      ${batch.userType}::"UserType", ${batch.role}::"Role",
      coalesce("departmentId", ${batch.departmentId}::uuid), coalesce("locationId", ${batch.locationId}::uuid),
      coalesce(${batch.language}, "language", ${organisation.language}), ${batch.note},
      CASE WHEN "isAddition" AND "channel" = 'slip' THEN 'accepted' ELSE 'waiting' END::"InvitationStatus",
      ${batch.id}::uuid, "isAddition", ${at}, ${at}, CASE WHEN "isAddition" AND "channel" = 'slip' THEN ${at}::timestamptz END,
      "channel"::"DeliveryChannel", CASE WHEN "channel" = 'slip' THEN 'link' ELSE ${batch.mode} END::"DeliveryMode",
      coalesce(${batch.language}, "language") IS NOT NULL
    FROM placed o
    WHERE o."place" + (SELECT count(*) FROM "Sending" s WHERE s."organisationId" = ${batch.organisationId}::uuid
      AND s."emailKey" = o."contact" AND s."at" > ${new Date(at.getTime() - DAY)}::timestamptz) <= ${ADDRESS_LIMIT}::int
    ORDER BY "personId"
    ON CONFLICT DO NOTHING RETURNING "id", "isAddition", "channel"::text AS "channel"`
  // The inviter reads the reasons, whoever approved: only a Corporate Admin who sends by themselves is told which it was.
  const tellsWhy =
    organisation.tellAdminsWhyNotInvited && actor.id === batch.inviterId && isCorporateAdmin(actor, organisation)
  const invited = new Set(made.map(({ id }) => id))
  const positions = rows.filter((_, index) => !invited.has(ids[index] ?? '')).map(({ position }) => position)
  if (positions.length > 0) await tellApart(tx, { batch, positions, tellsWhy })
  if (made.some(({ isAddition }) => isAddition)) {
    await tx.$executeRaw`
      INSERT INTO "HubMembership" ("hubId", "personId", "userType", "joinedAt")
      SELECT i."hubId", i."personId", i."userType", ${at} FROM "Invitation" i
      WHERE i."id" = ANY(${made.map(({ id }) => id)}::uuid[]) AND i."isAddition" ON CONFLICT DO NOTHING`
  }
  await tx.$executeRaw`
    INSERT INTO "Sending" ("id", "organisationId", "actorId", "emailKey", "at", "isSingle")
    SELECT gen_random_uuid(), i."organisationId", i."inviterId", CASE i."channel" WHEN 'sms' THEN i."email"
      WHEN 'email' THEN coalesce(p."emailKey", i."email") ELSE 'user ' || i."email" END, ${at}::timestamptz, false
    FROM "Invitation" i JOIN "Person" p ON p."id" = i."personId"
    WHERE i."id" = ANY(${made.map(({ id }) => id)}::uuid[])`
  const after = {
    userType: batch.userType && USER_TYPE_NAMES[batch.userType],
    role: batch.role && ROLE_NAMES[batch.role],
    list: batch.id,
  }
  await tx.$executeRaw`
    INSERT INTO "AuditEvent" ("id", "organisationId", "at", "act", "actorId", "actorName", "subjectKind", "subjectId",
      "subjectName", "origin", "after")
    SELECT g."eventId", i."organisationId", ${at}, CASE WHEN i."isAddition" THEN 'invitation.added_to_hub'
        ELSE 'invitation.asked' END, ${actor.id}::uuid, ${actor.name}, 'invitation', i."id", i."email", ${origin},
      jsonb_build_object('hub', h."name") || ${JSON.stringify(after)}::jsonb
    FROM unnest(${made.map(({ id }) => id)}::uuid[], ${made.map(() => newId())}::uuid[]) AS g("id", "eventId")
    JOIN "Invitation" i ON i."id" = g."id" JOIN "Hub" h ON h."id" = i."hubId"`
  const notBefore = new Date(at.getTime() + UNDO_WITHIN)
  return {
    invited: made.length,
    followUps: made
      .filter(({ channel, isAddition }) => channel !== 'slip' || isAddition)
      .map(({ id }) => ({ kind: 'deliver', invitationId: id, generation: 1, notBefore })),
  }
}

/** Whoever gets a password signs in by a user name as well: made of the address where there is none yet. */
async function giveUserNames(tx: SqlTransaction, organisationId: string, personIds: string[]): Promise<void> {
  const people = await tx.$queryRaw<{ id: string; email: string }[]>`
    SELECT "id", "email" FROM "Person" WHERE "id" = ANY(${personIds}::uuid[]) AND "userName" IS NULL AND "email" IS NOT NULL
    ORDER BY "id"`
  const wanted = people.map(({ email }) => userNameFrom(email.slice(0, email.lastIndexOf('@'))))
  const names = await freeUserNames(tx, organisationId, wanted)
  await tx.$executeRaw`
    UPDATE "Person" p SET "userName" = g."name", "userNameKey" = g."name"
    FROM unnest(${people.map(({ id }) => id)}::uuid[], ${names}::text[]) AS g("id", "name") WHERE p."id" = g."id"`
}

/** Rows that could not be invited say so; the others stay as they are, which means that they were. */
async function tellApart(
  tx: SqlTransaction,
  { batch, positions, tellsWhy }: { batch: Batch; positions: number[]; tellsWhy: boolean },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE "BatchRow" r SET "verdict" = 'could_not',
      "reason" = CASE WHEN r."person"->'active' = 'false' THEN 'marked_inactive'
        WHEN NOT ${tellsWhy} THEN 'could_not_be_invited'
        WHEN EXISTS (SELECT 1 FROM "Person" p WHERE p."organisationId" = ${batch.organisationId}::uuid
          AND p."emailKey" = r."emailKey" AND NOT p."isActive") THEN 'person_inactive'
        WHEN EXISTS (SELECT 1 FROM "Person" p JOIN "Account" a ON a."personId" = p."id" AND a."status" = 'inactive'
            AND a."leftAt" IS NULL
          WHERE p."organisationId" = ${batch.organisationId}::uuid AND p."emailKey" = r."emailKey") THEN 'account_paused'
        WHEN EXISTS (SELECT 1 FROM "Person" p JOIN "HubMembership" m ON m."personId" = p."id"
            AND m."hubId" = ${batch.hubId}::uuid
          WHERE p."organisationId" = ${batch.organisationId}::uuid AND p."emailKey" = r."emailKey") THEN 'is_in_hub'
        WHEN EXISTS (SELECT 1 FROM "Person" p WHERE p."organisationId" = ${batch.organisationId}::uuid
          AND p."emailKey" = r."emailKey" AND p."isActive") THEN 'has_open_invitation'
        ELSE 'could_not_be_invited' END
    WHERE r."batchId" = ${batch.id}::uuid AND r."position" = ANY(${positions}::int[])`
}
