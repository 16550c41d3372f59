// What every list of invitations shows of one.
import { type InvitationStatus, Prisma, type Role, type UserType } from '../database/index.ts'

export type InvitationSummary = {
  id: string
  email: string
  /** The invited person's name, where the invitation has no e-mail address; null where none is known. */
  personName: string | null
  hubName: string
  userType: UserType
  role: Role
  status: InvitationStatus
  createdAt: Date
  inviterName: string
}

/** Its columns, of the invitation "i" with the joins below. */
export const SUMMARY = Prisma.sql`
  i."id", i."email", h."name" AS "hubName", i."userType"::text AS "userType", i."role"::text AS "role",
  i."status"::text AS "status", i."createdAt",
  CASE WHEN strpos(i."email", '@') = 0 THEN (SELECT coalesce(nullif(trim(who."firstName" || ' ' || who."lastName"), ''),
    nullif(who."slackName", '')) FROM "Person" who WHERE who."id" = i."personId") END AS "personName",
  coalesce(nullif(inviter."slackName", ''), nullif(trim(inviter."firstName" || ' ' || inviter."lastName"), ''),
    inviter."email", 'Somebody') AS "inviterName"`

export const SUMMARY_JOINS = Prisma.sql`
  JOIN "Hub" h ON h."id" = i."hubId"
  JOIN "Person" inviter ON inviter."id" = i."inviterId"`
