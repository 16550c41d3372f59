// What a member can see of invitations: one address' story, the counts, the latest; each only within their reach.

import { readSubjectEvents, type ToldEvent } from '../audit/index.ts'
import { cleanLine } from '../clean-text.ts'
import {
  type AccountStatus,
  type Database,
  type DeliveryChannel,
  type DeliveryMode,
  type InvitationStatus,
  isId,
  Prisma,
} from '../database/index.ts'
import { readEmailAddress } from '../people/index.ts'
import { type InvitationSummary, SUMMARY_JOINS, summaryFor } from './invitation-summary.ts'
import { INVITATIONS_COUNTED } from './list-invitations.ts'
import { seesPerson, type Viewer, within } from './viewer.ts'

export type InvitationStory = InvitationSummary & {
  /** Whether the viewer may see the person too; else the story tells of the invitation alone. */
  seesPerson: boolean
  /** Null for whoever may not see the person. */
  personId: string | null
  /** Of the person's account; null without one, and for whoever may not see the person. */
  accountStatus: AccountStatus | null
  generation: number
  expiresAt: Date | null
  departmentName: string | null
  locationName: string | null
  note: string
  deliveryProblem: string | null
  nextAttemptAt: Date | null
  maybeSentAt: Date | null
  /** They had an account and were added to the hub at once; only for whoever may see the person. */
  isAddition: boolean
  channel: DeliveryChannel
  mode: DeliveryMode
  /** When the present message was queued; `sentAt` may be that of an earlier one. */
  queuedAt: Date
  sentAt: Date | null
  /** What the other side said when it took the message. */
  answer: string | null
  /** The present message is late: when and why, as a mail server wrote. */
  delayedAt: Date | null
  delayProblem: string | null
  /** A text message arrived. */
  arrivedAt: Date | null
  bouncedAt: Date | null
  openedAt: Date | null
  startedAt: Date | null
  acceptedAt: Date | null
  /** The hub whose message told of this invitation too. */
  carriedByHub: string | null
  /** How many more invitations of this person there are, older ones: those that the viewer may see. */
  older: number
  events: ToldEvent[]
}

export type Overview = { counts: Partial<Record<InvitationStatus, number>>; latest: InvitationSummary[] }

const STORY_EVENTS = 30
const LATEST = 10

type AskedInvitation = { email: string } | { personId: string } | { invitationId: string }

/** The newest invitation of an address or a person with all that happened to it; undefined when there is none within reach. */
export async function readStory(
  db: Database,
  viewer: Viewer,
  asked: AskedInvitation,
): Promise<InvitationStory | undefined> {
  const wanted = whichInvitation(asked)
  if (!wanted) return undefined
  const isSeen = Prisma.sql`seen."person"`
  const [row] = await db.prisma.$queryRaw<Omit<InvitationStory, 'events'>[]>`
    SELECT ${summaryFor(viewer)}, i."generation", i."expiresAt", ${isSeen} AS "seesPerson",
      CASE WHEN ${isSeen} THEN i."personId" END AS "personId",
      CASE WHEN ${isSeen} THEN (SELECT a."status"::text FROM "Account" a WHERE a."personId" = i."personId") END
        AS "accountStatus",
      i."note", i."deliveryProblem", i."nextAttemptAt",
      i."channel"::text AS "channel", i."mode"::text AS "mode", i."queuedAt", i."sentAt", i."bouncedAt", i."acceptedAt",
      looks."openedAt", looks."startedAt", sent."answer", late."at" AS "delayedAt", late."problem" AS "delayProblem",
      (SELECT max(e."at") FROM "AuditEvent" e WHERE e."subjectId" = i."id" AND e."act" = 'invitation.delivered'
        AND e."at" >= i."queuedAt") AS "arrivedAt",
      CASE WHEN ${isSeen} THEN (SELECT ch."name" FROM "Invitation" main JOIN "Hub" ch ON ch."id" = main."hubId"
        WHERE main."id" = i."carriedById") END AS "carriedByHub",
      i."maybeSentAt", (i."isAddition" AND ${isSeen}) AS "isAddition", d."name" AS "departmentName", l."name" AS "locationName",
      (SELECT count(*)::int FROM "Invitation" o
        WHERE o."personId" = i."personId" AND o."createdAt" < i."createdAt" AND (${isSeen} OR EXISTS (
          SELECT 1 FROM "Invitation" i WHERE i."id" = o."id" AND ${within(viewer)}))) AS "older"
    FROM "Invitation" i ${SUMMARY_JOINS}
    LEFT JOIN "Department" d ON d."id" = i."departmentId"
    LEFT JOIN "Location" l ON l."id" = i."locationId"
    LEFT JOIN "InvitationOpening" looks ON looks."invitationId" = i."id"
    CROSS JOIN LATERAL (SELECT ${seesPerson(viewer)} AS "person") seen
    LEFT JOIN LATERAL (SELECT e."after" ->> 'answer' AS "answer" FROM "AuditEvent" e
      WHERE e."subjectId" = CASE WHEN ${isSeen} THEN i."id" ELSE coalesce(i."carriedById", i."id") END
      AND e."act" = 'invitation.sent' AND e."at" >= i."queuedAt" ORDER BY e."at" DESC LIMIT 1) sent ON true
    LEFT JOIN LATERAL (SELECT e."at", e."after" ->> 'problem' AS "problem" FROM "AuditEvent" e
      WHERE e."subjectId" = i."id" AND e."act" = 'invitation.delayed'
      AND (e."after" ->> 'generation')::int = i."generation" ORDER BY e."at" DESC LIMIT 1) late ON true
    WHERE ${wanted} AND ${within(viewer)}
    ORDER BY i."createdAt" DESC, i."id" DESC LIMIT 1`
  return row ? { ...row, events: await readSubjectEvents(db, row.id, STORY_EVENTS) } : undefined
}

/**
 * Which invitations are asked for, as a condition over `i` and `seen`. Whoever may not see the person finds their invitation
 * by what it was sent to: by another address, number or user name of the same person they would learn that it is theirs.
 */
function whichInvitation(asked: AskedInvitation): Prisma.Sql | undefined {
  if ('invitationId' in asked && !isId(asked.invitationId)) return undefined
  if ('invitationId' in asked) return Prisma.sql`i."id" = ${asked.invitationId}::uuid`
  if ('personId' in asked && !isId(asked.personId)) return undefined
  if ('personId' in asked) return Prisma.sql`i."personId" = ${asked.personId}::uuid AND seen."person"`
  const address = readEmailAddress(asked.email)
  if (!address) {
    // Somebody without one goes by their user name or their mobile number; the search knows both, and is quick.
    const name = cleanLine(asked.email).toLowerCase()
    if (name.length < 3) return undefined
    // Signs of LIKE in it find more than is meant, and the whole name is compared after that.
    const pattern = `%${name.replaceAll('\\', '')}%`
    return Prisma.sql`(seen."person" OR lower(i."email") = ${name})
      AND i."personId" IN (SELECT p."id" FROM "PersonSearch" s JOIN "Person" p ON p."id" = s."personId"
        WHERE s."text" LIKE ${pattern} AND (p."userNameKey" = ${name} OR p."mobile" = ${name}))`
  }
  const writings = [address.written, address.deliverable, address.key].map((one) => one.toLowerCase())
  return Prisma.sql`(seen."person" OR lower(i."email") = ANY(${writings}::text[]))
    AND i."personId" IN (SELECT p."id" FROM "Person" p WHERE p."emailKey" = ${address.key})`
}

/** How many invitations stand where, each counted up to INVITATIONS_COUNTED + 1, and the latest ten. */
export async function readOverview(db: Database, viewer: Viewer): Promise<Overview> {
  const [counted, latest] = await Promise.all([
    countEach(db, viewer),
    db.prisma.$queryRaw<InvitationSummary[]>`
      SELECT ${summaryFor(viewer)} FROM "Invitation" i ${SUMMARY_JOINS}
      WHERE ${within(viewer)} ORDER BY i."createdAt" DESC, i."id" DESC LIMIT ${LATEST}`,
  ])
  return { counts: Object.fromEntries(counted.map(({ status, count }) => [status, count])), latest }
}

type StatusCount = { status: InvitationStatus; count: number }

async function countEach(db: Database, viewer: Viewer): Promise<StatusCount[]> {
  if (viewer.reach !== 'all') {
    return db.prisma.$queryRaw<StatusCount[]>`
      SELECT i."status"::text AS "status", least(count(*), ${INVITATIONS_COUNTED + 1}::int)::int AS "count"
      FROM "Invitation" i WHERE ${within(viewer)} GROUP BY i."status"`
  }
  return db.prisma.$queryRaw<StatusCount[]>`
    SELECT each."status"::text AS "status", (SELECT count(*)::int FROM (SELECT 1 FROM "Invitation" i
      WHERE ${within(viewer)} AND i."status" = each."status" LIMIT ${INVITATIONS_COUNTED + 1}) AS counted) AS "count"
    FROM unnest(enum_range(NULL::"InvitationStatus")) AS each("status")`
}

/** How many invitations stand where, over all organisations: for the metrics, and answered by an index alone. */
export async function countByStatus(db: Database): Promise<{ status: InvitationStatus; count: number }[]> {
  return db.prisma.$queryRaw`
    SELECT "status"::text AS "status", count(*)::int AS "count" FROM "Invitation" GROUP BY "status"`
}
