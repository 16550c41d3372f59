// A second factor is used to sign in: its code is sent and checked, or a recovery code stands in for it.
import { type Act, record } from '../../audit/index.ts'
import { newId, type SqlTransaction } from '../../database/index.ts'
import { Refusal } from '../../refusal.ts'
import { tellAccountHolder } from '../letters.ts'
import type { FactorCollaborators, FactorKind, Holder } from './factor.ts'
import { countWrong, forgiveWrong, waitOf } from './guard.ts'
import { inTurn } from './in-turn.ts'
import { hashRecoveryCode, newRecoveryCodes, RECOVERY_CODES, readRecoveryCode } from './recovery-code.ts'
import { mayNotSend, type SentKind, sendCode } from './send-code.ts'
import { findCounting, nameOfPerson } from './store.ts'
import { tryCode } from './try-code.ts'

export function askForCode(
  c: FactorCollaborators,
  holder: Holder,
  { kind, boundTo, language }: { kind: SentKind; boundTo: string; language: string },
): Promise<{ askAgainAt: Date }> {
  const { personId } = holder
  return inTurn(c.db, personId, async (tx) => {
    const factor = await findCounting(tx, { personId, kind })
    if (!factor || factor.address === null) return new Refusal('factor_unknown')
    const refusal = await mayNotSend(tx, { personId, kind, at: c.now() })
    if (refusal) return refusal
    return sendCode(tx, c, { holder, factorId: factor.id, kind, address: factor.address, boundTo, language })
  })
}

export async function checkFactor(
  c: FactorCollaborators,
  { personId }: Holder,
  { kind, boundTo, code }: { kind: FactorKind; boundTo: string; code: string },
): Promise<void> {
  await inTurn(c.db, personId, async (tx) => {
    const factor = await findCounting(tx, { personId, kind })
    return factor ? tryCode(tx, c, { factor, boundTo, code }) : new Refusal('factor_unknown')
  })
}

export function useRecoveryCode(
  c: FactorCollaborators,
  holder: Holder,
  { code, origin }: { code: string; origin: string },
): Promise<{ left: number }> {
  const { personId } = holder
  return inTurn(c.db, personId, async (tx) => {
    const guarded = { personId, kind: 'recovery' as const, at: c.now() }
    const wait = await waitOf(tx, guarded)
    if (wait) return wait
    const taken = await takeRecoveryCode(tx, c, { personId, code })
    if (taken !== 'taken') {
      const refusal = new Refusal(taken === 'used' ? 'recovery_code_used' : 'recovery_code_wrong', { field: 'code' })
      return taken === 'used' ? refusal : ((await countWrong(tx, guarded)) ?? refusal)
    }
    await forgiveWrong(tx, guarded)
    const left = await countLeft(tx, personId)
    await tell(tx, c, { holder, origin, act: 'recovery.used', after: { left } })
    await tellAccountHolder(tx, c, { personId, kind: 'recovery_code_used', detail: String(left) })
    return { left }
  })
}

export function renewRecoveryCodes(
  c: FactorCollaborators,
  holder: Holder,
  { origin }: { origin: string },
): Promise<string[]> {
  const { personId } = holder
  const codes = newRecoveryCodes()
  return inTurn(c.db, personId, async (tx) => {
    await writeRecoveryCodes(tx, c, { personId, codes })
    await tell(tx, c, { holder, origin, act: 'recovery.renewed', after: { left: RECOVERY_CODES } })
    await tellAccountHolder(tx, c, { personId, kind: 'recovery_codes_renewed' })
    return codes
  })
}

/** Keeps these codes, and none that were there before. */
export async function writeRecoveryCodes(
  tx: SqlTransaction,
  c: Pick<FactorCollaborators, 'now' | 'factorKeys'>,
  { personId, codes }: { personId: string; codes: string[] },
): Promise<void> {
  const { recoveryKey } = c.factorKeys
  await tx.$executeRaw`DELETE FROM "RecoveryCode" WHERE "personId" = ${personId}::uuid`
  const rows = JSON.stringify(
    codes.map((code) => ({ id: newId(), hash: hashRecoveryCode(recoveryKey, { personId, code }) })),
  )
  await tx.$executeRaw`
    INSERT INTO "RecoveryCode" ("id", "personId", "hash", "createdAt")
    SELECT made."id", ${personId}::uuid, made."hash", ${c.now()}::timestamptz
    FROM jsonb_to_recordset(${rows}::jsonb) AS made("id" uuid, "hash" text)`
}

async function takeRecoveryCode(
  tx: SqlTransaction,
  c: FactorCollaborators,
  { personId, code: typed }: { personId: string; code: string },
): Promise<'taken' | 'used' | 'wrong'> {
  const code = readRecoveryCode(typed)
  if (code === undefined) return 'wrong'
  const hash = hashRecoveryCode(c.factorKeys.recoveryKey, { personId, code })
  const taken = await tx.$executeRaw`
    UPDATE "RecoveryCode" SET "usedAt" = ${c.now()}
    WHERE "personId" = ${personId}::uuid AND "hash" = ${hash} AND "usedAt" IS NULL`
  if (taken === 1) return 'taken'
  const known = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM "RecoveryCode" WHERE "personId" = ${personId}::uuid AND "hash" = ${hash}`
  return known.length > 0 ? 'used' : 'wrong'
}

async function countLeft(tx: SqlTransaction, personId: string): Promise<number> {
  const [row] = await tx.$queryRaw<{ left: number }[]>`
    SELECT count(*)::int AS "left" FROM "RecoveryCode" WHERE "personId" = ${personId}::uuid AND "usedAt" IS NULL`
  return row?.left ?? 0
}

async function tell(
  tx: SqlTransaction,
  c: FactorCollaborators,
  { holder, origin, act, after }: { holder: Holder; origin: string; act: Act; after: Record<string, unknown> },
): Promise<void> {
  const { organisationId, personId } = holder
  const name = await nameOfPerson(tx, personId)
  const subject = { kind: 'person' as const, id: personId, name }
  await record(tx, [{ organisationId, at: c.now(), act, actor: { id: personId, name }, subject, origin, after }])
}
