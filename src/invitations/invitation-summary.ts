// What every list of invitations shows of one.
import { type InvitationStatus, Prisma, type Role, type UserType } from '../database/index.ts'
import { seesPerson, type Viewer } from './viewer.ts'

export type InvitationSummary = {
  id: string
  email: string
  /** The invited person's name, where the invitation has no e-mail address; null where the viewer knows none. */
  personName: string | null
  hubName: string
  userType: UserType
  role: Role
  status: InvitationStatus
  createdAt: Date
  inviterName: string
}

/** Its columns for a viewer, of the invitation "i" with the joins below. */
export function summaryFor(viewer: Viewer): Prisma.Sql {
  return Prisma.sql`
    i."id", i."email", h."name" AS "hubName", i."userType"::text AS "userType", i."role"::text AS "role",
    i."status"::text AS "status", i."createdAt",
    CASE WHEN strpos(i."email", '@') = 0 AND ${seesPerson(viewer)} THEN (SELECT coalesce(
      nullif(trim(who."firstName" || ' ' || who."lastName"), ''), nullif(who."slackName", ''))
      FROM "Person" who WHERE who."id" = i."personId") END AS "personName",
    coalesce(nullif(inviter."slackName", ''), nullif(trim(inviter."firstName" || ' ' || inviter."lastName"), ''),
      inviter."email", 'Somebody') AS "inviterName"`
}

export const SUMMARY_JOINS = Prisma.sql`
  JOIN "Hub" h ON h."id" = i."hubId"
  JOIN "Person" inviter ON inviter."id" = i."inviterId"`
