// One piece of news for one place (the organisation's channel, or an inviter's direct messages): told by itself, or, past
// the first five of a minute, gathered with what follows and told as one message at the end of that minute. Counted in
// the database, so that two instances count as one.
import type { Collaborators, News } from '../../collaborators.ts'
import { inSqlTransaction, newId, type SqlTransaction } from '../../database/index.ts'
import type { Notice } from '../load-notice.ts'

/** News that a place is told one by one in any minute. */
export const NOTICES_AT_ONCE = 5
const MINUTE = 60 * 1000
const DAY = 24 * 60 * MINUTE
/** A gathering that is open for so long has lost its follow-up (the queue forgets what nobody took for a week). */
const LOST_AFTER = 10 * MINUTE
const GATHERINGS_KEPT = 30 * DAY

/** `noticeId`: the same twice is the same notice. */
export type PlacedNotice = {
  noticeId: string
  organisationId: string
  place: string
  invitationId: string
  news: News
}

/** Where a notice is told on one side; undefined where that side does not hear of it. */
export function placeIn(notice: Notice, to: 'channel' | 'inviter'): string | undefined {
  if (to === 'inviter') return notice.inviterSlackId === null ? undefined : notice.inviterId
  // Who asks again is the inviter's to answer; only where there is none any more does the channel hear of it.
  const isOwn = notice.news === 'asked_again' || notice.news === 'moved'
  const isForInviter = isOwn && notice.inviterSlackId !== null
  return notice.channelId === null || isForInviter ? undefined : 'channel'
}

/** Whether a notice is to be told now; one that is `gathered` is told with others, by a follow-up that is queued here. */
export async function placeNotice(
  c: Pick<Collaborators, 'db' | 'now' | 'followUp'>,
  notice: PlacedNotice,
  atOnce = NOTICES_AT_ONCE,
): Promise<'tell' | 'gathered'> {
  return inSqlTransaction(c.db, async (tx) => {
    await lockPlace(tx, notice)
    const found = await readPlace(tx, notice, { now: c.now(), atOnce })
    if (found.isTold) return 'tell'
    if (found.isGathered) return 'gathered'
    if (found.openId === null && found.recent.length < atOnce) {
      await tx.$executeRaw`INSERT INTO "ToldNotice" ("id", "organisationId", "place", "at")
        VALUES (${notice.noticeId}::uuid, ${notice.organisationId}::uuid, ${notice.place}, ${c.now()}::timestamptz)`
      return 'tell'
    }
    const gatheringId = found.openId ?? (await openGathering(tx, c, { ...notice, oldest: found.recent.at(-1) }))
    if (found.openedAt && c.now().getTime() > found.openedAt.getTime() + LOST_AFTER) {
      await askAgain(tx, c, gatheringId)
    }
    await tx.$executeRaw`INSERT INTO "GatheredNotice" ("id", "gatheringId", "invitationId", "news")
      VALUES (${notice.noticeId}::uuid, ${gatheringId}::uuid, ${notice.invitationId}::uuid, ${notice.news})`
    return 'gathered'
  })
}

type Place = Pick<PlacedNotice, 'organisationId' | 'place'>

/** Two news for one place are counted one after the other, until the first is committed. */
export async function lockPlace(tx: SqlTransaction, { organisationId, place }: Place): Promise<void> {
  const key = `news for ${organisationId} ${place}`
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${key}, 0))::text`
}

type Found = { isTold: boolean; isGathered: boolean; openId: string | null; openedAt: Date | null; recent: Date[] }

async function readPlace(
  tx: SqlTransaction,
  { noticeId, organisationId, place }: PlacedNotice,
  { now, atOnce }: { now: Date; atOnce: number },
): Promise<Found> {
  const minuteAgo = new Date(now.getTime() - MINUTE)
  const [found] = await tx.$queryRaw<Found[]>`
    SELECT EXISTS (SELECT 1 FROM "ToldNotice" WHERE "id" = ${noticeId}::uuid) AS "isTold",
      EXISTS (SELECT 1 FROM "GatheredNotice" WHERE "id" = ${noticeId}::uuid) AS "isGathered",
      g."id" AS "openId", g."openedAt",
      ARRAY(SELECT "at" FROM "ToldNotice" WHERE "organisationId" = ${organisationId}::uuid AND "place" = ${place}
        AND "at" > ${minuteAgo}::timestamptz ORDER BY "at" DESC LIMIT ${atOnce}) AS "recent"
    FROM (SELECT 1 AS "one") one LEFT JOIN "NoticeGathering" g ON g."organisationId" = ${organisationId}::uuid
      AND g."place" = ${place} AND g."closedAt" IS NULL`
  if (!found) throw new Error('a place for news was not read')
  return found
}

async function openGathering(
  tx: SqlTransaction,
  c: Pick<Collaborators, 'now' | 'followUp'>,
  { organisationId, place, oldest }: Place & { oldest: Date | undefined },
): Promise<string> {
  const now = c.now().getTime()
  const id = newId()
  await tx.$executeRaw`INSERT INTO "NoticeGathering" ("id", "organisationId", "place", "openedAt")
    VALUES (${id}::uuid, ${organisationId}::uuid, ${place}, ${new Date(now)}::timestamptz)`
  // Where the clock was set back, the oldest may lie ahead.
  const notBefore = new Date(Math.min((oldest?.getTime() ?? now) + MINUTE, now + MINUTE))
  await c.followUp(tx, [{ kind: 'tell', what: 'notices', id, notBefore }])
  return id
}

async function askAgain(tx: SqlTransaction, c: Pick<Collaborators, 'now' | 'followUp'>, id: string): Promise<void> {
  await tx.$executeRaw`UPDATE "NoticeGathering" SET "openedAt" = ${c.now()}::timestamptz WHERE "id" = ${id}::uuid`
  await c.followUp(tx, [{ kind: 'tell', what: 'notices', id }])
}

/** Forgets what nothing asks about any more. */
export async function forgetNotices(db: Collaborators['db'], now: Date): Promise<void> {
  await db.prisma.toldNotice.deleteMany({ where: { at: { lt: new Date(now.getTime() - DAY) } } })
  const before = new Date(now.getTime() - GATHERINGS_KEPT)
  await db.prisma.noticeGathering.deleteMany({ where: { openedAt: { lt: before }, closedAt: { not: null } } })
}
