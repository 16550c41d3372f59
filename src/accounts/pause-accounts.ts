// Accounts are paused and reopened: who is paused cannot sign in. One, or all of those who were chosen in a list.
import { type AuditEvent, record } from '../audit/index.ts'
import type { Collaborators } from '../collaborators.ts'
import { type AccountStatus, type Database, inTransaction, isId, Prisma, type Transaction } from '../database/index.ts'
import {
  findMember,
  findOrganisation,
  grantsOf,
  isCorporateAdmin,
  type KnownMember,
  type Organisation,
  rankOf,
  reachOf,
} from '../organisation/index.ts'
import { chosenIds, isWithinReachSql, rankSql } from '../people/index.ts'
import { Refusal } from '../refusal.ts'
import { endSessions } from './sessions/end-sessions.ts'

export type AccountRequest = { organisationId: string; actorId: string; personId: string; origin: string }
export type AccountsRequest = { organisationId: string; actorId: string; selectionId: string; origin: string }

/** Ten thousand accounts take a second or two; a slow disk may take its time. In ms. */
const TIMEOUT = 60_000
/** Audit events written by one statement. */
const CHUNK = 1_000

type Turn = { from: AccountStatus; to: AccountStatus; act: 'account.paused' | 'account.reopened' }
const PAUSE: Turn = { from: 'active', to: 'inactive', act: 'account.paused' }
const REOPEN: Turn = { from: 'inactive', to: 'active', act: 'account.reopened' }
const STATUS_WORDS: Record<AccountStatus, string> = { active: 'Active', inactive: 'Inactive' }

/**
 * Of somebody who has left nothing is reopened; and whoever was invited again opens their account anew by that invitation
 * alone.
 */
const IS_REOPENABLE = Prisma.sql`(p."isActive" AND NOT (a."leftAt" IS NOT NULL AND EXISTS (SELECT 1 FROM "Invitation" anew
  WHERE anew."personId" = p."id" AND anew."status" IN ('awaiting_approval', 'waiting', 'pending'))))`

/**
 * Pauses one account; gives the person's name. Throws Refusal `account_unknown` (also: out of reach), `account_own`,
 * `may_not_pause` and `account_changed` (paused already).
 */
export function pauseAccount(c: Pick<Collaborators, 'db' | 'now'>, request: AccountRequest): Promise<string> {
  return turnOne(c, request, PAUSE)
}

/**
 * Reopens one account that was paused; as `pauseAccount`, and throws Refusal `account_left` while its person is not
 * active, and `account_invited_anew` when they are invited again after they had left.
 */
export function reopenAccount(c: Pick<Collaborators, 'db' | 'now'>, request: AccountRequest): Promise<string> {
  return turnOne(c, request, REOPEN)
}

/**
 * Pauses the accounts of the actor's chosen people, as many of them as the actor may and as are active; gives how many.
 * One's own is left out. Throws Refusal `may_not_pause` for whoever may pause nobody.
 */
export function pauseAccounts(c: Pick<Collaborators, 'db' | 'now'>, request: AccountsRequest): Promise<number> {
  return turnMany(c, request, PAUSE)
}

/** Reopens the paused accounts of the actor's chosen people; as `pauseAccounts`. */
export function reopenAccounts(c: Pick<Collaborators, 'db' | 'now'>, request: AccountsRequest): Promise<number> {
  return turnMany(c, request, REOPEN)
}

/** How many accounts of the chosen `pauseAccounts` and `reopenAccounts` would turn now. */
export async function countTurnable(
  db: Database,
  request: Omit<AccountsRequest, 'origin'>,
): Promise<{ pausable: number; reopenable: number }> {
  const { organisation, actor } = await loadTurner(db.prisma, request)
  const may = mayTurn(actor, organisation)
  if (!may) return { pausable: 0, reopenable: 0 }
  const [row] = await db.prisma.$queryRaw<{ pausable: number; reopenable: number }[]>`
    SELECT count(*) FILTER (WHERE a."status" = 'active')::int AS "pausable",
      count(*) FILTER (WHERE a."status" = 'inactive' AND ${IS_REOPENABLE})::int AS "reopenable"
    FROM "Person" p JOIN "Account" a ON a."personId" = p."id"
    WHERE p."id" IN (${chosenIds({ ...request, ownerId: actor.id })}) AND ${may}`
  return row ?? { pausable: 0, reopenable: 0 }
}

/** Who pauses, and where. Throws Refusal `may_not_pause` for whoever is not known. */
export async function loadTurner(
  reader: Transaction | Database['prisma'],
  { organisationId, actorId }: Pick<AccountRequest, 'organisationId' | 'actorId'>,
) {
  const organisation = await findOrganisation(reader, { id: organisationId })
  const actor = await findMember(reader, { id: actorId, organisationId })
  if (!organisation || !actor) throw new Refusal('may_not_pause')
  return { organisation, actor }
}

async function turnOne(c: Pick<Collaborators, 'db' | 'now'>, request: AccountRequest, turn: Turn): Promise<string> {
  const { organisationId, personId } = request
  if (!isId(personId)) throw new Refusal('account_unknown')
  return inTransaction(c.db, async (tx) => {
    const { organisation, actor } = await loadTurner(tx, request)
    if (personId === actor.id) throw new Refusal('account_own')
    const may = mayTurn(actor, organisation) ?? Prisma.sql`false`
    const [found] = await tx.$queryRaw<{ status: AccountStatus; may: boolean | null; isReached: boolean | null }[]>`
      SELECT a."status"::text AS "status", (${may}) AS "may",
        (${isWithinReachSql(reachOf(actor, organisation))}) AS "isReached"
      FROM "Person" p JOIN "Account" a ON a."personId" = p."id"
      WHERE p."id" = ${personId}::uuid AND p."organisationId" = ${organisationId}::uuid`
    if (!found || (!found.may && !found.isReached)) throw new Refusal('account_unknown')
    if (!found.may) throw new Refusal('may_not_pause')
    if (turn === REOPEN) await ensureReopenable(tx, personId)
    const [turned] = await carryOut(tx, Prisma.sql`p."id" = ${personId}::uuid AND ${may}`, turn)
    if (!turned) throw new Refusal('account_changed')
    if (turn === PAUSE) await endSessions(tx, { personIds: [personId] })
    await tell(tx, [turned], { actor, at: c.now(), origin: request.origin, turn })
    return turned.name
  })
}

async function turnMany(c: Pick<Collaborators, 'db' | 'now'>, request: AccountsRequest, turn: Turn): Promise<number> {
  return inTransaction(
    c.db,
    async (tx) => {
      const { organisation, actor } = await loadTurner(tx, request)
      const may = mayTurn(actor, organisation)
      if (!may) throw new Refusal('may_not_pause')
      const chosen = chosenIds({ ...request, ownerId: actor.id })
      const turned = await carryOut(tx, Prisma.sql`p."id" IN (${chosen}) AND ${may}`, turn)
      if (turn === PAUSE) await endSessions(tx, { personIds: turned.map(({ personId }) => personId) })
      await tell(tx, turned, { actor, at: c.now(), origin: request.origin, turn })
      return turned.length
    },
    { timeoutMs: TIMEOUT },
  )
}

/**
 * Whose accounts (of the person "p") somebody may pause: a login is the organisation's, so more is asked than for an
 * invitation. Corporate Admins: all. Quality and HR Admins: the people of their own department. Hub Admins: those who
 * are in their hubs and in no other. Never one's own, and never of somebody with a role that one could not give.
 * Null: nobody's.
 */
export function mayTurn(actor: KnownMember, organisation: Organisation): Prisma.Sql | null {
  const others = Prisma.sql`p."organisationId" = ${organisation.id}::uuid AND p."id" <> ${actor.id}::uuid
    AND (${rankSql(organisation)}) <= ${rankOf(actor, organisation)}`
  if (isCorporateAdmin(actor, organisation)) return others
  const reach = reachOf(actor, organisation)
  const grants = grantsOf(actor, organisation)
  if (reach === 'all' || grants.length === 0) return null
  const { hubIds, departmentId } = reach
  if (hubIds.length === 0 && departmentId === null) return null
  const departmentRoles = grants.filter(({ department }) => department !== 'any').flatMap(({ roles }) => [...roles])
  const hubRoles = grants.filter(({ department }) => department === 'any').flatMap(({ roles }) => [...roles])
  return Prisma.sql`${others} AND (
    (p."departmentId" = ${departmentId}::uuid AND (p."role" IS NULL OR p."role"::text = ANY(${departmentRoles}::text[])))
    OR ((p."role" IS NULL OR p."role"::text = ANY(${hubRoles}::text[]))
      AND EXISTS (SELECT 1 FROM "HubMembership" m WHERE m."personId" = p."id" AND m."hubId" = ANY(${hubIds}::uuid[]))
      AND NOT EXISTS (SELECT 1 FROM "HubMembership" m
        WHERE m."personId" = p."id" AND m."hubId" <> ALL(${hubIds}::uuid[]))))`
}

type Turned = { personId: string; name: string }

/** Held until the transaction ends: nobody leaves, or is invited, in between. */
async function ensureReopenable(tx: Transaction, personId: string): Promise<void> {
  const [person] = await tx.$queryRaw<{ isActive: boolean; name: string }[]>`
    SELECT p."isActive", coalesce(nullif(p."slackName", ''), nullif(trim(p."firstName" || ' ' || p."lastName"), ''),
      p."email", 'Somebody') AS "name"
    FROM "Person" p WHERE p."id" = ${personId}::uuid FOR NO KEY UPDATE`
  if (!person) throw new Refusal('account_unknown')
  if (!person.isActive) throw new Refusal('account_left', { detail: { name: person.name } })
  const [account] = await tx.$queryRaw<{ isReopenable: boolean }[]>`
    SELECT ${IS_REOPENABLE} AS "isReopenable" FROM "Person" p JOIN "Account" a ON a."personId" = p."id"
    WHERE p."id" = ${personId}::uuid`
  if (!account?.isReopenable) throw new Refusal('account_invited_anew', { detail: { name: person.name } })
}

/** One statement for all of them; those that stand otherwise meanwhile are left as they are. */
async function carryOut(tx: Transaction, which: Prisma.Sql, { from, to }: Turn): Promise<Turned[]> {
  const mayTurnNow = to === 'active' ? IS_REOPENABLE : Prisma.sql`true`
  // People before accounts, as whoever leaves: an account is not reopened while its person goes.
  if (to === 'active') {
    await tx.$queryRaw`SELECT 1 AS "locked" FROM "Person" p JOIN "Account" a ON a."personId" = p."id"
      WHERE ${which} AND a."status" = 'inactive' ORDER BY p."id" FOR NO KEY UPDATE OF p`
  }
  return tx.$queryRaw<Turned[]>`
    WITH wanted AS (
      SELECT a."id", p."id" AS "personId", coalesce(nullif(p."slackName", ''),
        nullif(trim(p."firstName" || ' ' || p."lastName"), ''), p."email", 'Somebody') AS "name"
      FROM "Person" p JOIN "Account" a ON a."personId" = p."id"
      WHERE ${which} AND a."status" = ${from}::"AccountStatus" AND ${mayTurnNow} ORDER BY a."id" FOR UPDATE OF a
    )
    UPDATE "Account" a SET "status" = ${to}::"AccountStatus", "leftAt" = NULL FROM wanted
    WHERE a."id" = wanted."id" AND a."status" = ${from}::"AccountStatus"
    RETURNING wanted."personId", wanted."name"`
}

async function tell(
  tx: Transaction,
  turned: Turned[],
  { actor, at, origin, turn }: { actor: KnownMember; at: Date; origin: string; turn: Turn },
): Promise<void> {
  const events = turned.map(
    ({ personId, name }): AuditEvent => ({
      organisationId: actor.organisationId,
      at,
      act: turn.act,
      actor: { id: actor.id, name: actor.name },
      subject: { kind: 'person', id: personId, name },
      origin,
      before: { account: STATUS_WORDS[turn.from] },
      after: { account: STATUS_WORDS[turn.to] },
    }),
  )
  for (let from = 0; from < events.length; from += CHUNK) await record(tx, events.slice(from, from + CHUNK))
}
