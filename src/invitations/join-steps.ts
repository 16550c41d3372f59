// The pages of a sign-up after the first, where the organisation demands a second factor: choose one, prove it, keep the
// recovery codes, agree to the terms. Nothing is made before the last; leaving on the way changes nothing.
import {
  completePassage,
  FACTOR_KINDS,
  type FactorInHand,
  type FactorKeys,
  type FactorKind,
  findPassage,
  type Noter,
  noteCodesKept,
  noteWrongCode,
  type Passage,
  recoveryCodesOf,
  type SecondFactors,
} from '../accounts/index.ts'
import type { Transaction } from '../database/index.ts'
import type { Language } from '../languages/index.ts'
import { Refusal, Refusals } from '../refusal.ts'
import { type Joiner, joinAs } from './accept-invitation.ts'
import { findUsable, type JoinPage, type JoinRow } from './open-join-link.ts'

/** Where a browser stands. `kinds`: the factors that can be chosen, the strongest first. */
export type JoinStep =
  | { at: 'form' }
  /** They have an account by now. */
  | { at: 'sign_in' }
  | { at: 'choose'; kinds: FactorKind[]; places: { email: string | null; mobile: string | null } }
  | { at: 'prove'; factor: FactorInHand }
  | { at: 'codes'; codes: string[] }
  | { at: 'terms' }

/** What a page after the first sends. `again`: another code. `other`: another factor. */
export type JoinAnswer =
  | { step: 'choose'; kind: string }
  | { step: 'prove'; code: string }
  | { step: 'again' | 'other' }
  | { step: 'kept'; areKept: boolean }
  | { step: 'agree'; termsAgreed: boolean; termsVersion: number }

type Walker = Joiner & Noter & { factors: SecondFactors; factorKeys: FactorKeys }

/**
 * The page that a browser sees, by the token of its passage. Changes nothing. Throws Refusal `link_dead`, as
 * `openJoinLink`.
 */
export async function openJoinStep(
  c: Walker,
  token: string,
  passageToken: string | undefined,
): Promise<{ page: JoinPage; step: JoinStep }> {
  const row = await findUsable(c, token)
  if (row.hasAccount) return { page: row, step: { at: 'sign_in' } }
  const passage = await findPassageOf(c, row, passageToken)
  if (!passage || passageToken === undefined) return { page: row, step: { at: 'form' } }
  const factor = await c.factors.factorInHand({ boundTo: passage.id, ...shownFor(row) })
  if (!factor) return { page: row, step: { at: 'choose', ...choiceOf(c, row, passage) } }
  if (!factor.isProved) return { page: row, step: { at: 'prove', factor } }
  if (passage.codesKeptAt === null) return { page: row, step: { at: 'codes', codes: recoveryCodesOf(c, passageToken) } }
  return { page: row, step: { at: 'terms' } }
}

/**
 * Takes what a page after the first sent. Gives whether the account is there now; otherwise the browser is shown where it
 * stands, which is also the answer to a page that is behind (the back button, a second press).
 * Throws Refusal `link_dead`; `passage_over` where the passage has ended or is another browser's; and what the step
 * refuses: `factor_missing`, `factor_impossible`, `codes_not_kept`, `terms_not_agreed`, and the codes' own refusals.
 */
export async function takeJoinStep(
  c: Walker,
  token: string,
  request: {
    answer: JoinAnswer
    passageToken: string | undefined
    from: string
    /** By the browser: its codes are written in it, as its pages are, where nobody chose another. */
    wished?: Language | undefined
  },
): Promise<{ joined: boolean }> {
  const { answer, passageToken, from, wished } = request
  const row = await findUsable(c, token)
  const passage = await findPassageOf(c, row, passageToken)
  if (!passage || passageToken === undefined) throw new Refusal('passage_over')
  const language = row.languageChosen ? row.language : (wished ?? row.language)
  const way = { boundTo: passage.id, language, ...shownFor(row) }
  const { factors } = c
  switch (answer.step) {
    case 'choose':
      await factors.beginFactor(passage, { ...way, ...chosenOf(c, { row, passage, kind: answer.kind }) })
      return { joined: false }
    case 'prove':
      await noteWrongCode(c, { holder: passage, origin: `web ${from}`, kind: 'new' }, () =>
        ifInHand(factors.proveFactor(passage, { boundTo: passage.id, code: answer.code })),
      )
      return { joined: false }
    case 'again':
      await ifInHand(factors.sendCodeAgain(passage, way))
      return { joined: false }
    case 'other':
      await factors.dropFactorInHand(passage.id)
      return { joined: false }
    case 'kept':
      if (!answer.areKept) throw new Refusals([new Refusal('codes_not_kept', { field: 'codesKept' })])
      if ((await factors.factorInHand(way))?.isProved) await noteCodesKept(c, passage.id)
      return { joined: false }
    case 'agree': {
      const isProved = (await factors.factorInHand(way))?.isProved === true
      if (!isProved || passage.codesKeptAt === null) return { joined: false }
      if (!answer.termsAgreed || answer.termsVersion !== row.termsVersion) {
        throw new Refusals([new Refusal('terms_not_agreed', { field: 'termsAgreed' })])
      }
      const complete = (tx: Transaction) => completePassage(tx, c, { passage, token: passageToken })
      await joinAs(c, row, { ...passage, from, complete })
      return { joined: true }
    }
  }
}

function findPassageOf(c: Joiner, row: JoinRow, token: string | undefined): Promise<Passage | undefined> {
  return findPassage(c, { token, invitationId: row.id, generation: row.generation })
}

/** What an authenticator app shows. */
function shownFor(row: JoinRow): { issuer: string; label: string } {
  return { issuer: row.organisationName, label: row.personEmail ?? row.userName ?? row.email }
}

function choiceOf({ factors }: Walker, row: JoinRow, { mobile }: Passage) {
  const { personEmail: email, confirmOnlyByEmail, smsCountries } = row
  const kinds = factors.possibleKinds({ email, mobile, confirmOnlyByEmail, smsCountries })
  return { kinds, places: { email, mobile } }
}

type Chosen = { kind: 'app' } | { kind: 'email' | 'sms'; address: string }

function chosenOf(c: Walker, { row, passage, kind }: { row: JoinRow; passage: Passage; kind: string }): Chosen {
  const chosen = FACTOR_KINDS.find((known) => known === kind)
  if (!chosen) throw new Refusals([new Refusal('factor_missing', { field: 'kind' })])
  const { kinds, places } = choiceOf(c, row, passage)
  const impossible = new Refusals([new Refusal('factor_impossible', { field: 'kind' })])
  if (!kinds.includes(chosen)) throw impossible
  if (chosen === 'app') return { kind: chosen }
  const address = chosen === 'email' ? places.email : places.mobile
  if (address === null) throw impossible
  return { kind: chosen, address }
}

/** A page that is behind: nothing is in hand any more, or it is proved. The next page says where things stand. */
async function ifInHand(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof Refusal && error.code === 'factor_unknown')) throw error
  })
}
