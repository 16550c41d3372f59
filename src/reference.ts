// The number that stands in front of a person when something broke, and in the log beside the cause.
import { randomInt } from 'node:crypto'

// Without letters and digits that are taken for one another when they are read aloud.
const LETTERS = '23456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A new reference number: eight characters that can be read over a telephone. */
export function newReference(): string {
  return Array.from({ length: 8 }, () => LETTERS[randomInt(LETTERS.length)]).join('')
}
