// "Resend all", "Retry all": many invitations sent again with new links, in chunks that are each committed with their
// audit events and deliveries. Cut short in the middle, the rest can be sent by the same button.
import { type AuditEvent, record } from '../audit/index.ts'
import type { Collaborators } from '../collaborators.ts'
import {
  type Database,
  type InvitationStatus,
  inTransaction,
  newId,
  Prisma,
  type Transaction,
} from '../database/index.ts'
import {
  findMember,
  findOrganisation,
  type Grant,
  grantsOf,
  type KnownMember,
  type Organisation,
  reachOf,
  STATUS_NAMES,
} from '../organisation/index.ts'
import { chosenIds } from '../people/index.ts'
import { Refusal } from '../refusal.ts'
import { countSendings, hasRoomSql, lockPhonesOf } from './contact-limit.ts'
import { expiredLately } from './digest/unanswered.ts'
import { lockBulk, readBulkLeft } from './lists/allowance.ts'
import { LIST_PEOPLE_A_DAY } from './lists/limits.ts'
import { RESENDABLE } from './states.ts'
import { within } from './viewer.ts'

/**
 * All that expired or failed, oldest first and no more than were asked about; those of people chosen in a list; those that
 * one message of news told of; or the actor's own that expired lately, as the weekly digest counts them.
 */
export type ResendSelection =
  | { status: 'expired' | 'error'; most: number }
  | { selectionId: string }
  | { gatheringId: string }
  | { expiredLately: 'own'; most: number }

export type ResendManyRequest = {
  organisationId: string
  actorId: string
  selection: ResendSelection
  origin: string
}

/**
 * `left`: answered, revoked, sent again or taken up otherwise in the moment before. `pastLimit`: those that the actor's
 * allowance of the day had no room for any more.
 */
export type ResentMany = { resent: number; left: number; pastLimit: number }

const CHUNK = 500

/**
 * Sends invitations again, 10,000 at the most: those within the actor's reach whose access is the actor's to give, in
 * the state that was asked about (of chosen people: pending, expired or failed), with nothing in their way. Gives how
 * many. They count toward what the actor may send in bulk in a day, together with their lists. Throws Refusal
 * `may_not_invite`, and `list_past_daily_limit` (detail `resend`) where nothing of that is left.
 */
export async function resendMany(
  c: Pick<Collaborators, 'db' | 'followUp' | 'now'>,
  request: ResendManyRequest,
): Promise<ResentMany> {
  const { organisation, actor } = await load(c.db.prisma, request)
  const most = 'most' in request.selection ? request.selection.most : LIST_PEOPLE_A_DAY
  const ids = await c.db.prisma.$queryRaw<{ id: string }[]>`
    SELECT i."id" FROM ${RESENDABLE_ROWS} WHERE ${areResendable(actor, organisation, { ...request, at: c.now() })}
    ORDER BY i."createdAt", i."id" LIMIT ${Math.min(most, LIST_PEOPLE_A_DAY)}`
  let [resent, pastLimit] = [0, 0]
  for (let from = 0; from < ids.length; from += CHUNK) {
    const chunk = ids.slice(from, from + CHUNK).map(({ id }) => id)
    const done = await inTransaction(c.db, (tx) => resendChunk(tx, c, { ...request, ids: chunk }))
    resent += done.resent
    pastLimit += done.pastLimit
  }
  if (resent === 0 && pastLimit > 0) {
    throw new Refusal('list_past_daily_limit', { detail: { left: 0, most: LIST_PEOPLE_A_DAY, resend: 'yes' } })
  }
  return { resent, left: ids.length - resent - pastLimit, pastLimit }
}

/** How many invitations `resendMany` would send again now; counted up to 10,001. */
export async function countResendable(
  c: Pick<Collaborators, 'db' | 'now'>,
  request: Omit<ResendManyRequest, 'origin'>,
): Promise<number> {
  const { organisation, actor } = await load(c.db.prisma, request)
  const [row] = await c.db.prisma.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count" FROM (SELECT 1 FROM ${RESENDABLE_ROWS}
      WHERE ${areResendable(actor, organisation, { ...request, at: c.now() })} LIMIT ${LIST_PEOPLE_A_DAY + 1}) AS counted`
  return row?.count ?? 0
}

async function load(
  reader: Transaction | Database['prisma'],
  { organisationId, actorId }: Pick<ResendManyRequest, 'organisationId' | 'actorId'>,
) {
  const organisation = await findOrganisation(reader, { id: organisationId })
  const actor = await findMember(reader, { id: actorId, organisationId })
  if (!organisation || !actor || grantsOf(actor, organisation).length === 0) throw new Refusal('may_not_invite')
  return { organisation, actor }
}

const RESENDABLE_ROWS = Prisma.sql`"Invitation" i JOIN "Person" p ON p."id" = i."personId"
  JOIN "Hub" h ON h."id" = i."hubId"`

/** The rules of a single resend, for every row at once; and of several of a person for one hub only the newest. */
function areResendable(
  actor: KnownMember,
  organisation: Organisation,
  { organisationId, selection, at }: { organisationId: string; selection: ResendSelection; at: Date },
): Prisma.Sql {
  const grants = grantsOf(actor, organisation)
  return Prisma.sql`${areSelected(selection, { organisationId, actorId: actor.id, at })} AND ${within({ organisationId, reach: reachOf(actor, organisation) })}
    AND (${Prisma.join(grants.map(isGranted), ' OR ')}) AND i."channel" <> 'slip' AND p."isActive" AND h."archivedAt" IS NULL
    AND CASE WHEN i."isAddition" THEN p."accountStatus" IS NOT DISTINCT FROM 'active' ELSE p."accountStatus" IS NULL END
    AND i."isAddition" = EXISTS (SELECT 1 FROM "HubMembership" m WHERE m."hubId" = i."hubId" AND m."personId" = i."personId")
    AND NOT EXISTS (SELECT 1 FROM "Invitation" o WHERE o."personId" = i."personId" AND o."hubId" = i."hubId"
      AND o."id" <> i."id" AND (o."status" IN ('awaiting_approval', 'waiting', 'pending')
        OR (o."createdAt", o."id") > (i."createdAt", i."id")))
    AND ${hasRoomSql(at)}`
}

function areSelected(
  selection: ResendSelection,
  { organisationId, actorId, at }: { organisationId: string; actorId: string; at: Date },
): Prisma.Sql {
  if ('selectionId' in selection) {
    return Prisma.sql`i."personId" IN (${chosenIds({ ...selection, organisationId, ownerId: actorId })})
      AND i."status" IN (${Prisma.join(RESENDABLE.map((status) => Prisma.sql`${status}::"InvitationStatus"`))})`
  }
  if ('gatheringId' in selection) {
    return Prisma.sql`i."status" IN ('expired', 'error') AND i."id" IN (SELECT g."invitationId" FROM "GatheredNotice" g
      WHERE g."gatheringId" = ${selection.gatheringId}::uuid)`
  }
  if ('expiredLately' in selection) {
    return Prisma.sql`i."inviterId" = ${actorId}::uuid AND ${expiredLately(at)}`
  }
  return Prisma.sql`i."status" = ${selection.status}::"InvitationStatus"`
}

function isGranted({ hubs, userTypes, roles, department }: Grant): Prisma.Sql {
  const inHub = hubs === 'all' ? Prisma.sql`true` : Prisma.sql`i."hubId" = ANY(${hubs}::uuid[])`
  const inDepartment = department === 'any' ? Prisma.sql`true` : Prisma.sql`i."departmentId" = ${department}::uuid`
  return Prisma.sql`(${inHub} AND ${inDepartment} AND i."userType"::text = ANY(${[...userTypes]}::text[])
    AND i."role"::text = ANY(${[...roles]}::text[]))`
}

type Resent = { id: string; email: string; before: InvitationStatus; generation: number }

async function resendChunk(
  tx: Transaction,
  c: Pick<Collaborators, 'followUp' | 'now'>,
  request: ResendManyRequest & { ids: string[] },
): Promise<Omit<ResentMany, 'left'>> {
  const { organisationId, ids, origin } = request
  const at = c.now()
  await lockBulk(tx, organisationId)
  await lockPhonesOf(tx, ids)
  // Invitations are locked before their people, as everywhere; after it, what is read knows of every answer.
  await tx.$queryRaw`SELECT 1 AS "locked" FROM "Invitation" WHERE "id" = ANY(${ids}::uuid[]) ORDER BY "id" FOR UPDATE`
  await tx.$queryRaw`SELECT 1 AS "locked" FROM "Person" WHERE "id" IN (SELECT "personId" FROM "Invitation"
    WHERE "id" = ANY(${ids}::uuid[])) ORDER BY "id" FOR NO KEY UPDATE`
  const { organisation, actor } = await load(tx, request)
  const wanted = await tx.$queryRaw<{ id: string }[]>`
    SELECT i."id" FROM ${RESENDABLE_ROWS}
    WHERE i."id" = ANY(${ids}::uuid[]) AND ${areResendable(actor, organisation, { ...request, at })}
    ORDER BY i."createdAt", i."id"`
  const room = await readBulkLeft(tx, { actorId: actor.id, at })
  const allowed = wanted.slice(0, room).map(({ id }) => id)
  const counted = await countSendings(tx, { ids: allowed, actorId: actor.id, at })
  const resent = await tx.$queryRaw<Resent[]>`
    WITH wanted AS (
      SELECT i."id", i."status" AS "before" FROM "Invitation" i WHERE i."id" = ANY(${counted}::uuid[])
    )
    UPDATE "Invitation" i SET "status" = 'waiting', "generation" = i."generation" + 1, "queuedAt" = ${at}::timestamptz,
      "expiresAt" = NULL, "deliveryAttempts" = 0, "nextAttemptAt" = NULL, "deliveryProblem" = NULL, "maybeSentAt" = NULL,
      "carriedById" = NULL,
      "bouncedAt" = NULL, "nextReminderAt" = NULL, "remindersSent" = 0
    FROM wanted WHERE i."id" = wanted."id"
    RETURNING i."id", i."email", i."generation", wanted."before"::text AS "before"`
  await record(
    tx,
    resent.map(
      (invitation): AuditEvent => ({
        organisationId,
        at,
        act: 'invitation.resent',
        actor: { id: actor.id, name: actor.name },
        subject: { kind: 'invitation', id: invitation.id, name: invitation.email },
        origin,
        before: { status: STATUS_NAMES[invitation.before] },
        after: { status: STATUS_NAMES.waiting },
      }),
    ),
  )
  await c.followUp(
    tx,
    resent.map(({ id, generation }) => ({ kind: 'deliver', invitationId: id, generation })),
  )
  if (resent.length > 0) {
    await tx.bulkResend.create({ data: { id: newId(), actorId: actor.id, at, people: resent.length } })
  }
  return { resent: resent.length, pastLimit: Math.max(0, wanted.length - room) }
}
