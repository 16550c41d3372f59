// All that is known of one person, and who said it, for those within whose reach they are.
import {
  type Database,
  type EmployeeType,
  type FactorKind,
  type GroupSource,
  isId,
  Prisma,
  type Role,
  type UserType,
} from '../database/index.ts'
import type { Reach } from '../organisation/index.ts'
import { groupName } from './groups.ts'
import { ask, isWithinReachSql, type PeopleViewer } from './narrowing.ts'
import { type Activity, type FieldSources, type Source, whoSaysActive } from './sources.ts'
import { type InvitedState, readStanding, type UserState } from './standing.ts'

/** How many of their groups and hubs are listed. */
const LISTED = 20

export type PersonCard = {
  id: string
  name: string
  email: string | null
  userName: string | null
  firstName: string
  lastName: string
  mobile: string | null
  departmentName: string | null
  locationName: string | null
  employeeType: EmployeeType | null
  /** YYYY-MM-DD. */
  startDate: string | null
  language: string | null
  role: Role | null
  /** Who wrote what stands in a field; a value that nobody claims came with an invitation. */
  sources: FieldSources
  isActive: boolean
  /** By whose word; undefined where nobody has spoken of it. */
  activeBy: Source | undefined
  leftAt: Date | null
  invited: InvitedState
  user: UserState
  /** "Sales (Slack)", by name; `isGone`: its source has it no more. */
  groups: { shown: string; isGone: boolean }[]
  groupCount: number
  hubs: { name: string; userType: UserType }[]
  hubCount: number
  /** The kinds of their second factors that count. */
  factors: FactorKind[]
  /** The newest invitation that the viewer may see. */
  invitationId: string | null
  /** What that invitation makes of them. */
  invitedRole: Role | null
}

type Row = Omit<PersonCard, 'activeBy' | 'invited' | 'user' | 'groups'> & {
  activity: Activity
  standing: string
  groups: { name: string; source: GroupSource; isGone: boolean }[]
}

/** Reads a person's card; undefined where there is nobody of this id within the viewer's reach. */
export async function readPersonCard(
  db: Database,
  { organisationId, reach }: PeopleViewer,
  personId: string,
): Promise<PersonCard | undefined> {
  if (!isId(personId)) return undefined
  const [row] = await ask<Row>(
    db,
    Prisma.sql`SELECT p."id", p."email", p."userName", p."firstName", p."lastName", p."mobile",
        d."name" AS "departmentName", l."name" AS "locationName", p."employeeType",
        to_char(p."startDate", 'YYYY-MM-DD') AS "startDate", p."language", p."role", p."sources", p."activity",
        p."isActive", p."leftAt",
        coalesce(nullif(trim(p."firstName" || ' ' || p."lastName"), ''), nullif(p."slackName", ''), p."email",
          p."userName", p."mobile", 'Somebody') AS "name",
        person_standing(p."invitationStatus", p."accountStatus", p."isActive") AS "standing",
        (SELECT coalesce(jsonb_agg(jsonb_build_object('name', g."name", 'source', g."source", 'isGone', g."gone")), '[]')
          FROM (SELECT g."name", g."source", g."deletedAt" IS NOT NULL AS "gone" FROM "GroupMembership" m
            JOIN "Group" g ON g."id" = m."groupId" WHERE m."personId" = p."id"
            ORDER BY g."name", g."source" LIMIT ${LISTED}) AS g) AS "groups",
        (SELECT count(*)::int FROM "GroupMembership" m WHERE m."personId" = p."id") AS "groupCount",
        (SELECT coalesce(jsonb_agg(jsonb_build_object('name', h."name", 'userType', h."userType")), '[]')
          FROM (SELECT h."name", m."userType" FROM "HubMembership" m JOIN "Hub" h ON h."id" = m."hubId"
            WHERE m."personId" = p."id" ORDER BY h."name" LIMIT ${LISTED}) AS h) AS "hubs",
        (SELECT count(*)::int FROM "HubMembership" m WHERE m."personId" = p."id") AS "hubCount",
        (SELECT coalesce(jsonb_agg(f."kind" ORDER BY f."kind"), '[]') FROM "SecondFactor" f
          WHERE f."personId" = p."id" AND f."boundTo" IS NULL) AS "factors",
        (SELECT i."id" FROM "Invitation" i WHERE i."personId" = p."id" AND ${isSeen(reach)}
          ORDER BY i."createdAt" DESC, i."id" DESC LIMIT 1) AS "invitationId",
        (SELECT i."role"::text FROM "Invitation" i WHERE i."personId" = p."id" AND ${isSeen(reach)}
          ORDER BY i."createdAt" DESC, i."id" DESC LIMIT 1) AS "invitedRole"
      FROM "Person" p
      LEFT JOIN "Department" d ON d."id" = p."departmentId" LEFT JOIN "Location" l ON l."id" = p."locationId"
      WHERE p."id" = ${personId}::uuid AND p."organisationId" = ${organisationId}::uuid AND ${isWithinReachSql(reach)}`,
  )
  if (!row) return undefined
  const { activity, standing, groups, ...card } = row
  return {
    ...{ ...card, ...readStanding(standing), activeBy: whoSaysActive(activity) },
    groups: groups.map((group) => ({ shown: groupName(group), isGone: group.isGone })),
  }
}

/** Whether the invitation "i" is one that the viewer may see. */
function isSeen(reach: Reach): Prisma.Sql {
  if (reach === 'all') return Prisma.sql`true`
  return Prisma.sql`(i."inviterId" = ${reach.sentBy}::uuid OR i."hubId" = ANY(${reach.hubIds}::uuid[])
    OR i."departmentId" = ${reach.departmentId}::uuid)`
}
