// Who is due, as SQL: by an index that holds only those who can become due (where a person stands is kept beside them), so
// that a pass with nobody to invite reads next to nothing. why-of.ts says the same of one person; a test compares the two over generated people.
import { Prisma } from '../../database/index.ts'
import { ADDRESS_LIMIT } from '../limits.ts'
import { livingGroups, type RuleConditions } from './auto-rule.ts'
import { CONDITIONS, type ConditionName } from './why-of.ts'

const DAY = 24 * 60 * 60 * 1000

/** `today`: the day where the organisation is. */
export type Moment = { now: Date; today: string }

/** For each condition, whether it holds for the person "p". */
function conditionsSql(rule: RuleConditions, { now, today }: Moment): Record<ConditionName, Prisma.Sql> {
  return {
    active: Prisma.sql`p."isActive"`,
    not_invited: NOT_INVITED,
    categorised: Prisma.sql`p."employeeType" IS NOT NULL`,
    in_group: isInGroups(livingGroups(rule)),
    start_date: rule.withoutStartDate
      ? Prisma.sql`(p."startDate" IS NULL OR p."startDate" <= ${today}::text::date)`
      : Prisma.sql`(p."startDate" IS NOT NULL AND p."startDate" <= ${today}::text::date)`,
    address: Prisma.sql`p."emailKey" IS NOT NULL`,
    room: hasRoom(now),
  }
}

// None since they are here: what was before somebody was hired again does not count, unless it was sent again since.
// Scalar subqueries, because PostgreSQL might otherwise read the whole table of invitations first.
const NOT_INVITED = Prisma.sql`((SELECT true FROM "Invitation" i WHERE i."personId" = p."id"
    AND (p."hiredAgainAt" IS NULL OR i."queuedAt" >= p."hiredAgainAt"
      OR i."status" IN ('awaiting_approval', 'waiting', 'pending')) LIMIT 1) IS NULL
  AND (SELECT true FROM "Account" a WHERE a."personId" = p."id"
    AND (a."status" = 'active' OR a."leftAt" IS NULL OR p."hiredAgainAt" IS NULL) LIMIT 1) IS NULL)`

function isInGroups(groupIds: string[]): Prisma.Sql {
  return Prisma.sql`EXISTS (SELECT 1 FROM "GroupMembership" m
    WHERE m."personId" = p."id" AND m."groupId" = ANY(${groupIds}::uuid[]))`
}

function hasRoom(now: Date): Prisma.Sql {
  return Prisma.sql`(SELECT count(*) FROM "Sending" s WHERE s."organisationId" = p."organisationId"
    AND s."emailKey" = p."emailKey" AND s."at" > ${new Date(now.getTime() - DAY)}::timestamptz) < ${ADDRESS_LIMIT}::int`
}

/** The people "p" who are due, as a table expression without an alias. */
export function dueSql(rule: RuleConditions, moment: Moment): Prisma.Sql {
  const { active, categorised, address, in_group, not_invited, room } = conditionsSql(rule, moment)
  // As the index has it: whoever has no start date stands behind every day. One bound alone: of two PostgreSQL cannot
  // tell how many are between them, and then plans for a few.
  const from = Prisma.sql`coalesce(p."startDate", 'infinity'::date)`
  const hasBegun = Prisma.sql`${from} <= ${moment.today}::text::date`
  const begins = rule.withoutStartDate ? Prisma.sql`(${hasBegun} OR ${from} = 'infinity'::date)` : hasBegun
  // OFFSET 0: what costs a look into another table for each person is asked of those who are left.
  return Prisma.sql`(SELECT p.* FROM (SELECT p.* FROM "Person" p
      WHERE p."organisationId" = ${rule.organisationId}::uuid AND ${active} AND ${categorised} AND ${address}
        AND p."invitationStatus" IS NULL AND p."accountStatus" IS NULL
        AND ${begins} AND ${in_group} OFFSET 0) p
    WHERE ${not_invited} AND ${room})`
}

/** The name of the first condition that does not hold for "p", in the order of CONDITIONS; null for whoever is due. */
export function reasonSql(rule: RuleConditions, moment: Moment): Prisma.Sql {
  const conditions = conditionsSql(rule, moment)
  const cases = CONDITIONS.map((name) => Prisma.sql`WHEN NOT ${conditions[name]} THEN ${name}::text`)
  return Prisma.sql`CASE ${Prisma.join(cases, ' ')} END`
}

/** Whether the person "p" is among those for whom a second yes is asked. */
export function isHeldSql({ id }: { id: string }): Prisma.Sql {
  return Prisma.sql`p."id" IN (SELECT held."personId" FROM "AutoHeld" held WHERE held."ruleId" = ${id}::uuid)`
}

/** The people "p" in the rule's groups, each once, as a table expression without an alias. */
export function inGroupsSql(rule: RuleConditions): Prisma.Sql {
  return Prisma.sql`(SELECT p.* FROM "Person" p WHERE p."organisationId" = ${rule.organisationId}::uuid
    AND ${isInGroups(livingGroups(rule))})`
}
