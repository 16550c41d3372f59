// Whose name and password these are. It takes the same time and work for a name that is nobody's, a wrong password, a
// paused account and the right one.
import type { Collaborators } from '../../collaborators.ts'
import type { PasswordHasher } from '../passwords.ts'

/**
 * Of one name in several organisations: in so many of them it may have an account. Each costs every try a hash, so that
 * the time does not tell how many there are.
 */
const MOST_ACCOUNTS = 4

export type FoundAccount = {
  id: string
  organisationId: string
  personId: string
  passwordHash: string
  isActive: boolean
}

type Checker = Pick<Collaborators, 'db'> & { hasher: PasswordHasher; dummyHash: Promise<string> }

/** The active accounts that both fit, most often one or none. Throws Refusal `too_busy`. */
export async function checkPassword(
  c: Checker,
  { nameKey, password }: { nameKey: string; password: string },
): Promise<FoundAccount[]> {
  const { organisations, accounts } = await findAccounts(c, nameKey)
  const passes = Math.min(Math.max(organisations, 1), MOST_ACCOUNTS)
  const dummyHash = await c.dummyHash
  const fitting: FoundAccount[] = []
  for (let pass = 0; pass < passes; pass += 1) {
    const account = accounts[pass]
    const fits = await c.hasher.verify(account?.passwordHash ?? dummyHash, password)
    if (fits && account?.isActive) fitting.push(account)
  }
  return fitting
}

/** The accounts that a name may mean, whatever the password, and how many organizations there are. */
export async function findAccounts(
  { db }: Pick<Collaborators, 'db'>,
  nameKey: string,
): Promise<{ organisations: number; accounts: FoundAccount[] }> {
  const { rows } = await db.pool.query<{ organisations: number; accounts: FoundAccount[] }>({
    name: 'find-accounts-by-name',
    text: FIND_ACCOUNTS,
    values: [nameKey],
  })
  return rows[0] ?? { organisations: 0, accounts: [] }
}

// Within one organisation an address comes before a user name that is written like it.
const FIND_ACCOUNTS = `
  SELECT (SELECT count(*)::int FROM "Organisation") AS "organisations",
    coalesce((SELECT jsonb_agg(found) FROM (
      SELECT DISTINCT ON (o."createdAt", o."id") a."id", a."organisationId", a."personId", a."passwordHash",
        a."status" = 'active' AND p."isActive" AS "isActive"
      FROM "Organisation" o
      CROSS JOIN LATERAL (
        SELECT 1 AS "rank", m.* FROM "Person" m WHERE m."organisationId" = o."id" AND m."emailKey" = $1
        UNION ALL
        SELECT 2, m.* FROM "Person" m WHERE m."organisationId" = o."id" AND m."userNameKey" = $1
      ) p
      JOIN "Account" a ON a."personId" = p."id"
      ORDER BY o."createdAt", o."id", p."rank" LIMIT ${MOST_ACCOUNTS}
    ) found), '[]') AS "accounts"`
