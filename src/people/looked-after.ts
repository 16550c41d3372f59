// Whose people somebody looks after: those whom they may mark as left, bring back, and categorise.
import { type Database, isId, Prisma, type Transaction } from '../database/index.ts'
import {
  findMember,
  findOrganisation,
  isCorporateAdmin,
  type KnownMember,
  type Organisation,
} from '../organisation/index.ts'
import { rightsOver } from './rights.ts'
import { chosenIds } from './selection.ts'

/** One person, or those whom the actor has chosen in a list. */
export type WhichPeople = { personId: string } | { selectionId: string }

export type ActOnPeople = { organisationId: string; actorId: string; which: WhichPeople; origin: string }

/** Who acts, and where; undefined for somebody who is not there. */
export async function loadActor(
  reader: Transaction | Database['prisma'],
  { organisationId, actorId }: Pick<ActOnPeople, 'organisationId' | 'actorId'>,
): Promise<{ actor: KnownMember; organisation: Organisation } | undefined> {
  const organisation = await findOrganisation(reader, { id: organisationId })
  const actor = await findMember(reader, { id: actorId, organisationId })
  return organisation && actor ? { actor, organisation } : undefined
}

/** Whether somebody looks after anybody: Corporate Admins do, and HR Admins with a department. */
export function looksAfterPeople(actor: KnownMember, organisation: Organisation): boolean {
  return lookedAfterBy(actor, organisation) !== null
}

/** The people "p" whom somebody looks after: all of the organisation, or those of an HR Admin's department; null: nobody. */
export function lookedAfterBy(actor: KnownMember, organisation: Organisation): Prisma.Sql | null {
  const own = Prisma.sql`p."organisationId" = ${organisation.id}::uuid`
  if (isCorporateAdmin(actor, organisation)) return own
  const { isActive, isWorkspaceGuest, role, departmentId } = actor
  if (!isActive || isWorkspaceGuest || role !== 'hr_admin' || departmentId === null) return null
  return Prisma.sql`${own} AND p."departmentId" = ${departmentId}::uuid`
}

/** Those of them whom the actor may change, mark as left or bring back: never oneself, and nobody above. Null: nobody. */
export function markableBy(actor: KnownMember, organisation: Organisation): Prisma.Sql | null {
  const lookedAfter = lookedAfterBy(actor, organisation)
  const rights = rightsOver(actor, organisation)
  return lookedAfter && rights && Prisma.sql`${lookedAfter} AND ${rights}`
}

/** Which people "p" an act is about. */
export function areMeant(which: WhichPeople, { id: ownerId, organisationId }: KnownMember): Prisma.Sql {
  if ('selectionId' in which) return Prisma.sql`p."id" IN (${chosenIds({ ...which, organisationId, ownerId })})`
  return isId(which.personId) ? Prisma.sql`p."id" = ${which.personId}::uuid` : Prisma.sql`false`
}
