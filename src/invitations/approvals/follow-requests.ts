// What those who decide see of requests, and whom a request has to reach.
import {
  type Database,
  isId,
  Prisma,
  type RequestStatus,
  type Role,
  type RowVerdict,
  type UserType,
} from '../../database/index.ts'
import { type KnownMember, mayDecide, type Organisation } from '../../organisation/index.ts'
import { Refusal } from '../../refusal.ts'

/** A request with all that is asked for. */
export type RequestDetails = {
  id: string
  status: RequestStatus
  createdAt: Date
  lapsesAt: Date
  requesterId: string
  requesterName: string
  requesterSlackId: string | null
  invitationId: string | null
  batchId: string | null
  /** The address; of a list its file's name, or ''. */
  name: string
  /** How many people a list has. */
  people: number
  hubId: string
  hubName: string
  userType: UserType | null
  role: Role | null
  departmentId: string | null
  departmentName: string | null
  locationName: string | null
  note: string
  decidedByName: string | null
  answer: string
  /** The invitee asked for themselves, by a registration link of the requester's. */
  isByLink: boolean
}

const DETAILS = Prisma.sql`
  SELECT r."id", r."status"::text AS "status", r."createdAt", r."lapsesAt", r."requesterId", r."invitationId",
    r."batchId", r."answer",
    coalesce(nullif(q."slackName", ''), nullif(trim(q."firstName" || ' ' || q."lastName"), ''), q."email", 'Somebody')
      AS "requesterName", i."registrationLinkId" IS NOT NULL AS "isByLink", CASE WHEN q."isActive" THEN q."slackUserId" END AS "requesterSlackId",
    coalesce(i."email", b."fileName", '') AS "name", coalesce(b."good", 1) AS "people",
    coalesce(i."hubId", b."hubId") AS "hubId", h."name" AS "hubName",
    coalesce(i."userType", b."userType")::text AS "userType", coalesce(i."role", b."role")::text AS "role",
    coalesce(i."departmentId", b."departmentId") AS "departmentId", d."name" AS "departmentName",
    l."name" AS "locationName", coalesce(i."note", b."note", '') AS "note",
    coalesce(nullif(a."slackName", ''), nullif(trim(a."firstName" || ' ' || a."lastName"), ''), a."email")
      AS "decidedByName"
  FROM "ApprovalRequest" r
  JOIN "Person" q ON q."id" = r."requesterId"
  LEFT JOIN "Person" a ON a."id" = r."decidedById"
  LEFT JOIN "Invitation" i ON i."id" = r."invitationId"
  LEFT JOIN "Batch" b ON b."id" = r."batchId"
  JOIN "Hub" h ON h."id" = coalesce(i."hubId", b."hubId")
  LEFT JOIN "Department" d ON d."id" = coalesce(i."departmentId", b."departmentId")
  LEFT JOIN "Location" l ON l."id" = coalesce(i."locationId", b."locationId")`

/** One request; undefined when it is not there. */
export async function readRequest(
  db: Database,
  asked: { requestId: string; organisationId?: string },
): Promise<(RequestDetails & { organisationId: string }) | undefined> {
  if (!isId(asked.requestId)) return undefined
  const known = await db.prisma.approvalRequest.findUnique({
    where: { id: asked.requestId, ...(asked.organisationId ? { organisationId: asked.organisationId } : {}) },
    select: { organisationId: true },
  })
  if (!known) return undefined
  const [row] = await db.prisma.$queryRaw<RequestDetails[]>`${DETAILS} WHERE r."id" = ${asked.requestId}::uuid`
  return row && { ...row, ...known }
}

/**
 * The open requests that wait for a member's decision, oldest first: never their own. At most `limit`, those after the
 * first `skip`; and how many there are in all.
 */
export async function listRequests(
  db: Database,
  { member, organisation }: { member: KnownMember; organisation: Organisation },
  { limit, skip = 0 }: { limit: number; skip?: number },
): Promise<{ requests: RequestDetails[]; total: number }> {
  const mine = decidedBy(member, organisation)
  if (!mine) return { requests: [], total: 0 }
  const open = Prisma.sql`r."organisationId" = ${organisation.id}::uuid AND r."status" = 'open'
    AND r."requesterId" <> ${member.id}::uuid AND ${mine}`
  const [requests, [counted]] = await Promise.all([
    db.prisma.$queryRaw<RequestDetails[]>`${DETAILS} WHERE ${open}
      ORDER BY r."createdAt", r."id" LIMIT ${limit} OFFSET ${skip}`,
    db.prisma.$queryRaw<{ total: number }[]>`SELECT count(*)::int AS "total" FROM "ApprovalRequest" r WHERE ${open}`,
  ])
  return { requests, total: counted?.total ?? 0 }
}

/** `mayDecide` as a condition, for lists. */
function decidedBy(member: KnownMember, organisation: Organisation): Prisma.Sql | undefined {
  const everywhere = { hubId: '', departmentId: null }
  if (mayDecide({ ...member, memberships: [], departmentId: null }, organisation, everywhere)) return Prisma.sql`true`
  const hubIds = member.memberships.filter(({ hubId }) => mayDecide(member, organisation, { ...everywhere, hubId }))
  const departments =
    member.departmentId && mayDecide(member, organisation, { hubId: '', departmentId: member.departmentId })
      ? [member.departmentId]
      : []
  if (hubIds.length === 0 && departments.length === 0) return undefined
  return Prisma.sql`(r."hubId" = ANY(${hubIds.map(({ hubId }) => hubId)}::uuid[])
    OR r."departmentId" = ANY(${departments}::uuid[]))`
}

/**
 * One request, for somebody who may decide on it. Throws Refusal `request_unknown`, `request_own` and `may_not_decide`.
 */
export async function readRequestToDecide(
  db: Database,
  { member, organisation }: { member: KnownMember; organisation: Organisation },
  requestId: string,
): Promise<RequestDetails> {
  const request = await readRequest(db, { requestId, organisationId: organisation.id })
  if (!request) throw new Refusal('request_unknown')
  if (request.requesterId === member.id) throw new Refusal('request_own')
  if (!mayDecide(member, organisation, request)) throw new Refusal('may_not_decide')
  return request
}

/**
 * Whether the approvals channel takes messages, as far as is known: of the newest request since it was chosen, the
 * channel has a copy.
 */
export async function approvalsChannelIsOpen(db: Database, organisation: Organisation): Promise<boolean> {
  if (!organisation.approvalsChannelId) return true
  const [row] = await db.prisma.$queryRaw<{ isOpen: boolean }[]>`
    SELECT EXISTS (SELECT 1 FROM "RequestMessage" m
      WHERE m."requestId" = r."id" AND m."sentTo" = ${organisation.approvalsChannelId}) AS "isOpen"
    FROM "ApprovalRequest" r
    WHERE r."organisationId" = ${organisation.id}::uuid
      AND EXISTS (SELECT 1 FROM "RequestMessage" m WHERE m."requestId" = r."id")
      AND r."createdAt" > coalesce((SELECT max(e."at") FROM "AuditEvent" e WHERE e."subjectId" = ${organisation.id}::uuid
        AND e."act" = 'settings.changed' AND e."after" ->> 'approvalsChannelId' = ${organisation.approvalsChannelId}),
        '-infinity')
    ORDER BY r."createdAt" DESC, r."id" DESC LIMIT 1`
  return row?.isOpen ?? true
}

/** Whom a request has to reach in Slack. */
export type Audience = { channelId: string | null; slackUserIds: string[] }

/** More approvers than this are not written to one by one: the channel is there for that. */
const MOST_APPROVERS = 50

/**
 * Who is asked: first the approvals channel, or the Hub Admins of the hub and the Quality and HR Admins of the
 * department; where there is nobody, and after the organisation's hours (`more`), the Corporate Admins. Never the
 * requester, and nobody who left.
 */
export async function findApprovers(
  db: Database,
  request: { organisationId: string; requesterId: string; hubId: string; departmentId: string | null },
  more: boolean,
): Promise<Audience> {
  const organisation = await db.prisma.organisation.findUniqueOrThrow({ where: { id: request.organisationId } })
  const own = await near(db, request)
  if (!more && organisation.approvalsChannelId) return { channelId: organisation.approvalsChannelId, slackUserIds: [] }
  if (!more && own.length > 0) return { channelId: null, slackUserIds: own }
  const corporate = await db.prisma.person.findMany({
    where: {
      organisationId: request.organisationId,
      isActive: true,
      isWorkspaceGuest: false,
      slackUserId: { not: null },
      id: { not: request.requesterId },
      OR: [{ role: 'corporate_admin' }, ...(organisation.workspaceAdminsMayDoAll ? [{ isWorkspaceAdmin: true }] : [])],
    },
    select: { slackUserId: true },
    orderBy: { createdAt: 'asc' },
    take: MOST_APPROVERS,
  })
  const ids = [...own, ...corporate.flatMap(({ slackUserId }) => slackUserId ?? [])]
  return { channelId: null, slackUserIds: [...new Set(ids)].slice(0, MOST_APPROVERS) }
}

async function near(
  db: Database,
  request: { organisationId: string; requesterId: string; hubId: string; departmentId: string | null },
): Promise<string[]> {
  const people = await db.prisma.$queryRaw<{ slackUserId: string }[]>`
    SELECT p."slackUserId" FROM "Person" p
    WHERE p."organisationId" = ${request.organisationId}::uuid AND p."isActive" AND NOT p."isWorkspaceGuest"
      AND p."slackUserId" IS NOT NULL AND p."id" <> ${request.requesterId}::uuid
      AND (EXISTS (SELECT 1 FROM "HubMembership" m WHERE m."personId" = p."id" AND m."hubId" = ${request.hubId}::uuid
          AND m."userType" = 'hub_admin')
        OR (p."role" IN ('quality_admin', 'hr_admin') AND p."departmentId" = ${request.departmentId}::uuid))
    ORDER BY p."createdAt" LIMIT ${MOST_APPROVERS}`
  return people.map(({ slackUserId }) => slackUserId)
}

export type RequestCopy = { channel: string; message: string; sentTo: string }

/** Every copy of a request that stands in Slack. */
export async function readCopies(db: Database, requestId: string): Promise<RequestCopy[]> {
  return db.prisma.requestMessage.findMany({
    where: { requestId },
    select: { channel: true, message: true, sentTo: true },
  })
}

/** Remembers a copy, so that it can say later who decided. */
export async function rememberCopy(db: Database, requestId: string, copy: RequestCopy): Promise<void> {
  await db.prisma.requestMessage.createMany({ data: [{ requestId, ...copy }], skipDuplicates: true })
}

/** People of a requested list, by address, for leaving some out; at most a hundred. */
export async function searchListPeople(
  db: Database,
  batchId: string,
  typed: string,
): Promise<{ emailKey: string; written: string; verdict: RowVerdict }[]> {
  if (!isId(batchId)) return []
  const rows = await db.prisma.batchRow.findMany({
    where: { batchId, verdict: 'good', written: { contains: typed, mode: 'insensitive' } },
    orderBy: { position: 'asc' },
    take: 100,
    select: { emailKey: true, written: true, verdict: true },
  })
  return rows.map(({ emailKey, written, verdict }) => ({ emailKey: emailKey ?? '', written, verdict }))
}
