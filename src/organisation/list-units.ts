// Hubs, departments and locations as Corporate Admins see to them, archived ones too.
import { type Database, isId } from '../database/index.ts'
import type { UnitKind } from './store.ts'
import { findUnit, pageOfUnits, type UnitRow, type UnitUse } from './unit-store.ts'

export type KnownUnit = UnitRow & UnitUse

/** A page of all units, archived ones last, each with how many it holds; and how many units there are. */
export async function listAllUnits(
  db: Database,
  kind: UnitKind,
  page: { organisationId: string; limit: number; skip: number },
): Promise<{ units: KnownUnit[]; total: number }> {
  return pageOfUnits(db.prisma, kind, page)
}

/** One unit with how many it holds; undefined for one that is not this organisation's. */
export async function readUnit(
  db: Database,
  kind: UnitKind,
  where: { id: string; organisationId: string },
): Promise<KnownUnit | undefined> {
  return isId(where.id) ? findUnit(db.prisma, kind, where) : undefined
}
