// A source says something of a person who is known: what holds is written, with its audit event, and whoever is not
// active any more is let go in the same moment.
import { type Act, type Actor, record } from '../audit/index.ts'
import type { Collaborators } from '../collaborators.ts'
import type { SqlTransaction } from '../database/index.ts'
import {
  type Activity,
  type Facts,
  type FieldSources,
  isActiveBy,
  type Said,
  type Source,
  settleFacts,
} from './sources.ts'

export type Learning = {
  organisationId: string
  personId: string
  source: Source
  said: Said
  actor: Actor
  /** "slack", "scim", … as in the audit log. */
  origin: string
  at: Date
}

export type Learnt = { changed: boolean; isActive: boolean; hasLeft: boolean; isBack: boolean }

type Row = Facts & { name: string; sources: FieldSources; activity: Activity; isActive: boolean }

/**
 * Writes what a source says of a person, as far as no stronger source says otherwise. Locks their open invitations and
 * then them, as every act does. Throws PostgreSQL's unique violation where an address belongs to somebody else: callers
 * that bring addresses look first.
 */
export async function learnPerson(
  tx: SqlTransaction,
  c: Pick<Collaborators, 'letGo'>,
  { organisationId, personId, source, said, actor, origin, at }: Learning,
): Promise<Learnt> {
  const row = await lockPerson(tx, personId)
  if (!row) throw new Error('the person of whom something was said is not there')
  const { name, sources: known, activity: before, isActive: wasActive, ...facts } = row
  const { changes, sources, activity } = settleFacts({ facts, sources: known, activity: before }, source, said)
  const isActive = isActiveBy(activity)
  const hasLeft = wasActive && !isActive
  const isBack = !wasActive && isActive
  const fields = Object.keys(changes) as (keyof Facts)[]
  const after = { ...facts, ...changes }
  await tx.$executeRaw`
    UPDATE "Person" SET "email" = ${after.email}, "emailKey" = ${after.emailKey}, "firstName" = ${after.firstName},
      "lastName" = ${after.lastName}, "mobile" = ${after.mobile},
      "employeeType" = ${after.employeeType}::text::"EmployeeType", "startDate" = ${after.startDate}::text::date,
      "departmentId" = ${after.departmentId}::uuid, "locationId" = ${after.locationId}::uuid,
      "language" = ${after.language}, "sources" = ${JSON.stringify(sources)}::jsonb,
      "activity" = ${JSON.stringify(activity)}::jsonb, "isActive" = ${isActive},
      "leftAt" = CASE WHEN ${hasLeft} THEN ${at}::timestamptz WHEN ${isBack} THEN NULL ELSE "leftAt" END,
      "hiredAgainAt" = CASE WHEN ${isBack} THEN ${at}::timestamptz ELSE "hiredAgainAt" END
    WHERE "id" = ${personId}::uuid`
  if (fields.length === 0 && !hasLeft && !isBack) return { changed: false, isActive, hasLeft, isBack }
  const told = fields.filter((field) => field !== 'emailKey')
  await record(tx, [
    {
      organisationId,
      at,
      act: actOf({ hasLeft, isBack }),
      actor,
      subject: { kind: 'person', id: personId, name },
      origin,
      before: { ...(await inWords(tx, facts, told)), ...(hasLeft || isBack ? { active: wasActive } : {}) },
      after: { ...(await inWords(tx, after, told)), ...(hasLeft || isBack ? { active: isActive } : {}) },
    },
  ])
  if (hasLeft) await c.letGo(tx, { organisationId, personIds: [personId], actor, origin, at })
  return { changed: true, isActive, hasLeft, isBack }
}

function actOf({ hasLeft, isBack }: { hasLeft: boolean; isBack: boolean }): Act {
  if (hasLeft) return 'person.deactivated'
  return isBack ? 'person.reactivated' : 'person.changed'
}

async function lockPerson(tx: SqlTransaction, personId: string): Promise<Row | undefined> {
  await tx.$queryRaw`SELECT 1 AS "locked" FROM "Invitation" WHERE "personId" = ${personId}::uuid
    AND "status" IN ('awaiting_approval', 'waiting', 'pending') ORDER BY "id" FOR UPDATE`
  const [row] = await tx.$queryRaw<Row[]>`
    SELECT p."email", p."emailKey", p."firstName", p."lastName", p."mobile", p."employeeType"::text AS "employeeType",
      to_char(p."startDate", 'YYYY-MM-DD') AS "startDate", p."departmentId", p."locationId", p."language", p."sources",
      p."activity", p."isActive",
      coalesce(nullif(p."slackName", ''), nullif(trim(p."firstName" || ' ' || p."lastName"), ''), p."email",
        p."userName", 'Somebody') AS "name"
    FROM "Person" p WHERE p."id" = ${personId}::uuid FOR NO KEY UPDATE`
  return row
}

/** Departments and locations by their names: the audit log is read by people. */
async function inWords(tx: SqlTransaction, facts: Facts, fields: (keyof Facts)[]): Promise<Record<string, unknown>> {
  const [names] = await tx.$queryRaw<{ department: string | null; location: string | null }[]>`
    SELECT (SELECT "name" FROM "Department" WHERE "id" = ${facts.departmentId}::uuid) AS "department",
      (SELECT "name" FROM "Location" WHERE "id" = ${facts.locationId}::uuid) AS "location"`
  return Object.fromEntries(
    fields.map((field) => {
      if (field === 'departmentId') return ['department', names?.department ?? null]
      if (field === 'locationId') return ['location', names?.location ?? null]
      return [field, facts[field]]
    }),
  )
}
