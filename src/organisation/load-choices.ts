// What a form offers, in one statement: it is read between a command and its modal, often for many people at once.
import type { Database } from '../database/index.ts'
import type { Unit } from './store.ts'

export type Choices = {
  hubs: Unit[]
  departments: Unit[]
  locations: Unit[]
  /** The department that was asked for by its id. */
  ownDepartment: Unit | null
}

/**
 * The hubs, departments and locations of an organisation that are not archived, the default hub first and then by
 * name; at most `limit` of each. `hubIds`: these hubs alone.
 */
export async function loadChoices(
  db: Database,
  asked: { organisationId: string; limit: number; hubIds?: string[] | undefined; ownDepartmentId?: string | undefined },
): Promise<Choices> {
  const { rows } = await db.pool.query<Choices>({
    name: 'load-choices',
    text: LOAD_CHOICES,
    values: [asked.organisationId, asked.limit, asked.hubIds ?? null, asked.ownDepartmentId ?? null],
  })
  return rows[0] ?? { hubs: [], departments: [], locations: [], ownDepartment: null }
}

const LOAD_CHOICES = `
  SELECT
    (SELECT coalesce(jsonb_agg(h ORDER BY h."isDefault" DESC, h."name"), '[]'::jsonb) FROM (
      SELECT "id", "name", "isDefault" FROM "Hub"
      WHERE "organisationId" = $1 AND "archivedAt" IS NULL AND ($3::uuid[] IS NULL OR "id" = ANY ($3))
      ORDER BY "isDefault" DESC, "name" LIMIT $2) h) AS "hubs",
    (SELECT coalesce(jsonb_agg(d ORDER BY d."name"), '[]'::jsonb) FROM (
      SELECT "id", "name" FROM "Department" WHERE "organisationId" = $1 AND "archivedAt" IS NULL
      ORDER BY "name" LIMIT $2) d) AS "departments",
    (SELECT coalesce(jsonb_agg(l ORDER BY l."name"), '[]'::jsonb) FROM (
      SELECT "id", "name" FROM "Location" WHERE "organisationId" = $1 AND "archivedAt" IS NULL
      ORDER BY "name" LIMIT $2) l) AS "locations",
    (SELECT jsonb_build_object('id', own."id", 'name', own."name") FROM "Department" own
      WHERE own."organisationId" = $1 AND own."id" = $4 AND own."archivedAt" IS NULL) AS "ownDepartment"`
