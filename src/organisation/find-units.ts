// What can be chosen in a form.
import type { Database } from '../database/index.ts'
import { listUnits, type Unit, type UnitKind } from './store.ts'

/** Hubs, departments or locations that are not archived; bounded by `limit`. */
export async function findUnits(
  db: Database,
  kind: UnitKind,
  options: { organisationId: string; search?: string; ids?: string[]; limit: number },
): Promise<Unit[]> {
  return listUnits(db.prisma, kind, options)
}
