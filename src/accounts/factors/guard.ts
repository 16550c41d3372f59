// Guessing is made slow: five wrong tries of a kind of factor, then growing waits, counted for the person wherever they
// were made. A new code, another browser or another instance changes nothing of the count; a right code ends it.
import type { SqlTransaction } from '../../database/index.ts'
import { Refusal } from '../../refusal.ts'
import type { FactorKind } from './factor.ts'

export type GuardedKind = FactorKind | 'recovery'

const FREE_TRIES = 5
/** In seconds. */
const FIRST_WAIT = 60
const LONGEST_WAIT = 60 * 60
/** After a day without a wrong try the count begins anew. In ms. */
const FORGIVEN = 24 * 60 * 60 * 1000

/** How long nothing is looked at after so many wrong tries, in seconds. */
export function waitAfter(wrong: number): number {
  return wrong < FREE_TRIES ? 0 : Math.min(FIRST_WAIT * 2 ** (wrong - FREE_TRIES), LONGEST_WAIT)
}

type Guarded = { personId: string; kind: GuardedKind; at: Date }

/** The refusal of a try that comes too early; the caller has locked the person. */
export async function waitOf(tx: SqlTransaction, { personId, kind, at }: Guarded): Promise<Refusal | undefined> {
  const [row] = await tx.$queryRaw<{ waitUntil: Date }[]>`
    SELECT "waitUntil" FROM "FactorGuard"
    WHERE "personId" = ${personId}::uuid AND "kind" = ${kind}::text AND "waitUntil" > ${at}::timestamptz`
  return row && new Refusal('code_wait', { field: 'code', detail: { seconds: secondsUntil(row.waitUntil, at) } })
}

/** Counts a wrong try. Gives the refusal of this one where it was one too many. */
export async function countWrong(tx: SqlTransaction, { personId, kind, at }: Guarded): Promise<Refusal | undefined> {
  const forgivenBefore = new Date(at.getTime() - FORGIVEN)
  const [row] = await tx.$queryRaw<{ wrong: number }[]>`
    INSERT INTO "FactorGuard" AS guard ("personId", "kind", "wrong", "lastWrongAt")
    VALUES (${personId}::uuid, ${kind}::text, 1, ${at}::timestamptz)
    ON CONFLICT ("personId", "kind") DO UPDATE SET "lastWrongAt" = excluded."lastWrongAt",
      "wrong" = CASE WHEN guard."lastWrongAt" < ${forgivenBefore}::timestamptz THEN 1 ELSE guard."wrong" + 1 END
    RETURNING "wrong"`
  const seconds = waitAfter(row?.wrong ?? 1)
  if (seconds === 0) return undefined
  await tx.$executeRaw`
    UPDATE "FactorGuard" SET "waitUntil" = ${new Date(at.getTime() + seconds * 1000)}::timestamptz
    WHERE "personId" = ${personId}::uuid AND "kind" = ${kind}::text`
  return new Refusal('code_wait', { field: 'code', detail: { seconds } })
}

/** A right code: what was wrong before counts no more. */
export async function forgiveWrong(tx: SqlTransaction, { personId, kind }: Omit<Guarded, 'at'>): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM "FactorGuard" WHERE "personId" = ${personId}::uuid AND "kind" = ${kind}::text`
}

/** At least one. */
export function secondsUntil(until: Date, at: Date): number {
  return Math.max(1, Math.ceil((until.getTime() - at.getTime()) / 1000))
}
