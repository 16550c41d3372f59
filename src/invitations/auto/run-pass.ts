// The clock's side: whoever is due is invited, as one list, in one transaction with all that follows. Killed in the
// middle, nothing of it happened, and the next pass finds the same people; done, it finds nobody. So a pass may run twice,
// on several instances, and late: it works out who is due, not what time it is.
import { record } from '../../audit/index.ts'
import type { Collaborators } from '../../collaborators.ts'
import { type Batch, inSqlTransaction, newId, Prisma, type SqlTransaction } from '../../database/index.ts'
import { findMember, findOrganisation, type KnownMember, type Organisation } from '../../organisation/index.ts'
import { carryOutList } from '../lists/carry-out-list.ts'
import { type AutoRule, dayIn, MOST_IN_PASS, reasonToStop, type StopReason } from './auto-rule.ts'
import { dueSql, isHeldSql, type Moment } from './candidates.ts'
import { askIn, askOf, endRule, findRule, forgetHeld } from './store.ts'

type Core = Pick<Collaborators, 'db' | 'followUp' | 'letGo' | 'now'>
type Step = { invited: number; goesOn: boolean }

const NOTHING_TO_DO: Step = { invited: 0, goesOn: false }

/**
 * Looks who is due by a rule and invites them, or holds them and asks for a second yes. Gives how many were invited.
 * Does nothing where the rule is not on. Throws only what is a fault.
 */
export async function runAutoPass(c: Core, ruleId: string): Promise<number> {
  for (let total = 0; ; ) {
    const { invited, goesOn } = await lookOnce(c, ruleId)
    total += invited
    if (!goesOn) return total
  }
}

async function lookOnce(c: Core, ruleId: string): Promise<Step> {
  const known = await findRule(askOf(c.db), ruleId)
  if (known?.status !== 'on') return NOTHING_TO_DO
  const organisation = await findOrganisation(c.db.prisma, { id: known.organisationId })
  if (!organisation) throw new Error('the organisation of a rule is not there')
  const owner = await findMember(c.db.prisma, { id: known.ownerId, organisationId: known.organisationId })
  return inSqlTransaction(c.db, async (tx) => {
    const rule = await claim(tx, ruleId)
    if (!rule) return NOTHING_TO_DO
    const now = c.now()
    const because = reasonToStop(rule, { owner, organisation })
    if (because || !owner) {
      await stop(tx, c, { rule, because: because ?? 'right_lost', now })
      return NOTHING_TO_DO
    }
    const pass = { rule, owner, organisation, moment: { now, today: dayIn(organisation.timeZone, now) } }
    if (rule.agreedAt) return inviteHeld(tx, c, pass)
    const due = await countDue(tx, rule, { moment: pass.moment, most: rule.mostInPass + 1 })
    await tx.$executeRaw`UPDATE "AutoRule" SET "passedAt" = ${now} WHERE "id" = ${rule.id}::uuid`
    if (due > rule.mostInPass) {
      if (!rule.heldAt) await hold(tx, c, pass)
      return NOTHING_TO_DO
    }
    if (rule.heldAt) await forgetHeld(tx, rule.id)
    if (due === 0) return NOTHING_TO_DO
    const invited = await inviteDue(tx, c, { ...pass, among: Prisma.sql`true`, most: rule.mostInPass })
    return { invited, goesOn: false }
  })
}

type Pass = { rule: AutoRule; owner: KnownMember; organisation: Organisation; moment: Moment }

/**
 * The rule, for this transaction alone: an instance that comes at the same moment waits, and then finds nobody due.
 * Undefined where it is not on any more.
 */
async function claim(tx: SqlTransaction, ruleId: string): Promise<AutoRule | undefined> {
  const [row] = await tx.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "AutoRule" WHERE "id" = ${ruleId}::uuid AND "status" = 'on' FOR UPDATE`
  return row && findRule(askIn(tx), ruleId)
}

/** It cannot go on: off, and those who can set it anew are told. */
async function stop(
  tx: SqlTransaction,
  c: Core,
  { rule, because, now }: { rule: AutoRule; because: StopReason; now: Date },
): Promise<void> {
  const { organisationId } = rule
  await endRule(tx, rule.id, { at: now, stoppedBecause: because })
  await record(tx, [
    {
      organisationId,
      at: now,
      act: 'auto.stopped',
      actor: { id: null, name: 'Usher' },
      subject: { kind: 'organisation', id: organisationId, name: 'automatic invitations' },
      origin: 'scheduler',
      after: { because, owner: rule.ownerName },
    },
  ])
  await c.followUp(tx, [{ kind: 'tell', what: 'auto_stopped', id: rule.id }])
}

/** How many are due; counted no further than `most`. */
export async function countDue(
  tx: SqlTransaction,
  rule: AutoRule,
  { moment, most }: { moment: Moment; most: number },
): Promise<number> {
  const [row] = await askIn(tx).ask<{ count: number }>(
    Prisma.sql`SELECT count(*)::int AS "count" FROM (SELECT 1 FROM ${dueSql(rule, moment)} p LIMIT ${most}) due`,
  )
  return row?.count ?? 0
}

/** More than may go at once: exactly these wait for a second yes, and somebody is asked for it. */
async function hold(tx: SqlTransaction, c: Core, { rule, moment }: Pass): Promise<void> {
  await tx.$executeRaw`DELETE FROM "AutoHeld" WHERE "ruleId" = ${rule.id}::uuid`
  const [row] = await askIn(tx).ask<{ count: number }>(
    Prisma.sql`WITH held AS (INSERT INTO "AutoHeld" ("ruleId", "personId")
        SELECT ${rule.id}::uuid, p."id" FROM ${dueSql(rule, moment)} p RETURNING 1)
      SELECT count(*)::int AS "count" FROM held`,
  )
  await tx.$executeRaw`UPDATE "AutoRule" SET "heldAt" = ${moment.now}, "heldCount" = ${row?.count ?? 0}
    WHERE "id" = ${rule.id}::uuid`
  await c.followUp(tx, [{ kind: 'tell', what: 'auto_held', id: rule.id }])
}

/** Somebody agreed: those who were held are invited, a list at a time; when none is left, the others are looked at. */
async function inviteHeld(tx: SqlTransaction, c: Core, pass: Pass): Promise<Step> {
  const { id } = pass.rule
  const due = { ...pass, among: isHeldSql(pass.rule), most: MOST_IN_PASS.most }
  const invited = await inviteDue(tx, c, due)
  if (invited === 0) await forgetHeld(tx, id)
  return { invited, goesOn: true }
}

/** Writes those who are due into a list and carries it out; gives how many were on it. */
async function inviteDue(
  tx: SqlTransaction,
  c: Core,
  { rule, owner, organisation, moment, among, most }: Pass & { among: Prisma.Sql; most: number },
): Promise<number> {
  const [batch] = await tx.$queryRaw<Batch[]>`
    INSERT INTO "Batch" ("id", "organisationId", "inviterId", "source", "hubId", "userType", "role", "departmentId",
      "locationId", "language", "createdAt")
    VALUES (${newId()}::uuid, ${rule.organisationId}::uuid, ${owner.id}::uuid, 'auto', ${rule.hubId}::uuid,
      ${rule.userType}::"UserType", ${rule.role}::"Role", ${rule.departmentId}::uuid, ${rule.locationId}::uuid,
      ${rule.language}, ${moment.now}) RETURNING *`
  if (!batch) throw new Error('the list was not written')
  const [row] = await askIn(tx).ask<{ count: number }>(
    Prisma.sql`WITH due AS (SELECT p.* FROM ${dueSql(rule, moment)} p WHERE ${among} ORDER BY p."id" LIMIT ${most}),
      written AS (INSERT INTO "BatchRow" ("batchId", "position", "line", "written", "emailKey", "verdict", "person")
        SELECT ${batch.id}::uuid, row_number() OVER (ORDER BY p."id"), row_number() OVER (ORDER BY p."id"), p."email",
          p."emailKey", 'good', ${ROW}
        FROM due p
        LEFT JOIN "Department" d ON d."id" = p."departmentId" AND d."archivedAt" IS NULL
        LEFT JOIN "Location" l ON l."id" = p."locationId" AND l."archivedAt" IS NULL RETURNING 1),
      freed AS (DELETE FROM "AutoHeld" held USING due p WHERE held."ruleId" = ${rule.id}::uuid
        AND held."personId" = p."id")
      SELECT count(*)::int AS "count" FROM written`,
  )
  const count = row?.count ?? 0
  if (count === 0) {
    await tx.$executeRaw`DELETE FROM "Batch" WHERE "id" = ${batch.id}::uuid`
    return 0
  }
  await tx.$executeRaw`UPDATE "Batch" SET "good" = ${count} WHERE "id" = ${batch.id}::uuid`
  await carryOutList(tx, c, { batch: { ...batch, good: count }, actor: owner, organisation, origin: 'scheduler' })
  return count
}

// What a row of a list says of a person (src/invitations/lists/store.ts): their own department and location go first.
const ROW = Prisma.sql`jsonb_build_object('email', p."email", 'firstName', p."firstName", 'lastName', p."lastName",
  'mobile', p."mobile", 'departmentId', d."id", 'locationId', l."id", 'departmentName', coalesce(d."name", ''),
  'locationName', coalesce(l."name", ''), 'employeeType', NULL, 'startDate', NULL, 'groups', '[]'::jsonb, 'active', NULL)`
