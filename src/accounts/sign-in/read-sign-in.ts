// A sign-in that is on its way: whose it is, and what is left to do.

import type { Database, SqlTransaction } from '../../database/index.ts'
import { isLanguage, knownLanguage, type Language } from '../../languages/index.ts'
import { Refusal } from '../../refusal.ts'
import type { Factor, FactorInHand, FactorKind, Holder, Reachable, SecondFactors } from '../factors/factor.ts'
import type { SignInProof } from '../sessions/sessions.ts'
import { hashToken } from '../sessions/token.ts'

/** Of the account that signs in, once it is known which. */
export type SignInHolder = Holder & {
  organisationName: string
  /** Of the person, where they have one. */
  ownLanguage: Language | null
  /** Their own, else the organisation's. */
  language: Language
  timeZone: string
  /** What an authenticator app shows: the address or the user name. */
  label: string
  person: Reachable
  isFactorDemanded: boolean
  terms: string
  termsVersion: number
  needsTerms: boolean
}

export type OpenSignIn = {
  signInId: string
  accountIds: string[]
  accountId: string | null
  factorAt: Date | null
  proof: SignInProof['proof']
  factor: SignInProof['factor']
  client: string
  address: string
  holder: SignInHolder | null
}

type Row = Omit<OpenSignIn, 'holder'> &
  Omit<SignInHolder, 'person' | 'language' | 'ownLanguage'> &
  Reachable & { language: string; ownLanguage: string | null; isActive: boolean | null }

type Reader = { db: Database; now: () => Date /** Where it is read within a transaction. */; reader?: SqlTransaction }

/** Throws Refusal `sign_in_over` for a token that is none, has expired, or whose account may not sign in any more. */
export async function readSignIn({ db, now, reader }: Reader, token: string): Promise<OpenSignIn> {
  const values = [hashToken(token), now()]
  const rows = reader
    ? await reader.$queryRawUnsafe<Row[]>(READ_SIGN_IN, ...values)
    : (await db.pool.query<Row>({ name: 'read-sign-in', text: READ_SIGN_IN, values })).rows
  const [row] = rows
  if (!row || row.isActive === false) throw new Refusal('sign_in_over')
  const { signInId, accountIds, accountId, factorAt, proof, factor, client, address } = row
  const open = { signInId, accountIds, accountId, factorAt, proof, factor, client, address }
  if (accountId === null) return { ...open, holder: null }
  const { email, mobile, confirmOnlyByEmail, smsCountries } = row
  const { organisationId, personId, organisationName, timeZone, label } = row
  const { isFactorDemanded, terms, termsVersion, needsTerms } = row
  return {
    ...open,
    holder: {
      organisationId,
      personId,
      organisationName,
      timeZone,
      label,
      isFactorDemanded,
      terms,
      termsVersion,
      needsTerms,
      ownLanguage: isLanguage(row.ownLanguage) ? row.ownLanguage : null,
      language: knownLanguage(row.language),
      person: { email, mobile, confirmOnlyByEmail, smsCountries },
    },
  }
}

const READ_SIGN_IN = `
  SELECT s."id" AS "signInId", s."accountIds", s."accountId", s."factorAt", s."proof", s."factor", s."client", s."address",
    a."organisationId", a."personId", o."displayName" AS "organisationName", o."timeZone",
    p."language" AS "ownLanguage", coalesce(p."language", o."language") AS "language", p."email", p."mobile", o."confirmOnlyByEmail", o."smsCountries",
    coalesce(p."email", p."userName", p."mobile", '') AS "label", o."secondFactorRequired" AS "isFactorDemanded",
    o."terms", o."termsVersion", a."termsVersion" < o."termsVersion" AS "needsTerms",
    a."status" = 'active' AND p."isActive" AS "isActive"
  FROM "SignIn" s
  LEFT JOIN "Account" a ON a."id" = s."accountId"
  LEFT JOIN "Person" p ON p."id" = a."personId"
  LEFT JOIN "Organisation" o ON o."id" = a."organisationId"
  WHERE s."tokenHash" = $1 AND s."expiresAt" > $2`

/** What is to be done next. `ready`: nothing is left, and the session can begin. */
export type SignInStep =
  | { step: 'organisation'; choices: { accountId: string; organisationName: string }[] }
  | (Named & { step: 'factor'; factors: Factor[]; recoveryCodesLeft: number })
  | (Named & {
      step: 'set_up'
      kinds: FactorKind[]
      places: { email: string | null; mobile: string | null }
      inHand: FactorInHand | undefined
    })
  | (Named & { step: 'terms'; terms: string; termsVersion: number })
  | (Named & { step: 'ready' })

type Named = Pick<SignInHolder, 'organisationName' | 'ownLanguage' | 'language'>

/** What the next page of a sign-in shows. Changes nothing. Throws Refusal `sign_in_over`. */
export async function nextStep(
  c: { db: Database; now: () => Date; secondFactors: SecondFactors },
  token: string,
): Promise<SignInStep> {
  const { signInId, accountIds, factorAt, holder } = await readSignIn(c, token)
  if (holder === null) return { step: 'organisation', choices: await readChoices(c, accountIds) }
  const { organisationName, ownLanguage, language, label, personId } = holder
  const named = { organisationName, ownLanguage, language }
  if (factorAt === null) {
    const { factors, recoveryCodesLeft } = await c.secondFactors.factorsOf(personId)
    if (factors.length > 0) return { ...named, step: 'factor', factors, recoveryCodesLeft }
    if (holder.isFactorDemanded) {
      const kinds = c.secondFactors.possibleKinds(holder.person)
      const inHand = await c.secondFactors.factorInHand({ boundTo: signInId, issuer: organisationName, label })
      return { ...named, step: 'set_up', kinds, places: holder.person, inHand }
    }
  }
  if (holder.needsTerms) {
    return { ...named, step: 'terms', terms: holder.terms, termsVersion: holder.termsVersion }
  }
  return { ...named, step: 'ready' }
}

async function readChoices(
  { db }: { db: Database },
  accountIds: string[],
): Promise<{ accountId: string; organisationName: string }[]> {
  const accounts = await db.prisma.account.findMany({
    where: { id: { in: accountIds }, status: 'active' },
    select: { id: true, person: { select: { organisation: { select: { displayName: true } } } } },
    orderBy: { createdAt: 'asc' },
  })
  return accounts.map(({ id, person }) => ({ accountId: id, organisationName: person.organisation.displayName }))
}
