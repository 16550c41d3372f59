// The story of one thing, as the audit log tells it.
import type { Database, Prisma } from '../database/index.ts'
import type { Act } from './audit-event.ts'

/** `subjectName`: as it was called then. */
export type ToldEvent = {
  at: Date
  act: Act
  actorName: string
  subjectName: string
  origin: string
  before: Record<string, unknown>
  after: Record<string, unknown>
}

/**
 * The oldest `limit` events of one subject (an invitation, a person), oldest first; without the looks at its dead link,
 * which are many where a mail scanner keeps it.
 */
export async function readSubjectEvents(db: Database, subjectId: string, limit: number): Promise<ToldEvent[]> {
  const rows = await db.prisma.auditEvent.findMany({
    where: { subjectId, act: { not: 'link.probed' satisfies Act } },
    orderBy: [{ at: 'asc' }, { id: 'asc' }],
    take: limit,
    select: { at: true, act: true, actorName: true, subjectName: true, origin: true, before: true, after: true },
  })
  return rows.map((row) => ({
    ...row,
    // Written by `record`, which takes no other.
    act: row.act as Act,
    before: objectOf(row.before),
    after: objectOf(row.after),
  }))
}

function objectOf(value: Prisma.JsonValue): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}
