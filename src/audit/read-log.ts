// The audit log as somebody reads it: filtered, newest first, a page at a time.
import type { Database } from '../database/index.ts'
import { type ActGroup, actsOf } from './act-groups.ts'
import type { Act } from './audit-event.ts'

export type LogFilter = {
  organisationId: string
  /** What this person did, and what happened to them and to their invitations. */
  personId: string | null
  group: ActGroup | null
  /** From then on; null: from the beginning. */
  since: Date | null
  /** Before that; null: until now and beyond. */
  until: Date | null
}

/** Where an event stands among the others. */
export type LogPlace = { at: Date; id: string }

/** The events older than a place, or those newer than it; without a place the newest. */
export type LogPage = { older?: LogPlace; newer?: LogPlace; limit: number }

export type LoggedEvent = LogPlace & {
  act: Act
  actorName: string
  subjectKind: string
  subjectName: string
  origin: string
  before: Record<string, unknown>
  after: Record<string, unknown>
  /** Its place in the chain and its hash; null while it is not sealed. */
  sequence: string | null
  hash: string | null
}

const FIRST_ID = '00000000-0000-0000-0000-000000000000'
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** One page, newest first, whichever way it was turned to. */
export async function readLog(db: Database, filter: LogFilter, page: LogPage): Promise<LoggedEvent[]> {
  const isBack = page.newer !== undefined
  const acts = filter.group ? actsOf(filter.group) : null
  const common = [filter.organisationId, filter.since ?? '-infinity', filter.until ?? 'infinity']
  const place = page.newer ?? page.older
  const bounds = isBack
    ? [place?.at ?? '-infinity', place?.id ?? FIRST_ID]
    : [place?.at ?? 'infinity', place?.id ?? LAST_ID]
  const values = [...common, ...bounds, page.limit, filter.personId ?? acts, ...(filter.personId ? [acts] : [])]
  const { rows } = await db.pool.query<LoggedEvent>({
    text: statement({ filter, isBack }),
    // Without a filter of either kind the seventh parameter is not there.
    values: filter.personId || acts ? values : values.slice(0, 6),
  })
  const events = rows.map((row) => ({ ...row, before: row.before ?? {}, after: row.after ?? {} }))
  return isBack ? events.toReversed() : events
}

function statement({ filter, isBack }: { filter: LogFilter; isBack: boolean }): string {
  const order = isBack ? 'e."at" ASC, e."id" ASC' : 'e."at" DESC, e."id" DESC'
  const within = `e."organisationId" = $1 AND e."at" >= $2::timestamptz AND e."at" < $3::timestamptz
    AND (e."at", e."id") ${isBack ? '>' : '<'} ($4::timestamptz, $5::uuid)`
  const page = (where: string) =>
    `SELECT e."id", e."at" FROM "AuditEvent" e WHERE ${where} AND ${within} ORDER BY ${order} LIMIT $6`
  return `
    WITH found AS (${foundBy(filter, page)}), chosen AS (SELECT * FROM found e ORDER BY ${order} LIMIT $6)
    SELECT e."id", e."at", e."act", e."actorName", e."subjectKind", e."subjectName", e."origin", e."before", e."after",
      s."sequence", s."hash"
    FROM chosen JOIN "AuditEvent" e ON e."id" = chosen."id" LEFT JOIN "AuditSeal" s ON s."eventId" = e."id"
    ORDER BY ${order}`
}

/** Every branch reads one index in order and stops at the page's end, so the deepest page costs what the first does. */
function foundBy({ personId, group }: LogFilter, page: (where: string) => string): string {
  if (personId) {
    const acts = 'AND ($8::text[] IS NULL OR e."act" = ANY($8::text[]))'
    return `(${page(`e."actorId" = $7::uuid ${acts}`)})
      UNION (SELECT f."id", f."at" FROM (SELECT $7::uuid AS "id"
        UNION ALL SELECT i."id" FROM "Invitation" i WHERE i."personId" = $7::uuid) subject
        CROSS JOIN LATERAL (${page(`e."subjectId" = subject."id" ${acts}`)}) f)`
  }
  if (group === null) return page('true')
  // Acts of invitations are the most by far, and close to each other; of the others each has its place in an index.
  if (group === 'invitations') return page('e."act" = ANY($7::text[])')
  return `SELECT f."id", f."at" FROM unnest($7::text[]) wanted("act")
    CROSS JOIN LATERAL (${page(`e."act" = wanted."act" AND e."act" NOT LIKE 'invitation.%'`)}) f`
}

/** A day as a calendar has it: "2026-11-20". Null: open at that end. */
export type Days = { from: string | null; to: string | null }

/** The moments at which days begin and end in a time zone. */
export async function momentsOf(
  db: Database,
  days: Days,
  timeZone: string,
): Promise<{ since: Date | null; until: Date | null }> {
  const { rows } = await db.pool.query<{ since: Date | null; until: Date | null }>({
    text: `SELECT $1::date::timestamp AT TIME ZONE $3 AS "since", ($2::date + 1)::timestamp AT TIME ZONE $3 AS "until"`,
    values: [days.from, days.to, timeZone],
  })
  return rows[0] ?? { since: null, until: null }
}
