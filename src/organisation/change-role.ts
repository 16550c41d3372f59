// A Corporate Admin gives somebody a role, or takes it.
import { record } from '../audit/index.ts'
import type { Collaborators } from '../collaborators.ts'
import { inTransaction, isId, type Role, type Transaction } from '../database/index.ts'
import { Refusal, Refusals } from '../refusal.ts'
import { ensureCorporateAdminRemains, lockCorporateAdmins } from './corporate-admins.ts'
import { ensureCorporateAdmin } from './ensure-admin.ts'
import { ROLE_NAMES } from './names.ts'
import { findMember, type KnownMember } from './store.ts'

export type Standing = { role: Role | null; departmentId: string | null }

export type RoleRequest = {
  organisationId: string
  actorId: string
  personId: string
  /** As the form showed it when it was opened. */
  before: Standing
  wanted: Standing
  origin: string
}

/**
 * Writes a person's role and department; as they were, it is no event. Gives the person's name. Throws Refusal
 * `may_not_change_settings`, `person_unknown`, `role_own`, `person_changed` (somebody else changed them since the form
 * was opened), `person_inactive`, `role_for_guest`, `last_corporate_admin`, and Refusals `department_unknown` and
 * `department_missing` beside `departmentId`.
 */
export async function changeRole(
  c: Pick<Collaborators, 'db' | 'now'>,
  { organisationId, actorId, personId, before, wanted, origin }: RoleRequest,
): Promise<{ name: string }> {
  if (!isId(personId)) throw new Refusal('person_unknown')
  return inTransaction(c.db, async (tx) => {
    // Before anything is read: of two Corporate Admins who take each other's role, only the first still may.
    await lockCorporateAdmins(tx, organisationId)
    const { organisation, actor } = await ensureCorporateAdmin(tx, { organisationId, actorId })
    const person = await findMember(tx, { id: personId, organisationId })
    if (!person) throw new Refusal('person_unknown')
    if (person.id === actor.id) throw new Refusal('role_own')
    if (person.role !== before.role || person.departmentId !== before.departmentId) throw new Refusal('person_changed')
    ensureCanHold(person, wanted)
    const department = await departmentOf(tx, organisationId, wanted.departmentId, person)
    if (person.role === wanted.role && person.departmentId === wanted.departmentId) return { name: person.name }
    const had = await nameOfDepartment(tx, organisationId, person.departmentId)
    await tx.person.update({
      where: { id: person.id },
      data: { role: wanted.role, departmentId: wanted.departmentId },
    })
    await ensureCorporateAdminRemains(tx, organisation)
    await record(tx, [
      {
        organisationId,
        at: c.now(),
        act: 'person.role_changed',
        actor: { id: actor.id, name: actor.name },
        subject: { kind: 'person', id: person.id, name: person.name },
        origin,
        before: { role: person.role && ROLE_NAMES[person.role], department: had },
        after: { role: wanted.role && ROLE_NAMES[wanted.role], department },
      },
    ])
    return { name: person.name }
  })
}

/** A role may be taken from anybody; one that gives rights only whoever can use them gets. */
function ensureCanHold(person: KnownMember, wanted: Standing): void {
  const isNew = wanted.role !== person.role && wanted.role !== null
  if (isNew && !person.isActive) throw new Refusal('person_inactive')
  if (isNew && person.isWorkspaceGuest && wanted.role !== 'employee') throw new Refusal('role_for_guest')
  if ((wanted.role === 'quality_admin' || wanted.role === 'hr_admin') && wanted.departmentId === null) {
    throw new Refusals([new Refusal('department_missing', { field: 'departmentId' })])
  }
}

/** The department's name. One that was archived can be kept, not chosen anew. */
async function departmentOf(
  tx: Transaction,
  organisationId: string,
  id: string | null,
  person: KnownMember,
): Promise<string | null> {
  if (id === null) return null
  const known = isId(id)
    ? await tx.$queryRaw<{ name: string; isArchived: boolean }[]>`
        SELECT "name", ("archivedAt" IS NOT NULL) AS "isArchived" FROM "Department"
        WHERE "id" = ${id}::uuid AND "organisationId" = ${organisationId}::uuid FOR KEY SHARE`
    : []
  const [department] = known
  if (!department || (department.isArchived && id !== person.departmentId)) {
    throw new Refusals([new Refusal('department_unknown', { field: 'departmentId' })])
  }
  return department.name
}

async function nameOfDepartment(tx: Transaction, organisationId: string, id: string | null): Promise<string | null> {
  if (id === null) return null
  const department = await tx.department.findFirst({ where: { id, organisationId }, select: { name: true } })
  return department?.name ?? null
}
