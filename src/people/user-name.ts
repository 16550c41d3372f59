// User names, for people who sign in without an e-mail address: made from a name, or as somebody typed it. Pure.
import { cleanLine } from '../clean-text.ts'
import { Refusal } from '../refusal.ts'

export const USER_NAME_LENGTH = { least: 3, most: 40 }

const SHAPE = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/

// As passports write Russian names (ICAO Doc 9303, part 3), in small letters; the other Cyrillic letters are near enough.
const LETTERS: Record<string, string> = {
  ...{
    а: 'a',
    б: 'b',
    в: 'v',
    г: 'g',
    д: 'd',
    е: 'e',
    ё: 'e',
    ж: 'zh',
    з: 'z',
    и: 'i',
    й: 'i',
    к: 'k',
    л: 'l',
    м: 'm',
  },
  ...{ н: 'n', о: 'o', п: 'p', р: 'r', с: 's', т: 't', у: 'u', ф: 'f', х: 'kh', ц: 'ts', ч: 'ch', ш: 'sh', щ: 'shch' },
  ...{ ъ: 'ie', ы: 'y', ь: '', э: 'e', ю: 'iu', я: 'ia', і: 'i', ї: 'i', є: 'ie', ґ: 'g', ў: 'u' },
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ı: 'i' },
}

/**
 * Reads a user name as it was typed: small letters, digits, and single dots, dashes or underscores between them. Throws
 * Refusal `user_name_malformed` (field `userName`).
 */
export function readUserName(typed: string): string {
  const name = typed.normalize('NFKC').trim().toLowerCase()
  const { least, most } = USER_NAME_LENGTH
  if (name.length < least || name.length > most || !SHAPE.test(name)) {
    throw new Refusal('user_name_malformed', { field: 'userName', detail: { least, most } })
  }
  return name
}

/** A user name made of a name: "Ana Maria Díaz" is "ana.maria.diaz"; "user" where nothing of it can be written so. */
export function userNameFrom(name: string): string {
  const letters = [...cleanLine(name).toLowerCase()].map((letter) => LETTERS[letter] ?? letter).join('')
  const ascii = letters.normalize('NFKD').replace(/\p{M}/gu, '')
  const made = ascii.replace(/[^a-z0-9]+/g, '.').replace(/^\.+|\.+$/g, '')
  // Room for a number behind it.
  const fitting = made.slice(0, USER_NAME_LENGTH.most - 6).replace(/\.+$/, '')
  return fitting.length >= USER_NAME_LENGTH.least ? fitting : `user${fitting === '' ? '' : `.${fitting}`}`
}
