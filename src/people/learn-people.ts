// A source says something of people who are known: what holds is written, with an audit event each, and whoever is not
// active any more is let go in the same moment. Set-based: a page of members and a chunk of an import cost as many
// statements as one person.
import { type Act, type Actor, type AuditEvent, record } from '../audit/index.ts'
import type { Collaborators } from '../collaborators.ts'
import type { SqlTransaction } from '../database/index.ts'
import { findLastCorporateAdmin } from '../organisation/index.ts'
import {
  type Activity,
  type Facts,
  type FieldSources,
  isActiveBy,
  type Said,
  type Source,
  settleFacts,
} from './sources.ts'

export type Spoken = { personId: string; said: Said }

export type LearningOfMany = {
  organisationId: string
  /** Nobody twice. */
  people: Spoken[]
  source: Source
  actor: Actor
  /** "slack", "scim", … as in the audit log. */
  origin: string
  at: Date
}

/** `changed`: something that people see is not as it was; by whose word it is so may change without that. */
export type Learnt = { changed: boolean; isActive: boolean; hasLeft: boolean; isBack: boolean }

/** What is known of a person, as `settleFacts` takes it. */
export type KnownRow = Facts & {
  id: string
  name: string
  sources: FieldSources
  activity: Activity
  isActive: boolean
}

type Settled = Learnt & {
  row: KnownRow
  /** True where nothing at all has to be written. */
  isSame: boolean
  after: Facts
  fields: (keyof Facts)[]
  sources: FieldSources
  activity: Activity
}

/**
 * Writes what a source says of people, as far as no stronger source says otherwise; gives what came of it for each of
 * them who is there. Locks their open invitations and then them, as every act does. Throws PostgreSQL's unique violation
 * where an address belongs to somebody else: callers that bring addresses look first.
 */
export async function learnPeople(
  tx: SqlTransaction,
  c: Pick<Collaborators, 'letGo'>,
  { organisationId, people, source, actor, origin, at }: LearningOfMany,
): Promise<Map<string, Learnt>> {
  if (people.length === 0) return new Map()
  const ids = people.map(({ personId }) => personId)
  await lockPeople(tx, ids)
  const said = new Map(people.map((one) => [one.personId, one.said]))
  const rows = await readKnown(tx, ids)
  const heard = rows.map((row) => settle(row, source, said.get(row.id) ?? {}))
  const leavingIds = heard.filter(({ hasLeft }) => hasLeft).map(({ row }) => row.id)
  const keptId = leavingIds.length > 0 ? await findLastCorporateAdmin(tx, organisationId, leavingIds) : undefined
  const settled = heard.map((one) => (one.row.id === keptId ? kept(one) : one))
  const written = settled.filter(({ isSame }) => !isSame)
  if (written.length > 0) await write(tx, written, at)
  const told = settled.filter(({ changed }) => changed)
  const words = await wordsFor(tx, told)
  await record(
    tx,
    told.map((one) => eventOf(one, words, { organisationId, at, actor, origin })),
  )
  const keptOne = settled.find(({ row }) => row.id === keptId)
  if (keptOne) await c.letGo(tx, { organisationId, personIds: [], kept: keptOne.row, actor, origin, at })
  const left = told.filter(({ hasLeft }) => hasLeft).map(({ row }) => row.id)
  if (left.length > 0) await c.letGo(tx, { organisationId, personIds: left, actor, origin, at })
  return new Map(
    settled.map(({ row, changed, isActive, hasLeft, isBack }) => [row.id, { changed, isActive, hasLeft, isBack }]),
  )
}

/** Locks people as every act does: what is open to them first, then them; each in one order. */
export async function lockPeople(tx: SqlTransaction, ids: string[]): Promise<void> {
  // A request before its invitation, as whoever decides on it does.
  await tx.$queryRaw`SELECT 1 AS "locked" FROM "ApprovalRequest" WHERE "status" = 'open' AND "invitationId" IN (
    SELECT "id" FROM "Invitation" WHERE "personId" = ANY(${ids}::uuid[]) AND "status" = 'awaiting_approval')
    ORDER BY "id" FOR UPDATE`
  await tx.$queryRaw`SELECT 1 AS "locked" FROM "Invitation" WHERE "personId" = ANY(${ids}::uuid[])
    AND "status" IN ('awaiting_approval', 'waiting', 'pending') ORDER BY "id" FOR UPDATE`
  await tx.$queryRaw`SELECT 1 AS "locked" FROM "Person" WHERE "id" = ANY(${ids}::uuid[]) ORDER BY "id" FOR NO KEY UPDATE`
}

/** What is known of these people, by their ids. */
export function readKnown(tx: SqlTransaction, ids: string[]): Promise<KnownRow[]> {
  return tx.$queryRaw<KnownRow[]>`
    SELECT p."id", p."email", p."emailKey", p."firstName", p."lastName", p."mobile",
      p."employeeType"::text AS "employeeType", to_char(p."startDate", 'YYYY-MM-DD') AS "startDate", p."departmentId",
      p."locationId", p."language", p."sources", p."activity", p."isActive",
      coalesce(nullif(p."slackName", ''), nullif(trim(p."firstName" || ' ' || p."lastName"), ''), p."email",
        p."userName", 'Somebody') AS "name"
    FROM "Person" p WHERE p."id" = ANY(${ids}::uuid[])`
}

/** Whether a source says anything of somebody that would have to be written. */
export function isNews(row: KnownRow, source: Source, said: Said): boolean {
  return !settle(row, source, said).isSame
}

function settle(row: KnownRow, source: Source, said: Said): Settled {
  const { id: _id, name: _name, sources: known, activity: before, isActive: wasActive, ...facts } = row
  const { changes, sources, activity } = settleFacts({ facts, sources: known, activity: before }, source, said)
  const isActive = isActiveBy(activity)
  const hasLeft = wasActive && !isActive
  const isBack = !wasActive && isActive
  const fields = Object.keys(changes) as (keyof Facts)[]
  const changed = fields.length > 0 || hasLeft || isBack
  const isSame = !changed && isEqual(sources, known) && isEqual(activity, before)
  return { row, after: { ...facts, ...changes }, fields, sources, activity, isActive, hasLeft, isBack, changed, isSame }
}

/**
 * The last Corporate Admin stays, whoever says that they have left. What was said is remembered: it holds as soon as they are
 * heard of again and somebody else is one too.
 */
function kept(one: Settled): Settled {
  return { ...one, isActive: true, hasLeft: false, changed: one.fields.length > 0, isSame: false }
}

function isEqual(one: Record<string, unknown>, other: Record<string, unknown>): boolean {
  const keys = Object.keys(one)
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key])
}

async function write(tx: SqlTransaction, settled: Settled[], at: Date): Promise<void> {
  const rows = JSON.stringify(
    settled.map(({ row, after, sources, activity, isActive, hasLeft, isBack }) => ({
      ...{ ...after, id: row.id, sources, activity, isActive, hasLeft, isBack },
    })),
  )
  await tx.$executeRaw`
    UPDATE "Person" p SET "email" = w."email", "emailKey" = w."emailKey", "firstName" = w."firstName",
      "lastName" = w."lastName", "mobile" = w."mobile", "employeeType" = w."employeeType"::"EmployeeType",
      "startDate" = w."startDate", "departmentId" = w."departmentId", "locationId" = w."locationId",
      "language" = w."language", "sources" = w."sources", "activity" = w."activity", "isActive" = w."isActive",
      "leftAt" = CASE WHEN w."hasLeft" THEN ${at}::timestamptz WHEN w."isBack" THEN NULL ELSE p."leftAt" END,
      "hiredAgainAt" = CASE WHEN w."isBack" THEN ${at}::timestamptz ELSE p."hiredAgainAt" END
    FROM jsonb_to_recordset(${rows}::jsonb) AS w("id" uuid, "email" text, "emailKey" text, "firstName" text,
      "lastName" text, "mobile" text, "employeeType" text, "startDate" date, "departmentId" uuid, "locationId" uuid,
      "language" text, "sources" jsonb, "activity" jsonb, "isActive" boolean, "hasLeft" boolean, "isBack" boolean)
    WHERE p."id" = w."id"`
}

type Common = { organisationId: string; at: Date; actor: Actor; origin: string }

function eventOf({ row, after, fields, isActive, hasLeft, isBack }: Settled, words: Words, common: Common): AuditEvent {
  const told = fields.filter((field) => field !== 'emailKey')
  const turned = hasLeft || isBack
  return {
    ...common,
    act: actOf({ hasLeft, isBack }),
    subject: { kind: 'person', id: row.id, name: row.name },
    before: { ...inWords(row, told, words), ...(turned ? { active: row.isActive } : {}) },
    after: { ...inWords(after, told, words), ...(turned ? { active: isActive } : {}) },
  }
}

function actOf({ hasLeft, isBack }: { hasLeft: boolean; isBack: boolean }): Act {
  if (hasLeft) return 'person.deactivated'
  return isBack ? 'person.reactivated' : 'person.changed'
}

/** Departments and locations by their ids. */
type Words = Map<string, string>

/** The audit log is read by people: what departments and locations are called. */
async function wordsFor(tx: SqlTransaction, told: Settled[]): Promise<Words> {
  const ids = told.flatMap(({ row, after, fields }) =>
    fields.flatMap((field) =>
      field === 'departmentId' || field === 'locationId' ? [row[field], after[field]].filter((id) => id !== null) : [],
    ),
  )
  if (ids.length === 0) return new Map()
  const wanted = [...new Set(ids)]
  const units = await tx.$queryRaw<{ id: string; name: string }[]>`
    SELECT "id", "name" FROM "Department" WHERE "id" = ANY(${wanted}::uuid[])
    UNION ALL SELECT "id", "name" FROM "Location" WHERE "id" = ANY(${wanted}::uuid[])`
  return new Map(units.map(({ id, name }) => [id, name]))
}

function inWords(facts: Facts, fields: (keyof Facts)[], words: Words): Record<string, unknown> {
  return Object.fromEntries(
    fields.map((field) => {
      if (field === 'departmentId') return ['department', words.get(facts.departmentId ?? '') ?? null]
      if (field === 'locationId') return ['location', words.get(facts.locationId ?? '') ?? null]
      return [field, facts[field]]
    }),
  )
}
