// A code goes out by e-mail or SMS: its row, and the letter that will carry it, in one transaction. How often is limited
// for the person, wherever it is asked for.
import { newId, type SqlTransaction } from '../../database/index.ts'
import { Refusal } from '../../refusal.ts'
import { askForLetter } from '../letters.ts'
import type { FactorCollaborators, Holder } from './factor.ts'
import { secondsUntil, waitOf } from './guard.ts'
import { CODE_LIFE } from './one-time-code.ts'

export type SentKind = 'email' | 'sms'

const SECOND = 1000
/** Between one code that was not used and the next. In ms. */
const PAUSE = 60 * SECOND
/** Codes of one kind to one person, in so many ms. */
const LIMITS = [
  { most: 5, within: 60 * 60 * SECOND },
  { most: 20, within: 24 * 60 * 60 * SECOND },
]

/** When the next code may be asked for. */
export function askAgainAfter(sentAt: Date): Date {
  return new Date(sentAt.getTime() + PAUSE)
}

/** Why no code is sent now; the caller has locked the person. */
export async function mayNotSend(
  tx: SqlTransaction,
  { personId, kind, at }: { personId: string; kind: SentKind; at: Date },
): Promise<Refusal | undefined> {
  const wait = await waitOf(tx, { personId, kind, at })
  if (wait) return wait
  const sent = await tx.$queryRaw<{ createdAt: Date; usedAt: Date | null }[]>`
    SELECT "createdAt", "usedAt" FROM "OneTimeCode" WHERE "personId" = ${personId}::uuid
      AND "kind" = ${kind}::text::"FactorKind" ORDER BY "createdAt" DESC LIMIT 20`
  const free = [
    // Whoever used the newest one waits for none: they have just joined, say, and sign in at once.
    sent[0]?.usedAt === null ? askAgainAfter(sent[0].createdAt) : undefined,
    ...LIMITS.map(({ most, within }) => {
      const oldest = sent[most - 1]
      return oldest && new Date(oldest.createdAt.getTime() + within)
    }),
  ].filter((until) => until !== undefined && until > at)
  const latest = free.reduce((late, until) => (until && (!late || until > late) ? until : late), undefined)
  return latest && new Refusal('code_limit', { detail: { seconds: secondsUntil(latest, at) } })
}

/** Sends one; `mayNotSend` was asked before. */
export async function sendCode(
  tx: SqlTransaction,
  c: FactorCollaborators,
  given: { holder: Holder; factorId: string; kind: SentKind; address: string; boundTo: string; language: string },
): Promise<{ askAgainAt: Date }> {
  const { holder, factorId, kind, address, boundTo, language } = given
  const at = c.now()
  const codeId = newId()
  await tx.$executeRaw`
    INSERT INTO "OneTimeCode" ("id", "organisationId", "personId", "kind", "factorId", "boundTo", "createdAt", "expiresAt")
    VALUES (${codeId}::uuid, ${holder.organisationId}::uuid, ${holder.personId}::uuid, ${kind}::text::"FactorKind",
      ${factorId}::uuid, ${boundTo}::uuid, ${at}, ${new Date(at.getTime() + CODE_LIFE)})`
  await askForLetter(tx, c, { ...holder, kind: 'code', codeId, channel: kind, sentTo: address, language })
  return { askAgainAt: askAgainAfter(at) }
}
