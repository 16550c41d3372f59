// Other ways to the sign-up than a link: a code from a slip, and a user name with its one-time password. Both give the token
// of the invitation's own link, so that there is one sign-up. Changes nothing.
import { isOneTimePassword, signInNameKey } from '../accounts/index.ts'
import type { Collaborators } from '../collaborators.ts'
import { type JoinClaim, makeJoinToken } from './join-token.ts'
import { findBySlipCode } from './make-slip.ts'

type Reader = Pick<Collaborators, 'db' | 'now'> & { joinKey: Buffer }

/** One name may be invited in several organisations, and into several hubs. */
const MOST_LOOKED_AT = 20

/** The token that a slip's code stands for; undefined for a code that is none, was renewed, used, ended or revoked. */
export async function openBySlip(c: Reader, typed: string): Promise<string | undefined> {
  const found = await findBySlipCode(c, typed)
  return found && makeJoinToken(c.joinKey, found)
}

/**
 * The token that a user name (or address) and a one-time password stand for, as they were sent; undefined for anything
 * else. Whoever calls has counted the try.
 */
export async function openByCredentials(
  c: Reader & { oneTimeKey: Buffer },
  { name, password }: { name: string; password: string },
): Promise<string | undefined> {
  const { rows } = await c.db.pool.query<JoinClaim>({
    name: 'find-by-credentials',
    text: FIND_BY_CREDENTIALS,
    values: [signInNameKey(name), c.now()],
  })
  const fitting = rows.filter((claim) => isOneTimePassword(c.oneTimeKey, password, claim))
  return fitting[0] && makeJoinToken(c.joinKey, fitting[0])
}

const FIND_BY_CREDENTIALS = `
  SELECT i."organisationId", i."id" AS "invitationId", i."generation"
  FROM "Organisation" o CROSS JOIN LATERAL (
    SELECT p."id" FROM "Person" p WHERE p."organisationId" = o."id" AND p."emailKey" = $1
    UNION SELECT p."id" FROM "Person" p WHERE p."organisationId" = o."id" AND p."userNameKey" = $1) known
  JOIN "Invitation" i ON i."personId" = known."id"
  WHERE i."mode" = 'credentials' AND i."status" IN ('waiting', 'pending') AND (i."expiresAt" IS NULL OR i."expiresAt" > $2)
  ORDER BY i."createdAt" DESC LIMIT ${MOST_LOOKED_AT}`
