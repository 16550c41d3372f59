// A pasted list of people, in any form that people paste: what is an address is recognised, everything else is named.
// Pure; one pass over the text.
import { type EmailAddress, readEmailAddress } from './email-address.ts'

export type Recipient = {
  /** Where it stood, from 1. */
  line: number
  address: EmailAddress
  /** The name beside the address, if there was one. */
  name: string
}

export type RecipientList = {
  recipients: Recipient[]
  /** What is no address, as it was written. */
  unrecognised: { line: number; written: string }[]
}

// "Diaz, Ana" <ana@example.org>, or Ana Diaz <ana@example.org>, with whatever stands between such pairs left over.
const NAMED = /("[^"\n]*"|[^<>"\n,;\t]*)\s*<([^<>\n]*)>/gu

/**
 * Reads a list: a line each, or commas, semicolons, tabs and spaces between; `Ana Diaz <ana@example.org>` and
 * `Ana Diaz ana@example.org` are fine. Nothing is dropped: each word is part of a recipient or is unrecognised.
 */
export function readRecipients(text: string): RecipientList {
  const list: RecipientList = { recipients: [], unrecognised: [] }
  const lines = text.split(/\r\n|\r|\n/)
  for (const [index, line] of lines.entries()) readLine(line, index + 1, list)
  return list
}

function readLine(line: string, number: number, list: RecipientList): void {
  let rest = 0
  for (const match of line.matchAll(NAMED)) {
    readLoose(line.slice(rest, match.index), number, list)
    rest = match.index + match[0].length
    const [whole, name = '', inside = ''] = match
    const address = readEmailAddress(inside)
    // "bob@example.org Ana <ana@example.org>": what stands before the name is not a part of it.
    const words = name.replaceAll('"', '').trim()
    if (!address) list.unrecognised.push({ line: number, written: whole.trim() })
    else if (words.includes('@') && !name.startsWith('"')) {
      readLoose(words, number, list)
      list.recipients.push({ line: number, address, name: '' })
    } else list.recipients.push({ line: number, address, name: words })
  }
  readLoose(line.slice(rest), number, list)
}

/** What has no angle brackets: parts between commas and the like, in each words and addresses. */
function readLoose(text: string, number: number, list: RecipientList): void {
  for (const part of text.split(/[,;\t]/)) {
    let words: string[] = []
    for (const word of part.split(/\s+/u).filter((piece) => piece !== '')) {
      const address = readEmailAddress(word)
      if (address) {
        list.recipients.push({ line: number, address, name: words.join(' ') })
        words = []
      } else if (/[@＠﹫]/u.test(word)) {
        list.unrecognised.push({ line: number, written: [...words, word].join(' ') })
        words = []
      } else {
        words.push(word)
      }
    }
    if (words.length > 0) list.unrecognised.push({ line: number, written: words.join(' ') })
  }
}
