// Every query of lists: set-based, in chunks, so that ten thousand rows cost neither memory nor patience.
import {
  type Batch,
  type BatchSource,
  type Database,
  type DeliveryChannel,
  type EmployeeType,
  Prisma,
  type SqlTransaction,
} from '../../database/index.ts'
import type { KnownMember, Organisation } from '../../organisation/index.ts'
import { type RowProblem, rightsOver } from '../../people/index.ts'
import type { ListChoices } from './prepare-list.ts'

/** What a row says of a person, with departments and locations already found, and as they were written. */
export type RowPerson = {
  email: string
  firstName: string
  lastName: string
  mobile: string | null
  /** Typed, or made of the name when the list is carried out; null for whoever has an address. */
  userName: string | null
  /** How the message goes out. */
  channel: DeliveryChannel
  departmentId: string | null
  locationId: string | null
  departmentName: string
  locationName: string
  employeeType: EmployeeType | null
  startDate: string | null
  groups: string[]
  active: boolean | null
  /** What is malformed in it, as it was written. */
  problem?: RowProblem['detail']
}

export type JudgedRow = {
  position: number
  line: number
  written: string
  emailKey: string | null
  verdict: 'good' | 'malformed' | 'repeated' | 'refused'
  reason: string
  person: RowPerson
}

export async function insertDraft(
  db: Database,
  draft: {
    id: string
    organisationId: string
    actorId: string
    source: BatchSource
    choices: ListChoices
    pasted: string
    fileName: string
    createdAt: Date
  },
): Promise<void> {
  const { id, organisationId, actorId, source, choices, pasted, fileName, createdAt } = draft
  await db.prisma.batch.create({
    data: {
      ...{ id, organisationId, inviterId: actorId, source, ...choices, createdAt },
      pasted: storable(pasted),
      fileName: storable(fileName),
      note: storable(choices.note),
    },
  })
}

/** What the audit log calls a list. */
export function nameOfList({ source, fileName }: { source: BatchSource; fileName: string }): string {
  return source === 'auto' ? 'automatic invitations' : fileName || 'a list'
}

export async function removeDraft(db: Database, id: string): Promise<void> {
  await db.prisma.batch.deleteMany({ where: { id, status: 'draft' } })
}

/** PostgreSQL keeps neither NUL nor half of a character; what a program sends may hold both. */
function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed()
}

function storablePerson(person: RowPerson): string {
  return JSON.stringify(person, (_, value: unknown) => (typeof value === 'string' ? storable(value) : value))
}

export async function insertRows(db: Database, batchId: string, rows: JudgedRow[]): Promise<void> {
  if (rows.length === 0) return
  await db.pool.query({
    name: 'insert-batch-rows',
    text: `INSERT INTO "BatchRow" ("batchId", "position", "line", "written", "emailKey", "person", "verdict", "reason")
      SELECT $1::uuid, * FROM unnest($2::int[], $3::int[], $4::text[], $5::text[], $6::jsonb[],
        $7::"RowVerdict"[], $8::text[])`,
    values: [
      batchId,
      rows.map((row) => row.position),
      rows.map((row) => row.line),
      rows.map((row) => storable(row.written)),
      rows.map((row) => row.emailKey),
      rows.map((row) => storablePerson(row.person)),
      rows.map((row) => row.verdict),
      rows.map((row) => row.reason),
    ],
  })
}

export async function setDraftCounts(
  db: Database,
  batchId: string,
  counts: { good: number; malformed: number; repeated: number; refused: number; contentKey: string },
): Promise<void> {
  await db.prisma.batch.update({ where: { id: batchId }, data: counts })
}

/** Departments and locations that are not archived, by `nameKey`. */
export async function findUnitIds(
  db: Database,
  organisationId: string,
): Promise<{ departments: Map<string, string>; locations: Map<string, string> }> {
  const where = { organisationId, archivedAt: null }
  const [departments, locations] = await Promise.all([
    db.prisma.department.findMany({ where, select: { id: true, name: true } }),
    db.prisma.location.findMany({ where, select: { id: true, name: true } }),
  ])
  const byName = (units: { id: string; name: string }[]) => new Map(units.map(({ id, name }) => [nameKey(name), id]))
  return { departments: byName(departments), locations: byName(locations) }
}

/** How names of departments and locations are compared. */
export function nameKey(name: string): string {
  return name.normalize('NFC').trim().replaceAll(/\s+/g, ' ').toLowerCase()
}

export async function findBatch(
  reader: Database['prisma'],
  where: { id: string; organisationId: string; inviterId: string },
): Promise<Batch | undefined> {
  return (await reader.batch.findUnique({ where })) ?? undefined
}

/**
 * How many rows one statement writes: the loop is free between two of them. Such a statement reads each row by its key
 * (LATERAL … OFFSET 0): nothing that PostgreSQL knows of a young table keeps it from comparing all with all.
 */
export const CHUNK = 1000

/** A row that is to be carried out, or was: in a list that was sent, a good row is one that was invited. */
export type GoodRow = {
  position: number
  emailKey: string
  hasGroups: boolean
  /** Null for whoever has an address. */
  without: { name: string; userName: string | null; mobile: string | null } | null
}

/** The next rows of a draft that are to be carried out, by position. */
export async function goodRows(tx: SqlTransaction, batchId: string, after: number): Promise<GoodRow[]> {
  return tx.$queryRaw<GoodRow[]>`
    SELECT "position", "emailKey", coalesce("person"->'groups' <> '[]', false) AS "hasGroups",
      CASE WHEN "person"->>'email' = '' THEN jsonb_build_object('userName', "person"->'userName', 'mobile', "person"->'mobile',
        'name', ("person"->>'firstName') || ' ' || ("person"->>'lastName')) END AS "without" FROM "BatchRow"
    WHERE "batchId" = ${batchId}::uuid AND "verdict" = 'good' AND "position" > ${after}
    ORDER BY "position" LIMIT ${CHUNK}`
}

/** Sets rows aside whose person is known in another department, or in none; gives how many. */
export async function setAsideOutsiders(
  writer: Database['prisma'] | SqlTransaction,
  batchId: string,
  { departmentId, as }: { departmentId: string; as: 'refused' | 'could_not' },
): Promise<number> {
  const unnamed = await writer.$executeRaw`
    UPDATE "BatchRow" r SET "verdict" = ${as}::"RowVerdict", "reason" = 'not_in_your_department'
    FROM "Batch" b JOIN "Person" p ON p."organisationId" = b."organisationId" AND p."email" IS NULL
    WHERE r."batchId" = ${batchId}::uuid AND b."id" = r."batchId" AND r."verdict" = 'good'
      AND r."person"->>'email' = '' AND p."departmentId" IS DISTINCT FROM ${departmentId}::uuid
      AND (p."userNameKey" = r."person"->>'userName' OR (r."person"->>'userName' IS NULL
        AND p."mobile" = r."person"->>'mobile' AND p."userName" IS NOT NULL
        AND lower(p."firstName" || ' ' || p."lastName")
          = lower((r."person"->>'firstName') || ' ' || (r."person"->>'lastName'))))`
  const named = await writer.$executeRaw`
    UPDATE "BatchRow" r SET "verdict" = ${as}::"RowVerdict", "reason" = 'not_in_your_department'
    FROM "Batch" b JOIN "Person" p ON p."organisationId" = b."organisationId"
    WHERE r."batchId" = ${batchId}::uuid AND b."id" = r."batchId" AND r."verdict" = 'good'
      AND p."emailKey" = r."emailKey" AND p."departmentId" IS DISTINCT FROM ${departmentId}::uuid`
  return unnamed + named
}

/**
 * Sets aside the rows of an import that are about somebody over whom whoever brings it has no rights: themselves, and people
 * who stand above them. Gives how many.
 */
export async function setAsideBeyondRights(
  tx: SqlTransaction,
  batchId: string,
  { sender, organisation }: { sender: KnownMember; organisation: Organisation },
): Promise<number> {
  const rights = rightsOver(sender, organisation) ?? Prisma.sql`false`
  const query = Prisma.sql`
    UPDATE "BatchRow" r SET "verdict" = 'could_not', "reason" = 'may_not_change'
    FROM "Batch" b JOIN "Person" p ON p."organisationId" = b."organisationId"
    WHERE r."batchId" = ${batchId}::uuid AND b."id" = r."batchId" AND r."verdict" = 'good'
      AND p."emailKey" = r."emailKey" AND (${rights}) IS NOT TRUE RETURNING r."position"`
  const rows = await tx.$queryRawUnsafe<unknown[]>(query.text, ...query.values)
  return rows.length
}

/** The departments that the rows which are to be carried out name; null for those that name none. */
export async function namedDepartments(tx: SqlTransaction, batchId: string): Promise<(string | null)[]> {
  const rows = await tx.$queryRaw<{ departmentId: string | null }[]>`
    SELECT DISTINCT r."person"->>'departmentId' AS "departmentId" FROM "BatchRow" r
    WHERE r."batchId" = ${batchId}::uuid AND r."verdict" = 'good'`
  return rows.map(({ departmentId }) => departmentId)
}
