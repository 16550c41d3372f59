// The people as somebody may see them: filtered, searched, page by page in the order of their names, both ways.
import { type Database, type EmployeeType, Prisma } from '../database/index.ts'
import { ask, narrow, ONLY, type PeopleQuery, type PeopleViewer } from './narrowing.ts'
import { type InvitedState, type PeopleFilter, readStanding, type UserState } from './standing.ts'

/** A person's place in the order; kept as it was seen, so that a page is found again whatever changed meanwhile. */
export type PersonPlace = { lastName: string; firstName: string; id: string }

/** What stands in the way of inviting somebody. */
export type Obstacle = 'no_contact' | 'no_email' | 'uncategorised' | 'left'

export type PersonLine = PersonPlace & {
  name: string
  email: string | null
  mobile: string | null
  departmentName: string | null
  locationName: string | null
  invited: InvitedState
  user: UserState
  obstacles: Obstacle[]
}

/** Counting ends where it would take long: then there are more than `count`. */
export type PeopleTotal = { count: number; isExact: boolean }

export type PeoplePage = { people: PersonLine[]; total: PeopleTotal; hasPrevious: boolean; hasNext: boolean }

export type PeoplePlace = { after: PersonPlace } | { before: PersonPlace } | 'first' | 'last'

export const PEOPLE_PAGE = 8
/** Counted no further. */
export const PEOPLE_COUNTED = 10_000
/** Of so many it is asked, for a count, whether they match. */
const ASKED_FOR_COUNT = { nothing: PEOPLE_COUNTED, looking: 20_000, question: 2_000 }

type Asked = { filter: PeopleFilter; at?: PeoplePlace; size?: number }

/**
 * One page of the people within a viewer's reach: behind or in front of a place, the first, or the last. A page that
 * would be empty or half empty because people are gone is moved to the nearest full one.
 */
export async function listPeople(db: Database, viewer: PeopleViewer, asked: Asked): Promise<PeoplePage> {
  const { filter, at = 'first', size = PEOPLE_PAGE } = asked
  const query = await narrow(db, viewer, filter)
  const [{ matched, ...page }, total] = await Promise.all([
    readPage(db, query, { at, size }),
    query.few ? undefined : countPeople(db, query),
  ])
  const exactly = { count: Math.min(matched, PEOPLE_COUNTED), isExact: matched <= PEOPLE_COUNTED }
  return { ...page, total: total ?? exactly }
}

async function readPage(
  db: Database,
  query: PeopleQuery,
  { at, size }: { at: PeoplePlace; size: number },
): Promise<Omit<PeoplePage, 'total'> & { matched: number }> {
  const rows = await readRows(db, query, { at, limit: size + 1 })
  const matched = rows[0]?.matched ?? 0
  if (isBackwards(at)) {
    // Nothing is left in front of it: from the beginning then, so that the first page is a full one.
    if (rows.length <= size) return readPage(db, query, { at: 'first', size })
    return { matched, people: rows.slice(0, size).reverse().map(lineOf), hasPrevious: true, hasNext: at !== 'last' }
  }
  if (at !== 'first' && rows.length === 0) return readPage(db, query, { at: 'last', size })
  return { matched, people: rows.slice(0, size).map(lineOf), hasPrevious: at !== 'first', hasNext: rows.length > size }
}

function isBackwards(at: PeoplePlace): boolean {
  return at === 'last' || (at !== 'first' && 'before' in at)
}

type Row = Omit<PersonLine, 'invited' | 'user' | 'obstacles'> & {
  standing: string
  employeeType: EmployeeType | null
  isActive: boolean
  /** Where the few are gathered: how many of them match. */
  matched: number
}

const PLACE = Prisma.sql`p."lastName", p."firstName", p."id"`
const STANDING = Prisma.sql`person_standing(p."invitationStatus", p."accountStatus", p."isActive")`
const COLUMNS = Prisma.sql`p."id", p."lastName", p."firstName", p."email", p."mobile", p."employeeType", p."isActive",
  ${STANDING} AS "standing", d."name" AS "departmentName", l."name" AS "locationName",
  coalesce(nullif(trim(p."firstName" || ' ' || p."lastName"), ''), nullif(p."slackName", ''), p."email", p."mobile",
    'Somebody') AS "name"`

async function readRows(
  db: Database,
  query: PeopleQuery,
  { at, limit }: { at: PeoplePlace; limit: number },
): Promise<Row[]> {
  const order = isBackwards(at)
    ? Prisma.sql`ORDER BY p."lastName" DESC, p."firstName" DESC, p."id" DESC`
    : Prisma.sql`ORDER BY p."lastName", p."firstName", p."id"`
  // Only the rows of the page are read whole.
  const whole = (matched: Prisma.Sql) => Prisma.sql`SELECT ${COLUMNS}, ${matched} AS "matched"
    FROM page JOIN "Person" p ON p."id" = page."id" LEFT JOIN "Department" d ON d."id" = p."departmentId"
    LEFT JOIN "Location" l ON l."id" = p."locationId" ${order}`
  if (query.few) {
    return ask<Row>(
      db,
      Prisma.sql`WITH ${query.gathered} matching AS MATERIALIZED (SELECT ${PLACE}
          FROM ${query.few} few JOIN "Person" p ON p."id" = few."personId" WHERE ${oneOf(query)} AND ${query.holds}
        ), page AS (SELECT p."id" FROM matching p WHERE ${beyond(at)} ${order} LIMIT ${limit})
        ${whole(Prisma.sql`(SELECT count(*)::int FROM matching)`)}`,
    )
  }
  const found = everyRange(
    query,
    (range) => Prisma.sql`SELECT ${PLACE} FROM "Person" p
      WHERE ${range} AND ${query.holds} AND ${beyond(at)} ${order} LIMIT ${limit}`,
  )
  return ask<Row>(
    db,
    Prisma.sql`WITH ${query.gathered} page AS (SELECT p."id" FROM (${found}) p ${order} LIMIT ${limit}) ${whole(Prisma.sql`0`)}`,
  )
}

function oneOf({ standings, only }: PeopleQuery): Prisma.Sql {
  return standings ? Prisma.sql`${STANDING} = ANY(${standings}::text[]) AND ${ONLY[only]}` : ONLY[only]
}

/**
 * Each standing is a range of one index in the order of the names; what is asked is merged from them. A special list is
 * one range, of its own index.
 */
function everyRange(query: PeopleQuery, select: (range: Prisma.Sql) => Prisma.Sql): Prisma.Sql {
  const { standings, only } = query
  const ranges =
    only === 'all' && standings ? standings.map((standing) => Prisma.sql`${STANDING} = ${standing}`) : [oneOf(query)]
  return Prisma.join(
    ranges.map((range) => Prisma.sql`(${select(range)})`),
    ' UNION ALL ',
  )
}

function beyond(at: PeoplePlace): Prisma.Sql {
  if (at === 'first' || at === 'last') return Prisma.sql`true`
  const [{ lastName, firstName, id }, sign] = 'after' in at ? [at.after, Prisma.sql`>`] : [at.before, Prisma.sql`<`]
  return Prisma.sql`(${PLACE}) ${sign} (${lastName}, ${firstName}, ${id}::uuid)`
}

/** How many match, as far as that is soon said; only where the few are not gathered. */
async function countPeople(db: Database, query: PeopleQuery): Promise<PeopleTotal> {
  const most = ASKED_FOR_COUNT[query.asking] + 1
  const own = Prisma.sql`p."organisationId" = ${query.organisationId}::uuid`
  const candidates = everyRange(
    query,
    (range) => Prisma.sql`SELECT p."id" FROM "Person" p WHERE ${range} AND ${own} LIMIT ${most}`,
  )
  const holding =
    query.asking === 'nothing'
      ? Prisma.sql`count(*)::int`
      : Prisma.sql`(SELECT count(*)::int FROM candidates c JOIN "Person" p ON p."id" = c."id" WHERE ${query.holds})`
  const [row] = await ask<{ asked: number; count: number }>(
    db,
    Prisma.sql`WITH ${query.gathered} candidates AS MATERIALIZED (SELECT "id" FROM (${candidates}) AS each LIMIT ${most})
      SELECT count(*)::int AS "asked", ${holding} AS "count" FROM candidates`,
  )
  const { asked, count } = row ?? { asked: 0, count: 0 }
  const isExact = asked < most && count <= PEOPLE_COUNTED
  return { count: Math.min(count, PEOPLE_COUNTED), isExact }
}

/** The ids of all that match; at most `most`. */
export async function findMatchingIds(
  db: Database,
  viewer: PeopleViewer,
  { filter, most }: { filter: PeopleFilter; most: number },
): Promise<string[]> {
  const query = await narrow(db, viewer, filter)
  const among = query.few ? Prisma.sql`p."id" IN (SELECT "personId" FROM ${query.few})` : Prisma.sql`true`
  const rows = await ask<{ id: string }>(
    db,
    Prisma.sql`WITH ${query.gathered} matching AS (SELECT p."id" FROM "Person" p
      WHERE ${among} AND ${oneOf(query)} AND ${query.holds} LIMIT ${most}) SELECT "id" FROM matching`,
  )
  return rows.map(({ id }) => id)
}

function lineOf({ standing, employeeType, isActive, ...row }: Row): PersonLine {
  const { invited, user } = readStanding(standing)
  const obstacles: Obstacle[] = []
  if (!isActive) obstacles.push('left')
  if (row.email === null) obstacles.push(row.mobile === null ? 'no_contact' : 'no_email')
  // Of somebody who has been invited it is no obstacle any more.
  if (employeeType === null && user === 'not_invited') obstacles.push('uncategorised')
  return { ...row, invited, user, obstacles }
}
