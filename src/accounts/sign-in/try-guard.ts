// Guessing passwords is made slow without telling whether a name is anybody's, and without locking its owner out: what is
// counted is the name together with the network that tries; the name alone only after many more, and then for a minute at
// most; and a browser that has signed in by the name before is counted by itself.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { isIPv6 } from 'node:net'
import type { Database, SqlTransaction } from '../../database/index.ts'

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
  /** What the browser holds since it last signed in by this name, if it says so. */
  known: string | undefined
}

type Guard = { db: Database; now: () => Date; signInKey: Buffer }

/**
 * Counts a try before it is looked at, so that many at once count as many. Gives the seconds to wait where it came too
 * early; it is then not counted.
 */
export async function claimTry(c: Guard, tried: Tried): Promise<number | undefined> {
  const at = c.now()
  const keys = keysOf(c.signInKey, tried)
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
    ],
  })
  const [row] = rows
  if (row?.claimed === keys.length && row.waitUntil === null) return undefined
  const until = row?.waitUntil ?? (await longestWait(c, keys))
  return Math.max(1, Math.ceil((until.getTime() - at.getTime()) / 1000))
}

// Who comes while another try of the same key is being counted sees, under the row's lock, what that one left.
const CLAIM = `
  WITH wanted AS (
    SELECT * FROM unnest($1::text[], $2::int[], $3::int[], $4::int[]) AS w("key", "free", "first", "longest")
  ), waiting AS (
    SELECT max(g."waitUntil") AS "until" FROM "SignInGuard" g WHERE g."key" = ANY($1::text[]) AND g."waitUntil" > $5
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
export async function forgiveTries(tx: SqlTransaction, c: Pick<Guard, 'signInKey'>, tried: Tried): Promise<void> {
  const keys = keysOf(c.signInKey, tried).map(({ key }) => key)
  // In the order in which they are claimed: two who are right at once do not wait for each other in a circle.
  await tx.$executeRaw`DELETE FROM "SignInGuard" WHERE "key" IN (
    SELECT "key" FROM "SignInGuard" WHERE "key" = ANY(${keys}::text[]) ORDER BY "key" FOR UPDATE)`
}

/** What a browser is given that has signed in by a name, to be told from a stranger's. */
export function makeKnown(signInKey: Buffer, nameKey: string): string {
  const random = randomBytes(KNOWN_BYTES).toString('base64url')
  return `${random}${sign(signInKey, `known|${nameKey}|${random}`)}`
}

function isKnown(signInKey: Buffer, nameKey: string, known: string): boolean {
  const random = known.slice(0, KNOWN_LENGTH)
  const expected = Buffer.from(sign(signInKey, `known|${nameKey}|${random}`))
  const given = Buffer.from(known.slice(KNOWN_LENGTH))
  return given.length === expected.length && timingSafeEqual(given, expected)
}

function keysOf(signInKey: Buffer, { nameKey, from, known }: Tried): { key: string; pace: Pace }[] {
  if (known !== undefined && isKnown(signInKey, nameKey, known)) {
    return [{ key: sign(signInKey, `browser|${nameKey}|${known}`), pace: FROM_ONE_NETWORK }]
  }
  return [
    { key: sign(signInKey, `network|${nameKey}|${networkOf(from)}`), pace: FROM_ONE_NETWORK },
    { key: sign(signInKey, `name|${nameKey}`), pace: FROM_ANYWHERE },
  ]
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
