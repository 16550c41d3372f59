// Chosen people as rows of a list, so that inviting them goes the same way as inviting from a file.
import { type Database, type EmployeeType, Prisma } from '../database/index.ts'
import { readEmailAddress } from './email-address.ts'
import { ask, isWithinReachSql, type PeopleViewer } from './narrowing.ts'
import type { ReadRow } from './person-row.ts'
import { chosenIds, type OwnedSelection } from './selection.ts'

const CHUNK = 500

export type InvitablePeople = { viewer: PeopleViewer; selection: OwnedSelection }

/** Of the chosen: within reach, here still, with no invitation under way, answered or run out, and no paused account. */
function areInvitable({ viewer, selection }: InvitablePeople): Prisma.Sql {
  return Prisma.sql`p."organisationId" = ${viewer.organisationId}::uuid
    AND p."id" IN (${chosenIds(selection)})
    AND person_standing(p."invitationStatus", p."accountStatus", p."isActive") IN ('not_invited/not_invited',
      'not_invited/active') AND ${isWithinReachSql(viewer.reach)}`
}

/** How many of the chosen can be sent a first invitation. */
export async function countInvitable(db: Database, people: InvitablePeople): Promise<number> {
  const [row] = await ask<{ count: number }>(
    db,
    Prisma.sql`SELECT count(*)::int AS "count" FROM "Person" p WHERE ${areInvitable(people)}`,
  )
  return row?.count ?? 0
}

type Row = {
  id: string
  email: string | null
  mobile: string | null
  userName: string | null
  firstName: string
  lastName: string
  name: string
  departmentName: string | null
  locationName: string | null
  employeeType: EmployeeType | null
  startDate: string | null
}

/** Those of the chosen who can be sent a first invitation, in chunks; one without an address has that as its problem. */
export async function* rowsOfPeople(db: Database, people: InvitablePeople): AsyncGenerator<ReadRow[]> {
  let line = 0
  for (let after: string | null = null; ; ) {
    const rows: Row[] = await ask<Row>(
      db,
      Prisma.sql`SELECT p."id", p."email", p."mobile", p."userName", p."firstName", p."lastName", p."employeeType",
          to_char(p."startDate", 'YYYY-MM-DD') AS "startDate", d."name" AS "departmentName", l."name" AS "locationName",
          coalesce(nullif(trim(p."firstName" || ' ' || p."lastName"), ''), p."slackName", p."mobile", 'Somebody') AS "name"
        FROM "Person" p
        LEFT JOIN "Department" d ON d."id" = p."departmentId" AND d."archivedAt" IS NULL
        LEFT JOIN "Location" l ON l."id" = p."locationId" AND l."archivedAt" IS NULL
        WHERE ${areInvitable(people)} AND (${after}::uuid IS NULL OR p."id" > ${after}::uuid)
        ORDER BY p."id" LIMIT ${CHUNK}`,
    )
    if (rows.length > 0) yield rows.map((row) => readRow(row, ++line))
    after = rows.at(-1)?.id ?? null
    if (rows.length < CHUNK) return
  }
}

function readRow({ id: _, name, email, departmentName, locationName, ...person }: Row, line: number): ReadRow {
  const address = email === null ? null : (readEmailAddress(email) ?? null)
  const row = {
    ...person,
    line,
    written: email ?? name,
    address,
    departmentName: departmentName ?? '',
    locationName: locationName ?? '',
    groups: [],
    active: null,
  }
  if (address) return { row }
  // Without a user name nobody could tell them from others of their name.
  if (email === null && person.userName !== null) return { row }
  return { row, problem: { code: email === null ? 'address_missing' : 'address_malformed', detail: {} } }
}
