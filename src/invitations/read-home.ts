// What the Home tab tells: how far the last thirty days' invitations got, and what went wrong last.
import { type Database, Prisma } from '../database/index.ts'
import { type Viewer, within } from './viewer.ts'

const DAYS = 30
const DAY = 24 * 60 * 60 * 1000
const LAST_ERRORS = 3

export type Funnel = { invited: number; delivered: number; opened: number; joined: number }

export type HomeFigures = {
  funnel: Funnel
  /** From asked to joined, in ms; null while nobody joined. */
  medianTimeToJoin: number | null
  errors: { id: string; email: string; problem: string }[]
}

/** Reads the figures of what a viewer may see. The funnel is of invitations asked for in the last thirty days. */
export async function readHomeFigures(db: Database, viewer: Viewer, now: Date): Promise<HomeFigures> {
  const since = new Date(now.getTime() - DAYS * DAY)
  const [[figures], errors] = await Promise.all([
    db.prisma.$queryRaw<(Funnel & { median: number | null })[]>`
      SELECT count(*)::int AS "invited",
        count(*) FILTER (WHERE (i."sentAt" IS NOT NULL AND i."bouncedAt" IS NULL) OR i."acceptedAt" IS NOT NULL)::int
          AS "delivered",
        count(*) FILTER (WHERE o."openedAt" IS NOT NULL OR i."acceptedAt" IS NOT NULL)::int AS "opened",
        count(i."acceptedAt")::int AS "joined",
        (extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY i."acceptedAt" - i."createdAt")
          FILTER (WHERE i."acceptedAt" > i."createdAt")) * 1000)::float8 AS "median"
      FROM "Invitation" i LEFT JOIN "InvitationOpening" o ON o."invitationId" = i."id"
      WHERE ${within(viewer)} AND i."createdAt" > ${since} AND i."status" NOT IN ('awaiting_approval', 'rejected')`,
    db.prisma.$queryRaw<HomeFigures['errors']>(Prisma.sql`
      SELECT i."id", i."email", coalesce(i."deliveryProblem", '') AS "problem" FROM "Invitation" i
      WHERE ${within(viewer)} AND i."status" = 'error' ORDER BY i."createdAt" DESC LIMIT ${LAST_ERRORS}`),
  ])
  const { median = null, ...funnel } = figures ?? { invited: 0, delivered: 0, opened: 0, joined: 0 }
  return { funnel, medianTimeToJoin: median, errors }
}
