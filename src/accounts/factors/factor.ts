// Second factors: what there is to know of one, and all that can be done with them (`SecondFactors`). A factor belongs
// to a person, because during sign-up there is no account yet.
import type { Collaborators } from '../../collaborators.ts'

/** `email`, `sms`: a code of six digits is sent. `app`: an authenticator app makes them (TOTP). */
export type FactorKind = 'email' | 'sms' | 'app'

/** In the order in which they are offered: the strongest first. */
export const FACTOR_KINDS = ['app', 'email', 'sms'] as const satisfies readonly FactorKind[]

/** As the audit log names them. */
export const FACTOR_NAMES: Record<FactorKind, string> = {
  app: 'Authenticator app',
  email: 'Code by e-mail',
  sms: 'Code by SMS',
}

/** One that counts. `address`: where its codes go; null for an app. */
export type Factor = { id: string; kind: FactorKind; address: string | null; addedAt: Date }

/** Whose factors. */
export type Holder = { organisationId: string; personId: string }

/**
 * What is being set up. Of an app: its key, as text in groups of four and as the address that a QR picture holds. Of the
 * others: where the code went, and when another one may be asked for. `isProved`: a code of it was given.
 */
export type FactorInHand =
  | { kind: 'app'; keyText: string; uri: string; isProved: boolean }
  | { kind: 'email' | 'sms'; address: string; askAgainAt: Date; isProved: boolean }

/** Where codes of a person could go, and what their organisation allows. */
export type Reachable = {
  email: string | null
  /** E.164. */
  mobile: string | null
  confirmOnlyByEmail: boolean
  smsCountries: string[]
}

/** Keys derived for the purposes `factor`, `code` and `recovery` (src/keys.ts). */
export type FactorKeys = { factorKey: Buffer; codeKey: Buffer; recoveryKey: Buffer }

export type FactorCollaborators = Pick<Collaborators, 'db' | 'now' | 'followUp' | 'canText'> & {
  factorKeys: FactorKeys
}

/** Who acts, and from where, for the audit log. */
type From = { origin: string }

/**
 * Every use case of second factors, bound to its collaborators. `boundTo` is the id (a UUID) of the row in which somebody
 * is on the way: a sign-up's passage, a sign-in that is not finished, or a session in /account. A code that was sent for
 * one is nothing to another, and so is a factor that is being set up.
 *
 * Each runs a transaction of its own, because a wrong try counts whatever comes after it. What they refuse with:
 * `code_malformed` (not six digits), `code_wrong`, `code_old` (expired, or a newer one was sent), `code_used`,
 * `code_elsewhere` (sent for another session), `code_clock` (an authenticator's clock is off), `code_none` (none was
 * sent yet), `code_wait` (too many wrong tries; detail `seconds`), `code_limit` (too many codes asked for; detail
 * `seconds`), `factor_unknown`. `seconds`: until it is worth trying again.
 */
export type SecondFactors = {
  /** The kinds that somebody can choose, the strongest first. Asks nothing. */
  possibleKinds(person: Reachable): FactorKind[]

  /** The factors that count, and how many recovery codes are left. */
  factorsOf(personId: string): Promise<{ factors: Factor[]; recoveryCodesLeft: number }>

  /**
   * Begins to set one up in place of what was begun before within the same `boundTo`; the same again keeps its key, and
   * sends no second code at once. `address`: of an e-mail or SMS factor. `issuer`, `label`: what an app shows for it
   * (organisation, and address or user name). Throws `code_limit`, `code_wait`.
   */
  beginFactor(
    holder: Holder,
    given: { boundTo: string; issuer: string; label: string; language: string } & (
      | { kind: 'app' }
      | { kind: 'email' | 'sms'; address: string }
    ),
  ): Promise<FactorInHand>

  /** What is being set up within `boundTo`; undefined where nothing is. Changes nothing. */
  factorInHand(given: { boundTo: string; issuer: string; label: string }): Promise<FactorInHand | undefined>

  /** Sends another code for the factor that is being set up. Throws `code_limit`, `code_wait`, `factor_unknown`. */
  sendCodeAgain(holder: Holder, given: { boundTo: string; language: string }): Promise<void>

  /** Drops what is being set up within `boundTo`. */
  dropFactorInHand(boundTo: string): Promise<void>

  /**
   * Proves the factor that is being set up by a code of it. It does not count yet: `keepFactor` (an account that exists)
   * or the end of the sign-up makes it count. The same code once more, for a factor that it has proved, is no mistake.
   */
  proveFactor(holder: Holder, given: { boundTo: string; code: string }): Promise<FactorKind>

  /**
   * Makes a proved factor count for somebody who has an account, in place of one of the same kind; audited, and the
   * person is told. Throws `factor_unknown` where none is proved within `boundTo`; and
   * with `isFirst` where one counts already: nobody adds to what they have not proved.
   */
  keepFactor(holder: Holder, given: From & { boundTo: string; isFirst?: boolean }): Promise<FactorKind>

  /** Sends a code of a factor that counts, to sign in with. Throws `code_limit`, `code_wait`, `factor_unknown`. */
  askForCode(
    holder: Holder,
    given: { kind: 'email' | 'sms'; boundTo: string; language: string },
  ): Promise<{ askAgainAt: Date }>

  /** Checks a code of a factor that counts; each is taken once, on whichever instance. */
  checkFactor(holder: Holder, given: { kind: FactorKind; boundTo: string; code: string }): Promise<void>

  /**
   * Takes a recovery code in place of a factor; each works once. Audited, and the person is told. Gives how many are
   * left. Throws `recovery_code_wrong`, `recovery_code_used`, `code_wait`.
   */
  useRecoveryCode(holder: Holder, given: From & { code: string }): Promise<{ left: number }>

  /** Makes ten new recovery codes and ends the older ones; audited, and the person is told. To be shown once. */
  renewRecoveryCodes(holder: Holder, given: From): Promise<string[]>

  /**
   * Removes one's own factor; audited, and the person is told. With the last one the recovery codes go too. Throws
   * `factor_unknown`, and `factor_last` where the organisation demands one.
   */
  removeFactor(holder: Holder, given: From & { factorId: string }): Promise<void>

  /**
   * An admin removes all factors and recovery codes of somebody who lost them; audited, and the person is told. Gives
   * the person's name. Throws `account_unknown` (also: out of reach), `factors_own`, `may_not_reset` (whoever may
   * pause an account may do this), `factor_unknown` (there is none).
   */
  resetFactors(given: From & { organisationId: string; actorId: string; personId: string }): Promise<string>
}
