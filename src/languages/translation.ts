// Everything that is said in one language. A further language is one file of this shape and its line in registry.ts.
import type { AccountWords } from './letters.ts'
import type { Words } from './messages.ts'
import type { Texts } from './pages.ts'
import type { SlipWords } from './slips.ts'

export type Translation = {
  /** As the people who speak it call it. */
  name: string
  /** BCP 47, for dates, numbers and lists. */
  locale: string
  /** Most of its letters are ASCII: mails are written quoted-printable then, and else as base64, which is shorter. */
  isMostlyAscii: boolean
  pages: Texts
  messages: Words
  letters: AccountWords
  slip: SlipWords
}
