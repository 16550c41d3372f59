// Which people a list is about, as SQL in three shapes. The few are gathered, and then put in order. Of more than that
// the ids are gathered, and the names are walked through in order and looked up among them. The many are met on that
// walk anyway, and each is asked by itself. Which one is quick depends on how many there are, so they are counted first,
// up to a bound: PostgreSQL's guess at a search or a reach is too rough.
import { type Database, Prisma } from '../database/index.ts'
import type { Reach } from '../organisation/index.ts'
import { type PeopleFilter, standingsOf } from './standing.ts'

export type PeopleViewer = { organisationId: string; reach: Reach }

/** `gather` selects "personId" under this name; `holds` asks about the person "p"; `size` is how many are gathered. */
type Narrowing = { name: 'found' | 'reached'; gather: Prisma.Sql; holds: Prisma.Sql; size: number }

/** Up to so many are put in order; a search that finds a name has them side by side, far from where the walk begins. */
const FEW = { found: 25_000, reached: 5_000 }
/** Up to so many ids are gathered. An index alone has a reach; what a search finds has to be looked at. */
const MOST = { found: 25_000, reached: 100_000 }
const FEW_TO_ASK = 1_000
const WORDS = 6
const WORD_LENGTH = 60

/** Runs a statement that was put together; unnamed, so that it is planned for these very values. */
export async function ask<Row extends object>(db: Database, query: Prisma.Sql): Promise<Row[]> {
  const { rows } = await db.pool.query<Row>({ text: query.text, values: query.values })
  return rows
}

/** Whom somebody may see, each part by an index alone: null for all of the organisation. */
async function narrowToReach(db: Database, { reach }: PeopleViewer): Promise<Narrowing | null> {
  if (reach === 'all') return null
  const { hubIds, departmentId } = reach
  const parts = []
  if (hubIds.length > 0) {
    parts.push(Prisma.sql`SELECT m."personId" FROM "HubMembership" m WHERE m."hubId" = ANY(${hubIds}::uuid[])`)
  }
  if (departmentId !== null) {
    parts.push(Prisma.sql`SELECT d."id" AS "personId" FROM "Person" d WHERE d."departmentId" = ${departmentId}::uuid`)
  }
  if (parts.length === 0) {
    return { name: 'reached', gather: NO_ONE, holds: isWithinReachSql(reach), size: 0 }
  }
  return weigh(db, 'reached', { parts, holds: isWithinReachSql(reach) })
}

const NO_ONE = Prisma.sql`SELECT NULL::uuid AS "personId" WHERE false`

/**
 * Whether the facts of the person "p" are shown to whoever has this reach: a member of their hubs, or of their department.
 * What somebody invited is within the reach of invitations alone (src/invitations/viewer.ts): it never shows the person.
 */
export function isWithinReachSql(reach: Reach): Prisma.Sql {
  if (reach === 'all') return Prisma.sql`true`
  const { hubIds, departmentId } = reach
  // A scalar subquery, because PostgreSQL might otherwise read the whole table of members into a hash first.
  return Prisma.sql`((${departmentId}::uuid IS NOT NULL AND p."departmentId" IS NOT DISTINCT FROM ${departmentId}::uuid)
    OR (SELECT true FROM "HubMembership" m WHERE m."personId" = p."id" AND m."hubId" = ANY(${hubIds}::uuid[]) LIMIT 1)
      IS TRUE)`
}

/**
 * A search: every word stands in a name, the address, the mobile, the department or the location; or the whole of it in
 * the name of a hub (member or invited) or of a group. Null where nothing was typed.
 */
async function narrowToSearch(db: Database, viewer: PeopleViewer, typed: string): Promise<Narrowing | null> {
  const patterns = patternsOf(typed)
  if (patterns.length === 0) return null
  const { organisationId } = viewer
  const all = Prisma.join(
    patterns.map((pattern) => Prisma.sql`s."text" LIKE lower(${pattern})`),
    ' AND ',
  )
  const parts = [true, false].map(
    (isSettled) => Prisma.sql`SELECT s."personId" FROM "PersonSearch" s
      WHERE s."organisationId" = ${organisationId}::uuid AND ${isSettled ? Prisma.sql`` : Prisma.sql`NOT`} s."isSettled" AND ${all}`,
  )
  const tests = [Prisma.sql`(SELECT ${all} FROM "PersonSearch" s WHERE s."personId" = p."id")`]
  const { hubIds, groupIds } = await findByName(db, organisationId, typed)
  if (hubIds.length > 0) {
    const reachedHub = Prisma.sql`"hubId" = ANY(${hubIds}::uuid[])`
    parts.push(
      Prisma.sql`SELECT m."personId" FROM "HubMembership" m WHERE m.${reachedHub}`,
      Prisma.sql`SELECT i."personId" FROM "Invitation" i WHERE i.${reachedHub}`,
    )
    tests.push(
      Prisma.sql`(SELECT true FROM "HubMembership" m WHERE m."personId" = p."id" AND m.${reachedHub} LIMIT 1)`,
      Prisma.sql`(SELECT true FROM "Invitation" i WHERE i."personId" = p."id" AND i.${reachedHub} LIMIT 1)`,
    )
  }
  if (groupIds.length > 0) {
    const inGroup = Prisma.sql`"groupId" = ANY(${groupIds}::uuid[])`
    parts.push(Prisma.sql`SELECT g."personId" FROM "GroupMembership" g WHERE g.${inGroup}`)
    tests.push(Prisma.sql`(SELECT true FROM "GroupMembership" g WHERE g."personId" = p."id" AND g.${inGroup} LIMIT 1)`)
  }
  return weigh(db, 'found', { parts, holds: Prisma.sql`(${Prisma.join(tests, ' OR ')})` })
}

/** What was typed as patterns of LIKE; a word of one or two letters is the beginning of one, so that an index serves. */
export function patternsOf(typed: string): string[] {
  const words = typed
    .normalize('NFC')
    .replaceAll(/\p{Cc}/gu, ' ')
    .split(/\s+/u)
    .filter(Boolean)
  return words.slice(0, WORDS).map((word) => {
    const literal = escapeLike(word.slice(0, WORD_LENGTH))
    return [...word].length < 3 ? `% ${literal}%` : `%${literal}%`
  })
}

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&')
}

/** Hubs and groups whose name holds what was typed; a hundred at the most. */
async function findByName(db: Database, organisationId: string, typed: string) {
  const name = typed
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, WORD_LENGTH)
  const pattern = `%${escapeLike(name)}%`
  const [found] =
    [...name].length < 3
      ? []
      : await ask<{ hubIds: string[]; groupIds: string[] }>(
          db,
          Prisma.sql`SELECT
      ARRAY(SELECT h."id" FROM "Hub" h WHERE h."organisationId" = ${organisationId}::uuid
        AND lower(h."name") LIKE lower(${pattern}) LIMIT 100) AS "hubIds",
      ARRAY(SELECT g."id" FROM "Group" g WHERE g."organisationId" = ${organisationId}::uuid
        AND lower(g."name") LIKE lower(${pattern}) LIMIT 100) AS "groupIds"`,
        )
  return found ?? { hubIds: [], groupIds: [] }
}

async function weigh(
  db: Database,
  name: Narrowing['name'],
  { parts, holds }: { parts: Prisma.Sql[]; holds: Prisma.Sql },
): Promise<Narrowing> {
  const bounded = parts.map((part) => Prisma.sql`(${part} LIMIT ${MOST[name] + 1})`)
  const [counted] = await ask<{ size: number }>(
    db,
    Prisma.sql`SELECT count(*)::int AS "size" FROM (${Prisma.join(bounded, ' UNION ALL ')}) AS counted`,
  )
  return { name, gather: Prisma.join(parts, ' UNION '), holds, size: counted?.size ?? 0 }
}

export type PeopleQuery = {
  organisationId: string
  /** What has to be gathered first: stands behind WITH, each with a comma at its end. */
  gathered: Prisma.Sql
  /** The gathered people to begin with; null where the names are walked through. */
  few: Prisma.Sql | null
  /** What holds for each person "p" beside that. */
  holds: Prisma.Sql
  standings: string[] | undefined
  only: PeopleFilter['only']
  /** What it takes to ask whether it holds: nothing (an index has the answer), a look at what is gathered, a question. */
  asking: 'nothing' | 'looking' | 'question'
}

/** The special lists, of the person "p". Each has an index of its own, which holds nobody else. */
export const ONLY = {
  all: Prisma.sql`true`,
  uncategorised: Prisma.sql`(p."employeeType" IS NULL AND p."isActive")`,
  left: Prisma.sql`NOT p."isActive"`,
}

/** Whether a special list is so short that each of its people is soon asked. */
async function isShortList(
  db: Database,
  { organisationId }: PeopleViewer,
  only: PeopleFilter['only'],
): Promise<boolean> {
  if (only === 'all') return false
  const [row] = await ask<{ size: number }>(
    db,
    Prisma.sql`SELECT count(*)::int AS "size" FROM (SELECT 1 FROM "Person" p
      WHERE p."organisationId" = ${organisationId}::uuid AND ${ONLY[only]} LIMIT ${FEW_TO_ASK + 1}) AS counted`,
  )
  return (row?.size ?? 0) <= FEW_TO_ASK
}

/** Narrows an organisation's people to a viewer's reach and a filter. */
export async function narrow(db: Database, viewer: PeopleViewer, filter: PeopleFilter): Promise<PeopleQuery> {
  if (viewer.reach !== 'all' && filter.search.trim() === '' && (await isShortList(db, viewer, filter.only))) {
    return {
      ...{ organisationId: viewer.organisationId, gathered: Prisma.empty, few: null },
      holds: Prisma.sql`p."organisationId" = ${viewer.organisationId}::uuid AND ${isWithinReachSql(viewer.reach)}`,
      ...{ standings: standingsOf(filter), only: filter.only, asking: 'question' },
    }
  }
  const narrowings = await Promise.all([narrowToSearch(db, viewer, filter.search), narrowToReach(db, viewer)])
  const all = narrowings.filter((one) => one !== null).sort((a, b) => a.size - b.size)
  const few = all.find(({ name, size }) => size <= FEW[name])
  const others = all.filter((one) => one !== few)
  // So few are sooner asked by themselves than all of the others gathered.
  const isShort = few !== undefined && few.size <= FEW_TO_ASK
  const isGathered = (one: Narrowing) => one === few || (!isShort && one.size <= MOST[one.name])
  const sets = all
    .filter(isGathered)
    .map(({ name, gather }) => Prisma.sql`${NAMES[name]} AS MATERIALIZED (${gather}), `)
  const own = Prisma.sql`p."organisationId" = ${viewer.organisationId}::uuid`
  return {
    organisationId: viewer.organisationId,
    gathered: sets.length > 0 ? Prisma.join(sets, '') : Prisma.empty,
    few: few ? NAMES[few.name] : null,
    holds: Prisma.join([own, ...others.map((one) => (isGathered(one) ? isAmong(one) : one.holds))], ' AND '),
    standings: standingsOf(filter),
    only: filter.only,
    asking: others.length === 0 ? 'nothing' : others.every(isGathered) ? 'looking' : 'question',
  }
}

const NAMES = { found: Prisma.sql`found`, reached: Prisma.sql`reached` }

/** With IS TRUE it stays a question about each person; without, PostgreSQL would join all of them before it walks. */
function isAmong({ name }: Narrowing): Prisma.Sql {
  return Prisma.sql`(p."id" IN (SELECT "personId" FROM ${NAMES[name]})) IS TRUE`
}
