// A Corporate Admin gives a hub, a department or a location another name.
import { record } from '../audit/index.ts'
import type { Collaborators } from '../collaborators.ts'
import { inTransaction, isId } from '../database/index.ts'
import { Refusal } from '../refusal.ts'
import { ensureCorporateAdmin } from './ensure-admin.ts'
import type { UnitKind } from './store.ts'
import { readUnitName } from './unit-name.ts'
import { findUnit, lockUnit, renameRow } from './unit-store.ts'

export type UnitChange = {
  organisationId: string
  actorId: string
  kind: UnitKind
  unitId: string
  origin: string
}

/**
 * Renames one unit; the name that it has already is no event. Throws Refusal `may_not_change_settings`,
 * `unit_unknown`, `name_missing`, `name_too_long` and `name_taken` (an archived unit keeps its name).
 */
export async function renameUnit(
  c: Pick<Collaborators, 'db' | 'now'>,
  { name: typed, ...change }: UnitChange & { name: string },
): Promise<{ before: string; name: string }> {
  const { kind, unitId: id, organisationId, origin } = change
  const name = readUnitName(typed)
  if (!isId(id)) throw new Refusal('unit_unknown')
  return inTransaction(c.db, async (tx) => {
    const { actor } = await ensureCorporateAdmin(tx, change)
    await lockUnit(tx, kind, id)
    const unit = await findUnit(tx, kind, { id, organisationId })
    if (!unit) throw new Refusal('unit_unknown')
    if (unit.name === name) return { before: name, name }
    if (!(await renameRow(tx, kind, { id, organisationId, name }))) {
      throw new Refusal('name_taken', { field: 'name', detail: { name } })
    }
    await record(tx, [
      {
        organisationId,
        at: c.now(),
        act: `${kind}.renamed`,
        actor: { id: actor.id, name: actor.name },
        subject: { kind, id, name },
        origin,
        before: { name: unit.name },
        after: { name },
      },
    ])
    return { before: unit.name, name }
  })
}
