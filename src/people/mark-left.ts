// An admin says by hand that people have left, or that they are back: what they say goes the way of every other source.
import type { Collaborators } from '../collaborators.ts'
import { type Database, inTransaction, isId, Prisma, type Transaction } from '../database/index.ts'
import type { KnownMember } from '../organisation/index.ts'
import { Refusal } from '../refusal.ts'
import { learnPeople } from './learn-people.ts'
import { type ActOnPeople, areMeant, loadActor, markableBy } from './looked-after.ts'

type Core = Pick<Collaborators, 'db' | 'now' | 'letGo'>

/** Ten thousand people take some seconds. In ms. */
const TIMEOUT = 60_000
const CHUNK = 500

/** Whether a "yes" of an admin's makes the person "p" active: of the others, SCIM and Slack have a word that stays. */
const WOULD_BE_BACK = Prisma.sql`coalesce((p."activity"->>'scim')::boolean, (p."activity"->>'slack')::boolean, true)`

/**
 * Marks people as left: they are let go in the same moment. Gives how many. Of one person throws Refusal
 * `person_unknown`, `left_own`, `may_not_mark_left` and `left_already`; of those chosen in a list, whoever may not be
 * marked is left as they are, and `may_not_mark_left` is for whoever may mark nobody.
 */
export async function markLeft(c: Core, request: ActOnPeople): Promise<{ count: number }> {
  return inTransaction(
    c.db,
    async (tx) => {
      const { actor, may } = await load(tx, request)
      await ensureOne(tx, request, { actor, may, wanted: 'active' })
      const ids = await find(tx, Prisma.sql`${areMeant(request.which, actor)} AND ${may} AND p."isActive"`)
      return { count: await say(tx, c, { ids, active: false, actor, request }) }
    },
    { timeoutMs: TIMEOUT },
  )
}

/**
 * Says that people are back, as far as neither SCIM nor Slack says that they have left. Gives how many, and how many are
 * held by these. Throws as `markLeft`; `not_left`, and `left_by_source` where one person is held.
 */
export async function bringBack(c: Core, request: ActOnPeople): Promise<{ count: number; held: number }> {
  return inTransaction(
    c.db,
    async (tx) => {
      const { actor, may } = await load(tx, request)
      await ensureOne(tx, request, { actor, may, wanted: 'inactive' })
      const left = Prisma.sql`${areMeant(request.which, actor)} AND ${may} AND NOT p."isActive"`
      const held = await find(tx, Prisma.sql`${left} AND NOT ${WOULD_BE_BACK}`)
      const ids = await find(tx, Prisma.sql`${left} AND ${WOULD_BE_BACK}`)
      return { count: await say(tx, c, { ids, active: true, actor, request }), held: held.length }
    },
    { timeoutMs: TIMEOUT },
  )
}

/** How many of the chosen `markLeft` and `bringBack` would turn now. */
export async function countMarkable(
  db: Database,
  request: Omit<ActOnPeople, 'origin'>,
): Promise<{ leavable: number; returnable: number }> {
  const found = await loadActor(db.prisma, request)
  const may = found && markableBy(found.actor, found.organisation)
  if (!may) return { leavable: 0, returnable: 0 }
  const [row] = await db.prisma.$queryRaw<{ leavable: number; returnable: number }[]>`
    SELECT count(*) FILTER (WHERE p."isActive")::int AS "leavable",
      count(*) FILTER (WHERE NOT p."isActive" AND ${WOULD_BE_BACK})::int AS "returnable"
    FROM "Person" p WHERE ${areMeant(request.which, found.actor)} AND ${may}`
  return row ?? { leavable: 0, returnable: 0 }
}

async function load(tx: Transaction, request: ActOnPeople): Promise<{ actor: KnownMember; may: Prisma.Sql }> {
  const found = await loadActor(tx, request)
  const may = found && markableBy(found.actor, found.organisation)
  if (!may) throw new Refusal('may_not_mark_left')
  return { actor: found.actor, may }
}

/** The words for one person; of many, those with whom it cannot be done are passed over. */
async function ensureOne(
  tx: Transaction,
  { which, organisationId }: ActOnPeople,
  { actor, may, wanted }: { actor: KnownMember; may: Prisma.Sql; wanted: 'active' | 'inactive' },
): Promise<void> {
  if (!('personId' in which)) return
  if (!isId(which.personId)) throw new Refusal('person_unknown')
  if (which.personId === actor.id) throw new Refusal('left_own')
  const [person] = await tx.$queryRaw<
    { may: boolean | null; isActive: boolean; wouldBeBack: boolean; saysSo: string; name: string }[]
  >`
    SELECT (${may}) AS "may", p."isActive", ${WOULD_BE_BACK} AS "wouldBeBack",
      CASE WHEN (p."activity"->>'scim')::boolean IS FALSE THEN 'scim' ELSE 'slack' END AS "saysSo",
      coalesce(nullif(p."slackName", ''), nullif(trim(p."firstName" || ' ' || p."lastName"), ''), p."email",
        p."userName", 'Somebody') AS "name"
    FROM "Person" p WHERE p."id" = ${which.personId}::uuid AND p."organisationId" = ${organisationId}::uuid`
  if (!person) throw new Refusal('person_unknown')
  if (!person.may) throw new Refusal('may_not_mark_left')
  const { name, saysSo: source } = person
  if (wanted === 'active' && !person.isActive) throw new Refusal('left_already', { detail: { name } })
  if (wanted === 'inactive' && person.isActive) throw new Refusal('not_left', { detail: { name } })
  if (wanted === 'inactive' && !person.wouldBeBack) throw new Refusal('left_by_source', { detail: { name, source } })
}

async function find(tx: Transaction, which: Prisma.Sql): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`SELECT p."id" FROM "Person" p WHERE ${which} ORDER BY p."id"`
  return rows.map(({ id }) => id)
}

type Saying = { ids: string[]; active: boolean; actor: KnownMember; request: ActOnPeople }

/** Gives how many it turned: whoever was turned by somebody else in between is not counted. */
async function say(tx: Transaction, c: Core, { ids, active, actor, request }: Saying): Promise<number> {
  const { organisationId, origin } = request
  let count = 0
  for (let from = 0; from < ids.length; from += CHUNK) {
    const people = ids.slice(from, from + CHUNK).map((personId) => ({ personId, said: { active } }))
    const by = { actor: { id: actor.id, name: actor.name }, origin, at: c.now() }
    const learnt = await learnPeople(tx, c, { organisationId, people, source: 'hand', ...by })
    count += [...learnt.values()].filter(({ hasLeft, isBack }) => hasLeft || isBack).length
  }
  return count
}
