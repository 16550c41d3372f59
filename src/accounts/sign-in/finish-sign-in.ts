// Between the password and the session, a page at a time: which organisation, the second factor, the new terms. Each step
// reads anew what is left, and only when nothing is does a session begin.
import type { Collaborators } from '../../collaborators.ts'
import { inSqlTransaction, type SqlTransaction } from '../../database/index.ts'
import { Refusal } from '../../refusal.ts'
import type { Factor, FactorKind, SecondFactors } from '../factors/factor.ts'
import { type Noter, noteWrongCode } from '../note-attempts.ts'
import { type SignInProof, startSession } from '../sessions/sessions.ts'
import { agreeToTerms, needsNewTerms } from '../terms.ts'
import { type OpenSignIn, readSignIn, type SignInHolder } from './read-sign-in.ts'
import type { Admission } from './sign-in.ts'

type Finisher = Pick<Collaborators, 'db' | 'now'> & Noter & { secondFactors: SecondFactors }

type Account = {
  id: string
  organisationId: string
  personId: string
  name: string
  passwordHash: string
  isActive: boolean
  needsFactor: boolean
  termsVersion: number
  organisationTermsVersion: number
}

/**
 * Begins the session where nothing is left to do; gives its token, else undefined. Locks the account: a pause or a new
 * password at the same moment comes before or after. Throws Refusal `sign_in_wrong` where it may not sign in any more.
 */
export async function admit(
  tx: SqlTransaction,
  given: {
    account: { id: string; passwordHash?: string }
    factorAt: Date | null
    how: SignInProof
    at: Date
    client: string
    address: string
  },
): Promise<string | undefined> {
  const [account] = await tx.$queryRaw<Account[]>`
    SELECT a."id", a."organisationId", a."personId", a."passwordHash", a."termsVersion",
      o."termsVersion" AS "organisationTermsVersion", a."status" = 'active' AND p."isActive" AS "isActive",
      coalesce(nullif(trim(p."firstName" || ' ' || p."lastName"), ''), p."email", p."userName", 'Somebody') AS "name",
      o."secondFactorRequired" OR EXISTS (SELECT 1 FROM "SecondFactor" f
        WHERE f."personId" = p."id" AND f."boundTo" IS NULL) AS "needsFactor"
    FROM "Account" a JOIN "Person" p ON p."id" = a."personId" JOIN "Organisation" o ON o."id" = a."organisationId"
    WHERE a."id" = ${given.account.id}::uuid FOR NO KEY UPDATE OF a`
  const { passwordHash } = given.account
  const isSame = passwordHash === undefined || account?.passwordHash === passwordHash
  if (!account?.isActive || !isSame) throw new Refusal('sign_in_wrong')
  if (account.needsFactor && given.factorAt === null) return undefined
  if (needsNewTerms(account, { termsVersion: account.organisationTermsVersion })) return undefined
  const { at, client, address, how } = given
  return startSession(tx, { account, at, client, address, how })
}

/** Chooses one of the accounts that the name and the password fit. Throws Refusal `sign_in_over`. */
export async function chooseAccount(c: Finisher, token: string, accountId: string): Promise<Admission> {
  const open = await readSignIn(c, token)
  if (!open.accountIds.includes(accountId)) throw new Refusal('sign_in_over')
  await c.db.pool.query({
    name: 'choose-sign-in-account',
    text: `UPDATE "SignIn" SET "accountId" = $2::uuid WHERE "id" = $1::uuid AND "accountId" IS NULL`,
    values: [open.signInId, accountId],
  })
  return proceed(c, token)
}

/**
 * Takes a code of a second factor, or (`recovery`) a recovery code. Throws Refusal `sign_in_over`, and what the factors
 * refuse with (src/accounts/factors/factor.ts).
 */
export async function passFactor(
  c: Finisher,
  token: string,
  { kind, code, origin }: { kind: FactorKind | 'recovery'; code: string; origin: string },
): Promise<Admission> {
  const open = await readHolder(c, token)
  if (open.factorAt === null) {
    await noteWrongCode(c, { holder: open, origin, kind }, async () => {
      if (kind === 'recovery') await c.secondFactors.useRecoveryCode(open, { code, origin })
      else await c.secondFactors.checkFactor(open, { kind, code, boundTo: open.signInId })
    })
    await noteFactor(c, open, kind)
  }
  return proceed(c, token)
}

/** Sends a code of a factor that counts. Throws as `SecondFactors.askForCode`, and `sign_in_over`. */
export async function sendSignInCode(c: Finisher, token: string, kind: 'email' | 'sms'): Promise<void> {
  const open = await readHolder(c, token)
  if (open.factorAt !== null) return
  await c.secondFactors.askForCode(open, { kind, boundTo: open.signInId, language: open.language })
}

/** Begins to set up a factor, where the organisation demands one and there is none. */
export async function beginFirstFactor(c: Finisher, token: string, kind: FactorKind): Promise<void> {
  const open = await readHolder(c, token)
  if (!mustSetUp(open)) return
  const address = kind === 'email' ? open.person.email : open.person.mobile
  if (!c.secondFactors.possibleKinds(open.person).includes(kind) || (kind !== 'app' && address === null))
    throw new Refusal('factor_impossible')
  const common = { boundTo: open.signInId, issuer: open.organisationName, label: open.label, language: open.language }
  await c.secondFactors.beginFactor(
    open,
    kind === 'app' ? { ...common, kind } : { ...common, kind, address: address ?? '' },
  )
}

/** Drops what is being set up: another kind is to be chosen. */
export async function dropFirstFactor(c: Finisher, token: string): Promise<void> {
  const open = await readHolder(c, token)
  await c.secondFactors.dropFactorInHand(open.signInId)
}

/** Sends another code for the factor that is being set up. */
export async function sendFirstFactorCode(c: Finisher, token: string): Promise<void> {
  const open = await readHolder(c, token)
  await c.secondFactors.sendCodeAgain(open, { boundTo: open.signInId, language: open.language })
}

/**
 * Proves and keeps the factor that is being set up; it is the second factor of this sign-in too. Gives ten recovery codes,
 * to be shown once. Throws Refusal `factor_unknown` where another sign-in has kept one meanwhile: then that one is asked for.
 */
export async function finishFirstFactor(
  c: Finisher,
  token: string,
  { code, origin }: { code: string; origin: string },
): Promise<string[]> {
  const open = await readHolder(c, token)
  if (!mustSetUp(open)) throw new Refusal('factor_unknown')
  const kind = await noteWrongCode(c, { holder: open, origin, kind: 'new' }, () =>
    c.secondFactors.proveFactor(open, { boundTo: open.signInId, code }),
  )
  // Asked again under the person's lock: another sign-in may have kept one since `open` was read.
  await c.secondFactors.keepFactor(open, { boundTo: open.signInId, origin, isFirst: true })
  await noteFactor(c, open, kind)
  return c.secondFactors.renewRecoveryCodes(open, { origin })
}

/** Agrees to the newest terms. Throws Refusal `terms_not_agreed` where the page showed older ones, `sign_in_over`. */
export async function agreeAtSignIn(
  c: Finisher,
  token: string,
  { version, from }: { version: number; from: string },
): Promise<Admission> {
  const open = await readHolder(c, token)
  // Nobody's agreement is taken who has not proved to be them.
  const needsFactor = open.isFactorDemanded || open.factors.length > 0
  if (needsFactor && open.factorAt === null) throw new Refusal('sign_in_over')
  await agreeToTerms(c, { accountId: open.accountId, version, from })
  return proceed(c, token)
}

/** Begins the session where nothing is left; of two at the same moment one does. */
export function proceed(c: Pick<Collaborators, 'db' | 'now'>, token: string): Promise<Admission> {
  return inSqlTransaction(c.db, async (tx) => {
    const open = await readSignIn({ ...c, reader: tx }, token)
    if (open.accountId === null) return { isDone: false, token }
    const { factorAt, proof, factor, client, address } = open
    const how = { proof, factor }
    const session = await admit(tx, { account: { id: open.accountId }, factorAt, how, at: c.now(), client, address })
    if (session === undefined) return { isDone: false, token }
    const ended = await tx.$executeRaw`DELETE FROM "SignIn" WHERE "id" = ${open.signInId}::uuid`
    if (ended !== 1) throw new Refusal('sign_in_over')
    return { isDone: true, token: session }
  })
}

type HolderOfSignIn = OpenSignIn & SignInHolder & { accountId: string; factors: Factor[] }

async function readHolder(c: Finisher, token: string): Promise<HolderOfSignIn> {
  const open = await readSignIn(c, token)
  if (open.accountId === null || open.holder === null) throw new Refusal('sign_in_over')
  const { factors } = await c.secondFactors.factorsOf(open.holder.personId)
  return { ...open, ...open.holder, accountId: open.accountId, factors }
}

/** Only where nothing has to be proved by one that counts: nobody replaces a factor by knowing the password. */
function mustSetUp({ isFactorDemanded, factors, factorAt }: HolderOfSignIn): boolean {
  return isFactorDemanded && factors.length === 0 && factorAt === null
}

async function noteFactor(
  { db, now }: Finisher,
  { signInId }: { signInId: string },
  kind: FactorKind | 'recovery',
): Promise<void> {
  const { rowCount } = await db.pool.query({
    name: 'note-sign-in-factor',
    text: `UPDATE "SignIn" SET "factorAt" = coalesce("factorAt", $2), "factor" = coalesce("factor", $3)
      WHERE "id" = $1::uuid`,
    values: [signInId, now(), kind],
  })
  // Ended meanwhile: by a pause, or a new password.
  if (rowCount !== 1) throw new Refusal('sign_in_over')
}
