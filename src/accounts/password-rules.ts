// Which passwords are taken at sign-up, and later at a change: long enough, and not among the first that are guessed.
import type { RefusalCode } from '../refusal.ts'
import { isCommonPassword } from './common-passwords.ts'
import { fold } from './fold.ts'

/** The bounds of a password, in characters (Unicode code points of its NFC form). */
export const passwordLength = { min: 12, max: 128 } as const

/** `personalWords`: names, address, organisation, hub: whole phrases are fine, they are taken apart here. */
export type PasswordRulesInput = { personalWords: string[] }

// Fewer characters than this beside one's own name or a common word do not make it a password.
const enoughBesides = 8
const shortestPersonalWord = 3

/**
 * Says what is wrong with a password, or nothing when it is taken as it is: nothing is trimmed or cut off.
 * Takes the password as it was typed; gives the code of the refusal.
 */
export function passwordProblem(password: string, { personalWords }: PasswordRulesInput): RefusalCode | undefined {
  const length = countCharacters(password)
  if (length < passwordLength.min) return 'password_too_short'
  if (length > passwordLength.max) return 'password_too_long'
  if (isMadeOfPersonalWords(password, personalWords)) return 'password_personal'
  if (isCommonPassword(password, enoughBesides)) return 'password_common'
  return undefined
}

function countCharacters(text: string): number {
  let count = 0
  for (const _ of text.normalize('NFC')) count += 1
  return count
}

function isMadeOfPersonalWords(password: string, phrases: string[]): boolean {
  const words = phrases.flatMap((phrase) => fold(phrase).split(/[^\p{L}\p{N}]+/u))
  // Longest first: "anastasia" must not be broken up by "ana".
  const longestFirst = words.filter((word) => word.length >= shortestPersonalWord).sort((a, b) => b.length - a.length)
  const folded = fold(password)
  let rest = folded
  for (const word of longestFirst) rest = rest.replaceAll(word, '')
  return rest !== folded && rest.length < enoughBesides
}
