// What letters about somebody's own account say: the shape of it, which each language fills.
import type { AccountLetter } from '../accounts/index.ts'

export type LetterKind = AccountLetter['kind']

/** `code`, `until`, `url` are there where the kind has them; `detail`: see the letter's row. */
export type Told = { organisation: string; code: string; until: string; url: string; detail: string }

export type AccountMessage = {
  subject: (told: Told) => string
  lead: (told: Told) => string
  /** What to do next, or that there is nothing to do. */
  next?: (told: Told) => string
  /** Of the link. */
  button?: string
  /** What to do if it was somebody else. */
  notYou: (told: Told) => string
  /** All of it as an SMS. */
  text: (told: Told) => string
}

export type AccountWords = {
  greeting: (firstName: string) => string
  /** Above the link's address in full. */
  address: string
  messages: Record<LetterKind, AccountMessage>
}
