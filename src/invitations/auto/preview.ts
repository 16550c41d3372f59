// What a rule would do now: who would be invited, who of its groups would not, and why; counted, and page by page.
import { type Database, Prisma } from '../../database/index.ts'
import type { AutoRule } from './auto-rule.ts'
import { dueSql, inGroupsSql, isHeldSql, type Moment, reasonSql } from './candidates.ts'
import { askOf } from './store.ts'
import { CONDITIONS, type ConditionName } from './why-of.ts'

/** `due`: would be invited now. `held`: of these, those who wait for a second yes. */
export type AutoKind = 'due' | 'held' | ConditionName

export type AutoWeighed = {
  due: number
  /** The first few of them, by their names. */
  names: string[]
  /** Of the others in the groups, how many lack what, in the order of CONDITIONS. */
  missing: { reason: ConditionName; people: number }[]
}

export type AutoPerson = { id: string; name: string; email: string | null; startDate: string | null }

const NAMES = 12
const NAME = Prisma.sql`coalesce(nullif(trim(p."firstName" || ' ' || p."lastName"), ''), nullif(p."slackName", ''),
  p."email", p."userName", 'Somebody')`

/** Counts; nothing is written. */
export async function weighAutoRule(db: Database, rule: AutoRule, moment: Moment): Promise<AutoWeighed> {
  const asker = askOf(db)
  const [counts, names, [total]] = await Promise.all([
    asker.ask<{ reason: ConditionName; people: number }>(
      Prisma.sql`SELECT "reason", count(*)::int AS "people"
        FROM (SELECT ${reasonSql(rule, moment)} AS "reason" FROM ${inGroupsSql(rule)} p OFFSET 0) told
        WHERE "reason" IS NOT NULL GROUP BY "reason"`,
    ),
    asker.ask<{ name: string }>(
      Prisma.sql`SELECT coalesce(nullif(p."firstName", ''), ${NAME}) AS "name" FROM ${dueSql(rule, moment)} p
        ORDER BY p."lastName", p."firstName", p."id" LIMIT ${NAMES}`,
    ),
    asker.ask<{ count: number }>(Prisma.sql`SELECT count(*)::int AS "count" FROM ${dueSql(rule, moment)} p`),
  ])
  const missing = CONDITIONS.flatMap((name) => counts.filter(({ reason }) => reason === name))
  return { due: total?.count ?? 0, names: names.map(({ name }) => name), missing }
}

/** One page of those who are due, or who lack something, in the order of their names. */
export async function listAutoPeople(
  db: Database,
  { rule, moment, kind }: { rule: AutoRule; moment: Moment; kind: AutoKind },
  { skip, limit }: { skip: number; limit: number },
): Promise<AutoPerson[]> {
  const among =
    kind === 'due'
      ? dueSql(rule, moment)
      : kind === 'held'
        ? Prisma.sql`(SELECT p.* FROM ${dueSql(rule, moment)} p WHERE ${isHeldSql(rule)})`
        : Prisma.sql`(SELECT p.* FROM ${inGroupsSql(rule)} p WHERE ${reasonSql(rule, moment)} = ${kind}::text)`
  return askOf(db).ask<AutoPerson>(
    Prisma.sql`SELECT p."id", ${NAME} AS "name", p."email", to_char(p."startDate", 'YYYY-MM-DD') AS "startDate"
      FROM ${among} p ORDER BY p."lastName", p."firstName", p."id" LIMIT ${limit} OFFSET ${skip}`,
  )
}
