// The queries of sending: few and set-based, because a form's answer waits for them.
import {
  type AccountStatus,
  type DeliveryChannel,
  type DeliveryMode,
  newId,
  type Role,
  type SqlTransaction,
  type UserType,
} from '../database/index.ts'
import type { KnownMember } from '../organisation/index.ts'
import type { EmailAddress } from '../people/index.ts'

/** All that decides over one invitation, read in one statement. */
export type Situation = {
  workspaceAdminsMayDoAll: boolean
  tellAdminsWhyNotInvited: boolean
  language: string
  /** It is the invitee's, not the organisation's. */
  isOwnLanguage: boolean
  approvalHours: number
  hourlyLimit: number
  timeZone: string
  actor: (KnownMember & { name: string }) | null
  hubName: string | null
  departmentName: string | null
  locationName: string | null
  personId: string | null
  accountStatus: AccountStatus | null
  /** Null for an address that nobody is known by. */
  personIsActive: boolean | null
  /** Null for nobody, and for somebody without one. */
  personEmail: string | null
  personUserName: string | null
  /** E.164; null for nobody, and for somebody without one. */
  personMobile: string | null
  smsCountries: string[]
  confirmOnlyByEmail: boolean
  isInHub: boolean
  hasOpenInvitation: boolean
  /** The invitation that the same form made already. */
  sameSubmission: string | null
  sameIsRequest: boolean
}

/**
 * Whoever else invites the same address at this moment goes first, one after the other: otherwise their locks on the
 * person would cross, and PostgreSQL notices that only after a second. When the same person is just accepting another
 * invitation, waits until that is done, too: the situation read afterwards knows of their account, and no link is sent
 * that could not be used.
 */
export async function waitForAnswer(tx: SqlTransaction, organisationId: string, emailKey: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`${organisationId} ${emailKey}`}, 0))::text`
  await tx.$queryRaw`SELECT 1 AS "locked" FROM "Person"
    WHERE "organisationId" = ${organisationId}::uuid AND "emailKey" = ${emailKey} FOR NO KEY UPDATE`
}

/** Holds hub, department and location until the transaction ends: none of them is archived in between. */
export async function loadSituation(
  tx: SqlTransaction,
  asked: {
    organisationId: string
    actorId: string
    hubId: string
    departmentId: string | null
    locationId: string | null
    emailKey: string | null
    userNameKey: string | null
    /** With `name`: of somebody without an address. */
    mobile: string | null
    name: string
    submissionKey: string
  },
): Promise<Situation> {
  const rows = await tx.$queryRaw<Situation[]>`
    SELECT o."workspaceAdminsMayDoAll", o."tellAdminsWhyNotInvited", coalesce(invitee."language", o."language") AS "language",
      invitee."language" IS NOT NULL AS "isOwnLanguage", o."approvalHours", o."hourlyLimit", o."timeZone",
      o."smsCountries", o."confirmOnlyByEmail",
      (SELECT jsonb_build_object('id', p."id", 'organisationId', p."organisationId", 'isActive', p."isActive",
          'role', p."role", 'isWorkspaceAdmin', p."isWorkspaceAdmin", 'isWorkspaceGuest', p."isWorkspaceGuest",
          'departmentId', p."departmentId", 'slackUserId', p."slackUserId",
          'name', coalesce(nullif(p."slackName", ''), nullif(trim(p."firstName" || ' ' || p."lastName"), ''), p."email"),
          'memberships', coalesce((SELECT jsonb_agg(jsonb_build_object('hubId', m."hubId", 'userType', m."userType"))
            FROM "HubMembership" m WHERE m."personId" = p."id"), '[]'::jsonb))
        FROM "Person" p WHERE p."id" = ${asked.actorId}::uuid AND p."organisationId" = o."id") AS "actor",
      (SELECT h."name" FROM "Hub" h WHERE h."id" = ${asked.hubId}::uuid AND h."organisationId" = o."id"
        AND h."archivedAt" IS NULL FOR KEY SHARE) AS "hubName",
      (SELECT d."name" FROM "Department" d WHERE d."id" = ${asked.departmentId}::uuid AND d."organisationId" = o."id"
        AND d."archivedAt" IS NULL FOR KEY SHARE) AS "departmentName",
      (SELECT l."name" FROM "Location" l WHERE l."id" = ${asked.locationId}::uuid AND l."organisationId" = o."id"
        AND l."archivedAt" IS NULL FOR KEY SHARE) AS "locationName",
      invitee."id" AS "personId", invitee."isActive" AS "personIsActive", invitee."email" AS "personEmail",
      invitee."userName" AS "personUserName", invitee."mobile" AS "personMobile",
      -- An account that was paused because its person left does not count once they are back.
      (SELECT a."status"::text FROM "Account" a WHERE a."personId" = invitee."id"
        AND NOT (invitee."isActive" AND a."status" = 'inactive' AND a."leftAt" IS NOT NULL)) AS "accountStatus",
      EXISTS (SELECT 1 FROM "HubMembership" m
        WHERE m."personId" = invitee."id" AND m."hubId" = ${asked.hubId}::uuid) AS "isInHub",
      EXISTS (SELECT 1 FROM "Invitation" i WHERE i."personId" = invitee."id" AND i."hubId" = ${asked.hubId}::uuid
        AND i."status" IN ('awaiting_approval', 'waiting', 'pending')) AS "hasOpenInvitation",
      (SELECT i."id" FROM "Invitation" i
        WHERE i."organisationId" = o."id" AND i."submissionKey" = ${asked.submissionKey}) AS "sameSubmission",
      EXISTS (SELECT 1 FROM "Invitation" i JOIN "ApprovalRequest" r ON r."invitationId" = i."id"
        WHERE i."organisationId" = o."id" AND i."submissionKey" = ${asked.submissionKey}) AS "sameIsRequest"
    FROM "Organisation" o
    LEFT JOIN "Person" invitee ON invitee."id" = (
      SELECT p."id" FROM "Person" p WHERE p."organisationId" = ${asked.organisationId}::uuid AND p."emailKey" = ${asked.emailKey}
      UNION ALL SELECT p."id" FROM "Person" p
        WHERE p."organisationId" = ${asked.organisationId}::uuid AND p."userNameKey" = ${asked.userNameKey}
      UNION ALL SELECT p."id" FROM "Person" p WHERE p."organisationId" = ${asked.organisationId}::uuid
        AND p."mobile" = ${asked.mobile} AND p."email" IS NULL AND p."userName" IS NOT NULL
        AND lower(p."firstName" || ' ' || p."lastName") = lower(${asked.name}) LIMIT 1)
    WHERE o."id" = ${asked.organisationId}::uuid`
  const [situation] = rows
  if (!situation) throw new Error('the organisation is not there')
  return situation
}

/** Writes the person of a new address; when another invitation wrote it at the same moment, gives that one. */
export async function insertPerson(
  tx: SqlTransaction,
  organisationId: string,
  address: EmailAddress,
  at: Date,
): Promise<string> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    INSERT INTO "Person" ("id", "organisationId", "email", "emailKey", "createdAt")
    VALUES (${newId()}::uuid, ${organisationId}::uuid, ${address.written}, ${address.key}, ${at})
    ON CONFLICT ("organisationId", "emailKey") DO UPDATE SET "emailKey" = excluded."emailKey"
    RETURNING "id"`
  const [row] = rows
  if (!row) throw new Error('the person was not written')
  return row.id
}

/** Writes somebody who has no address; the user name is free. Gives the id. */
export async function insertNamedPerson(
  tx: SqlTransaction,
  person: {
    organisationId: string
    userName: string
    firstName: string
    lastName: string
    mobile: string | null
    at: Date
  },
): Promise<string> {
  const id = newId()
  const { organisationId, userName, firstName, lastName, mobile, at } = person
  await tx.$executeRaw`
    INSERT INTO "Person" ("id", "organisationId", "userName", "userNameKey", "firstName", "lastName", "mobile", "createdAt")
    VALUES (${id}::uuid, ${organisationId}::uuid, ${userName}, ${userName}, ${firstName}, ${lastName}, ${mobile}, ${at})`
  return id
}

export type NewInvitation = {
  id: string
  organisationId: string
  hubId: string
  personId: string
  inviterId: string
  email: string
  userType: UserType
  role: Role
  departmentId: string | null
  locationId: string | null
  language: string
  /** True where it is not said otherwise. */
  languageChosen?: boolean
  note: string
  /** By e-mail and with a link where it is not said otherwise. */
  channel?: DeliveryChannel
  mode?: DeliveryMode
  status: 'waiting' | 'accepted' | 'awaiting_approval'
  submissionKey: string
  isAddition: boolean
  /** The registration link that it comes by. */
  registrationLinkId?: string
  createdAt: Date
}

/** False when the same form, or an open invitation of this person to this hub, is there already. */
export async function insertInvitation(tx: SqlTransaction, row: NewInvitation): Promise<boolean> {
  const acceptedAt = row.status === 'accepted' ? row.createdAt : null
  const count = await tx.$executeRaw`
    INSERT INTO "Invitation" ("id", "organisationId", "hubId", "personId", "inviterId", "email", "userType", "role",
      "departmentId", "locationId", "language", "note", "status", "submissionKey", "isAddition", "createdAt",
      "queuedAt", "acceptedAt", "registrationLinkId", "channel", "mode", "languageChosen")
    VALUES (${row.id}::uuid, ${row.organisationId}::uuid, ${row.hubId}::uuid, ${row.personId}::uuid,
      ${row.inviterId}::uuid, ${row.email}, ${row.userType}::"UserType", ${row.role}::"Role",
      ${row.departmentId}::uuid, ${row.locationId}::uuid, ${row.language}, ${row.note},
      ${row.status}::"InvitationStatus", ${row.submissionKey}, ${row.isAddition}, ${row.createdAt}, ${row.createdAt},
      ${acceptedAt}, ${row.registrationLinkId ?? null}::uuid, ${row.channel ?? 'email'}::text::"DeliveryChannel",
      ${row.mode ?? 'link'}::text::"DeliveryMode", ${row.languageChosen ?? true})
    ON CONFLICT DO NOTHING`
  return count === 1
}

export async function findBySubmission(
  tx: SqlTransaction,
  organisationId: string,
  submissionKey: string,
): Promise<string | undefined> {
  const [row] = await tx.$queryRaw<{ id: string }[]>`SELECT "id" FROM "Invitation"
    WHERE "organisationId" = ${organisationId}::uuid AND "submissionKey" = ${submissionKey}`
  return row?.id
}

/** Makes a person a member of a hub; one who is in it already keeps their user type. */
export async function addToHub(
  tx: SqlTransaction,
  membership: { hubId: string; personId: string; userType: UserType; joinedAt: Date },
): Promise<void> {
  const { hubId, personId, userType, joinedAt } = membership
  await tx.$executeRaw`INSERT INTO "HubMembership" ("hubId", "personId", "userType", "joinedAt")
    VALUES (${hubId}::uuid, ${personId}::uuid, ${userType}::"UserType", ${joinedAt}) ON CONFLICT DO NOTHING`
}

/** Takes a booking for the act that it was made for; false when it was sent, or taken back, already. */
export async function claimBooking(tx: SqlTransaction, bookingId: string): Promise<boolean> {
  const count = await tx.$executeRaw`UPDATE "Booking" SET "status" = 'sent'
    WHERE "id" = ${bookingId}::uuid AND "status" = 'booked'`
  return count === 1
}
