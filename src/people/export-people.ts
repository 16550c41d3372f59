// The people within somebody's reach as a CSV file, read in chunks: every column that an import reads, and where each
// person stands.
import { type Database, Prisma } from '../database/index.ts'
import { BYTE_ORDER_MARK, csvLine } from './csv-text.ts'
import { ask, isWithinReachSql, type PeopleViewer } from './narrowing.ts'
import { INVITED_STATE_NAMES, readStanding, USER_STATE_NAMES } from './standing.ts'

const CHUNK = 1_000
const COLUMNS = [
  'email',
  'first name',
  'last name',
  'mobile',
  'user name',
  'department',
  'location',
  'employee type',
  'start date',
  'groups',
  'active',
  'hubs',
  'invitation',
  'user status',
]

type Row = {
  id: string
  cells: (string | null)[]
  isActive: boolean
  hubs: string
  standing: string
}

/** The file's text, chunk by chunk, the header first. A chunk is up to a thousand people. */
export async function* exportPeople(db: Database, viewer: PeopleViewer): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + csvLine(COLUMNS)
  for (let after: string | null = null; ; ) {
    const rows: Row[] = await ask<Row>(
      db,
      Prisma.sql`SELECT p."id", p."isActive", ARRAY[p."email", p."firstName", p."lastName", p."mobile", p."userName", d."name", l."name",
          p."employeeType"::text, to_char(p."startDate", 'YYYY-MM-DD'),
          (SELECT string_agg(g."name", '; ' ORDER BY g."name") FROM "GroupMembership" gm
            JOIN "Group" g ON g."id" = gm."groupId" AND g."source" = 'import' WHERE gm."personId" = p."id")] AS "cells",
          coalesce((SELECT string_agg(h."name", '; ' ORDER BY h."name") FROM "HubMembership" m
            JOIN "Hub" h ON h."id" = m."hubId" WHERE m."personId" = p."id"), '') AS "hubs",
          person_standing(p."invitationStatus", p."accountStatus", p."isActive") AS "standing"
        FROM "Person" p
        LEFT JOIN "Department" d ON d."id" = p."departmentId" LEFT JOIN "Location" l ON l."id" = p."locationId"
        WHERE p."organisationId" = ${viewer.organisationId}::uuid AND ${isWithinReachSql(viewer.reach)}
          AND (${after}::uuid IS NULL OR p."id" > ${after}::uuid)
        ORDER BY p."id" LIMIT ${CHUNK}`,
    )
    if (rows.length > 0) yield rows.map(lineOf).join('')
    after = rows.at(-1)?.id ?? null
    if (rows.length < CHUNK) return
  }
}

function lineOf({ cells, isActive, hubs, standing }: Row): string {
  const { invited, user } = readStanding(standing)
  return csvLine([
    ...cells.map((cell) => cell ?? ''),
    isActive ? 'yes' : 'no',
    hubs,
    INVITED_STATE_NAMES[invited],
    USER_STATE_NAMES[user],
  ])
}
