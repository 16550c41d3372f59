// Second factors of one's own account: whoever changes them shows the password once more.
import { Refusal } from '../../refusal.ts'
import type { FactorKind, SecondFactors } from '../factors/factor.ts'
import { type ConfirmCollaborators, confirmPassword } from '../password/confirm-password.ts'
import type { ByHolder } from '../sessions/sessions.ts'

type Changer = ConfirmCollaborators & { secondFactors: SecondFactors }
type WithPassword = ByHolder & { oldPassword: string }

/**
 * Begins to set up a factor. Throws Refusal `password_wrong`, `sign_in_wait` (field `oldPassword`), `factor_impossible`, and
 * what `SecondFactors.beginFactor` refuses.
 */
export async function beginOwnFactor(
  c: Changer,
  { session, oldPassword, kind }: WithPassword & { kind: FactorKind },
): Promise<void> {
  await confirmPassword(c, { session, password: oldPassword })
  const { personId, organisationName: issuer, sessionId: boundTo, language } = session
  const person = await c.db.prisma.person.findUniqueOrThrow({
    where: { id: personId },
    select: {
      email: true,
      mobile: true,
      userName: true,
      organisation: { select: { smsCountries: true, confirmOnlyByEmail: true } },
    },
  })
  const { email, mobile, userName, organisation } = person
  if (!c.secondFactors.possibleKinds({ email, mobile, ...organisation }).includes(kind)) {
    throw new Refusal('factor_impossible', { field: 'kind' })
  }
  const common = { boundTo, issuer, label: email ?? userName ?? mobile ?? '', language }
  const address = (kind === 'email' ? email : mobile) ?? ''
  await c.secondFactors.beginFactor(session, kind === 'app' ? { ...common, kind } : { ...common, kind, address })
}

/** Drops what is being set up in this session. */
export function dropOwnFactor(c: Changer, { session }: ByHolder): Promise<void> {
  return c.secondFactors.dropFactorInHand(session.sessionId)
}

/** Sends another code for what is being set up. */
export function sendOwnFactorCode(c: Changer, { session }: ByHolder): Promise<void> {
  return c.secondFactors.sendCodeAgain(session, { boundTo: session.sessionId, language: session.language })
}

/**
 * Proves and keeps the factor that is being set up. Gives recovery codes, to be shown once, where there were none; throws
 * what `SecondFactors.proveFactor` and `keepFactor` refuse.
 */
export async function finishOwnFactor(
  c: Changer,
  { session, origin, code }: ByHolder & { code: string },
): Promise<string[] | undefined> {
  const { sessionId: boundTo, personId } = session
  await c.secondFactors.proveFactor(session, { boundTo, code })
  await c.secondFactors.keepFactor(session, { boundTo, origin })
  const { recoveryCodesLeft } = await c.secondFactors.factorsOf(personId)
  return recoveryCodesLeft > 0 ? undefined : c.secondFactors.renewRecoveryCodes(session, { origin })
}

/** Removes one. Throws also `factor_unknown`, `factor_last`. */
export async function removeOwnFactor(
  c: Changer,
  { session, origin, oldPassword, factorId }: WithPassword & { factorId: string },
): Promise<void> {
  await confirmPassword(c, { session, password: oldPassword })
  await c.secondFactors.removeFactor(session, { factorId, origin })
}

/** Makes ten new recovery codes, to be shown once; the older ones end. Only for whoever has a factor. */
export async function renewOwnCodes(c: Changer, { session, origin, oldPassword }: WithPassword): Promise<string[]> {
  await confirmPassword(c, { session, password: oldPassword })
  const { factors } = await c.secondFactors.factorsOf(session.personId)
  if (factors.length === 0) throw new Refusal('factor_unknown')
  return c.secondFactors.renewRecoveryCodes(session, { origin })
}
