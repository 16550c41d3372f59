// A Corporate Admin adds a hub, a department or a location.
import { record } from '../audit/index.ts'
import { cleanLine } from '../clean-text.ts'
import type { Collaborators } from '../collaborators.ts'
import { inTransaction, newId } from '../database/index.ts'
import { Refusal } from '../refusal.ts'
import { isCorporateAdmin } from './permissions.ts'
import { UNIT_NAME_LENGTH } from './settings.ts'
import { findMember, findOrganisation, insertUnit, type Unit, type UnitKind } from './store.ts'

export type UnitRequest = {
  organisationId: string
  actorId: string
  kind: UnitKind
  name: string
  origin: string
}

/**
 * Adds one unit and gives it back. Throws Refusal `may_not_change_settings`, `name_missing`, `name_too_long` and
 * `name_taken` (an archived unit keeps its name).
 */
export async function addUnit(c: Pick<Collaborators, 'db' | 'now'>, request: UnitRequest): Promise<Unit> {
  const name = cleanLine(request.name)
  if (name.length === 0) throw new Refusal('name_missing', { field: 'name' })
  if (name.length > UNIT_NAME_LENGTH) {
    throw new Refusal('name_too_long', { field: 'name', detail: { most: UNIT_NAME_LENGTH } })
  }
  return inTransaction(c.db, async (tx) => {
    const organisation = await findOrganisation(tx, { id: request.organisationId })
    const actor = await findMember(tx, { id: request.actorId, organisationId: request.organisationId })
    if (!organisation || !actor || !isCorporateAdmin(actor, organisation)) {
      throw new Refusal('may_not_change_settings')
    }
    const at = c.now()
    const unit = { id: newId(), organisationId: organisation.id, name, createdAt: at }
    if (!(await insertUnit(tx, request.kind, unit)))
      throw new Refusal('name_taken', { field: 'name', detail: { name } })
    await record(tx, [
      {
        organisationId: organisation.id,
        at,
        act: `${request.kind}.created`,
        actor: { id: actor.id, name: actor.name },
        subject: { kind: request.kind, id: unit.id, name },
        origin: request.origin,
        after: { name },
      },
    ])
    return { id: unit.id, name }
  })
}
