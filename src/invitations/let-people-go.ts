// People who are not active any more are let go in the moment that makes them so: what waits for their answer is revoked,
// their account paused and its sessions ended; rights, hubs and what they had put off are gone. What they had sent stays.
import { endSessions } from '../accounts/index.ts'
import { type AuditEvent, record } from '../audit/index.ts'
import type { Collaborators, Leaving } from '../collaborators.ts'
import { type InvitationStatus, newId, type Role, type SqlTransaction, type UserType } from '../database/index.ts'
import { ROLE_NAMES, STATUS_NAMES, USER_TYPE_NAMES } from '../organisation/index.ts'
import { closeRequestsOf } from './leavers-requests.ts'
import { nameOfLink } from './links/store.ts'

/** Why, as the audit log says it. */
const BECAUSE = 'the person is inactive'

/**
 * Lets people go; an audit event for each thing that they lose. The caller has locked their open invitations and then
 * them, and has made them inactive. Whoever had sent something is remembered, and the Corporate Admins are told.
 */
export async function letPeopleGo(
  tx: SqlTransaction,
  c: Pick<Collaborators, 'followUp'>,
  leaving: Leaving,
): Promise<void> {
  const { personIds, kept } = leaving
  if (kept) await keep(tx, c, leaving, kept)
  if (personIds.length === 0) return
  const requests = await closeRequestsOf(tx, leaving)
  const links = await turnOffLinks(tx, leaving)
  await record(tx, [
    ...requests.events,
    ...(await revokeInvitations(tx, leaving)),
    ...(await pauseAccounts(tx, leaving)),
    ...links.map((link) => linkEvent(link, leaving)),
    ...(await takeRights(tx, leaving)),
  ])
  await endSessions(tx, { personIds })
  const newsId = await rememberSenders(tx, leaving, links)
  await c.followUp(tx, [
    ...requests.followUps,
    ...(newsId ? [{ kind: 'tell' as const, what: 'left' as const, id: newsId }] : []),
  ])
}

/** The last Corporate Admin stays: it is in the audit log, and they are told. */
async function keep(
  tx: SqlTransaction,
  c: Pick<Collaborators, 'followUp'>,
  leaving: Leaving,
  { id, name }: { id: string; name: string },
): Promise<void> {
  await record(tx, [
    {
      ...common(leaving),
      act: 'person.kept',
      subject: { kind: 'person', id, name },
      after: { active: true, because: 'the last Corporate Admin' },
    },
  ])
  await c.followUp(tx, [{ kind: 'tell', what: 'admin_kept', id }])
}

function common({ organisationId, at, actor, origin }: Leaving) {
  return { organisationId, at, actor, origin }
}

async function revokeInvitations(tx: SqlTransaction, leaving: Leaving): Promise<AuditEvent[]> {
  const revoked = await tx.$queryRaw<{ id: string; email: string; before: InvitationStatus }[]>`
    WITH open AS (
      SELECT "id", "status" FROM "Invitation" WHERE "personId" = ANY(${leaving.personIds}::uuid[])
        AND "status" IN ('awaiting_approval', 'waiting', 'pending')
    )
    UPDATE "Invitation" i SET "status" = 'revoked', "generation" = i."generation" + 1, "nextAttemptAt" = NULL,
      "nextReminderAt" = NULL
    FROM open WHERE i."id" = open."id" RETURNING i."id", i."email", open."status"::text AS "before"`
  return revoked.map(({ id, email, before }) => ({
    ...common(leaving),
    act: 'invitation.revoked',
    subject: { kind: 'invitation', id, name: email },
    before: { status: STATUS_NAMES[before] },
    after: { status: STATUS_NAMES.revoked, because: BECAUSE },
  }))
}

/** An account that somebody had paused before stays as it was paused: whoever did it opens it again. */
async function pauseAccounts(tx: SqlTransaction, leaving: Leaving): Promise<AuditEvent[]> {
  const paused = await tx.$queryRaw<{ id: string; name: string }[]>`
    UPDATE "Account" a SET "status" = 'inactive', "leftAt" = ${leaving.at}::timestamptz
    FROM "Person" p WHERE p."id" = a."personId" AND a."personId" = ANY(${leaving.personIds}::uuid[])
      AND a."status" = 'active'
    RETURNING p."id", coalesce(nullif(p."slackName", ''), nullif(trim(p."firstName" || ' ' || p."lastName"), ''),
      p."email", p."userName", 'Somebody') AS "name"`
  return paused.map(({ id, name }) => ({
    ...common(leaving),
    act: 'account.paused',
    subject: { kind: 'person', id, name },
    before: { account: 'Active' },
    after: { account: 'Inactive', because: BECAUSE },
  }))
}

type OwnedLink = { id: string; ownerId: string; hubName: string; userType: UserType }

/** Off, and not only dead while they are away: nothing of theirs works again by itself when they come back. */
async function turnOffLinks(tx: SqlTransaction, leaving: Leaving): Promise<OwnedLink[]> {
  return tx.$queryRaw<OwnedLink[]>`
    UPDATE "RegistrationLink" l SET "isOn" = false, "pausedAt" = NULL FROM "Hub" h
    WHERE h."id" = l."hubId" AND l."ownerId" = ANY(${leaving.personIds}::uuid[]) AND l."isOn"
    RETURNING l."id", l."ownerId", h."name" AS "hubName", l."userType"::text AS "userType"`
}

function linkEvent(link: OwnedLink, leaving: Leaving): AuditEvent {
  return {
    ...common(leaving),
    act: 'link.turned_off',
    subject: { kind: 'link', id: link.id, name: nameOfLink(link) },
    after: { because: BECAUSE },
  }
}

type Lost = {
  id: string
  name: string
  role: Role | null
  hubs: { name: string; userType: UserType }[]
  bookings: number
}

/** Role, hubs and booked invitations: whoever comes back is given them anew, by somebody who may. */
async function takeRights(tx: SqlTransaction, leaving: Leaving): Promise<AuditEvent[]> {
  const { personIds } = leaving
  const lost = await tx.$queryRaw<Lost[]>`
    WITH memberships AS (
      DELETE FROM "HubMembership" WHERE "personId" = ANY(${personIds}::uuid[]) RETURNING "personId", "hubId", "userType"
    ), bookings AS (
      UPDATE "Booking" SET "status" = 'cancelled' WHERE "actorId" = ANY(${personIds}::uuid[]) AND "status" = 'booked'
      RETURNING "actorId"
    ), roles AS (
      UPDATE "Person" SET "role" = NULL WHERE "id" = ANY(${personIds}::uuid[]) AND "role" IS NOT NULL RETURNING "id"
    )
    -- The person as this statement found them: with the role that they had.
    SELECT p."id", p."role"::text AS "role",
      coalesce(nullif(p."slackName", ''), nullif(trim(p."firstName" || ' ' || p."lastName"), ''), p."email",
        p."userName", 'Somebody') AS "name",
      coalesce((SELECT jsonb_agg(jsonb_build_object('name', h."name", 'userType', m."userType") ORDER BY h."name")
        FROM memberships m JOIN "Hub" h ON h."id" = m."hubId" WHERE m."personId" = p."id"), '[]'::jsonb) AS "hubs",
      (SELECT count(*)::int FROM bookings b WHERE b."actorId" = p."id") AS "bookings"
    FROM "Person" p WHERE p."id" = ANY(${personIds}::uuid[])
      AND (EXISTS (SELECT 1 FROM memberships m WHERE m."personId" = p."id")
        OR EXISTS (SELECT 1 FROM bookings b WHERE b."actorId" = p."id")
        OR EXISTS (SELECT 1 FROM roles r WHERE r."id" = p."id"))`
  return lost.map(({ id, name, role, hubs, bookings }) => ({
    ...common(leaving),
    act: 'person.let_go',
    subject: { kind: 'person', id, name },
    before: {
      ...(role ? { role: ROLE_NAMES[role] } : {}),
      ...(hubs.length > 0
        ? { hubs: hubs.map((hub) => `${hub.name} (${USER_TYPE_NAMES[hub.userType]})`).join(', ') }
        : {}),
      ...(bookings > 0 ? { bookedInvitations: bookings } : {}),
    },
    after: {
      ...(role ? { role: null } : {}),
      ...(hubs.length > 0 ? { hubs: null } : {}),
      ...(bookings > 0 ? { bookedInvitations: 0 } : {}),
    },
  }))
}

/**
 * Remembers those who had sent invitations. Gives the id of what the Corporate Admins are told, where something of
 * theirs is open still, or a registration link of theirs was turned off just now.
 */
async function rememberSenders(tx: SqlTransaction, leaving: Leaving, links: OwnedLink[]): Promise<string | undefined> {
  const { organisationId, personIds, at } = leaving
  const id = newId()
  const told = await tx.$executeRaw`
    WITH senders AS (
      SELECT p."id" FROM unnest(${personIds}::uuid[]) AS p("id")
      WHERE EXISTS (SELECT 1 FROM "Invitation" i WHERE i."inviterId" = p."id")
    ), remembered AS (
      INSERT INTO "Leaver" ("personId", "organisationId", "leftAt")
      SELECT "id", ${organisationId}::uuid, ${at}::timestamptz FROM senders
      ON CONFLICT ("personId") DO UPDATE SET "leftAt" = excluded."leftAt"
    ), told AS (
      SELECT s."id" FROM senders s WHERE EXISTS (SELECT 1 FROM "Invitation" i WHERE i."inviterId" = s."id"
        AND i."status" IN ('waiting', 'pending'))
      UNION SELECT unnest(${links.map(({ ownerId }) => ownerId)}::uuid[])
    )
    INSERT INTO "LeaverNews" ("id", "organisationId", "personIds", "linkIds", "toldTo", "createdAt")
    SELECT ${id}::uuid, ${organisationId}::uuid, array_agg("id"), ${links.map((link) => link.id)}::uuid[],
      '{}', ${at}::timestamptz FROM told HAVING count(*) > 0`
  return told === 1 ? id : undefined
}
