// How far a list got: read again each time it is told, so that what is told is true.
import {
  type Batch,
  type Database,
  type DeliveryChannel,
  type InvitationStatus,
  isId,
  Prisma,
  type RowVerdict,
} from '../../database/index.ts'
import type { RowPerson } from './store.ts'

export type ListProgress = Pick<
  Batch,
  | 'id'
  | 'organisationId'
  | 'inviterId'
  | 'source'
  | 'status'
  | 'sendInvitations'
  | 'fileName'
  | 'good'
  | 'malformed'
  | 'repeated'
  | 'refused'
  | 'invited'
  | 'couldNot'
  | 'added'
  | 'changed'
  | 'unchanged'
  | 'startsAt'
  | 'finishedAt'
  | 'progressChannel'
  | 'progressMessage'
> & {
  inviterSlackId: string | null
  hubName: string
  /** Invitations of the list by status. */
  counts: Partial<Record<InvitationStatus, number>>
  /** Messages that have left, or will not: everything but what waits. */
  handled: number
  /** Messages that have left, and people who are in already. */
  sent: number
  /** Of them, slips: nothing goes out, somebody hands them over. */
  slips: number
}

/** Reads how far a list got; undefined when it is not there. */
export async function readListProgress(db: Database, batchId: string): Promise<ListProgress | undefined> {
  if (!isId(batchId)) return undefined
  const batch = await db.prisma.batch.findUnique({
    where: { id: batchId },
    include: { inviter: { select: { slackUserId: true, isActive: true } } },
  })
  if (!batch) return undefined
  const [counted, hub] = await Promise.all([
    db.prisma.$queryRaw<{ status: InvitationStatus; count: number; unsent: number; sent: number; slips: number }[]>`
      SELECT "status"::text AS "status", count(*)::int AS "count",
        count(*) FILTER (WHERE "status" = 'waiting' OR ("isAddition" AND "status" = 'accepted' AND "sentAt" IS NULL))::int AS "unsent",
        count(*) FILTER (WHERE "status" <> 'error' AND ("sentAt" IS NOT NULL OR "status" = 'accepted'))::int AS "sent",
        count(*) FILTER (WHERE "channel" = 'slip' AND "status" = 'pending')::int AS "slips"
      FROM "Invitation" WHERE "batchId" = ${batchId}::uuid GROUP BY "status"`,
    batch.hubId ? db.prisma.hub.findUnique({ where: { id: batch.hubId }, select: { name: true } }) : null,
  ])
  const { inviter, ...rest } = batch
  return {
    ...rest,
    inviterSlackId: inviter.isActive ? inviter.slackUserId : null,
    hubName: hub?.name ?? '',
    counts: Object.fromEntries(counted.map(({ status, count }) => [status, count])),
    handled: counted.reduce((sum, { count, unsent }) => sum + count - unsent, 0),
    sent: counted.reduce((sum, { sent }) => sum + sent, 0),
    slips: counted.reduce((sum, { slips }) => sum + slips, 0),
  }
}

/** Remembers which message shows the progress, so that the next report changes that one. */
export async function rememberProgressMessage(
  db: Database,
  batchId: string,
  message: { channel: string; ts: string },
): Promise<void> {
  await db.prisma.batch.update({
    where: { id: batchId },
    data: { progressChannel: message.channel, progressMessage: message.ts },
  })
}

/** Ends a list whose messages have all left (or never will): true for the one caller that ended it. */
export async function finishList(db: Database, batchId: string, at: Date): Promise<boolean> {
  const { count } = await db.prisma.batch.updateMany({
    where: { id: batchId, status: 'confirmed' },
    data: { status: 'done', finishedAt: at },
  })
  return count === 1
}

/** One row of a list that was not taken: what stood there, and why not, as a code with what its words need. */
export type ListRow = {
  position: number
  line: number
  written: string
  verdict: RowVerdict
  reason: string
  person: RowPerson
  problem: RowPerson['problem']
}

type ReadBack = Omit<ListRow, 'person' | 'problem'> & { person: Prisma.JsonValue }

/** Rows of a list with one of the verdicts, in its order; at most `limit`. */
export async function readListRows(
  db: Database,
  batchId: string,
  wanted: { verdicts: RowVerdict[]; limit: number },
): Promise<ListRow[]> {
  const rows: ReadBack[] = await db.prisma.batchRow.findMany({
    where: { batchId, verdict: { in: wanted.verdicts } },
    orderBy: { position: 'asc' },
    take: wanted.limit,
    select: { position: true, line: true, written: true, verdict: true, reason: true, person: true },
  })
  return rows.map(listRow)
}

/** Rows whose message could not be delivered, with why in words; at most `limit`. */
export async function readUndelivered(db: Database, batchId: string, limit: number): Promise<ListRow[]> {
  const rows = await db.prisma.$queryRaw<ReadBack[]>`
    SELECT r."position", r."line", r."written", 'invited' AS "verdict", r."person",
      coalesce(i."deliveryProblem", '') AS "reason"
    FROM "Invitation" i JOIN "Person" p ON p."id" = i."personId"
    JOIN "BatchRow" r ON r."batchId" = i."batchId" AND r."verdict" = 'good'
      AND r."emailKey" = ANY(ARRAY[p."emailKey", 'user ' || p."userNameKey", 'mobile ' || p."mobile"])
    WHERE i."batchId" = ${batchId}::uuid AND i."status" = 'error'
    ORDER BY r."position" LIMIT ${limit}`
  return rows.map(listRow)
}

function listRow({ person, ...row }: ReadBack): ListRow {
  // Written by insertRows alone, as one.
  const read = person as RowPerson
  return { ...row, person: read, problem: read.problem }
}

/** A draft with all that its form held, for its maker alone. */
export async function readDraft(
  db: Database,
  asked: { batchId: string; organisationId: string; inviterId: string },
): Promise<Batch | undefined> {
  if (!isId(asked.batchId)) return undefined
  const { batchId: id, organisationId, inviterId } = asked
  return (await db.prisma.batch.findUnique({ where: { id, organisationId, inviterId } })) ?? undefined
}

/** How many people get their message by each channel; `untexted`: how many get a slip although they have a mobile number. */
export type Ways = Record<DeliveryChannel | 'untexted', number>

/** How the messages of a draft go out. */
export async function countWays(db: Database, batchId: string): Promise<Ways> {
  const counted = await db.prisma.$queryRaw<{ channel: DeliveryChannel; count: number; mobiles: number }[]>`
    SELECT coalesce("person"->>'channel', 'email') AS "channel", count(*)::int AS "count",
        count("person"->>'mobile')::int AS "mobiles" FROM "BatchRow"
    WHERE "batchId" = ${batchId}::uuid AND "verdict" = 'good' AND "person"->'active' IS DISTINCT FROM 'false'
    GROUP BY 1`
  const untexted = counted.find(({ channel }) => channel === 'slip')?.mobiles ?? 0
  const by = Object.fromEntries(counted.map(({ channel, count }) => [channel, count]))
  return { email: 0, sms: 0, slip: 0, ...by, untexted }
}

/** How many of a draft's people are known already, and how many it says are not active. */
export async function weighImport(db: Database, batchId: string): Promise<{ known: number; inactive: number }> {
  const [row] = await db.prisma.$queryRaw<{ known: number; inactive: number }[]>`
    SELECT count(p."id")::int + (count(*) FILTER (WHERE r."emailKey" LIKE 'user %' AND EXISTS (SELECT 1 FROM "Person" u
        WHERE u."organisationId" = b."organisationId" AND u."email" IS NULL
          AND u."userNameKey" = substr(r."emailKey", 6))))::int AS "known", (count(*) FILTER (WHERE r."person"->'active' = 'false'))::int AS "inactive"
    FROM "BatchRow" r JOIN "Batch" b ON b."id" = r."batchId"
    LEFT JOIN "Person" p ON p."organisationId" = b."organisationId" AND p."emailKey" = r."emailKey"
    WHERE r."batchId" = ${batchId}::uuid AND r."verdict" = 'good'`
  return row ?? { known: 0, inactive: 0 }
}

/** Forgets drafts that were never sent; their rows go with them. Gives how many. */
export async function forgetDrafts(db: Database, before: Date): Promise<number> {
  return db.prisma.$executeRaw(Prisma.sql`DELETE FROM "Batch" WHERE "status" = 'draft' AND "createdAt" < ${before}`)
}
