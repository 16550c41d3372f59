// All that somebody does with their own account, bound to what it needs: what the pages are given.
import { randomBytes } from 'node:crypto'
import type { Collaborators } from '../collaborators.ts'
import type { FactorKind, SecondFactors } from './factors/factor.ts'
import { type Noter, noteWrongCode, noteWrongPassword, noteWrongSlack } from './note-attempts.ts'
import { changePassword } from './password/change-password.ts'
import { askForNewPassword } from './password/forgotten-password.ts'
import { openReset, type ResetPage, resetPassword } from './password/reset-password.ts'
import type { PasswordHasher } from './passwords.ts'
import {
  beginOwnFactor,
  dropOwnFactor,
  finishOwnFactor,
  removeOwnFactor,
  renewOwnCodes,
  sendOwnFactorCode,
} from './profile/change-factors.ts'
import { changeMobile, changeProfile, type ProfileForm } from './profile/change-profile.ts'
import { type AccountPage, readAccount } from './profile/read-account.ts'
import {
  type ByHolder,
  endOtherSessions,
  endSession,
  findSession,
  type SignedIn,
  signOut,
} from './sessions/sessions.ts'
import {
  agreeAtSignIn,
  beginFirstFactor,
  chooseAccount,
  dropFirstFactor,
  finishFirstFactor,
  passFactor,
  proceed,
  sendFirstFactorCode,
  sendSignInCode,
} from './sign-in/finish-sign-in.ts'
import { nextStep, type SignInStep } from './sign-in/read-sign-in.ts'
import { type Admission, type SignInTry, signIn } from './sign-in/sign-in.ts'
import { signInNameKey } from './sign-in/sign-in-name.ts'
import { type SlackProof, signInWithSlack, slackTeams } from './sign-in/sign-in-with-slack.ts'

type Password = { oldPassword: string }

/** What each refuses with stands at the function of its name. `token`: what the browser holds. */
export type AccountDoor = {
  signIn: (given: SignInTry) => Promise<Admission>
  signInWithSlack: (given: SlackProof) => Promise<Admission>
  slackTeams: () => Promise<string[]>
  nextStep: (token: string) => Promise<SignInStep>
  chooseAccount: (token: string, accountId: string) => Promise<Admission>
  passFactor: (
    token: string,
    given: { kind: FactorKind | 'recovery'; code: string; origin: string },
  ) => Promise<Admission>
  sendSignInCode: (token: string, kind: 'email' | 'sms') => Promise<void>
  beginFirstFactor: (token: string, kind: FactorKind) => Promise<void>
  dropFirstFactor: (token: string) => Promise<void>
  sendFirstFactorCode: (token: string) => Promise<void>
  finishFirstFactor: (token: string, given: { code: string; origin: string }) => Promise<string[]>
  agreeAtSignIn: (token: string, given: { version: number; from: string }) => Promise<Admission>
  proceed: (token: string) => Promise<Admission>

  findSession: (token: string) => Promise<SignedIn | undefined>
  readAccount: (session: SignedIn) => Promise<AccountPage>
  changeProfile: (given: ByHolder & { form: ProfileForm }) => Promise<void>
  changeMobile: (given: ByHolder & Password & { mobile: string }) => Promise<void>
  changePassword: (given: ByHolder & Password & { password: string }) => Promise<void>
  beginOwnFactor: (given: ByHolder & Password & { kind: FactorKind }) => Promise<void>
  dropOwnFactor: (given: ByHolder) => Promise<void>
  sendOwnFactorCode: (given: ByHolder) => Promise<void>
  finishOwnFactor: (given: ByHolder & { code: string }) => Promise<string[] | undefined>
  removeOwnFactor: (given: ByHolder & Password & { factorId: string }) => Promise<void>
  renewOwnCodes: (given: ByHolder & Password) => Promise<string[]>
  endSession: (given: ByHolder & { sessionId: string }) => Promise<void>
  endOtherSessions: (given: ByHolder) => Promise<number>
  signOut: (given: ByHolder) => Promise<void>

  askForNewPassword: (given: { name: string; language: string; from: string }) => Promise<void>
  openReset: (token: string) => Promise<ResetPage>
  resetPassword: (token: string, given: { password: string; from: string }) => Promise<void>
}

export type AccountCollaborators = Pick<Collaborators, 'db' | 'now' | 'followUp' | 'letGo'> &
  Noter & {
    hasher: PasswordHasher
    secondFactors: SecondFactors
    /** Derived for SIGN_IN_PURPOSE and RESET_PURPOSE. */
    signInKey: Buffer
    resetKey: Buffer
  }

/** The purpose that the key of tries to sign in is derived for (src/keys.ts). */
export const SIGN_IN_PURPOSE = 'sign-in'

/** Binds every use case of one's own account. */
export function createAccountDoor(given: AccountCollaborators): AccountDoor {
  const dummyHash = given.hasher.hash(randomBytes(16).toString('base64url'))
  // Whoever signs in with it hears of a failure.
  dummyHash.catch(() => {})
  const c = { ...given, dummyHash }
  return {
    signIn: (request) => signIn(c, request),
    signInWithSlack: (proof) =>
      noteWrongSlack(c, { nameKey: signInNameKey(proof.email), from: proof.from }, () => signInWithSlack(c, proof)),
    slackTeams: () => slackTeams(c),
    nextStep: (token) => nextStep(c, token),
    chooseAccount: (token, accountId) => chooseAccount(c, token, accountId),
    passFactor: (token, request) => passFactor(c, token, request),
    sendSignInCode: (token, kind) => sendSignInCode(c, token, kind),
    beginFirstFactor: (token, kind) => beginFirstFactor(c, token, kind),
    dropFirstFactor: (token) => dropFirstFactor(c, token),
    sendFirstFactorCode: (token) => sendFirstFactorCode(c, token),
    finishFirstFactor: (token, request) => finishFirstFactor(c, token, request),
    agreeAtSignIn: (token, request) => agreeAtSignIn(c, token, request),
    proceed: (token) => proceed(c, token),
    findSession: (token) => findSession(c, token),
    readAccount: (session) => readAccount(c, session),
    changeProfile: (request) => changeProfile(c, request),
    changeMobile: (request) => noteWrongPassword(c, request, () => changeMobile(c, request)),
    changePassword: (request) => noteWrongPassword(c, request, () => changePassword(c, request)),
    beginOwnFactor: (request) => noteWrongPassword(c, request, () => beginOwnFactor(c, request)),
    dropOwnFactor: (request) => dropOwnFactor(c, request),
    sendOwnFactorCode: (request) => sendOwnFactorCode(c, request),
    finishOwnFactor: (request) =>
      noteWrongCode(c, { holder: request.session, origin: request.origin, kind: 'new' }, () =>
        finishOwnFactor(c, request),
      ),
    removeOwnFactor: (request) => noteWrongPassword(c, request, () => removeOwnFactor(c, request)),
    renewOwnCodes: (request) => noteWrongPassword(c, request, () => renewOwnCodes(c, request)),
    endSession: (request) => endSession(c, request),
    endOtherSessions: (request) => endOtherSessions(c, request),
    signOut: (request) => signOut(c, request),
    askForNewPassword: (request) => askForNewPassword(c, request),
    openReset: (token) => openReset(c, token),
    resetPassword: (token, request) => resetPassword(c, token, request),
  }
}
