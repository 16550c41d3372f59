// What doors and other core folders may use of accounts: which passwords are taken, and how they are kept.
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
export { RESET_PURPOSE } from './password/reset-token.ts'
export { agreeToTerms, needsNewTerms } from './terms.ts'
export { settleForgotten } from './password/forgotten-password.ts'
