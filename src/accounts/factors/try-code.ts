// One try with a code: looked at only where the guard lets it through, taken once, counted where it was wrong.
import type { SqlTransaction } from '../../database/index.ts'
import { Refusal, type RefusalCode } from '../../refusal.ts'
import { judgeAppCode } from './app-code.ts'
import type { FactorCollaborators } from './factor.ts'
import { countWrong, forgiveWrong, waitOf } from './guard.ts'
import { judgeCode, type SentCode } from './one-time-code.ts'
import { unseal } from './seal.ts'
import type { FactorRow } from './store.ts'

type Try = { factor: FactorRow; boundTo: string; code: string }

/** What has a code that was right once, or somewhere else, brings nobody nearer to the right one: it does not count. */
const COUNTED: readonly RefusalCode[] = ['code_wrong', 'code_clock']

/** Takes a code of a factor; gives the refusal where it is not taken. The caller has locked the person. */
export async function tryCode(tx: SqlTransaction, c: FactorCollaborators, given: Try): Promise<Refusal | undefined> {
  const code = given.code.normalize('NFKC').replaceAll(/[\s\p{Pd}]/gu, '')
  if (!/^\d{6}$/.test(code)) return refused('code_malformed')
  const { personId, kind } = given.factor
  const guarded = { personId, kind, at: c.now() }
  const wait = await waitOf(tx, guarded)
  if (wait) return wait
  const refusal =
    kind === 'app' ? await takeAppCode(tx, c, { ...given, code }) : await takeSent(tx, c, { ...given, code })
  if (!refusal) {
    await forgiveWrong(tx, guarded)
    return undefined
  }
  if (!COUNTED.includes(refusal.code)) return refusal
  return (await countWrong(tx, guarded)) ?? refusal
}

async function takeAppCode(
  tx: SqlTransaction,
  c: FactorCollaborators,
  { factor, code }: Try,
): Promise<Refusal | undefined> {
  const { id, sealedKey, lastStep } = factor
  if (sealedKey === null) return refused('factor_unknown')
  const verdict = judgeAppCode(unseal(c.factorKeys.factorKey, sealedKey, id), code, { at: c.now(), lastStep })
  if (verdict.is !== 'right') return refused(APP_REFUSALS[verdict.is])
  // The step counts once, and so do all those before it: decided here, whatever was read above.
  const taken = await tx.$executeRaw`
    UPDATE "SecondFactor" SET "lastStep" = ${verdict.step}
    WHERE "id" = ${id}::uuid AND ("lastStep" IS NULL OR "lastStep" < ${verdict.step})`
  return taken === 1 ? undefined : refused('code_used')
}

const APP_REFUSALS = { used: 'code_used', behind: 'code_clock', wrong: 'code_wrong' } as const

async function takeSent(
  tx: SqlTransaction,
  c: FactorCollaborators,
  { factor, boundTo, code }: Try,
): Promise<Refusal | undefined> {
  const sent = await tx.$queryRaw<SentCode[]>`
    SELECT "id", "boundTo", "factorId", "expiresAt", "usedAt" FROM "OneTimeCode"
    WHERE "personId" = ${factor.personId}::uuid AND "kind" = ${factor.kind}::text::"FactorKind"
    ORDER BY "createdAt" DESC, "id" DESC LIMIT 20`
  const at = c.now()
  const verdict = judgeCode(c.factorKeys.codeKey, code, { sent, at, boundTo, factorId: factor.id })
  if (verdict.is !== 'right') return refused(SENT_REFUSALS[verdict.is])
  const taken = await tx.$executeRaw`
    UPDATE "OneTimeCode" SET "usedAt" = ${at} WHERE "id" = ${verdict.id}::uuid AND "usedAt" IS NULL`
  return taken === 1 ? undefined : refused('code_used')
}

const SENT_REFUSALS = {
  none: 'code_none',
  old: 'code_old',
  used: 'code_used',
  elsewhere: 'code_elsewhere',
  wrong: 'code_wrong',
} as const

function refused(code: RefusalCode): Refusal {
  return new Refusal(code, { field: 'code' })
}
