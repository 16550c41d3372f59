// What the use cases of a directory share: who asks, how what they do is told, and how PostgreSQL is written to.
import type { Actor } from '../../audit/index.ts'
import type { Collaborators } from '../../collaborators.ts'
import type { SqlTransaction } from '../../database/index.ts'
import { ScimRefusal, type ScimRefusalCode } from './scim-refusal.ts'

/** What the use cases of a directory are given. */
export type ScimNeeds = Pick<Collaborators, 'db' | 'now' | 'letGo'> & {
  /** Tells whoever has an account, at their former address, that the directory gave it another. */
  tellNewAddress: (tx: SqlTransaction, change: { personId: string; former: string }) => Promise<void>
}

/** An organisation's directory at work, and the address that it comes from. */
export type ScimCaller = { organisationId: string; from: string }

/** A part of a long list: `skip` rows are passed over, `limit` are given. */
export type ScimPage = { skip: number; limit: number }

const ACTOR: Actor = { id: null, name: 'SCIM' }

/** How an act of a directory stands in the audit log. */
export function actBy({ organisationId, from }: ScimCaller, at: Date) {
  return { organisationId, at, actor: ACTOR, origin: `scim ${from}` }
}

/** A value that PostgreSQL keeps as JSON: it has no NUL and no half of a character. */
export function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\0', '').toWellFormed()
  if (Array.isArray(value)) return value.map(storable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [storable(key), storable(part)]))
}

const TAKEN: [constraint: string, code: ScimRefusalCode][] = [
  ['ScimUser_organisationId_userNameKey_key', 'user_name_taken'],
  ['ScimUser_pkey', 'address_taken'],
  ['Person_organisationId_emailKey_key', 'address_taken'],
  ['ScimGroup_organisationId_displayNameKey_key', 'group_name_taken'],
]

/** Two at once wanted the same name or address: the one who came second is refused, as if it had come later. */
export async function refusingWhatIsTaken<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const constraint = error instanceof Error && 'constraint' in error ? error.constraint : undefined
    const [, code] = TAKEN.find(([name]) => name === constraint) ?? []
    throw code ? new ScimRefusal(code) : error
  }
}

/** The countries that phone numbers are read by: those that the organization sends text messages to. */
export async function findSmsCountries(tx: SqlTransaction, organisationId: string): Promise<string[]> {
  const [organisation] = await tx.$queryRaw<{ smsCountries: string[] }[]>`
    SELECT "smsCountries" FROM "Organisation" WHERE "id" = ${organisationId}::uuid`
  return organisation?.smsCountries ?? []
}

/** The department of that name that is in use, or null. */
export async function findDepartmentId(
  tx: SqlTransaction,
  { organisationId, name }: { organisationId: string; name: string },
): Promise<string | null> {
  if (name === '') return null
  const [department] = await tx.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "Department" WHERE "organisationId" = ${organisationId}::uuid AND "archivedAt" IS NULL
      AND lower("name") = lower(${name}) ORDER BY "createdAt" LIMIT 1`
  return department?.id ?? null
}
