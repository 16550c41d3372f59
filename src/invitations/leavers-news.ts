// What Corporate Admins are told of people who left: one message for all who left within a minute of each other.
import type { Collaborators } from '../collaborators.ts'
import { type Database, inTransaction, Prisma, type Transaction, type UserType } from '../database/index.ts'
import { nameOfLink } from './links/store.ts'

/** After one message the next waits so long, in ms, and takes everybody who left meanwhile. */
const ONCE_IN = 60_000
/** A message of some hundred people at once is still one message. */
const MOST_AT_ONCE = 5_000
const KEPT = 24 * 60 * 60 * 1000
const NAMES = 3

export type LeaversNews = {
  id: string
  organisationId: string
  /** The first names by name, and how many people there are in all. */
  people: { id: string; name: string }[]
  count: number
  /** What they had sent and is open still. */
  invitations: number
  /** Registration links of theirs that were turned off. */
  links: string[]
  /** Who has the message already. */
  toldTo: string[]
}

/**
 * Takes up news: with everything else that has come up since. Undefined when there is nothing to tell (any more), or it
 * was told with others; `waitSeconds` when there was a message a moment ago. Safe to run again: news that were taken up
 * and not finished go on.
 */
export async function takeUpLeaversNews(
  c: Pick<Collaborators, 'db' | 'now'>,
  newsId: string,
): Promise<LeaversNews | { waitSeconds: number } | undefined> {
  return inTransaction(c.db, async (tx) => {
    const known = await tx.leaverNews.findUnique({ where: { id: newsId } })
    if (!known) return undefined
    const { organisationId } = known
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`leavers ${organisationId}`}, 0))::text`
    const news = await tx.leaverNews.findUniqueOrThrow({ where: { id: newsId } })
    if (news.doneAt !== null || news.partOfId !== null) return undefined
    const at = c.now()
    if (news.startedAt === null) {
      const waitSeconds = await secondsToWait(tx, organisationId, at)
      if (waitSeconds > 0) return { waitSeconds }
      await start(tx, { id: newsId, organisationId, at })
    }
    const described = await describe(tx, { id: newsId, organisationId, toldTo: news.toldTo })
    if (!described) await tx.leaverNews.update({ where: { id: newsId }, data: { doneAt: at } })
    return described
  })
}

async function secondsToWait(tx: Transaction, organisationId: string, at: Date): Promise<number> {
  const last = await tx.leaverNews.findFirst({
    where: { organisationId, startedAt: { gt: new Date(at.getTime() - ONCE_IN) } },
    orderBy: { startedAt: 'desc' },
    select: { startedAt: true },
  })
  return last?.startedAt ? Math.ceil((last.startedAt.getTime() + ONCE_IN - at.getTime()) / 1000) : 0
}

async function start(
  tx: Transaction,
  { id, organisationId, at }: { id: string; organisationId: string; at: Date },
): Promise<void> {
  // What was told is of no use after a while, and what was told with it neither.
  const old = await tx.leaverNews.findMany({
    where: { organisationId, startedAt: { lt: new Date(at.getTime() - KEPT) }, doneAt: { not: null } },
    select: { id: true },
    take: 100,
  })
  const ids = old.map((one) => one.id)
  await tx.leaverNews.deleteMany({ where: { OR: [{ id: { in: ids } }, { partOfId: { in: ids } }] } })
  await tx.leaverNews.update({ where: { id }, data: { startedAt: at } })
  await tx.$executeRaw`
    UPDATE "LeaverNews" SET "partOfId" = ${id}::uuid WHERE "id" IN (
      SELECT "id" FROM "LeaverNews" WHERE "organisationId" = ${organisationId}::uuid AND "startedAt" IS NULL
        AND "partOfId" IS NULL AND "id" <> ${id}::uuid ORDER BY "createdAt" LIMIT ${MOST_AT_ONCE})`
}

type Described = {
  people: { id: string; name: string }[]
  count: number
  invitations: number
  links: { hubName: string; userType: UserType }[]
}

/** As it is at this moment: who came back is not spoken of, and what was revoked is not counted. */
async function describe(
  tx: Transaction,
  { id, organisationId, toldTo }: Pick<LeaversNews, 'id' | 'organisationId' | 'toldTo'>,
): Promise<LeaversNews | undefined> {
  const [found] = await tx.$queryRaw<Described[]>(Prisma.sql`
    WITH news AS (
      SELECT "personIds", "linkIds" FROM "LeaverNews" WHERE "id" = ${id}::uuid OR "partOfId" = ${id}::uuid
    ), links AS (
      SELECT l."ownerId", h."name" AS "hubName", l."userType" FROM "RegistrationLink" l JOIN "Hub" h ON h."id" = l."hubId"
      WHERE l."id" IN (SELECT unnest("linkIds") FROM news) AND NOT l."isOn"
    ), leavers AS (
      SELECT p."id", coalesce(nullif(p."slackName", ''), nullif(trim(p."firstName" || ' ' || p."lastName"), ''),
          p."email", p."userName", 'Somebody') AS "name",
        (SELECT count(*)::int FROM "Invitation" i WHERE i."inviterId" = p."id" AND i."status" IN ('waiting', 'pending'))
          AS "open"
      FROM "Person" p WHERE NOT p."isActive" AND p."id" IN (SELECT unnest("personIds") FROM news)
    ), told AS (
      SELECT * FROM leavers WHERE "open" > 0 OR "id" IN (SELECT "ownerId" FROM links)
    )
    SELECT (SELECT count(*)::int FROM told) AS "count",
      (SELECT coalesce(sum("open"), 0)::int FROM told) AS "invitations",
      coalesce((SELECT jsonb_agg(jsonb_build_object('id', "id", 'name', "name")) FROM (SELECT "id", "name" FROM told
        ORDER BY "open" DESC, "name", "id" LIMIT ${NAMES}) AS first), '[]'::jsonb) AS "people",
      coalesce((SELECT jsonb_agg(jsonb_build_object('hubName', "hubName", 'userType', "userType") ORDER BY "hubName")
        FROM links WHERE "ownerId" IN (SELECT "id" FROM told)), '[]'::jsonb) AS "links"`)
  if (!found || found.count === 0) return undefined
  return { ...found, id, organisationId, toldTo, links: found.links.map(nameOfLink) }
}

/** Notes that somebody, or a channel, has the message. */
export async function noteLeaversTold(db: Database, newsId: string, sentTo: string): Promise<void> {
  await db.prisma.$executeRaw`UPDATE "LeaverNews" SET "toldTo" = array_append("toldTo", ${sentTo})
    WHERE "id" = ${newsId}::uuid AND NOT (${sentTo} = ANY("toldTo"))`
}

/** Everybody has it. */
export async function finishLeaversNews(c: Pick<Collaborators, 'db' | 'now'>, newsId: string): Promise<void> {
  await c.db.prisma.leaverNews.updateMany({ where: { id: newsId, doneAt: null }, data: { doneAt: c.now() } })
}
