// Who is signed in: sessions begun, recognised, listed and ended. A request that changes something makes sure, in its own
// transaction, that its session has not ended meanwhile.

import { record } from '../../audit/index.ts'
import type { Collaborators } from '../../collaborators.ts'
import { type Database, inSqlTransaction, isId, newId, type SqlTransaction } from '../../database/index.ts'
import { isLanguage, knownLanguage, type Language } from '../../languages/index.ts'
import { Refusal } from '../../refusal.ts'
import type { FactorKind } from '../factors/factor.ts'
import { endSessions } from './end-sessions.ts'
import { hashToken, newToken } from './token.ts'

/** In ms: a session that nothing is asked of for so long has ended. */
export const IDLE = 12 * 60 * 60 * 1000
/** How exactly it is known when a session was last used, in ms. */
const SEEN_EVERY = 60_000
/** Of a list. */
const MOST_LISTED = 50

export type SignedIn = {
  sessionId: string
  accountId: string
  organisationId: string
  organisationName: string
  personId: string
  name: string
  /** Of their own, where they have one. */
  ownLanguage: Language | null
  /** Their own, else the organisation's. */
  language: Language
  timeZone: string
}

/** How somebody proved who they are. `factor`: the second one, where one was given. */
export type SignInProof = { proof: 'password' | 'slack'; factor: FactorKind | 'recovery' | null }

/** Who acts, and from where: "web 203.0.113.7". */
export type ByHolder = { session: SignedIn; origin: string }

/**
 * Begins a session in a transaction that has locked the account; gives the token for the browser. A sign-in is an event of
 * the audit log.
 */
export async function startSession(
  tx: SqlTransaction,
  {
    account,
    at,
    client,
    address,
    how,
  }: {
    account: { id: string; organisationId: string; personId: string; name: string }
    at: Date
    client: string
    address: string
    how: SignInProof
  },
): Promise<string> {
  const { token, tokenHash } = newToken()
  const { id, organisationId, personId, name } = account
  await tx.$executeRaw`
    INSERT INTO "Session" ("id", "tokenHash", "organisationId", "accountId", "createdAt", "lastSeenAt", "client", "address")
    VALUES (${newId()}::uuid, ${tokenHash}, ${organisationId}::uuid, ${id}::uuid, ${at}, ${at}, ${client}, ${address})`
  await record(tx, [
    {
      organisationId,
      at,
      act: 'account.signed_in',
      actor: { id: personId, name },
      subject: { kind: 'person', id: personId, name },
      origin: `web ${address}`,
      after: { client, proof: how.proof, ...(how.factor === null ? {} : { factor: how.factor }) },
    },
  ])
  return token
}

type Row = Omit<SignedIn, 'language' | 'ownLanguage'> & {
  language: string
  ownLanguage: string | null
  isStale: boolean
}

/** Whose session a browser's token is; undefined where it is none, or has ended. */
export async function findSession(
  { db, now }: { db: Database; now: () => Date },
  token: string,
): Promise<SignedIn | undefined> {
  const at = now()
  const idleSince = new Date(at.getTime() - IDLE)
  const { rows } = await db.pool.query<Row>({
    name: 'find-session',
    text: FIND_SESSION,
    values: [hashToken(token), idleSince, new Date(at.getTime() - SEEN_EVERY), at],
  })
  const [row] = rows
  if (!row) return undefined
  const { isStale, language, ownLanguage, ...session } = row
  if (isStale) {
    await db.pool.query({
      name: 'see-session',
      text: 'UPDATE "Session" SET "lastSeenAt" = $2 WHERE "id" = $1::uuid AND "lastSeenAt" < $2',
      values: [session.sessionId, at],
    })
  }
  return { ...session, ownLanguage: isLanguage(ownLanguage) ? ownLanguage : null, language: knownLanguage(language) }
}

/**
 * Whether the session "s" of the person "p" still counts at the moment `at` (an SQL expression): it has an end of its own,
 * however often it is used, and it ends where its organization "o" requires two-step verification and the person has none.
 */
const isWithinItsTime = (at: string) => `s."createdAt" > ${at}::timestamptz - o."sessionDays" * interval '1 day'
    AND (NOT o."secondFactorRequired" OR EXISTS (SELECT 1 FROM "SecondFactor" f
      WHERE f."personId" = p."id" AND f."boundTo" IS NULL))`

const FIND_SESSION = `
  SELECT s."id" AS "sessionId", s."accountId", s."organisationId", a."personId", o."displayName" AS "organisationName",
    o."timeZone", p."language" AS "ownLanguage",
    coalesce(p."language", o."language") AS "language", s."lastSeenAt" <= $3 AS "isStale",
    coalesce(nullif(trim(p."firstName" || ' ' || p."lastName"), ''), p."email", p."userName", 'Somebody') AS "name"
  FROM "Session" s
  JOIN "Account" a ON a."id" = s."accountId"
  JOIN "Person" p ON p."id" = a."personId"
  JOIN "Organisation" o ON o."id" = s."organisationId"
  WHERE s."tokenHash" = $1 AND s."lastSeenAt" > $2 AND a."status" = 'active' AND p."isActive"
    AND ${isWithinItsTime('$4')}`

/**
 * Locks the account and makes sure that the session is still there, so that what follows in this transaction is done by
 * somebody who is signed in. Throws Refusal `session_ended`.
 */
export async function ensureSession(tx: SqlTransaction, { sessionId, accountId }: SignedIn): Promise<void> {
  const [account] = await tx.$queryRaw<{ isActive: boolean }[]>`
    SELECT "status" = 'active' AS "isActive" FROM "Account" WHERE "id" = ${accountId}::uuid FOR NO KEY UPDATE`
  // Two-step verification may have become required a moment ago.
  const [session] = await tx.$queryRaw<{ id: string }[]>`
    SELECT s."id" FROM "Session" s JOIN "Account" a ON a."id" = s."accountId"
    JOIN "Organisation" o ON o."id" = s."organisationId"
    WHERE s."id" = ${sessionId}::uuid AND (NOT o."secondFactorRequired" OR EXISTS (SELECT 1 FROM "SecondFactor" f
      WHERE f."personId" = a."personId" AND f."boundTo" IS NULL))`
  if (!account?.isActive || !session) throw new Refusal('session_ended')
}

export type SessionInList = {
  id: string
  client: string
  address: string
  createdAt: Date
  lastSeenAt: Date
  isThis: boolean
}

/** The sessions of an account, the one that asks first, then by their last use; at most fifty. */
export async function listSessions(
  { db, now }: { db: Database; now: () => Date },
  { sessionId, accountId }: SignedIn,
): Promise<SessionInList[]> {
  const { rows } = await db.pool.query<SessionInList>({
    name: 'list-sessions',
    text: `SELECT s."id", s."client", s."address", s."createdAt", s."lastSeenAt", s."id" = $2::uuid AS "isThis"
      FROM "Session" s JOIN "Account" a ON a."id" = s."accountId" JOIN "Person" p ON p."id" = a."personId"
      JOIN "Organisation" o ON o."id" = s."organisationId"
      WHERE s."accountId" = $1::uuid AND s."lastSeenAt" > $3 AND ${isWithinItsTime('$4')}
      ORDER BY s."id" = $2::uuid DESC, s."lastSeenAt" DESC, s."id" LIMIT ${MOST_LISTED}`,
    values: [accountId, sessionId, new Date(now().getTime() - IDLE), now()],
  })
  return rows
}

/** Ends one session of one's own. One that is not there any more has ended already: that is no mistake. */
export function endSession(
  c: Pick<Collaborators, 'db' | 'now'>,
  { session, origin, sessionId }: ByHolder & { sessionId: string },
): Promise<void> {
  return inSqlTransaction(c.db, async (tx) => {
    await ensureSession(tx, session)
    const ended = isId(sessionId)
      ? await tx.$executeRaw`
          DELETE FROM "Session" WHERE "id" = ${sessionId}::uuid AND "accountId" = ${session.accountId}::uuid`
      : 0
    if (ended > 0) await tellEnded(tx, { session, origin, at: c.now(), ended })
  })
}

/** Ends all sessions of one's own but this one; gives how many. */
export function endOtherSessions(c: Pick<Collaborators, 'db' | 'now'>, { session, origin }: ByHolder): Promise<number> {
  return inSqlTransaction(c.db, async (tx) => {
    await ensureSession(tx, session)
    const ended = await endSessions(tx, { personIds: [session.personId], exceptId: session.sessionId })
    if (ended > 0) await tellEnded(tx, { session, origin, at: c.now(), ended })
    return ended
  })
}

/** Ends the session of this browser, where it has one. */
export async function signOut(c: Pick<Collaborators, 'db' | 'now'>, { session, origin }: ByHolder): Promise<void> {
  await inSqlTransaction(c.db, async (tx) => {
    const ended = await tx.$executeRaw`DELETE FROM "Session" WHERE "id" = ${session.sessionId}::uuid`
    if (ended === 0) return
    const { organisationId, personId, name } = session
    await record(tx, [
      {
        organisationId,
        at: c.now(),
        act: 'account.signed_out',
        actor: { id: personId, name },
        subject: { kind: 'person', id: personId, name },
        origin,
      },
    ])
  })
}

async function tellEnded(
  tx: SqlTransaction,
  { session, origin, at, ended }: ByHolder & { at: Date; ended: number },
): Promise<void> {
  const { organisationId, personId, name } = session
  await record(tx, [
    {
      organisationId,
      at,
      act: 'account.sessions_ended',
      actor: { id: personId, name },
      subject: { kind: 'person', id: personId, name },
      origin,
      after: { ended },
    },
  ])
}

/** Removes sessions that ended by themselves, and what else of signing in is only kept for a while. */
export async function forgetSessions(db: Database, now: Date): Promise<void> {
  const day = new Date(now.getTime() - 24 * 60 * 60 * 1000)
  await db.prisma.session.deleteMany({ where: { lastSeenAt: { lt: new Date(now.getTime() - IDLE) } } })
  await db.pool.query({
    name: 'forget-old-sessions',
    text: `DELETE FROM "Session" s USING "Organisation" o WHERE o."id" = s."organisationId"
      AND s."createdAt" <= $1::timestamptz - o."sessionDays" * interval '1 day'`,
    values: [now],
  })
  await db.prisma.signIn.deleteMany({ where: { expiresAt: { lt: now } } })
  await db.prisma.signInGuard.deleteMany({ where: { lastAt: { lt: day } } })
  await db.prisma.forgottenPassword.deleteMany({ where: { askedAt: { lt: day } } })
  await db.prisma.passwordReset.deleteMany({ where: { createdAt: { lt: day } } })
}
