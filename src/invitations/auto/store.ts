// How rules of the clock's invitations are read and locked.
import { type Database, isId, Prisma, type SqlTransaction, type Transaction } from '../../database/index.ts'
import type { AutoRule, RuleGroup, StopReason } from './auto-rule.ts'

/** Whatever runs a statement that was put together: a transaction, or the pool. */
export type Asker = { ask<Row>(query: Prisma.Sql): Promise<Row[]> }

export function askIn(tx: SqlTransaction | Transaction): Asker {
  return { ask: <Row>({ text, values }: Prisma.Sql) => tx.$queryRawUnsafe<Row[]>(text, ...values) }
}

export function askOf({ pool }: Pick<Database, 'pool'>): Asker {
  return {
    async ask<Row>({ text, values }: Prisma.Sql) {
      const { rows } = await pool.query({ text, values })
      // What the statement selects is what its caller says.
      return rows as Row[]
    },
  }
}

const NAME = Prisma.sql`coalesce(nullif(o."slackName", ''), nullif(trim(o."firstName" || ' ' || o."lastName"), ''),
  o."email", 'Somebody')`

function selectRule(where: Prisma.Sql, people: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    SELECT r."id", r."organisationId", r."status"::text AS "status", r."hubId", h."name" AS "hubName",
      h."archivedAt" IS NOT NULL AS "isHubArchived", r."userType"::text AS "userType", r."role"::text AS "role",
      r."departmentId", d."name" AS "departmentName", d."archivedAt" IS NOT NULL AS "isDepartmentArchived",
      r."locationId", l."name" AS "locationName", l."archivedAt" IS NOT NULL AS "isLocationArchived", r."language",
      r."withoutStartDate", r."mostInPass", r."ownerId", ${NAME} AS "ownerName", r."replacesId", r."consent",
      r."consentedAt", r."turnedOffAt", r."stoppedBecause", r."passedAt", r."heldAt", r."heldCount", r."agreedAt",
      coalesce((SELECT jsonb_agg(jsonb_build_object('id', g."id", 'name', g."name", 'source', g."source",
          'isDeleted', g."deletedAt" IS NOT NULL, 'people', ${people}) ORDER BY lower(g."name"), g."id")
        FROM "AutoRuleGroup" rg JOIN "Group" g ON g."id" = rg."groupId" WHERE rg."ruleId" = r."id"), '[]'::jsonb)
        AS "groups"
    FROM "AutoRule" r JOIN "Hub" h ON h."id" = r."hubId" JOIN "Person" o ON o."id" = r."ownerId"
    LEFT JOIN "Department" d ON d."id" = r."departmentId" LEFT JOIN "Location" l ON l."id" = r."locationId"
    WHERE ${where}`
}

const NOT_COUNTED = Prisma.sql`0`
const COUNTED = Prisma.sql`(SELECT count(*)::int FROM "GroupMembership" m WHERE m."groupId" = g."id")`

/** The rule of an organisation, on or off, with how many people each group has; undefined where there never was one. */
export async function readAutoRule(db: Database, organisationId: string): Promise<AutoRule | undefined> {
  const where = Prisma.sql`r."organisationId" = ${organisationId}::uuid AND r."status" <> 'draft'`
  const [rule] = await askOf(db).ask<AutoRule>(selectRule(where, COUNTED))
  return rule
}

/** A draft, for whoever made it and nobody else. */
export async function readAutoDraft(
  db: Database,
  { organisationId, ownerId, ruleId }: { organisationId: string; ownerId: string; ruleId: string },
): Promise<AutoRule | undefined> {
  if (!isId(ruleId)) return undefined
  const where = Prisma.sql`r."id" = ${ruleId}::uuid AND r."organisationId" = ${organisationId}::uuid
    AND r."ownerId" = ${ownerId}::uuid`
  const [rule] = await askOf(db).ask<AutoRule>(selectRule(where, COUNTED))
  return rule
}

/** One rule, whatever it is; group sizes are not counted. */
export async function findRule(asker: Asker, ruleId: string): Promise<AutoRule | undefined> {
  const [rule] = await asker.ask<AutoRule>(selectRule(Prisma.sql`r."id" = ${ruleId}::uuid`, NOT_COUNTED))
  return rule
}

/** The rules that are on, of all organisations. */
export async function findRulesThatAreOn(db: Database): Promise<string[]> {
  const rows = await db.prisma.autoRule.findMany({
    where: { status: 'on' },
    select: { id: true },
    orderBy: { id: 'asc' },
  })
  return rows.map(({ id }) => id)
}

/** Whoever else turns the rule of this organisation on or off, or agrees to it, waits until this transaction ends. */
export async function lockRuleOf(tx: Transaction, organisationId: string): Promise<AutoRule | undefined> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`auto ${organisationId}`}, 0))::text`
  const [row] = await tx.$queryRaw<{ id: string }[]>`SELECT "id" FROM "AutoRule"
    WHERE "organisationId" = ${organisationId}::uuid AND "status" <> 'draft' FOR UPDATE`
  return row && findRule(askIn(tx), row.id)
}

/** Off, with nothing held. `stoppedBecause`: null where somebody turned it off. */
export async function endRule(
  tx: SqlTransaction | Transaction,
  ruleId: string,
  { at, stoppedBecause }: { at: Date; stoppedBecause: StopReason | null },
): Promise<void> {
  await tx.$executeRaw`UPDATE "AutoRule" SET "status" = 'off', "turnedOffAt" = ${at},
    "stoppedBecause" = ${stoppedBecause} WHERE "id" = ${ruleId}::uuid`
  await forgetHeld(tx, ruleId)
}

/** Nothing is held any more: it was answered, or a pass needs no second yes. */
export async function forgetHeld(tx: SqlTransaction | Transaction, ruleId: string): Promise<void> {
  await tx.$executeRaw`UPDATE "AutoRule" SET "heldAt" = NULL, "heldCount" = 0, "agreedAt" = NULL
    WHERE "id" = ${ruleId}::uuid`
  await tx.$executeRaw`DELETE FROM "AutoHeld" WHERE "ruleId" = ${ruleId}::uuid`
}

/** Groups whose source still has them, by what stands in their name; at most `limit`. */
export async function searchGroups(
  db: Database,
  organisationId: string,
  { search, limit }: { search: string; limit: number },
): Promise<Pick<RuleGroup, 'id' | 'name' | 'source'>[]> {
  return db.prisma.group.findMany({
    where: { organisationId, deletedAt: null, name: { contains: search, mode: 'insensitive' } },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: limit,
    select: { id: true, name: true, source: true },
  })
}
