// A Corporate Admin archives a hub, a department or a location that nobody needs: it is kept, and cannot be chosen.
import { record } from '../audit/index.ts'
import type { Collaborators } from '../collaborators.ts'
import { inTransaction, isId } from '../database/index.ts'
import { Refusal } from '../refusal.ts'
import { ensureCorporateAdmin } from './ensure-admin.ts'
import type { UnitChange } from './rename-unit.ts'
import { archiveRow, findUnit, lockUnit, type UnitUse } from './unit-store.ts'

/**
 * Archives one unit, and gives its name; one that is archived already stays so. Throws Refusal
 * `may_not_change_settings`, `unit_unknown`, `default_hub`, and `unit_in_use` whose detail says in words what stands in
 * the way: people, open invitations, registration links that are on, lists that wait for approval.
 */
export async function archiveUnit(c: Pick<Collaborators, 'db' | 'now'>, change: UnitChange): Promise<{ name: string }> {
  const { kind, unitId: id, organisationId, origin } = change
  if (!isId(id)) throw new Refusal('unit_unknown')
  return inTransaction(c.db, async (tx) => {
    const { actor } = await ensureCorporateAdmin(tx, change)
    await lockUnit(tx, kind, id)
    const unit = await findUnit(tx, kind, { id, organisationId })
    if (!unit) throw new Refusal('unit_unknown')
    if (unit.archivedAt) return { name: unit.name }
    if (unit.isDefault) throw new Refusal('default_hub')
    const what = describeUse(unit)
    if (what !== '') throw new Refusal('unit_in_use', { detail: { kind, what } })
    const at = c.now()
    await archiveRow(tx, kind, id, at)
    await record(tx, [
      {
        organisationId,
        at,
        act: `${kind}.archived`,
        actor: { id: actor.id, name: actor.name },
        subject: { kind, id, name: unit.name },
        origin,
      },
    ])
    return { name: unit.name }
  })
}

/** "2 people and 1 open invitation"; empty where nothing is in it. Pure. */
export function describeUse({ people, invitations, links, lists }: UnitUse): string {
  const parts = [
    count(people, 'person', 'people'),
    count(invitations, 'open invitation', 'open invitations'),
    count(links, 'registration link that is on', 'registration links that are on'),
    count(lists, 'list that waits for approval', 'lists that wait for approval'),
  ].filter((part) => part !== '')
  const last = parts.pop() ?? ''
  return parts.length === 0 ? last : `${parts.join(', ')} and ${last}`
}

function count(number: number, one: string, many: string): string {
  if (number === 0) return ''
  return number === 1 ? `1 ${one}` : `${number.toLocaleString('en')} ${many}`
}
