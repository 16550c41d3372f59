// One chunk of a confirmed list: its people are made, and put into their groups. An import says how things are and changes
// what it says differently; any other list leaves those who are known as they are.
import { type AuditEvent, record } from '../../audit/index.ts'
import type { Collaborators } from '../../collaborators.ts'
import { newId, type SqlTransaction } from '../../database/index.ts'
import { isCorporateAdmin, type KnownMember, type Organisation } from '../../organisation/index.ts'
import {
  freeUserNames,
  learnPeople,
  lockPeople,
  type Said,
  unrevealingName,
  userNameFrom,
  withinRights,
} from '../../people/index.ts'
import type { GoodRow } from './store.ts'

export type PeopleChunk = {
  batch: { id: string; organisationId: string; sendInvitations: boolean }
  rows: GoodRow[]
  isImport: boolean
  /** Where an import puts those of whom it says no department. */
  departmentId: string | null
  actor: KnownMember
  /** Whose list it is, whoever approved it: by their rights people without an address are found. */
  sender: KnownMember
  organisation: Organisation
  origin: string
  range: { from: number; to: number; at: Date }
}

export type WrittenPeople = { added: number; changed: number; unchanged: number }

/**
 * Writes the people of a chunk; gives how many were new, changed, and as they were, and who each row's person is. Locks
 * are taken as every act takes them: invitations before people. Whoever an import makes inactive is let go with it.
 */
export async function writePeople(
  tx: SqlTransaction,
  c: Pick<Collaborators, 'letGo'>,
  chunk: PeopleChunk,
): Promise<WrittenPeople & { personIds: Map<number, string> }> {
  const known = await findKnown(tx, chunk, chunk.rows)
  const added = await insertPeople(tx, chunk, known)
  const personIds = new Map([...known, ...added].map(({ position, id }) => [position, id]))
  // Somebody else wrote the same person at this moment: then they are known by now.
  const missed = chunk.rows.filter(({ position }) => !personIds.has(position))
  for (const row of await findKnown(tx, chunk, missed)) {
    known.push(row)
    personIds.set(row.position, row.id)
  }
  const touched = new Set<string>()
  if (known.length > 0 && chunk.isImport) {
    for (const id of await importPeople(tx, c, { chunk, known })) touched.add(id)
  }
  const newIds = new Set(added.map(({ id }) => id))
  const grouped = await writeGroups(tx, chunk, chunk.isImport ? personIds : ofNew(added))
  const regrouped = grouped.filter(({ personId }) => !newIds.has(personId))
  for (const { personId } of regrouped) touched.add(personId)
  await record(tx, regroupedEvents(chunk, regrouped))
  if (chunk.isImport) {
    await record(
      tx,
      added.map((row) => addedEvent(chunk, row)),
    )
  }
  const unchanged = chunk.rows.length - added.length - touched.size
  return { added: added.length, changed: touched.size, unchanged, personIds }
}

/** A row whose address belongs to somebody already. */
type Known = { id: string; position: number }

/**
 * Finds and locks whom the organisation knows already, their open invitations first. Who has no address is found only by
 * somebody with rights over them: to all others the row is about somebody new.
 */
async function findKnown(
  tx: SqlTransaction,
  { batch, sender, organisation }: Pick<PeopleChunk, 'batch' | 'sender' | 'organisation'>,
  rows: { position: number; emailKey: string; without: GoodRow['without'] }[],
): Promise<Known[]> {
  if (rows.length === 0) return []
  const found = await tx.$queryRaw<(Known & { hasAddress: boolean })[]>`
    SELECT p."id", g."position", true AS "hasAddress"
    FROM unnest(${rows.map(({ emailKey }) => emailKey)}::text[], ${rows.map(({ position }) => position)}::int[])
      AS g("emailKey", "position")
    JOIN "Person" p ON p."organisationId" = ${batch.organisationId}::uuid AND p."emailKey" = g."emailKey"
    UNION ALL
    -- By a user name only those are meant who have no address.
    SELECT p."id", g."position", false
    FROM unnest(${rows.map(({ without }) => without?.userName ?? null)}::text[],
      ${rows.map(({ position }) => position)}::int[]) AS g("userName", "position")
    JOIN "Person" p ON p."organisationId" = ${batch.organisationId}::uuid AND p."userNameKey" = g."userName"
      AND p."email" IS NULL
    UNION ALL
    -- By a mobile number together with the name: several people may share one telephone.
    SELECT DISTINCT ON (g."position") p."id", g."position", false
    FROM unnest(${rows.map(({ without }) => (without?.userName === null ? without.mobile : null))}::text[],
      ${rows.map(({ without }) => without?.name ?? null)}::text[],
      ${rows.map(({ position }) => position)}::int[]) AS g("mobile", "name", "position")
    JOIN "Person" p ON p."organisationId" = ${batch.organisationId}::uuid AND p."mobile" = g."mobile"
      AND p."email" IS NULL AND p."userName" IS NOT NULL
      AND lower(p."firstName" || ' ' || p."lastName") = lower(g."name")`
  const nameless = found.filter(({ hasAddress }) => !hasAddress).map(({ id }) => id)
  const theirs = await withinRights(tx, { actor: sender, organisation }, nameless)
  const known = found.flatMap(({ id, position, hasAddress }) =>
    hasAddress || theirs.has(id) ? [{ id, position }] : [],
  )
  if (known.length === 0) return known
  await lockPeople(
    tx,
    known.map(({ id }) => id),
  )
  return known
}

type Added = { id: string; position: number; email: string; after: Record<string, unknown> }

async function insertPeople(tx: SqlTransaction, chunk: PeopleChunk, known: Known[]): Promise<Added[]> {
  const { batch, range, departmentId, rows } = chunk
  const there = new Set(known.map(({ position }) => position))
  const fresh = rows.filter(({ position }) => !there.has(position))
  if (fresh.length === 0) return []
  const positions = new Map(fresh.map(({ position }) => [newId(), position]))
  const userNames = await userNamesFor(tx, chunk, fresh)
  // Whoever is new is invited in this transaction: written at once as the trigger on invitations would write it after.
  const invited = batch.sendInvitations ? 'waiting' : null
  // An import speaks for itself; what another list says of somebody new nobody claims.
  const source = chunk.isImport ? 'csv' : null
  const added = await tx.$queryRaw<Omit<Added, 'position'>[]>`
    INSERT INTO "Person" ("id", "organisationId", "userName", "userNameKey", "email", "emailKey", "firstName", "lastName", "mobile",
      "departmentId", "locationId", "employeeType", "startDate", "isActive", "createdAt", "invitationStatus",
      "sources", "activity", "leftAt")
    SELECT g."id", ${batch.organisationId}::uuid, g."userName", g."userName", nullif(r."person"->>'email', ''),
      CASE WHEN r."person"->>'email' <> '' THEN r."emailKey" END,
      r."person"->>'firstName', r."person"->>'lastName', r."person"->>'mobile',
      coalesce((r."person"->>'departmentId')::uuid, ${departmentId}::uuid), (r."person"->>'locationId')::uuid,
      (r."person"->>'employeeType')::"EmployeeType", (r."person"->>'startDate')::date,
      coalesce((r."person"->>'active')::boolean, true), ${range.at},
      CASE WHEN r."person"->'active' = 'false' THEN NULL ELSE ${invited} END::"InvitationStatus",
      CASE WHEN ${source}::text IS NULL THEN '{}' ELSE (
        SELECT coalesce(jsonb_object_agg(said.field, ${source}::text), '{}')
        FROM jsonb_each_text(jsonb_build_object('email', r."person"->'email', 'emailKey', r."person"->'email',
          'firstName', r."person"->'firstName', 'lastName', r."person"->'lastName', 'mobile', r."person"->'mobile',
          'departmentId', coalesce(r."person"->>'departmentId', ${departmentId}::text),
          'locationId', r."person"->'locationId', 'employeeType', r."person"->'employeeType',
          'startDate', r."person"->'startDate')) AS said(field, value)
        WHERE said.value <> '') END,
      CASE WHEN r."person"->'active' = 'false' THEN '{"csv": false}'::jsonb ELSE '{}' END,
      CASE WHEN r."person"->'active' = 'false' THEN ${range.at}::timestamptz END
    FROM unnest(${[...positions.keys()]}::uuid[], ${[...positions.values()]}::int[],
      ${[...positions.values()].map((position) => userNames.get(position) ?? null)}::text[]) AS g("id", "position", "userName")
    CROSS JOIN LATERAL (SELECT * FROM "BatchRow" r
        WHERE r."batchId" = ${batch.id}::uuid AND r."position" = g."position" OFFSET 0) AS r
    ON CONFLICT DO NOTHING
    RETURNING "id", coalesce("email", "userName") AS "email", jsonb_build_object('email', "email", 'firstName', "firstName", 'lastName', "lastName",
      'active', "isActive") AS "after"`
  return added.map((row) => ({ ...row, position: positions.get(row.id) ?? 0 }))
}

/** A user name for each who has no address: the typed one, or one of their name. */
async function userNamesFor(
  tx: SqlTransaction,
  { batch: { organisationId }, sender, organisation }: Pick<PeopleChunk, 'batch' | 'sender' | 'organisation'>,
  rows: GoodRow[],
): Promise<Map<number, string>> {
  const seesEverybody = isCorporateAdmin(sender, organisation)
  const nameless = rows.flatMap(({ position, without }) => (without ? [{ position, ...without }] : []))
  const wanted = nameless.map(({ name, userName }) => {
    const typed = userName ?? userNameFrom(name)
    return seesEverybody ? typed : unrevealingName(typed)
  })
  const names = await freeUserNames(tx, organisationId, wanted)
  return new Map(nameless.map(({ position }, index) => [position, names[index] ?? '']))
}

/** What a row says of a person: a cell that is empty says nothing. */
type SaidRow = Omit<Said, 'email' | 'emailKey' | 'language'> & { id: string }

/**
 * An import says how things are, of everybody, as far as no stronger source says otherwise (src/people/sources.ts). Whoever
 * it makes inactive is let go with it. Gives who is not as they were.
 */
async function importPeople(
  tx: SqlTransaction,
  c: Pick<Collaborators, 'letGo'>,
  { chunk, known }: { chunk: PeopleChunk; known: Known[] },
): Promise<string[]> {
  const { batch, departmentId } = chunk
  const rows = await tx.$queryRaw<{ id: string; said: SaidRow }[]>`
    SELECT g."id", jsonb_strip_nulls(jsonb_build_object('firstName', nullif(r."person"->>'firstName', ''),
      'lastName', nullif(r."person"->>'lastName', ''), 'mobile', r."person"->'mobile',
      'departmentId', coalesce(r."person"->>'departmentId', ${departmentId}::text),
      'locationId', r."person"->'locationId', 'employeeType', r."person"->'employeeType',
      'startDate', r."person"->'startDate', 'active', r."person"->'active')) AS "said"
    FROM unnest(${known.map(({ id }) => id)}::uuid[], ${known.map(({ position }) => position)}::int[])
      AS g("id", "position")
    CROSS JOIN LATERAL (SELECT * FROM "BatchRow" r
      WHERE r."batchId" = ${batch.id}::uuid AND r."position" = g."position" OFFSET 0) AS r`
  const people = rows.map(({ id, said }) => ({ personId: id, said }))
  const learnt = await learnPeople(tx, c, { ...common(chunk), source: 'csv', people })
  return [...learnt].flatMap(([id, { changed }]) => (changed ? [id] : []))
}

type Regrouped = { personId: string; group: string; name: string }

const ofNew = (added: Added[]) => new Map(added.map(({ position, id }) => [position, id]))

/** Makes the groups that rows name, and puts these people in; gives who was not in before. */
async function writeGroups(
  tx: SqlTransaction,
  { batch, rows, range }: PeopleChunk,
  personIds: Map<number, string>,
): Promise<Regrouped[]> {
  const positions = rows
    .filter(({ hasGroups, position }) => hasGroups && personIds.has(position))
    .map(({ position }) => position)
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
  return tx.$queryRaw<Regrouped[]>`
    WITH put AS (INSERT INTO "GroupMembership" ("groupId", "personId")
    SELECT DISTINCT g."id", row."personId"
    FROM unnest(${positions}::int[], ${positions.map((position) => personIds.get(position))}::uuid[])
      AS row("position", "personId")
    JOIN "BatchRow" r ON r."batchId" = ${batch.id}::uuid AND r."position" = row."position"
    CROSS JOIN LATERAL jsonb_array_elements_text(r."person"->'groups') AS n(name)
    JOIN "Group" g ON g."organisationId" = ${batch.organisationId}::uuid AND g."source" = 'import'
      AND g."externalId" = lower(n.name)
    WHERE row."personId" IS NOT NULL
    ON CONFLICT DO NOTHING RETURNING "groupId", "personId")
    SELECT put."personId", g."name" AS "group", coalesce(nullif(p."slackName", ''),
      nullif(trim(p."firstName" || ' ' || p."lastName"), ''), p."email", p."userName", 'Somebody') AS "name"
    FROM put JOIN "Group" g ON g."id" = put."groupId" JOIN "Person" p ON p."id" = put."personId"
    ORDER BY put."personId", g."name"`
}

/** Who is known and came into groups by an import: one event a person. */
function regroupedEvents(chunk: PeopleChunk, regrouped: Regrouped[]): AuditEvent[] {
  return [...Map.groupBy(regrouped, ({ personId }) => personId)].map(([id, rows]) => ({
    ...common(chunk),
    act: 'person.changed',
    subject: { kind: 'person', id, name: rows[0]?.name ?? '' },
    before: {},
    after: { groupsAdded: rows.map(({ group }) => group) },
  }))
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
