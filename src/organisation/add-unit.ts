// A Corporate Admin adds a hub, a department or a location.
import { record } from '../audit/index.ts'
import type { Collaborators } from '../collaborators.ts'
import { inTransaction, newId } from '../database/index.ts'
import { Refusal } from '../refusal.ts'
import { ensureCorporateAdmin } from './ensure-admin.ts'
import { insertUnit, type Unit, type UnitKind } from './store.ts'
import { readUnitName } from './unit-name.ts'

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
  const name = readUnitName(request.name)
  return inTransaction(c.db, async (tx) => {
    const { organisation, actor } = await ensureCorporateAdmin(tx, request)
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
