// HR says what people are, Employee or Contractor: one act for all who were chosen in a list.
import type { Collaborators } from '../collaborators.ts'
import { type Database, type EmployeeType, inTransaction, Prisma } from '../database/index.ts'
import type { KnownMember, Organisation } from '../organisation/index.ts'
import { Refusal } from '../refusal.ts'
import { learnPeople } from './learn-people.ts'
import { type ActOnPeople, areMeant, loadActor, lookedAfterBy, markableBy } from './looked-after.ts'
import { SOURCES } from './sources.ts'

/** Ten thousand people take some seconds. In ms. */
const TIMEOUT = 60_000
const CHUNK = 500
/** A count ends here: then there are more. */
export const UNCATEGORISED_COUNTED = 10_000

/** `held`: SCIM or an import says what they are, and is to be changed there. */
export type Categorised = { count: number; held: number }

/** Whether a source that is stronger than a hand says what the person "p" is. */
const IS_HELD = Prisma.sql`coalesce(p."sources"->>'employeeType', '') = ANY(${SOURCES.slice(0, SOURCES.indexOf('hand'))})`

/**
 * Makes people Employees or Contractors; an audit event for each who was something else. Gives how many these are.
 * Throws Refusal `may_not_categorise` for whoever does not look after the one person, or after anybody; of many, others'
 * people are left as they are.
 */
export async function categorise(
  c: Pick<Collaborators, 'db' | 'now' | 'letGo'>,
  request: ActOnPeople & { employeeType: EmployeeType },
): Promise<Categorised> {
  const { organisationId, which, employeeType, origin } = request
  return inTransaction(
    c.db,
    async (tx) => {
      const found = await loadActor(tx, request)
      const may = found && markableBy(found.actor, found.organisation)
      if (!may) throw new Refusal('may_not_categorise')
      const { actor } = found
      const people = await tx.$queryRaw<{ id: string; isHeld: boolean; isSame: boolean }[]>`
        SELECT p."id", ${IS_HELD} AS "isHeld", p."employeeType" IS NOT DISTINCT FROM ${employeeType}::"EmployeeType" AS "isSame"
        FROM "Person" p WHERE ${areMeant(which, actor)} AND ${may} ORDER BY p."id"`
      // Of one person it is said; of many, those of others are passed over.
      if (people.length === 0 && 'personId' in which) throw new Refusal('may_not_categorise')
      const others = people.filter(({ isSame }) => !isSame)
      const free = others.filter(({ isHeld }) => !isHeld)
      let count = 0
      for (let from = 0; from < free.length; from += CHUNK) {
        const chunk = free.slice(from, from + CHUNK).map(({ id }) => ({ personId: id, said: { employeeType } }))
        const by = { actor: { id: actor.id, name: actor.name }, origin, at: c.now() }
        const learnt = await learnPeople(tx, c, { organisationId, people: chunk, source: 'hand', ...by })
        count += [...learnt.values()].filter(({ changed }) => changed).length
      }
      return { count, held: others.length - free.length }
    },
    { timeoutMs: TIMEOUT },
  )
}

/** How many of the chosen `categorise` would make one and the other now, and of how many somebody else says it. */
export async function countCategorisable(
  db: Database,
  request: Omit<ActOnPeople, 'origin'>,
): Promise<Record<EmployeeType | 'held', number>> {
  const found = await loadActor(db.prisma, request)
  const may = found && markableBy(found.actor, found.organisation)
  if (!may) return { employee: 0, contractor: 0, held: 0 }
  const [row] = await db.prisma.$queryRaw<Record<EmployeeType | 'held', number>[]>`
    SELECT count(*) FILTER (WHERE p."employeeType" IS DISTINCT FROM 'employee' AND NOT ${IS_HELD})::int AS "employee",
      count(*) FILTER (WHERE p."employeeType" IS DISTINCT FROM 'contractor' AND NOT ${IS_HELD})::int AS "contractor",
      count(*) FILTER (WHERE ${IS_HELD})::int AS "held"
    FROM "Person" p WHERE ${areMeant(request.which, found.actor)} AND ${may}`
  return row ?? { employee: 0, contractor: 0, held: 0 }
}

/** How many active people nobody has categorised yet, of those whom somebody looks after; up to 10,001. */
export async function countUncategorised(
  db: Database,
  actor: KnownMember,
  organisation: Organisation,
): Promise<number> {
  const may = lookedAfterBy(actor, organisation)
  if (!may) return 0
  const [row] = await db.prisma.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count" FROM (SELECT 1 FROM "Person" p
      WHERE ${may} AND p."employeeType" IS NULL AND p."isActive" LIMIT ${UNCATEGORISED_COUNTED + 1}) AS counted`
  return row?.count ?? 0
}
