// What a minute brought past the first five news of a place, to be told as one message.
import type { Collaborators, News } from '../../collaborators.ts'
import { type Database, inSqlTransaction, isId, Prisma } from '../../database/index.ts'
import { Refusal } from '../../refusal.ts'
import { seenBy } from '../load-notice.ts'
import { lockPlace } from './place-notice.ts'

/** Names in a summary; the others are counted. */
export const NAMES_SHOWN = 5

export type Gathering = {
  id: string
  organisationId: string
  to: 'channel' | 'inviter'
  /** The inviter; null for the channel. */
  inviterId: string | null
  /** The channel, or the inviter in Slack; null where nobody hears of it any more. */
  slackId: string | null
  isTold: boolean
  /** Of each kind how many, and the first few people or addresses. */
  told: { news: News; count: number; names: string[] }[]
  /** Where there is but one: it is told like any other. */
  only: { invitationId: string; news: News } | null
}

/** Lets nothing more come to a gathering, and gives it; undefined for one that is not there. */
export async function closeGathering(
  c: Pick<Collaborators, 'db' | 'now'>,
  gatheringId: string,
): Promise<Gathering | undefined> {
  const row = await c.db.prisma.noticeGathering.findUnique({ where: { id: gatheringId } })
  if (!row) return undefined
  await inSqlTransaction(c.db, async (tx) => {
    await lockPlace(tx, row)
    await tx.$executeRaw`UPDATE "NoticeGathering" SET "closedAt" = ${c.now()}::timestamptz
      WHERE "id" = ${gatheringId}::uuid AND "closedAt" IS NULL`
  })
  return readGathering(c.db, { gatheringId, organisationId: row.organisationId })
}

/** Reads a gathering of an organisation. Throws Refusal `news_unknown` for one that was forgotten, or never was. */
export async function readGathering(
  db: Database,
  asked: { gatheringId: string; organisationId: string },
): Promise<Gathering> {
  if (!isId(asked.gatheringId)) throw new Refusal('news_unknown')
  const where = { id: asked.gatheringId, organisationId: asked.organisationId }
  const row = await db.prisma.noticeGathering.findUnique({ where })
  if (!row) throw new Refusal('news_unknown')
  const { id, organisationId, place } = row
  const to = place === 'channel' ? 'channel' : 'inviter'
  // The channel is the organisation's; an inviter hears names of people whom they may see.
  const isNamed = to === 'channel' ? Prisma.sql`true` : await seenBy(db, { organisationId, inviterId: place })
  const told = await db.prisma.$queryRaw<Gathering['told']>`
    WITH kinds AS (SELECT "news", count(*)::int AS "count" FROM "GatheredNotice" WHERE "gatheringId" = ${id}::uuid GROUP BY "news")
    SELECT k."news", k."count", ARRAY(
      SELECT CASE WHEN k."news" = 'accepted' AND (${isNamed}) THEN coalesce(nullif(trim(p."firstName" || ' ' || p."lastName"), ''), i."email")
        ELSE i."email" END
      FROM (SELECT "id", "invitationId" FROM "GatheredNotice" WHERE "gatheringId" = ${id}::uuid AND "news" = k."news"
        ORDER BY "id" LIMIT ${NAMES_SHOWN}) g
      JOIN "Invitation" i ON i."id" = g."invitationId" JOIN "Person" p ON p."id" = i."personId" ORDER BY g."id") AS "names"
    FROM kinds k`
  const isOne = told.length === 1 && told[0]?.count === 1
  const [only] = isOne ? await db.prisma.gatheredNotice.findMany({ where: { gatheringId: id }, take: 1 }) : []
  const [first] = told
  return {
    id,
    organisationId,
    to,
    inviterId: to === 'inviter' ? place : null,
    slackId: await slackIdOf(db, { organisationId, inviterId: to === 'inviter' ? place : null }),
    isTold: row.toldAt !== null,
    told,
    only: only && first ? { invitationId: only.invitationId, news: first.news } : null,
  }
}

async function slackIdOf(
  db: Database,
  { organisationId, inviterId }: { organisationId: string; inviterId: string | null },
): Promise<string | null> {
  if (inviterId === null) {
    const organisation = await db.prisma.organisation.findUnique({ where: { id: organisationId } })
    return organisation?.notificationChannelId ?? null
  }
  const inviter = await db.prisma.person.findUnique({ where: { id: inviterId, organisationId } })
  return inviter?.isActive ? inviter.slackUserId : null
}

/** Notes that a gathering was told: whoever comes after does not tell it again. */
export async function recordGatheringTold(c: Pick<Collaborators, 'db' | 'now'>, gatheringId: string): Promise<void> {
  await c.db.prisma.noticeGathering.updateMany({ where: { id: gatheringId, toldAt: null }, data: { toldAt: c.now() } })
}
