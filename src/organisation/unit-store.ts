// The queries of hubs, departments and locations as Corporate Admins see to them.
import { type Database, Prisma, type Transaction } from '../database/index.ts'
import type { UnitKind } from './store.ts'

/** Of people only those who are active, of invitations those that are not answered yet. */
export type UnitUse = { people: number; invitations: number; links: number; lists: number }
export type UnitRow = { id: string; name: string; isDefault: boolean; archivedAt: Date | null }

type Reader = Database['prisma'] | Transaction

const TABLE = { hub: Prisma.raw('"Hub"'), department: Prisma.raw('"Department"'), location: Prisma.raw('"Location"') }
const COLUMN = {
  hub: Prisma.raw('"hubId"'),
  department: Prisma.raw('"departmentId"'),
  location: Prisma.raw('"locationId"'),
}
/** Only hubs have a default one. */
const IS_DEFAULT = { hub: Prisma.raw('u."isDefault"'), department: Prisma.raw('false'), location: Prisma.raw('false') }

/** A page of all units, archived ones last, with what they hold; and how many there are. */
export async function pageOfUnits(
  reader: Reader,
  kind: UnitKind,
  { organisationId, limit, skip }: { organisationId: string; limit: number; skip: number },
): Promise<{ units: (UnitRow & UnitUse)[]; total: number }> {
  const units = await reader.$queryRaw<(UnitRow & UnitUse)[]>`
    SELECT u."id", u."name", ${IS_DEFAULT[kind]} AS "isDefault", u."archivedAt", ${useOf(kind)}
    FROM ${TABLE[kind]} u WHERE u."organisationId" = ${organisationId}::uuid
    ORDER BY (u."archivedAt" IS NOT NULL), "isDefault" DESC, u."name" LIMIT ${limit} OFFSET ${skip}`
  const [row] = await reader.$queryRaw<{ total: number }[]>`
    SELECT count(*)::int AS "total" FROM ${TABLE[kind]} WHERE "organisationId" = ${organisationId}::uuid`
  return { units, total: row?.total ?? 0 }
}

export async function findUnit(
  reader: Reader,
  kind: UnitKind,
  where: { id: string; organisationId: string },
): Promise<(UnitRow & UnitUse) | undefined> {
  const [unit] = await reader.$queryRaw<(UnitRow & UnitUse)[]>`
    SELECT u."id", u."name", ${IS_DEFAULT[kind]} AS "isDefault", u."archivedAt", ${useOf(kind)}
    FROM ${TABLE[kind]} u WHERE u."organisationId" = ${where.organisationId}::uuid AND u."id" = ${where.id}::uuid`
  return unit
}

/**
 * Whoever invites into this unit at this moment ends first (an invitation holds its units by FOR KEY SHARE), and
 * whoever comes later waits: what is counted next is exact.
 */
export async function lockUnit(tx: Transaction, kind: UnitKind, id: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 AS "locked" FROM ${TABLE[kind]} WHERE "id" = ${id}::uuid FOR UPDATE`
}

/** Writes a unit's name; false when the organisation has another of that name. */
export async function renameRow(
  tx: Transaction,
  kind: UnitKind,
  unit: { id: string; organisationId: string; name: string },
): Promise<boolean> {
  // Two units that get one name at once: the second waits here, and then sees the first.
  const key = `unit names ${unit.organisationId}`
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${key}, 0))::text`
  const count = await tx.$executeRaw`
    UPDATE ${TABLE[kind]} u SET "name" = ${unit.name} WHERE u."id" = ${unit.id}::uuid AND NOT EXISTS (
      SELECT 1 FROM ${TABLE[kind]} other WHERE other."organisationId" = ${unit.organisationId}::uuid
        AND other."name" = ${unit.name} AND other."id" <> u."id")`
  return count === 1
}

export async function archiveRow(tx: Transaction, kind: UnitKind, id: string, at: Date | null): Promise<void> {
  await tx.$executeRaw`UPDATE ${TABLE[kind]} SET "archivedAt" = ${at} WHERE "id" = ${id}::uuid`
}

/** Counts for the unit that a query calls u. */
function useOf(kind: UnitKind): Prisma.Sql {
  const column = COLUMN[kind]
  const people =
    kind === 'hub'
      ? Prisma.sql`SELECT count(*)::int FROM "HubMembership" m JOIN "Person" p ON p."id" = m."personId"
          WHERE m."hubId" = u."id" AND p."isActive"`
      : Prisma.sql`SELECT count(*)::int FROM "Person" p WHERE p.${column} = u."id" AND p."isActive"`
  const links =
    kind === 'hub'
      ? Prisma.sql`SELECT count(*)::int FROM "RegistrationLink" l WHERE l."hubId" = u."id" AND l."isOn"`
      : Prisma.sql`SELECT 0`
  return Prisma.sql`(${people}) AS "people", (${links}) AS "links",
    (SELECT count(*)::int FROM "Invitation" i WHERE i.${column} = u."id"
      AND i."status" IN ('awaiting_approval', 'waiting', 'pending')) AS "invitations",
    (SELECT count(*)::int FROM "Batch" b WHERE b.${column} = u."id" AND b."status" = 'awaiting_approval') AS "lists"`
}
