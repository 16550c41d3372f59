// The directory looks: one user by its id, or those that a filter names, a page at a time.
import { type Database, isId } from '../../database/index.ts'
import { readEmailAddress } from '../email-address.ts'
import { ScimRefusal } from './scim-refusal.ts'
import { keyOf, type ScimResource } from './scim-resource.ts'
import type { ScimCaller, ScimPage } from './scim-store.ts'

export type ScimUser = { id: string; resource: ScimResource; createdAt: Date; updatedAt: Date }

/** What is asked for; all of it has to hold. */
export type ScimUserSearch = { id?: string; userName?: string; externalId?: string; email?: string; active?: boolean }

/** Throws ScimRefusal `user_unknown`, also for those of other organisations. */
export async function readScimUserById(db: Database, caller: ScimCaller, id: string): Promise<ScimUser> {
  const { users } = await listScimUsers(db, caller, { search: { id }, page: { skip: 0, limit: 1 } })
  const [user] = users
  if (!user) throw new ScimRefusal('user_unknown')
  return user
}

/** The users of a page, in the order in which they came, and how many there are in all. */
export async function listScimUsers(
  db: Database,
  { organisationId }: ScimCaller,
  { search, page }: { search: ScimUserSearch; page: ScimPage },
): Promise<{ users: ScimUser[]; total: number }> {
  const { id, userName, externalId, email, active } = search
  if (id !== undefined && !isId(id)) return { users: [], total: 0 }
  const values: unknown[] = [organisationId]
  const where = ['"organisationId" = $1::uuid']
  const add = (value: unknown, condition: (place: string) => string) => where.push(condition(`$${values.push(value)}`))
  if (id !== undefined) add(id, (place) => `"personId" = ${place}::uuid`)
  if (userName !== undefined) add(keyOf(userName), (place) => `"userNameKey" = ${place}`)
  if (externalId !== undefined) add(externalId.replaceAll('\0', ''), (place) => `"externalId" = ${place}`)
  if (email !== undefined) add([keyOfAddress(email)], (place) => `"emailKeys" @> ${place}::text[]`)
  if (active !== undefined) add(active, (place) => `("resource"->'active')::boolean = ${place}`)
  const rows = `FROM "ScimUser" WHERE ${where.join(' AND ')}`
  const [counted, found] = await Promise.all([
    db.pool.query<{ total: number }>(`SELECT count(*)::int AS "total" ${rows}`, values),
    db.pool.query<ScimUser>(
      // The page is found in the index first: what is passed over is not read.
      `SELECT "personId" AS "id", "resource", "createdAt", "updatedAt" FROM "ScimUser" WHERE "personId" IN (
         SELECT "personId" ${rows} ORDER BY "createdAt", "personId"
         OFFSET $${values.length + 1} LIMIT $${values.length + 2})
       ORDER BY "createdAt", "personId"`,
      [...values, page.skip, page.limit],
    ),
  ])
  return { users: found.rows, total: counted.rows[0]?.total ?? 0 }
}

/** An address that is none is nobody's. */
function keyOfAddress(email: string): string {
  return readEmailAddress(email)?.key ?? keyOf(email)
}
