// What was chosen for a list must still be there, and be this organisation's.
import { type Database, isId, type SqlTransaction } from '../../database/index.ts'
import { Refusal, Refusals } from '../../refusal.ts'

type Chosen = { hubId: string | null; departmentId: string | null; locationId: string | null }

/**
 * Throws Refusals naming each field whose choice is archived, unknown or another organisation's. Inside a transaction
 * what was chosen is held until its end: it is not archived in between.
 */
export async function ensureUnitsAreThere(
  reader: Database['prisma'] | SqlTransaction,
  organisationId: string,
  { hubId, departmentId, locationId }: Chosen,
): Promise<void> {
  const [hub, department, location] = [hubId, departmentId, locationId].map((id) => (id && isId(id) ? id : null))
  const [found] = await reader.$queryRaw<{ hub: boolean; department: boolean; location: boolean }[]>`
    SELECT EXISTS (SELECT 1 FROM "Hub" u WHERE u."id" = ${hub}::uuid
        AND u."organisationId" = ${organisationId}::uuid AND u."archivedAt" IS NULL FOR KEY SHARE) AS "hub",
      EXISTS (SELECT 1 FROM "Department" u WHERE u."id" = ${department}::uuid
        AND u."organisationId" = ${organisationId}::uuid AND u."archivedAt" IS NULL FOR KEY SHARE) AS "department",
      EXISTS (SELECT 1 FROM "Location" u WHERE u."id" = ${location}::uuid
        AND u."organisationId" = ${organisationId}::uuid AND u."archivedAt" IS NULL FOR KEY SHARE) AS "location"`
  const refusals: Refusal[] = []
  if (hubId !== null && !found?.hub) refusals.push(new Refusal('hub_unknown', { field: 'hubId' }))
  if (departmentId !== null && !found?.department) {
    refusals.push(new Refusal('department_unknown', { field: 'departmentId' }))
  }
  if (locationId !== null && !found?.location) {
    refusals.push(new Refusal('location_unknown', { field: 'locationId' }))
  }
  if (refusals.length > 0) throw new Refusals(refusals)
}
