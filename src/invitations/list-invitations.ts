// The invitations in one status as somebody may see them: newest first, page by page, both ways.
import { type Database, type InvitationStatus, Prisma } from '../database/index.ts'
import { type InvitationSummary, SUMMARY_JOINS, summaryFor } from './invitation-summary.ts'
import { type Viewer, within } from './viewer.ts'

/** An invitation's place in the order; kept as it was seen. */
export type InvitationPlace = { createdAt: Date; id: string }

export type InvitationsPage = { invitations: InvitationSummary[]; hasPrevious: boolean; hasNext: boolean }

export type InvitationsPlace = { after: InvitationPlace } | { before: InvitationPlace } | 'first' | 'last'

export const INVITATIONS_PAGE = 8
/** A count ends here: one more stands for "more than that". */
export const INVITATIONS_COUNTED = 10_000

type Asked = { status: InvitationStatus; at?: InvitationsPlace; size?: number }

/** One page; a page that would be empty or half empty because some are gone is moved to the nearest full one. */
export async function listInvitations(db: Database, viewer: Viewer, asked: Asked): Promise<InvitationsPage> {
  const { status, at = 'first', size = INVITATIONS_PAGE } = asked
  const rows = await readRows(db, viewer, { status, at, limit: size + 1 })
  if (at === 'last' || (at !== 'first' && 'before' in at)) {
    if (rows.length <= size) return listInvitations(db, viewer, { status, at: 'first', size })
    return { invitations: rows.slice(0, size).reverse(), hasPrevious: true, hasNext: at !== 'last' }
  }
  if (at !== 'first' && rows.length === 0) return listInvitations(db, viewer, { status, at: 'last', size })
  return { invitations: rows.slice(0, size), hasPrevious: at !== 'first', hasNext: rows.length > size }
}

async function readRows(
  db: Database,
  viewer: Viewer,
  { status, at, limit }: { status: InvitationStatus; at: InvitationsPlace; limit: number },
): Promise<InvitationSummary[]> {
  const isBackwards = at === 'last' || (at !== 'first' && 'before' in at)
  const order = isBackwards
    ? Prisma.sql`ORDER BY i."createdAt", i."id"`
    : Prisma.sql`ORDER BY i."createdAt" DESC, i."id" DESC`
  const query = Prisma.sql`
    WITH page AS (SELECT i."id" FROM "Invitation" i
      WHERE ${within(viewer)} AND i."status" = ${status}::"InvitationStatus" AND ${beyond(at)} ${order} LIMIT ${limit})
    SELECT ${summaryFor(viewer)} FROM page JOIN "Invitation" i ON i."id" = page."id" ${SUMMARY_JOINS} ${order}`
  // Unnamed, so that it is planned for this status and this viewer: there are 5 of one and 500,000 of another.
  const { rows } = await db.pool.query<InvitationSummary>({ text: query.text, values: query.values })
  return rows
}

function beyond(at: InvitationsPlace): Prisma.Sql {
  if (at === 'first' || at === 'last') return Prisma.sql`true`
  const [{ createdAt, id }, sign] = 'after' in at ? [at.after, Prisma.sql`<`] : [at.before, Prisma.sql`>`]
  return Prisma.sql`(i."createdAt", i."id") ${sign} (${createdAt}::timestamptz, ${id}::uuid)`
}

/** How many invitations stand in one status; counted up to INVITATIONS_COUNTED + 1. */
export async function countInvitations(db: Database, viewer: Viewer, status: InvitationStatus): Promise<number> {
  const query = Prisma.sql`SELECT count(*)::int AS "count" FROM (SELECT 1 FROM "Invitation" i
    WHERE ${within(viewer)} AND i."status" = ${status}::"InvitationStatus" LIMIT ${INVITATIONS_COUNTED + 1}) AS counted`
  const { rows } = await db.pool.query<{ count: number }>({ text: query.text, values: query.values })
  return rows[0]?.count ?? 0
}
