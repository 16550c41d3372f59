// What somebody signs in by: an e-mail address or a user name, as people mean it. Pure.
import { readEmailAddress } from '../../people/index.ts'

const LONGEST = 320

/** The key of a name: that of the address where it is one, else the name in small letters. */
export function signInNameKey(typed: string): string {
  const text = typed.slice(0, LONGEST)
  return readEmailAddress(text)?.key ?? text.normalize('NFKC').trim().toLowerCase()
}
