// What was chosen for a list must still be there, and be this organisation's.
import type { Database } from '../../database/index.ts'
import { isId } from '../../database/index.ts'
import { findUnits, type UnitKind } from '../../organisation/index.ts'
import { Refusal, type RefusalCode, Refusals } from '../../refusal.ts'

type Chosen = { hubId: string | null; departmentId: string | null; locationId: string | null }

const UNITS: [UnitKind, keyof Chosen, RefusalCode][] = [
  ['hub', 'hubId', 'hub_unknown'],
  ['department', 'departmentId', 'department_unknown'],
  ['location', 'locationId', 'location_unknown'],
]

/** Throws Refusals naming each field whose choice is archived, unknown or another organisation's. */
export async function ensureUnitsAreThere(db: Database, organisationId: string, chosen: Chosen): Promise<void> {
  const refusals = await Promise.all(
    UNITS.map(async ([kind, field, code]) => {
      const id = chosen[field]
      if (id === null) return []
      const found = isId(id) ? await findUnits(db, kind, { organisationId, ids: [id], limit: 1 }) : []
      return found.length === 1 ? [] : [new Refusal(code, { field })]
    }),
  )
  if (refusals.some((found) => found.length > 0)) throw new Refusals(refusals.flat())
}
