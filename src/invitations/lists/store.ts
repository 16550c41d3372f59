// Every query of lists: set-based, in chunks, so that ten thousand rows cost neither memory nor patience.
import {
  type Batch,
  type BatchSource,
  type Database,
  type EmployeeType,
  newId,
  type RowVerdict,
  type Transaction,
} from '../../database/index.ts'
import type { ListChoices } from './prepare-list.ts'

/** What a row says of a person, with departments and locations already found. */
export type RowPerson = {
  email: string
  firstName: string
  lastName: string
  mobile: string | null
  departmentId: string | null
  locationId: string | null
  employeeType: EmployeeType | null
  startDate: string | null
  groups: string[]
  active: boolean | null
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
    data: { id, organisationId, inviterId: actorId, source, ...choices, pasted, fileName, createdAt },
  })
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
      rows.map((row) => row.written),
      rows.map((row) => row.emailKey),
      rows.map((row) => JSON.stringify(row.person)),
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

/** Departments and locations that are not archived, by their names in small letters. */
export async function findUnitIds(
  db: Database,
  organisationId: string,
): Promise<{ departments: Map<string, string>; locations: Map<string, string> }> {
  const where = { organisationId, archivedAt: null }
  const [departments, locations] = await Promise.all([
    db.prisma.department.findMany({ where, select: { id: true, name: true } }),
    db.prisma.location.findMany({ where, select: { id: true, name: true } }),
  ])
  const byName = (units: { id: string; name: string }[]) =>
    new Map(units.map(({ id, name }) => [name.toLowerCase(), id]))
  return { departments: byName(departments), locations: byName(locations) }
}

export async function findBatch(
  reader: Database['prisma'] | Transaction,
  where: { id: string; organisationId: string; inviterId: string },
): Promise<Batch | undefined> {
  return (await reader.batch.findUnique({ where })) ?? undefined
}

/** How many rows one statement writes: the loop is free between two of them. */
export const CHUNK = 1000

/** The next rows of a draft that are to be carried out, by position. */
export async function goodRows(
  tx: Transaction,
  batchId: string,
  after: number,
): Promise<{ position: number; emailKey: string }[]> {
  return tx.$queryRaw`
    SELECT "position", "emailKey" FROM "BatchRow"
    WHERE "batchId" = ${batchId}::uuid AND "verdict" = 'good' AND "position" > ${after}
    ORDER BY "position" LIMIT ${CHUNK}`
}

export type WrittenPeople = { added: number; changed: number; unchanged: number }

/**
 * Makes or completes the people of some rows. An import changes what it says differently; any other list only fills
 * in what is not known. Rows are written in the order of their addresses, so that two lists never wait for each other.
 */
export async function writePeople(
  tx: Transaction,
  batch: { id: string; organisationId: string; isImport: boolean },
  range: { from: number; to: number; at: Date; departmentId: string | null },
): Promise<WrittenPeople> {
  const { isImport } = batch
  const [counts] = await tx.$queryRaw<WrittenPeople[]>`
    WITH given AS (
      SELECT r."emailKey", r."person"->>'email' AS "email", r."person"->>'firstName' AS "firstName",
        r."person"->>'lastName' AS "lastName", r."person"->>'mobile' AS "mobile",
        coalesce((r."person"->>'departmentId')::uuid, ${range.departmentId}::uuid) AS "departmentId",
        (r."person"->>'locationId')::uuid AS "locationId",
        (r."person"->>'employeeType')::"EmployeeType" AS "employeeType",
        (r."person"->>'startDate')::date AS "startDate", (r."person"->>'active')::boolean AS "active"
      FROM "BatchRow" r WHERE r."batchId" = ${batch.id}::uuid AND r."verdict" = 'good'
        AND r."position" BETWEEN ${range.from} AND ${range.to}
      ORDER BY r."emailKey"
    ), known AS (
      SELECT p."emailKey", p."firstName", p."lastName", p."mobile", p."departmentId", p."locationId",
        p."employeeType", p."startDate", p."isActive"
      FROM "Person" p JOIN given USING ("emailKey") WHERE p."organisationId" = ${batch.organisationId}::uuid
    ), written AS (
      INSERT INTO "Person" ("id", "organisationId", "email", "emailKey", "firstName", "lastName", "mobile",
        "departmentId", "locationId", "employeeType", "startDate", "isActive", "createdAt")
      SELECT gen_random_uuid(), ${batch.organisationId}::uuid, "email", "emailKey", "firstName", "lastName", "mobile",
        "departmentId", "locationId", "employeeType", "startDate", coalesce("active", true), ${range.at}
      FROM given
      ON CONFLICT ("organisationId", "emailKey") DO UPDATE SET
        "firstName" = CASE WHEN excluded."firstName" <> '' AND (${isImport} OR "Person"."firstName" = '')
          THEN excluded."firstName" ELSE "Person"."firstName" END,
        "lastName" = CASE WHEN excluded."lastName" <> '' AND (${isImport} OR "Person"."lastName" = '')
          THEN excluded."lastName" ELSE "Person"."lastName" END,
        "mobile" = CASE WHEN ${isImport} THEN coalesce(excluded."mobile", "Person"."mobile")
          ELSE coalesce("Person"."mobile", excluded."mobile") END,
        "departmentId" = CASE WHEN ${isImport} THEN coalesce(excluded."departmentId", "Person"."departmentId")
          ELSE coalesce("Person"."departmentId", excluded."departmentId") END,
        "locationId" = CASE WHEN ${isImport} THEN coalesce(excluded."locationId", "Person"."locationId")
          ELSE coalesce("Person"."locationId", excluded."locationId") END,
        "employeeType" = CASE WHEN ${isImport} THEN coalesce(excluded."employeeType", "Person"."employeeType")
          ELSE coalesce("Person"."employeeType", excluded."employeeType") END,
        "startDate" = CASE WHEN ${isImport} THEN coalesce(excluded."startDate", "Person"."startDate")
          ELSE coalesce("Person"."startDate", excluded."startDate") END,
        "isActive" = CASE WHEN ${isImport} THEN coalesce((SELECT g."active" FROM given g
          WHERE g."emailKey" = excluded."emailKey"), "Person"."isActive") ELSE "Person"."isActive" END
      RETURNING "emailKey", "firstName", "lastName", "mobile", "departmentId", "locationId", "employeeType",
        "startDate", "isActive"
    )
    SELECT count(*) FILTER (WHERE known."emailKey" IS NULL)::int AS "added",
      count(*) FILTER (WHERE known."emailKey" IS NOT NULL AND written IS DISTINCT FROM known)::int AS "changed",
      count(*) FILTER (WHERE written IS NOT DISTINCT FROM known)::int AS "unchanged"
    FROM written LEFT JOIN known USING ("emailKey")`
  return counts ?? { added: 0, changed: 0, unchanged: 0 }
}

/** Makes the groups that rows name, and puts their people in. */
export async function writeGroups(
  tx: Transaction,
  batch: { id: string; organisationId: string },
  range: { from: number; to: number; at: Date },
): Promise<void> {
  const names = await tx.$queryRaw<{ name: string }[]>`
    SELECT DISTINCT name FROM "BatchRow" r, jsonb_array_elements_text(r."person"->'groups') AS name
    WHERE r."batchId" = ${batch.id}::uuid AND r."verdict" = 'good' AND r."position" BETWEEN ${range.from} AND ${range.to}
    ORDER BY name`
  if (names.length === 0) return
  await tx.group.createMany({
    data: names.map(({ name }) => ({
      id: newId(),
      organisationId: batch.organisationId,
      name,
      createdAt: range.at,
    })),
    skipDuplicates: true,
  })
  await tx.$executeRaw`
    INSERT INTO "GroupMembership" ("groupId", "personId")
    SELECT g."id", p."id" FROM "BatchRow" r
    CROSS JOIN LATERAL jsonb_array_elements_text(r."person"->'groups') AS name
    JOIN "Group" g ON g."organisationId" = ${batch.organisationId}::uuid AND g."name" = name
    JOIN "Person" p ON p."organisationId" = ${batch.organisationId}::uuid AND p."emailKey" = r."emailKey"
    WHERE r."batchId" = ${batch.id}::uuid AND r."verdict" = 'good' AND r."position" BETWEEN ${range.from} AND ${range.to}
    ON CONFLICT DO NOTHING`
}

export async function markVerdicts(
  tx: Transaction,
  batchId: string,
  range: { from: number; to: number; verdict: RowVerdict },
): Promise<void> {
  await tx.$executeRaw`UPDATE "BatchRow" SET "verdict" = ${range.verdict}::"RowVerdict"
    WHERE "batchId" = ${batchId}::uuid AND "verdict" = 'good' AND "position" BETWEEN ${range.from} AND ${range.to}`
}
