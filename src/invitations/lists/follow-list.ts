// How far a list got: read again each time it is told, so that what is told is true.
import {
  type Batch,
  type Database,
  type InvitationStatus,
  isId,
  Prisma,
  type RowVerdict,
} from '../../database/index.ts'

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
    db.prisma.$queryRaw<{ status: InvitationStatus; count: number; unsent: number }[]>`
      SELECT "status"::text AS "status", count(*)::int AS "count",
        count(*) FILTER (WHERE "status" = 'waiting' OR ("isAddition" AND "sentAt" IS NULL))::int AS "unsent"
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

export type ListRow = { line: number; written: string; verdict: RowVerdict; reason: string }

/** Rows of a list with one of the verdicts, in its order; at most `limit`, those after `after` (a position). */
export async function readListRows(
  db: Database,
  batchId: string,
  wanted: { verdicts: RowVerdict[]; limit: number; after?: number },
): Promise<(ListRow & { position: number; person: Prisma.JsonValue })[]> {
  return db.prisma.batchRow.findMany({
    where: { batchId, verdict: { in: wanted.verdicts }, position: { gt: wanted.after ?? 0 } },
    orderBy: { position: 'asc' },
    take: wanted.limit,
    select: { position: true, line: true, written: true, verdict: true, reason: true, person: true },
  })
}

/** Rows whose message could not be delivered, with why in words; at most `limit`. */
export async function readUndelivered(
  db: Database,
  batchId: string,
  limit: number,
): Promise<(ListRow & { position: number; person: Prisma.JsonValue })[]> {
  return db.prisma.$queryRaw`
    SELECT r."position", r."line", r."written", r."verdict"::text AS "verdict", r."person",
      coalesce(i."deliveryProblem", '') AS "reason"
    FROM "BatchRow" r JOIN "Invitation" i ON i."id" = r."invitationId"
    WHERE r."batchId" = ${batchId}::uuid AND r."verdict" = 'invited' AND i."status" = 'error'
    ORDER BY r."position" LIMIT ${limit}`
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

/** How many of a draft's people are known already. */
export async function countKnown(db: Database, batchId: string): Promise<number> {
  const [row] = await db.prisma.$queryRaw<{ known: number }[]>`
    SELECT count(*)::int AS "known" FROM "BatchRow" r JOIN "Batch" b ON b."id" = r."batchId"
    JOIN "Person" p ON p."organisationId" = b."organisationId" AND p."emailKey" = r."emailKey"
    WHERE r."batchId" = ${batchId}::uuid AND r."verdict" = 'good'`
  return row?.known ?? 0
}

/** Forgets drafts that were never sent; their rows go with them. Gives how many. */
export async function forgetDrafts(db: Database, before: Date): Promise<number> {
  return db.prisma.$executeRaw(Prisma.sql`DELETE FROM "Batch" WHERE "status" = 'draft' AND "createdAt" < ${before}`)
}
