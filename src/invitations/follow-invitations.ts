// What a member can see of invitations: one address' story, the counts, the latest; each only within their reach.
import { readSubjectEvents, type ToldEvent } from '../audit/index.ts'
import { type Database, type InvitationStatus, isId, Prisma, type Role, type UserType } from '../database/index.ts'
import { readEmailAddress } from '../people/index.ts'
import { type Viewer, within } from './viewer.ts'

export type InvitationSummary = {
  id: string
  email: string
  hubName: string
  userType: UserType
  role: Role
  status: InvitationStatus
  createdAt: Date
  inviterName: string
}

export type InvitationStory = InvitationSummary & {
  generation: number
  expiresAt: Date | null
  departmentName: string | null
  locationName: string | null
  note: string
  deliveryProblem: string | null
  nextAttemptAt: Date | null
  maybeSentAt: Date | null
  isAddition: boolean
  /** How many more invitations of this person there are, older ones. */
  older: number
  events: ToldEvent[]
}

export type Overview = { counts: Partial<Record<InvitationStatus, number>>; latest: InvitationSummary[] }

const STORY_EVENTS = 30
const LATEST = 10

const SUMMARY = Prisma.sql`
  i."id", i."email", h."name" AS "hubName", i."userType"::text AS "userType", i."role"::text AS "role",
  i."status"::text AS "status", i."createdAt",
  coalesce(nullif(inviter."slackName", ''), nullif(trim(inviter."firstName" || ' ' || inviter."lastName"), ''),
    inviter."email", 'Somebody') AS "inviterName"`

const JOINS = Prisma.sql`
  JOIN "Hub" h ON h."id" = i."hubId"
  JOIN "Person" inviter ON inviter."id" = i."inviterId"`

/** The newest invitation of an address with all that happened to it; undefined when there is none within reach. */
export async function readStory(
  db: Database,
  viewer: Viewer,
  asked: { email: string } | { invitationId: string },
): Promise<InvitationStory | undefined> {
  const wanted = whichInvitation(asked)
  if (!wanted) return undefined
  const [row] = await db.prisma.$queryRaw<Omit<InvitationStory, 'events'>[]>`
    SELECT ${SUMMARY}, i."generation", i."expiresAt", i."note", i."deliveryProblem", i."nextAttemptAt",
      i."maybeSentAt", i."isAddition", d."name" AS "departmentName", l."name" AS "locationName",
      (SELECT count(*)::int FROM "Invitation" o WHERE o."personId" = i."personId" AND o."createdAt" < i."createdAt")
        AS "older"
    FROM "Invitation" i ${JOINS}
    LEFT JOIN "Department" d ON d."id" = i."departmentId"
    LEFT JOIN "Location" l ON l."id" = i."locationId"
    WHERE ${wanted} AND ${within(viewer)}
    ORDER BY i."createdAt" DESC, i."id" DESC LIMIT 1`
  return row ? { ...row, events: await readSubjectEvents(db, row.id, STORY_EVENTS) } : undefined
}

function whichInvitation(asked: { email: string } | { invitationId: string }): Prisma.Sql | undefined {
  if ('invitationId' in asked && !isId(asked.invitationId)) return undefined
  if ('invitationId' in asked) return Prisma.sql`i."id" = ${asked.invitationId}::uuid`
  const address = readEmailAddress(asked.email)
  return address && Prisma.sql`i."personId" IN (SELECT p."id" FROM "Person" p WHERE p."emailKey" = ${address.key})`
}

/** How many invitations stand where, and the latest ten. */
export async function readOverview(db: Database, viewer: Viewer): Promise<Overview> {
  const [counted, latest] = await Promise.all([
    db.prisma.$queryRaw<{ status: InvitationStatus; count: number }[]>`
      SELECT i."status"::text AS "status", count(*)::int AS "count" FROM "Invitation" i
      WHERE ${within(viewer)} GROUP BY i."status"`,
    db.prisma.$queryRaw<InvitationSummary[]>`
      SELECT ${SUMMARY} FROM "Invitation" i ${JOINS}
      WHERE ${within(viewer)} ORDER BY i."createdAt" DESC, i."id" DESC LIMIT ${LATEST}`,
  ])
  return { counts: Object.fromEntries(counted.map(({ status, count }) => [status, count])), latest }
}

/** How many invitations stand where, over all organisations: for the metrics, and answered by an index alone. */
export async function countByStatus(db: Database): Promise<{ status: InvitationStatus; count: number }[]> {
  return db.prisma.$queryRaw`
    SELECT "status"::text AS "status", count(*)::int AS "count" FROM "Invitation" GROUP BY "status"`
}
