// Guessing passwords is made slow without telling whether a name is anybody's, and without locking its owner out: what is
// counted is the name together with the network that tries; the name alone only after many more, and then for a minute at
// most; and a browser that has signed in to the account before, by whichever of its names, is counted by itself, until the
// password changes.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { isIPv6 } from 'node:net'
import type { Database, SqlTransaction } from '../../database/index.ts'
import { type FoundAccount, findAccounts } from './check-password.ts'

/** So many tries are free; then waits that double, in ms. */
type Pace = { free: number; first: number; longest: number }
const FROM_ONE_NETWORK: Pace = { free: 5, first: 30_000, longest: 15 * 60_000 }
const FROM_ANYWHERE: Pace = { free: 50, first: 5_000, longest: 60_000 }
/** After a day without a try the count begins anew, in ms. */
const FORGIVEN = 24 * 60 * 60 * 1000
const KNOWN_BYTES = 16
/** Of these bytes as base64url. */
const KNOWN_LENGTH = 22

export type Tried = {
  nameKey: string
  /** The client's address. */
  from: string
  /** What the browser holds since it last signed in to the account, if it says so. */
  known: string | undefined
}

type Guard = { db: Database; now: () => Date; signInKey: Buffer }

/**
 * Counts a try before it is looked at, so that many at once count as many. Gives the seconds to wait where it came too
 * early; it is then not counted.
 */
export async function claimTry(c: Guard, tried: Tried): Promise<number | undefined> {
  const at = c.now()
  const keys = await keysOf(c, tried)
  const { rows } = await c.db.pool.query<{ claimed: number; waitUntil: Date | null }>({
    name: 'claim-sign-in-try',
    text: CLAIM,
    values: [
      keys.map(({ key }) => key),
      keys.map(({ pace }) => pace.free),
      keys.map(({ pace }) => pace.first),
      keys.map(({ pace }) => pace.longest),
      at,
      new Date(at.getTime() - FORGIVEN),
      keys.map(({ isPassive }) => isPassive === true),
    ],
  })
  const [row] = rows
  if (row?.claimed === keys.length && row.waitUntil === null) return undefined
  const until =
    row?.waitUntil ??
    (await longestWait(
      c,
      keys.filter(({ isPassive }) => !isPassive),
    ))
  return Math.max(1, Math.ceil((until.getTime() - at.getTime()) / 1000))
}

// Who comes while another try of the same key is being counted sees, under the row's lock, what that one left.
const CLAIM = `
  WITH wanted AS (
    SELECT * FROM unnest($1::text[], $2::int[], $3::int[], $4::int[], $7::boolean[])
      AS w("key", "free", "first", "longest", "isPassive")
  ), waiting AS (
    SELECT max(g."waitUntil") AS "until" FROM "SignInGuard" g JOIN wanted w ON w."key" = g."key"
    WHERE g."waitUntil" > $5 AND NOT w."isPassive"
  ), claimed AS (
    INSERT INTO "SignInGuard" AS g ("key", "tries", "lastAt")
    SELECT w."key", 1, $5 FROM wanted w WHERE (SELECT "until" FROM waiting) IS NULL ORDER BY w."key"
    ON CONFLICT ("key") DO UPDATE SET "lastAt" = $5,
      "tries" = CASE WHEN g."lastAt" < $6 THEN 1 ELSE g."tries" + 1 END,
      "waitUntil" = CASE WHEN g."lastAt" < $6 THEN NULL ELSE (
        SELECT CASE WHEN g."tries" + 1 >= w."free" THEN $5::timestamptz
          + least(w."first" * power(2, least(g."tries" + 1 - w."free", 20)), w."longest") * interval '1 millisecond' END
        FROM wanted w WHERE w."key" = g."key") END
    WHERE g."waitUntil" IS NULL OR g."waitUntil" <= $5
      OR (SELECT w."isPassive" FROM wanted w WHERE w."key" = g."key")
    RETURNING g."key"
  )
  SELECT (SELECT count(*)::int FROM claimed) AS "claimed", (SELECT "until" FROM waiting) AS "waitUntil"`

async function longestWait(c: Guard, keys: { key: string }[]): Promise<Date> {
  const { rows } = await c.db.pool.query<{ until: Date | null }>({
    name: 'longest-sign-in-wait',
    text: `SELECT max("waitUntil") AS "until" FROM "SignInGuard" WHERE "key" = ANY($1::text[])`,
    values: [keys.map(({ key }) => key)],
  })
  return rows[0]?.until ?? c.now()
}

/** The right password: what was wrong before counts no more. */
export async function forgiveTries(
  tx: SqlTransaction,
  c: Pick<Guard, 'db' | 'signInKey'>,
  tried: Tried,
): Promise<void> {
  // What a known browser has only added to is for others to wait for.
  const keys = (await keysOf(c, tried)).flatMap(({ key, isPassive }) => (isPassive ? [] : [key]))
  // In the order in which they are claimed: two who are right at once do not wait for each other in a circle.
  await tx.$executeRaw`DELETE FROM "SignInGuard" WHERE "key" IN (
    SELECT "key" FROM "SignInGuard" WHERE "key" = ANY(${keys}::text[]) ORDER BY "key" FOR UPDATE)`
}

type Marked = Pick<FoundAccount, 'id' | 'passwordHash'>

/**
 * What a browser is given that has signed in to an account, to be told from a stranger's: good for every name of that
 * account, and for as long as the password is the same.
 */
export function makeKnown(signInKey: Buffer, account: Marked): string {
  const random = randomBytes(KNOWN_BYTES).toString('base64url')
  return `${random}${signMark(signInKey, account, random)}`
}

function signMark(signInKey: Buffer, { id, passwordHash }: Marked, random: string): string {
  return sign(signInKey, `known|${id}|${passwordHash}|${random}`)
}

function isMarkOf(signInKey: Buffer, account: Marked, known: string): boolean {
  const expected = Buffer.from(signMark(signInKey, account, known.slice(0, KNOWN_LENGTH)))
  const given = Buffer.from(known.slice(KNOWN_LENGTH))
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** `isPassive`: the try is counted there, and does not wait for it. */
type Counted = { key: string; pace: Pace; isPassive?: true }

async function keysOf(c: Pick<Guard, 'db' | 'signInKey'>, { nameKey, from, known }: Tried): Promise<Counted[]> {
  const { signInKey } = c
  const byName = { key: sign(signInKey, `name|${nameKey}`), pace: FROM_ANYWHERE }
  if (known !== undefined) {
    const { accounts } = await findAccounts(c, nameKey)
    const account = accounts.find((one) => isMarkOf(signInKey, one, known))
    // Strangers do not lock a known browser out; what is guessed from it counts for the name all the same.
    if (account) {
      const own = { key: sign(signInKey, `browser|${account.id}|${known}`), pace: FROM_ONE_NETWORK }
      return [own, { ...byName, isPassive: true }]
    }
  }
  return [{ key: sign(signInKey, `network|${nameKey}|${networkOf(from)}`), pace: FROM_ONE_NETWORK }, byName]
}

/** Of an IPv6 address the half that belongs to one place: the other half its owner chooses at will. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.split('::')
  const before = head === '' ? [] : head.split(':')
  if (tail === undefined) return before.slice(0, 4).join(':')
  const after = tail === '' ? [] : tail.split(':')
  const whole = [
    ...before,
    ...Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0'),
    ...after,
  ]
  return whole.slice(0, 4).join(':')
}

function sign(signInKey: Buffer, text: string): string {
  return createHmac('sha256', signInKey).update(text).digest('base64url')
}
