// One chunk of a confirmed list: its people are made or completed, and put into their groups. An import says how things
// are and changes what it says differently; any other list only fills in what nobody has said yet.
import { type AuditEvent, record } from '../../audit/index.ts'
import { newId, type SqlTransaction } from '../../database/index.ts'
import { type KnownMember, STATUS_NAMES } from '../../organisation/index.ts'
import type { GoodRow } from './store.ts'

export type PeopleChunk = {
  batch: { id: string; organisationId: string; sendInvitations: boolean }
  rows: GoodRow[]
  isImport: boolean
  /** Where an import puts those of whom it says no department. */
  departmentId: string | null
  actor: KnownMember
  origin: string
  range: { from: number; to: number; at: Date }
}

export type WrittenPeople = { added: number; changed: number; unchanged: number }

/**
 * Writes the people of a chunk; gives how many were new, changed, and as they were, and who each row's person is. Locks
 * are taken as every act takes them: invitations before people. Whoever an import makes inactive loses their open
 * invitations with it.
 */
export async function writePeople(
  tx: SqlTransaction,
  chunk: PeopleChunk,
): Promise<WrittenPeople & { personIds: Map<number, string> }> {
  const known = await findKnown(tx, chunk.batch, chunk.rows)
  const added = await insertPeople(tx, chunk, known)
  const personIds = new Map([...known, ...added].map(({ position, id }) => [position, id]))
  // Somebody else wrote the same person at this moment: then they are known by now.
  const missed = chunk.rows.filter(({ position }) => !personIds.has(position))
  for (const row of await findKnown(tx, chunk.batch, missed)) {
    known.push(row)
    personIds.set(row.position, row.id)
  }
  const changed = known.length > 0 ? await changePeople(tx, chunk, known) : []
  const touched = new Set(changed.map(({ id }) => id))
  const newIds = new Set(added.map(({ id }) => id))
  for (const id of await writeGroups(tx, chunk, personIds)) if (!newIds.has(id)) touched.add(id)
  if (chunk.isImport) {
    await record(tx, [...added.map((row) => addedEvent(chunk, row)), ...changed.map((row) => changedEvent(chunk, row))])
    const left = changed.filter(({ before, after }) => before.active && !after.active)
    if (left.length > 0) await revokeOpen(tx, chunk, left)
  }
  const unchanged = chunk.rows.length - added.length - touched.size
  return { added: added.length, changed: touched.size, unchanged, personIds }
}

/** A row whose address belongs to somebody already. */
type Known = { id: string; position: number }

/** Finds and locks whom the organisation knows already, their open invitations first. */
async function findKnown(
  tx: SqlTransaction,
  batch: { organisationId: string },
  rows: { position: number; emailKey: string }[],
): Promise<Known[]> {
  if (rows.length === 0) return []
  const known = await tx.$queryRaw<Known[]>`
    SELECT p."id", g."position"
    FROM unnest(${rows.map(({ emailKey }) => emailKey)}::text[], ${rows.map(({ position }) => position)}::int[])
      AS g("emailKey", "position")
    JOIN "Person" p ON p."organisationId" = ${batch.organisationId}::uuid AND p."emailKey" = g."emailKey"`
  if (known.length === 0) return known
  const ids = known.map(({ id }) => id)
  await tx.$queryRaw`SELECT 1 AS "locked" FROM "Invitation"
    WHERE "personId" = ANY(${ids}::uuid[]) AND "status" IN ('waiting', 'pending') ORDER BY "id" FOR UPDATE`
  await tx.$queryRaw`SELECT 1 AS "locked" FROM "Person" WHERE "id" = ANY(${ids}::uuid[]) ORDER BY "id" FOR NO KEY UPDATE`
  return known
}

type Added = { id: string; position: number; email: string; after: Record<string, unknown> }

async function insertPeople(tx: SqlTransaction, chunk: PeopleChunk, known: Known[]): Promise<Added[]> {
  const { batch, range, departmentId, rows } = chunk
  const there = new Set(known.map(({ position }) => position))
  const fresh = rows.filter(({ position }) => !there.has(position))
  if (fresh.length === 0) return []
  const positions = new Map(fresh.map(({ position }) => [newId(), position]))
  // Whoever is new is invited in this transaction: written at once as the trigger on invitations would write it after.
  const invited = batch.sendInvitations ? 'waiting' : null
  const added = await tx.$queryRaw<Omit<Added, 'position'>[]>`
    INSERT INTO "Person" ("id", "organisationId", "email", "emailKey", "firstName", "lastName", "mobile",
      "departmentId", "locationId", "employeeType", "startDate", "isActive", "createdAt", "invitationStatus")
    SELECT g."id", ${batch.organisationId}::uuid, r."person"->>'email', r."emailKey",
      r."person"->>'firstName', r."person"->>'lastName', r."person"->>'mobile',
      coalesce((r."person"->>'departmentId')::uuid, ${departmentId}::uuid), (r."person"->>'locationId')::uuid,
      (r."person"->>'employeeType')::"EmployeeType", (r."person"->>'startDate')::date,
      coalesce((r."person"->>'active')::boolean, true), ${range.at},
      CASE WHEN r."person"->'active' = 'false' THEN NULL ELSE ${invited} END::"InvitationStatus"
    FROM unnest(${[...positions.keys()]}::uuid[], ${[...positions.values()]}::int[]) AS g("id", "position")
    CROSS JOIN LATERAL (SELECT * FROM "BatchRow" r
        WHERE r."batchId" = ${batch.id}::uuid AND r."position" = g."position" OFFSET 0) AS r
    ON CONFLICT DO NOTHING
    RETURNING "id", "email", jsonb_build_object('email', "email", 'firstName', "firstName", 'lastName', "lastName",
      'active', "isActive") AS "after"`
  return added.map((row) => ({ ...row, position: positions.get(row.id) ?? 0 }))
}

type Told = { active: boolean } & Record<string, unknown>
type Changed = { id: string; name: string; before: Told; after: Told }

/**
 * An import may change everybody. Any other list completes only those who are known by nothing but lists: what a
 * member or an account says of itself is not for whoever sends a list.
 */
async function changePeople(tx: SqlTransaction, chunk: PeopleChunk, known: Known[]): Promise<Changed[]> {
  const { batch, departmentId, isImport } = chunk
  const ids = known.map(({ id }) => id)
  return tx.$queryRaw<Changed[]>`
    WITH merged AS MATERIALIZED (
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
      FROM unnest(${ids}::uuid[], ${known.map(({ position }) => position)}::int[]) AS g("id", "position")
      CROSS JOIN LATERAL (SELECT * FROM "BatchRow" r
        WHERE r."batchId" = ${batch.id}::uuid AND r."position" = g."position" OFFSET 0) AS r
      JOIN "Person" p ON p."id" = g."id"
      WHERE ${isImport} OR (p."slackUserId" IS NULL AND p."accountStatus" IS NULL)
    ), written AS (
      UPDATE "Person" p SET "firstName" = m."firstName", "lastName" = m."lastName", "mobile" = m."mobile",
        "departmentId" = m."departmentId", "locationId" = m."locationId", "employeeType" = m."employeeType",
        "startDate" = m."startDate", "isActive" = m."isActive"
      FROM merged m WHERE p."id" = m."id" AND p."id" = ANY(${ids}::uuid[])
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
    FROM written w JOIN "Person" o ON o."id" = w."id" AND o."id" = ANY(${ids}::uuid[])`
}

/** Makes the groups that rows name, and puts their people in; gives who was not in before. */
async function writeGroups(
  tx: SqlTransaction,
  { batch, rows, range }: PeopleChunk,
  personIds: Map<number, string>,
): Promise<string[]> {
  const positions = rows.filter(({ hasGroups }) => hasGroups).map(({ position }) => position)
  if (positions.length === 0) return []
  const names = await tx.$queryRaw<{ name: string }[]>`
    SELECT DISTINCT ON (lower(n.name)) n.name
    FROM "BatchRow" r, jsonb_array_elements_text(r."person"->'groups') AS n(name)
    WHERE r."batchId" = ${batch.id}::uuid AND r."position" = ANY(${positions}::int[])
      AND NOT EXISTS (SELECT 1 FROM "Group" g WHERE g."organisationId" = ${batch.organisationId}::uuid
        AND g."source" = 'import' AND g."externalId" = lower(n.name))
    ORDER BY lower(n.name), r."position"`
  await tx.$executeRaw`
    INSERT INTO "Group" ("id", "organisationId", "source", "externalId", "name", "createdAt")
    SELECT "id", ${batch.organisationId}::uuid, 'import', lower("name"), "name", ${range.at}
    FROM unnest(${names.map(() => newId())}::uuid[], ${names.map(({ name }) => name)}::text[]) AS g("id", "name")
    ON CONFLICT DO NOTHING`
  const put = await tx.$queryRaw<{ personId: string }[]>`
    INSERT INTO "GroupMembership" ("groupId", "personId")
    SELECT DISTINCT g."id", row."personId"
    FROM unnest(${positions}::int[], ${positions.map((position) => personIds.get(position))}::uuid[])
      AS row("position", "personId")
    JOIN "BatchRow" r ON r."batchId" = ${batch.id}::uuid AND r."position" = row."position"
    CROSS JOIN LATERAL jsonb_array_elements_text(r."person"->'groups') AS n(name)
    JOIN "Group" g ON g."organisationId" = ${batch.organisationId}::uuid AND g."source" = 'import'
      AND g."externalId" = lower(n.name)
    WHERE row."personId" IS NOT NULL
    ON CONFLICT DO NOTHING RETURNING "personId"`
  return put.map(({ personId }) => personId)
}

async function revokeOpen(tx: SqlTransaction, chunk: PeopleChunk, people: { id: string }[]): Promise<void> {
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
