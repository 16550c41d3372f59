// Whom somebody has chosen in a list, over all its pages. Kept as ids, so that an act is done to exactly the people who
// were counted, whatever comes to match meanwhile; rights over each of them are asked when the act runs.
import { type Actor, record } from '../audit/index.ts'
import type { Collaborators } from '../collaborators.ts'
import { inSqlTransaction, isId, newId, Prisma } from '../database/index.ts'
import { Refusal } from '../refusal.ts'
import { findMatchingIds } from './list-people.ts'
import { ask, type PeopleViewer } from './narrowing.ts'
import type { PeopleFilter } from './standing.ts'

/** Whose selection it is; nobody else reads it or acts on it. */
export type SelectionOwner = { organisationId: string; ownerId: string }
export type OwnedSelection = SelectionOwner & { selectionId: string }

export const SELECTION_MOST = 10_000
/** A modal that is left open is forgotten after a day. */
const KEPT = 24 * 60 * 60 * 1000

type Core = Pick<Collaborators, 'db' | 'now'>

/** Begins an empty selection, and forgets those that its owner has left behind. */
export async function beginSelection(c: Core, { organisationId, ownerId }: SelectionOwner): Promise<string> {
  const id = newId()
  const at = c.now()
  await c.db.prisma.selection.deleteMany({ where: { ownerId, createdAt: { lt: new Date(at.getTime() - KEPT) } } })
  await c.db.prisma.selection.create({ data: { id, organisationId, ownerId, personIds: [], createdAt: at } })
  return id
}

/**
 * Adds people and takes people out, in one step; gives how many are chosen then. Throws Refusal `selection_unknown` and
 * `too_many_chosen`.
 */
export async function changeSelection(
  c: Pick<Core, 'db'>,
  selection: OwnedSelection,
  { add, remove }: { add: string[]; remove: string[] },
): Promise<number> {
  const added = add.filter(isId)
  const removed = remove.filter(isId)
  const [row] = await ask<{ count: number }>(
    c.db,
    Prisma.sql`UPDATE "Selection" SET "personIds" = ARRAY(SELECT DISTINCT "personId"
        FROM unnest("personIds" || ${added}::uuid[]) AS "personId" WHERE "personId" <> ALL(${removed}::uuid[]))
      WHERE ${isOwned(selection)} RETURNING cardinality("personIds") AS "count"`,
  )
  if (!row) throw new Refusal('selection_unknown')
  if (row.count > SELECTION_MOST) {
    await changeSelection(c, selection, { add: [], remove: added })
    throw new Refusal('too_many_chosen', { detail: { most: SELECTION_MOST } })
  }
  return row.count
}

/**
 * Chooses everybody within the viewer's reach whom a filter lets through, beside those who are chosen already; gives
 * how many are chosen then. Throws Refusal `too_many_chosen` (nobody is added) and `selection_unknown`.
 */
export async function chooseAll(
  c: Pick<Core, 'db'>,
  selection: OwnedSelection,
  { viewer, filter }: { viewer: PeopleViewer; filter: PeopleFilter },
): Promise<number> {
  const ids = await findMatchingIds(c.db, viewer, { filter, most: SELECTION_MOST + 1 })
  if (ids.length > SELECTION_MOST) throw new Refusal('too_many_chosen', { detail: { most: SELECTION_MOST } })
  return changeSelection(c, selection, { add: ids, remove: [] })
}

/** Takes everybody out again. */
export async function clearSelection(c: Pick<Core, 'db'>, { selectionId, ...owner }: OwnedSelection): Promise<void> {
  if (!isId(selectionId)) return
  await c.db.prisma.selection.updateMany({ where: { id: selectionId, ...owner }, data: { personIds: [] } })
}

/** How many are chosen, and which of these people are. Throws Refusal `selection_unknown`. */
export async function readSelection(
  c: Pick<Core, 'db'>,
  selection: OwnedSelection,
  among: string[],
): Promise<{ count: number; chosen: string[] }> {
  const [row] = await ask<{ count: number; chosen: string[] }>(
    c.db,
    Prisma.sql`SELECT cardinality("personIds") AS "count",
        ARRAY(SELECT id FROM unnest(${among.filter(isId)}::uuid[]) AS id WHERE id = ANY("personIds")) AS "chosen"
      FROM "Selection" WHERE ${isOwned(selection)}`,
  )
  if (!row) throw new Refusal('selection_unknown')
  return row
}

/** What is done to everybody of a selection, as the audit log says it. */
export type SelectionAct =
  | 'resend their invitations'
  | 'pause their accounts'
  | 'open their accounts again'
  | 'mark them as left'
  | 'bring them back'
  | 'set them to Employee'
  | 'set them to Contractor'

/** Writes the event of a selection that is about to be acted upon: for whom, and what. What comes of it has its own. */
export async function recordSelectionUse(
  c: Core,
  selection: OwnedSelection,
  {
    actor,
    organisationName,
    what,
    origin,
  }: { actor: Actor; organisationName: string; what: SelectionAct; origin: string },
): Promise<void> {
  const { organisationId: id, ownerId, selectionId } = selection
  if (!isId(selectionId)) return
  await inSqlTransaction(c.db, async (tx) => {
    const [row] = await tx.$queryRaw<{ people: number }[]>`
      SELECT cardinality("personIds") AS "people" FROM "Selection"
      WHERE "id" = ${selectionId}::uuid AND "organisationId" = ${id}::uuid AND "ownerId" = ${ownerId}::uuid`
    if (!row || row.people === 0) return
    const subject = { kind: 'organisation' as const, id, name: organisationName }
    const after = { what, people: row.people }
    await record(tx, [{ organisationId: id, at: c.now(), act: 'selection.used', actor, subject, origin, after }])
  })
}

/** The ids of the chosen, as rows with the column "personId"; none of a selection that is not the owner's. */
export function chosenIds(selection: OwnedSelection): Prisma.Sql {
  return Prisma.sql`SELECT unnest("personIds") AS "personId" FROM "Selection" WHERE ${isOwned(selection)}`
}

function isOwned({ selectionId, organisationId, ownerId }: OwnedSelection): Prisma.Sql {
  if (!isId(selectionId)) return Prisma.sql`false`
  return Prisma.sql`"id" = ${selectionId}::uuid AND "organisationId" = ${organisationId}::uuid
    AND "ownerId" = ${ownerId}::uuid`
}
