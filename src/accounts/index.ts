// What doors and other core folders may use of accounts: which passwords are taken, and how they are kept.

export { type AccountCollaborators, type AccountDoor, createAccountDoor, SIGN_IN_PURPOSE } from './account-door.ts'
export {
  FACTOR_KINDS,
  FACTOR_NAMES,
  type Factor,
  type FactorCollaborators,
  type FactorInHand,
  type FactorKeys,
  type FactorKind,
  type Holder,
  type Reachable,
  type SecondFactors,
} from './factors/factor.ts'
export { createSecondFactors } from './factors/index.ts'
export { forgetOldFactors } from './forget-old-factors.ts'
export {
  type AccountLetter,
  type AccountNews,
  askForLetter,
  forgetLetters,
  type LetterOutcome,
  type LetterPlace,
  type LetterRequest,
  loadLetter,
  recordLetter,
  tellAccountHolder,
} from './letters.ts'
export { type Noter, noteWrongCode } from './note-attempts.ts'
export { isOneTimePassword, makeOneTimePassword, ONE_TIME_PURPOSE } from './one-time-password.ts'
export {
  beginPassage,
  completePassage,
  findPassage,
  forgetPassages,
  noteCodesKept,
  PASSAGE_LIFE,
  type Passage,
  recoveryCodesOf,
} from './passages.ts'
export { settleForgotten } from './password/forgotten-password.ts'
export type { ResetPage } from './password/reset-password.ts'
export { RESET_PURPOSE } from './password/reset-token.ts'
export { type PasswordRulesInput, passwordLength, passwordProblem } from './password-rules.ts'
export { createPasswordHasher, type PasswordHasher } from './passwords.ts'
export {
  type AccountRequest,
  type AccountsRequest,
  countTurnable,
  pauseAccount,
  pauseAccounts,
  reopenAccount,
  reopenAccounts,
} from './pause-accounts.ts'
export type { ProfileForm } from './profile/change-profile.ts'
export type { AccountPage, ProfileField } from './profile/read-account.ts'
export { clientName } from './sessions/client-name.ts'
export { endSessions } from './sessions/end-sessions.ts'
export type { SessionInList, SignedIn } from './sessions/sessions.ts'
export { forgetSessions } from './sessions/sessions.ts'
export { formTokenOf, isFormTokenOf } from './sessions/token.ts'
export type { SignInStep } from './sign-in/read-sign-in.ts'
export { type Admission, beginSignIn } from './sign-in/sign-in.ts'
export { signInNameKey } from './sign-in/sign-in-name.ts'
export { tellMoved } from './tell-moved.ts'
export { agreeToTerms, needsNewTerms } from './terms.ts'
