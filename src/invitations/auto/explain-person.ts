// "Why is this person invited, or not?": all that a rule asks of them, as it is now.
import { type Database, isId, Prisma } from '../../database/index.ts'
import type { InvitationStatus, Organisation, Reach } from '../../organisation/index.ts'
import { isWithinReachSql } from '../../people/index.ts'
import { type AutoRule, dayIn } from './auto-rule.ts'
import type { Moment } from './candidates.ts'
import { type Asker, askOf, readAutoRule } from './store.ts'
import { type Condition, type RulePerson, whyOf } from './why-of.ts'

export type ExplainedPerson = {
  name: string
  email: string | null
  employeeType: RulePerson['employeeType']
  account: RulePerson['account']
  /** The newest invitation, whatever became of it. */
  invitation: { at: Date; status: InvitationStatus; byName: string; hubName: string; isByClock: boolean } | null
  hiredAgainAt: Date | null
  /** Waits for a second yes, or for the pass that follows it. */
  isHeld: boolean
  conditions: Condition[]
  /** Undefined where nobody has ever set one up: then nothing is asked about groups. */
  rule: AutoRule | undefined
}

type Row = RulePerson & Pick<ExplainedPerson, 'name' | 'invitation'> & { id: string }

const DAY = 24 * 60 * 60 * 1000
const NO_GROUPS = { groups: [], withoutStartDate: false }

/** One person of the organisation within a reach; undefined for anybody else. */
export async function explainPerson(
  db: Database,
  { organisation, reach }: { organisation: Organisation; reach: Reach },
  { personId, now }: { personId: string; now: Date },
): Promise<ExplainedPerson | undefined> {
  if (!isId(personId)) return undefined
  const where = Prisma.sql`p."id" = ${personId}::uuid AND p."organisationId" = ${organisation.id}::uuid
    AND ${isWithinReachSql(reach)}`
  const [[person], rule] = await Promise.all([
    askOf(db).ask<Row>(selectPeople(where, now)),
    readAutoRule(db, organisation.id),
  ])
  if (!person) return undefined
  const conditions = whyOf(
    person,
    { organisationId: organisation.id, ...(rule ?? NO_GROUPS) },
    dayIn(organisation.timeZone, now),
  )
  return {
    name: person.name,
    email: person.email,
    employeeType: person.employeeType,
    account: person.account,
    invitation: person.invitation && { ...person.invitation, at: new Date(person.invitation.at) },
    hiredAgainAt: person.hiredAgainAt,
    isHeld: rule ? await isHeld(db, rule, personId) : false,
    conditions: rule ? conditions : conditions.filter(({ name }) => name !== 'in_group'),
    rule,
  }
}

/** People as the rule sees them, by id. */
export async function readRulePeople(
  asker: Asker,
  organisationId: string,
  { now }: Pick<Moment, 'now'>,
): Promise<Map<string, RulePerson>> {
  const rows = await asker.ask<Row>(selectPeople(Prisma.sql`p."organisationId" = ${organisationId}::uuid`, now))
  return new Map(rows.map((row) => [row.id, row]))
}

function selectPeople(where: Prisma.Sql, now: Date): Prisma.Sql {
  return Prisma.sql`
    SELECT p."id", p."isActive", p."employeeType"::text AS "employeeType", p."email", p."hiredAgainAt",
      to_char(p."startDate", 'YYYY-MM-DD') AS "startDate", (SELECT max(i."queuedAt") FROM "Invitation" i WHERE i."personId" = p."id") AS "invitedAt",
      coalesce(nullif(trim(p."firstName" || ' ' || p."lastName"), ''), nullif(p."slackName", ''), p."email",
        p."userName", 'Somebody') AS "name",
      ARRAY(SELECT m."groupId" FROM "GroupMembership" m WHERE m."personId" = p."id") AS "groupIds",
      EXISTS (SELECT 1 FROM "Invitation" i WHERE i."personId" = p."id"
        AND i."status" IN ('awaiting_approval', 'waiting', 'pending')) AS "hasOpenInvitation",
      CASE WHEN a."id" IS NULL THEN 'none' WHEN a."status" = 'active' THEN 'active'
        WHEN a."leftAt" IS NULL THEN 'paused' ELSE 'left' END AS "account",
      (SELECT count(*)::int FROM "Sending" s WHERE s."organisationId" = p."organisationId"
        AND s."emailKey" = p."emailKey" AND s."at" > ${new Date(now.getTime() - DAY)}::timestamptz) AS "messagesToday",
      CASE WHEN newest."id" IS NOT NULL THEN jsonb_build_object('at', newest."createdAt", 'status', newest."status",
        'byName', coalesce(nullif(o."slackName", ''), nullif(trim(o."firstName" || ' ' || o."lastName"), ''), o."email",
          'Somebody'), 'hubName', h."name", 'isByClock', b."source" IS NOT DISTINCT FROM 'auto') END AS "invitation"
    FROM "Person" p LEFT JOIN "Account" a ON a."personId" = p."id"
    LEFT JOIN LATERAL (SELECT i.* FROM "Invitation" i WHERE i."personId" = p."id"
      ORDER BY i."createdAt" DESC, i."id" DESC LIMIT 1) newest ON true
    LEFT JOIN "Hub" h ON h."id" = newest."hubId" LEFT JOIN "Person" o ON o."id" = newest."inviterId"
    LEFT JOIN "Batch" b ON b."id" = newest."batchId"
    WHERE ${where}`
}

async function isHeld(db: Database, rule: AutoRule, personId: string): Promise<boolean> {
  if (rule.heldAt === null) return false
  const found = await db.prisma.autoHeld.findUnique({ where: { ruleId_personId: { ruleId: rule.id, personId } } })
  return found !== null
}
