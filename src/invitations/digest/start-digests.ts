// The clock's side of the weekly digest: every Monday at nine, where the organisation is, each inviter who has open or
// expired invitations is told once. Claimed in the database: however many instances, and however often this runs.
import type { Collaborators } from '../../collaborators.ts'
import { type Database, inTransaction, Prisma } from '../../database/index.ts'
import { type DigestWeek, digestWeekOf } from './digest-week.ts'
import { expiredLately, IS_OPEN, WITH_PERSON_AND_HUB } from './unanswered.ts'

type Clock = Pick<Collaborators, 'db' | 'now' | 'followUp'>

const BATCH = 500
/** Once a week a statement may read all that some inviters ever sent. */
const LONG = { timeoutMs: 60_000 }
const KEPT = 60 * 24 * 60 * 60 * 1000

/** Begins the digests that are due, and queues those that are not queued yet; gives how many were queued. */
export async function startDigests(c: Clock): Promise<number> {
  for (let after: string | undefined; ; ) {
    const organisations = await c.db.prisma.organisation.findMany({
      ...(after === undefined ? {} : { cursor: { id: after }, skip: 1 }),
      select: { id: true, timeZone: true, weeklyDigest: true },
      orderBy: { id: 'asc' },
      take: BATCH,
    })
    for (const organisation of organisations) {
      const week = digestWeekOf(c.now(), organisation.timeZone)
      if (week && !(await wasBegun(c.db, organisation.id, week))) await begin(c, organisation, week)
    }
    after = organisations.at(-1)?.id
    if (organisations.length < BATCH) break
  }
  return queueAll(c)
}

type Chosen = { id: string; weeklyDigest: boolean }

async function wasBegun(db: Database, organisationId: string, { week }: DigestWeek): Promise<boolean> {
  const run = await db.prisma.digestRun.findUnique({
    where: { organisationId_week: { organisationId, week: new Date(week) } },
  })
  return run !== null
}

/**
 * Writes down, for one organisation, who is to be told: one of many instances does. Where digests are off, the week is
 * done with: turned on later, they begin on the next Monday. Nobody hears of what is younger than Monday nine o'clock.
 */
async function begin(c: Clock, { id, weeklyDigest }: Chosen, { week, since }: DigestWeek): Promise<void> {
  const at = c.now()
  // For each member by the index of what they sent, up to the first that counts.
  const isOld = Prisma.sql`i."inviterId" = inviter."id" AND i."createdAt" < ${since}::timestamptz`
  await inTransaction(
    c.db,
    async (tx) => {
      const begun = await tx.$executeRaw`
      INSERT INTO "DigestRun" ("organisationId", "week", "at") VALUES (${id}::uuid, ${week}::date, ${at}::timestamptz)
      ON CONFLICT DO NOTHING`
      if (begun === 0 || !weeklyDigest) return
      await tx.$executeRaw(Prisma.sql`
      INSERT INTO "Digest" ("id", "organisationId", "inviterId", "week")
      SELECT gen_random_uuid(), ${id}::uuid, inviter."id", ${week}::date FROM "Person" inviter
      WHERE inviter."organisationId" = ${id}::uuid AND inviter."isActive" AND inviter."slackUserId" IS NOT NULL
        AND (EXISTS (SELECT 1 FROM "Invitation" i WHERE ${isOld} AND ${IS_OPEN})
          OR EXISTS (SELECT 1 FROM ${WITH_PERSON_AND_HUB} WHERE ${isOld} AND ${expiredLately(at)}))
      ON CONFLICT DO NOTHING`)
    },
    LONG,
  )
}

/** What a program that was killed had not queued yet is queued by the next. */
async function queueAll(c: Clock): Promise<number> {
  let all = 0
  for (;;) {
    const queued = await inTransaction(c.db, async (tx) => {
      const rows = await tx.$queryRaw<{ id: string }[]>`
        UPDATE "Digest" SET "queuedAt" = ${c.now()}::timestamptz
        WHERE "id" IN (SELECT "id" FROM "Digest" WHERE "queuedAt" IS NULL ORDER BY "id" LIMIT ${BATCH}
          FOR UPDATE SKIP LOCKED)
        RETURNING "id"`
      await c.followUp(
        tx,
        rows.map(({ id }) => ({ kind: 'tell', what: 'digest', id })),
      )
      return rows.length
    })
    all += queued
    if (queued < BATCH) return all
  }
}

/** Forgets weeks that are long over, and what was let go: it would not be named any more anyhow. */
export async function forgetDigests(db: Database, now: Date): Promise<void> {
  const before = new Date(now.getTime() - KEPT)
  await db.prisma.digest.deleteMany({ where: { week: { lt: before } } })
  await db.prisma.digestRun.deleteMany({ where: { week: { lt: before } } })
  await db.prisma.letGoInvitation.deleteMany({ where: { at: { lt: before } } })
}
