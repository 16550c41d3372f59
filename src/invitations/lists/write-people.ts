// One chunk of a confirmed list: its people are made or completed, and put into their groups. An import says how things
// are and changes what it says differently; any other list only fills in what nobody has said yet.
import { type AuditEvent, record } from '../../audit/index.ts'
import { newId, type Transaction } from '../../database/index.ts'
import { type KnownMember, STATUS_NAMES } from '../../organisation/index.ts'

export type PeopleChunk = {
  batch: { id: string; organisationId: string }
  isImport: boolean
  /** Where an import puts those of whom it says no department. */
  departmentId: string | null
  actor: KnownMember
  origin: string
  range: { from: number; to: number; at: Date }
}

export type WrittenPeople = { added: number; changed: number; unchanged: number }

/**
 * Writes the people of a chunk and gives how many were new, changed, and as they were. Locks are taken as every act
 * takes them: invitations before people. Whoever an import makes inactive loses their open invitations with it.
 */
export async function writePeople(tx: Transaction, chunk: PeopleChunk): Promise<WrittenPeople> {
  const count = await lockPeople(tx, chunk)
  const added = await insertPeople(tx, chunk)
  const changed = await changePeople(tx, chunk)
  const touched = new Set([...changed.map(({ id }) => id), ...(await writeGroups(tx, chunk))])
  for (const { id } of added) touched.delete(id)
  if (chunk.isImport) {
    await record(tx, [...added.map((row) => addedEvent(chunk, row)), ...changed.map((row) => changedEvent(chunk, row))])
    const left = changed.filter(({ before, after }) => before.active && !after.active)
    if (left.length > 0) await revokeOpen(tx, chunk, left)
  }
  return { added: added.length, changed: touched.size, unchanged: count - added.length - touched.size }
}

async function lockPeople(tx: Transaction, { batch, range }: PeopleChunk): Promise<number> {
  await tx.$queryRaw`SELECT 1 AS "locked" FROM "Invitation" i WHERE i."status" IN ('waiting', 'pending')
      AND i."personId" = ANY(ARRAY(SELECT p."id" FROM "BatchRow" r
        JOIN "Person" p ON p."organisationId" = ${batch.organisationId}::uuid AND p."emailKey" = r."emailKey"
        WHERE r."batchId" = ${batch.id}::uuid AND r."verdict" = 'good'
          AND r."position" BETWEEN ${range.from} AND ${range.to}))
    ORDER BY i."id" FOR UPDATE`
  await tx.$queryRaw`SELECT 1 AS "locked" FROM "BatchRow" r
    JOIN "Person" p ON p."organisationId" = ${batch.organisationId}::uuid AND p."emailKey" = r."emailKey"
    WHERE r."batchId" = ${batch.id}::uuid AND r."verdict" = 'good'
      AND r."position" BETWEEN ${range.from} AND ${range.to}
    ORDER BY p."id" FOR NO KEY UPDATE OF p`
  const [rows] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count" FROM "BatchRow" r WHERE r."batchId" = ${batch.id}::uuid AND r."verdict" = 'good'
      AND r."position" BETWEEN ${range.from} AND ${range.to}`
  return rows?.count ?? 0
}

type Added = { id: string; email: string; after: Record<string, unknown> }

async function insertPeople(tx: Transaction, { batch, range, departmentId }: PeopleChunk): Promise<Added[]> {
  return tx.$queryRaw<Added[]>`
    INSERT INTO "Person" ("id", "organisationId", "email", "emailKey", "firstName", "lastName", "mobile",
      "departmentId", "locationId", "employeeType", "startDate", "isActive", "createdAt")
    SELECT gen_random_uuid(), ${batch.organisationId}::uuid, r."person"->>'email', r."emailKey",
      r."person"->>'firstName', r."person"->>'lastName', r."person"->>'mobile',
      coalesce((r."person"->>'departmentId')::uuid, ${departmentId}::uuid), (r."person"->>'locationId')::uuid,
      (r."person"->>'employeeType')::"EmployeeType", (r."person"->>'startDate')::date,
      coalesce((r."person"->>'active')::boolean, true), ${range.at}
    FROM "BatchRow" r
    WHERE r."batchId" = ${batch.id}::uuid AND r."verdict" = 'good' AND r."position" BETWEEN ${range.from} AND ${range.to}
      AND NOT EXISTS (SELECT 1 FROM "Person" p
        WHERE p."organisationId" = ${batch.organisationId}::uuid AND p."emailKey" = r."emailKey")
    ORDER BY r."emailKey"
    ON CONFLICT DO NOTHING
    RETURNING "id", "email", jsonb_build_object('email', "email", 'firstName', "firstName", 'lastName', "lastName",
      'active', "isActive") AS "after"`
}

type Told = { active: boolean } & Record<string, unknown>
type Changed = { id: string; name: string; before: Told; after: Told }

/**
 * An import may change everybody. Any other list completes only those who are known by nothing but lists: what a
 * member or an account says of itself is not for whoever sends a list.
 */
async function changePeople(
  tx: Transaction,
  { batch, range, departmentId, isImport }: PeopleChunk,
): Promise<Changed[]> {
  return tx.$queryRaw<Changed[]>`
    WITH merged AS (
      SELECT p."id",
        CASE WHEN r."person"->>'firstName' <> '' AND (${isImport} OR p."firstName" = '')
          THEN r."person"->>'firstName' ELSE p."firstName" END AS "firstName",
        CASE WHEN r."person"->>'lastName' <> '' AND (${isImport} OR p."lastName" = '')
          THEN r."person"->>'lastName' ELSE p."lastName" END AS "lastName",
        CASE WHEN ${isImport} THEN coalesce(r."person"->>'mobile', p."mobile")
          ELSE coalesce(p."mobile", r."person"->>'mobile') END AS "mobile",
        CASE WHEN ${isImport} THEN coalesce((r."person"->>'departmentId')::uuid, ${departmentId}::uuid, p."departmentId")
          ELSE coalesce(p."departmentId", (r."person"->>'departmentId')::uuid) END AS "departmentId",
        CASE WHEN ${isImport} THEN coalesce((r."person"->>'locationId')::uuid, p."locationId")
          ELSE coalesce(p."locationId", (r."person"->>'locationId')::uuid) END AS "locationId",
        CASE WHEN ${isImport} THEN coalesce((r."person"->>'employeeType')::"EmployeeType", p."employeeType")
          ELSE coalesce(p."employeeType", (r."person"->>'employeeType')::"EmployeeType") END AS "employeeType",
        CASE WHEN ${isImport} THEN coalesce((r."person"->>'startDate')::date, p."startDate")
          ELSE coalesce(p."startDate", (r."person"->>'startDate')::date) END AS "startDate",
        CASE WHEN ${isImport} THEN coalesce((r."person"->>'active')::boolean, p."isActive") ELSE p."isActive"
          END AS "isActive"
      FROM "BatchRow" r
      JOIN "Person" p ON p."organisationId" = ${batch.organisationId}::uuid AND p."emailKey" = r."emailKey"
      WHERE r."batchId" = ${batch.id}::uuid AND r."verdict" = 'good'
        AND r."position" BETWEEN ${range.from} AND ${range.to}
        AND (${isImport} OR (p."slackUserId" IS NULL AND p."accountStatus" IS NULL))
    ), written AS (
      UPDATE "Person" p SET "firstName" = m."firstName", "lastName" = m."lastName", "mobile" = m."mobile",
        "departmentId" = m."departmentId", "locationId" = m."locationId", "employeeType" = m."employeeType",
        "startDate" = m."startDate", "isActive" = m."isActive"
      FROM merged m WHERE p."id" = m."id"
        AND (p."firstName", p."lastName", p."mobile", p."departmentId", p."locationId", p."employeeType",
            p."startDate", p."isActive")
          IS DISTINCT FROM (m."firstName", m."lastName", m."mobile", m."departmentId", m."locationId",
            m."employeeType", m."startDate", m."isActive")
      RETURNING p.*
    )
    SELECT w."id", coalesce(nullif(trim(w."firstName" || ' ' || w."lastName"), ''), w."email") AS "name",
      jsonb_build_object('firstName', o."firstName", 'lastName', o."lastName", 'mobile', o."mobile",
        'department', (SELECT d."name" FROM "Department" d WHERE d."id" = o."departmentId"),
        'location', (SELECT l."name" FROM "Location" l WHERE l."id" = o."locationId"),
        'employeeType', o."employeeType", 'startDate', o."startDate", 'active', o."isActive") AS "before",
      jsonb_build_object('firstName', w."firstName", 'lastName', w."lastName", 'mobile', w."mobile",
        'department', (SELECT d."name" FROM "Department" d WHERE d."id" = w."departmentId"),
        'location', (SELECT l."name" FROM "Location" l WHERE l."id" = w."locationId"),
        'employeeType', w."employeeType", 'startDate', w."startDate", 'active', w."isActive") AS "after"
    -- The table as this statement found it: as they were before.
    FROM written w JOIN "Person" o ON o."id" = w."id"`
}

/** Makes the groups that rows name, and puts their people in; gives who was not in before. */
async function writeGroups(tx: Transaction, { batch, range }: PeopleChunk): Promise<string[]> {
  const names = await tx.$queryRaw<{ name: string }[]>`
    SELECT DISTINCT ON (lower(n.name)) n.name FROM "BatchRow" r, jsonb_array_elements_text(r."person"->'groups') AS n(name)
    WHERE r."batchId" = ${batch.id}::uuid AND r."verdict" = 'good' AND r."position" BETWEEN ${range.from} AND ${range.to}
      AND NOT EXISTS (SELECT 1 FROM "Group" g
        WHERE g."organisationId" = ${batch.organisationId}::uuid AND lower(g."name") = lower(n.name))
    ORDER BY lower(n.name), r."position"`
  if (names.length > 0) {
    const { organisationId } = batch
    await tx.group.createMany({
      data: names.map(({ name }) => ({ id: newId(), organisationId, name, createdAt: range.at })),
      skipDuplicates: true,
    })
  }
  const put = await tx.$queryRaw<{ personId: string }[]>`
    INSERT INTO "GroupMembership" ("groupId", "personId")
    SELECT DISTINCT g."id", p."id" FROM "BatchRow" r
    CROSS JOIN LATERAL jsonb_array_elements_text(r."person"->'groups') AS n(name)
    JOIN "Group" g ON g."organisationId" = ${batch.organisationId}::uuid AND lower(g."name") = lower(n.name)
    JOIN "Person" p ON p."organisationId" = ${batch.organisationId}::uuid AND p."emailKey" = r."emailKey"
    WHERE r."batchId" = ${batch.id}::uuid AND r."verdict" = 'good' AND r."position" BETWEEN ${range.from} AND ${range.to}
    ON CONFLICT DO NOTHING RETURNING "personId"`
  return put.map(({ personId }) => personId)
}

async function revokeOpen(tx: Transaction, chunk: PeopleChunk, people: { id: string }[]): Promise<void> {
  const revoked = await tx.$queryRaw<{ id: string; email: string }[]>`
    UPDATE "Invitation" SET "status" = 'revoked', "generation" = "generation" + 1, "nextAttemptAt" = NULL
    WHERE "personId" = ANY(${people.map(({ id }) => id)}::uuid[]) AND "status" IN ('waiting', 'pending')
    RETURNING "id", "email"`
  await record(
    tx,
    revoked.map(({ id, email }) => ({
      ...common(chunk),
      act: 'invitation.revoked',
      subject: { kind: 'invitation', id, name: email },
      after: { status: STATUS_NAMES.revoked, because: 'the person is inactive' },
    })),
  )
}

function common({
  batch,
  actor,
  origin,
  range,
}: PeopleChunk): Pick<AuditEvent, 'organisationId' | 'at' | 'actor' | 'origin'> {
  return { organisationId: batch.organisationId, at: range.at, actor: { id: actor.id, name: actor.name }, origin }
}

function addedEvent(chunk: PeopleChunk, { id, email, after }: Added): AuditEvent {
  return { ...common(chunk), act: 'person.added', subject: { kind: 'person', id, name: email }, after }
}

/** Only what is different now. */
function changedEvent(chunk: PeopleChunk, { id, name, before, after }: Changed): AuditEvent {
  const fields = Object.keys(after).filter((field) => before[field] !== after[field])
  const of = (told: Told) => Object.fromEntries(fields.map((field) => [field, told[field]]))
  const act = before.active === after.active ? 'changed' : after.active ? 'reactivated' : 'deactivated'
  const subject = { kind: 'person' as const, id, name }
  return { ...common(chunk), act: `person.${act}`, subject, before: of(before), after: of(after) }
}
