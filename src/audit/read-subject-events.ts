// The story of one thing, as the audit log tells it.
import type { Database } from '../database/index.ts'
import type { Act } from './audit-event.ts'

export type ToldEvent = { at: Date; act: Act; actorName: string; origin: string; after: Record<string, unknown> }

/**
 * The oldest `limit` events of one subject (an invitation, a person), oldest first; without the looks at its dead link,
 * which are many where a mail scanner keeps it.
 */
export async function readSubjectEvents(db: Database, subjectId: string, limit: number): Promise<ToldEvent[]> {
  const rows = await db.prisma.auditEvent.findMany({
    where: { subjectId, act: { not: 'link.probed' satisfies Act } },
    orderBy: [{ at: 'asc' }, { id: 'asc' }],
    take: limit,
    select: { at: true, act: true, actorName: true, origin: true, after: true },
  })
  return rows.map((row) => ({
    at: row.at,
    act: row.act as Act,
    actorName: row.actorName,
    origin: row.origin,
    after: typeof row.after === 'object' && row.after !== null && !Array.isArray(row.after) ? row.after : {},
  }))
}
