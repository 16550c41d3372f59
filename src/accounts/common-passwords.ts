// The passwords that are guessed first: a list of the 49,000 commonest, and what can be told without a list
// (patterns repeated, runs over the keyboard, a common word with a year behind it).
import { dictionary } from '@zxcvbn-ts/language-common'
import { fold } from './fold.ts'

const shortestCommonWord = 4
const shortestRun = 3
const longestTrivialPattern = 6

let commonPasswords: Set<string> | undefined

/** Made when the first password is looked at: a start does not wait for it. */
function listed(): Set<string> {
  commonPasswords ??= new Set(dictionary['passwords-common'].filter((entry) => entry.length >= shortestCommonWord))
  return commonPasswords
}

// Rows of the usual keyboards (English, French, German, Russian), columns of the English one, alphabets.
const lines = [
  '`1234567890-=',
  'qwertyuiop[]\\',
  "asdfghjkl;'",
  'zxcvbnm,./',
  '!@#$%^&*()_+',
  'azertyuiop',
  'qsdfghjklm',
  'qwertzuiop',
  'yxcvbnm',
  'йцукенгшщзхъ',
  'фывапролджэ',
  'ячсмитьбю.',
  '1qaz 2wsx 3edc 4rfv 5tgb 6yhn 7ujm 8ik, 9ol. 0p;/',
  '0123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'абвгдежзийклмнопрстуфхцчшщъыьэюя',
].map(fold)
const runs = lines.flatMap((line) => [line, [...line].reverse().join('')]).join('\n')

const lookalikes: Record<string, string> = {
  '@': 'a',
  4: 'a',
  3: 'e',
  1: 'i',
  '!': 'i',
  0: 'o',
  $: 's',
  5: 's',
  7: 't',
}

/**
 * Whether a password is among those that are tried first, whatever its case, accents or l00kalike letters.
 * `enoughBesides`: from so many characters on, what stands around a common word counts as a password of its own.
 */
export function isCommonPassword(password: string, enoughBesides: number): boolean {
  const folded = fold(password)
  if (isTrivial(folded)) return true
  const core = folded.replace(/^[^\p{L}@$]+|[^\p{L}@$]+$/gu, '')
  if (folded.length - core.length >= enoughBesides) return false
  return core.length >= shortestCommonWord && isTrivial(core)
}

function isTrivial(text: string): boolean {
  return isListed(text) || isRepetition(text) || isMadeOfRuns(text)
}

function isListed(text: string): boolean {
  const common = listed()
  return common.has(text) || common.has(text.replace(/[@4310!$57]/g, (sign) => lookalikes[sign] ?? ''))
}

/** One short or common piece again and again; the last time it may be cut short: "abcabcabca". */
function isRepetition(text: string): boolean {
  for (let period = 1; period <= text.length / 2; period += 1) {
    if (text.slice(period) !== text.slice(0, -period)) continue
    const piece = text.slice(0, period)
    return period <= longestTrivialPattern || isListed(piece) || isMadeOfRuns(piece)
  }
  return false
}

/** Nothing but steps along the keyboard or the alphabet and repeated characters: "1qaz2wsx3edc", "abcd1234!!!!". */
function isMadeOfRuns(text: string): boolean {
  let besides = 0
  for (let at = 0; at < text.length; ) {
    const length = runLength(text, at)
    if (length < shortestRun) besides += 1
    if (besides > 2) return false
    at += length < shortestRun ? 1 : length
  }
  return true
}

function runLength(text: string, from: number): number {
  let same = 1
  while (text[from + same] === text[from]) same += 1
  let along = 1
  while (from + along < text.length && runs.includes(text.slice(from, from + along + 1))) along += 1
  return Math.max(same, along)
}
