// A Corporate Admin brings an archived hub, department or location back.
import { record } from '../audit/index.ts'
import type { Collaborators } from '../collaborators.ts'
import { inTransaction, isId } from '../database/index.ts'
import { Refusal } from '../refusal.ts'
import { ensureCorporateAdmin } from './ensure-admin.ts'
import type { UnitChange } from './rename-unit.ts'
import { archiveRow, findUnit, lockUnit } from './unit-store.ts'

/**
 * Brings one unit back, and gives its name; one that is not archived stays as it is. Throws Refusal
 * `may_not_change_settings` and `unit_unknown`.
 */
export async function restoreUnit(c: Pick<Collaborators, 'db' | 'now'>, change: UnitChange): Promise<{ name: string }> {
  const { kind, unitId: id, organisationId, origin } = change
  if (!isId(id)) throw new Refusal('unit_unknown')
  return inTransaction(c.db, async (tx) => {
    const { actor } = await ensureCorporateAdmin(tx, change)
    await lockUnit(tx, kind, id)
    const unit = await findUnit(tx, kind, { id, organisationId })
    if (!unit) throw new Refusal('unit_unknown')
    if (!unit.archivedAt) return { name: unit.name }
    await archiveRow(tx, kind, id, null)
    await record(tx, [
      {
        organisationId,
        at: c.now(),
        act: `${kind}.restored`,
        actor: { id: actor.id, name: actor.name },
        subject: { kind, id, name: unit.name },
        origin,
      },
    ])
    return { name: unit.name }
  })
}
