// What an inviter's digest says, read when it is told: how many are open, how many expired, and the oldest of them.
import type { Collaborators } from '../../collaborators.ts'
import { type Database, Prisma } from '../../database/index.ts'
import { INVITATIONS_COUNTED } from '../list-invitations.ts'
import { expiredLately, IS_OPEN, WITH_PERSON_AND_HUB } from './unanswered.ts'

/** Invitations that are named; the others are counted. */
export const DIGEST_NAMED = 5

/** `when`: when it was asked for, or when it expired. */
export type NamedInvitation = { email: string; hubName: string; when: Date }

/** Counts go up to INVITATIONS_COUNTED + 1, which stands for "more than that". */
export type Digest = {
  open: number
  expired: number
  /** Oldest first. */
  oldestOpen: NamedInvitation[]
  oldestExpired: NamedInvitation[]
}

/** Whom one digest goes to; undefined when it was told, or its inviter has left. */
export async function findDigestInviter(
  db: Database,
  digestId: string,
): Promise<{ organisationId: string; inviterId: string; slackId: string } | undefined> {
  const row = await db.prisma.digest.findUnique({ where: { id: digestId } })
  if (!row || row.toldAt !== null) return undefined
  const { organisationId, inviterId } = row
  const inviter = await db.prisma.person.findUnique({ where: { id: inviterId, organisationId } })
  if (!inviter?.isActive || inviter.slackUserId === null) return undefined
  return { organisationId, inviterId, slackId: inviter.slackUserId }
}

export async function readDigest(
  c: Pick<Collaborators, 'db' | 'now'>,
  { organisationId, inviterId }: { organisationId: string; inviterId: string },
): Promise<Digest> {
  const own = Prisma.sql`i."organisationId" = ${organisationId}::uuid AND i."inviterId" = ${inviterId}::uuid`
  const open = Prisma.sql`${own} AND ${IS_OPEN}`
  const expired = Prisma.sql`${own} AND ${expiredLately(c.now())}`
  const [openCount, expiredCount, oldestOpen, oldestExpired] = await Promise.all([
    count(c.db, open),
    count(c.db, expired),
    oldest(c.db, open, Prisma.sql`i."createdAt"`),
    oldest(c.db, expired, Prisma.sql`i."expiresAt"`),
  ])
  return { open: openCount, expired: expiredCount, oldestOpen, oldestExpired }
}

async function count(db: Database, where: Prisma.Sql): Promise<number> {
  const [row] = await db.prisma.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count" FROM (SELECT 1 FROM ${WITH_PERSON_AND_HUB} WHERE ${where}
      LIMIT ${INVITATIONS_COUNTED + 1}) AS counted`
  return row?.count ?? 0
}

function oldest(db: Database, where: Prisma.Sql, when: Prisma.Sql): Promise<NamedInvitation[]> {
  return db.prisma.$queryRaw<NamedInvitation[]>`
    SELECT i."email", h."name" AS "hubName", ${when} AS "when" FROM ${WITH_PERSON_AND_HUB} WHERE ${where}
    ORDER BY ${when}, i."id" LIMIT ${DIGEST_NAMED}`
}

/** Notes that a digest was told: whoever comes after does not tell it again. */
export async function recordDigestTold(c: Pick<Collaborators, 'db' | 'now'>, digestId: string): Promise<void> {
  await c.db.prisma.digest.updateMany({ where: { id: digestId, toldAt: null }, data: { toldAt: c.now() } })
}
