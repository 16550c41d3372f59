// The addresses in a message of anybody's, wherever they stand in it: its text, its blocks, what is attached. Pure.
import { type EmailAddress, readRecipients } from '../people/index.ts'
import type { SharedMessage } from './feature.ts'

/** Deeper than Slack nests anything. */
const MOST_DEEP = 12
/** What Slack shows of a message, in characters, and more than any list that fits into a form. */
const LONGEST = 50_000
/** Texts of blocks, and the address behind a link. */
const TEXT_KEYS = ['text', 'url', 'value', 'fallback', 'title', 'pretext']
const PART_KEYS = ['blocks', 'elements', 'fields', 'attachments', 'rows', 'accessory']

/** Every address once, in the order in which they stand there. */
export function addressesIn(message: SharedMessage): EmailAddress[] {
  const texts: string[] = []
  collect(message, texts, 0)
  const found = new Map<string, EmailAddress>()
  for (const { address } of readRecipients(unwrap(texts.join('\n').slice(0, LONGEST))).recipients) {
    if (!found.has(address.key)) found.set(address.key, address)
  }
  return [...found.values()]
}

function collect(part: unknown, texts: string[], depth: number): void {
  if (depth > MOST_DEEP || typeof part !== 'object' || part === null) return
  if (Array.isArray(part)) {
    for (const one of part) collect(one, texts, depth + 1)
    return
  }
  for (const key of TEXT_KEYS) {
    const text: unknown = Reflect.get(part, key)
    if (typeof text !== 'string') collect(text, texts, depth + 1)
    else if (key !== 'url' || /^mailto:/i.test(text)) texts.push(text)
  }
  for (const key of PART_KEYS) collect(Reflect.get(part, key), texts, depth + 1)
}

/** Out of Slack's writing: <mailto:…|…> is its address; mentions and other links are nobody's; three escaped signs. */
function unwrap(text: string): string {
  return text
    .replaceAll(/<mailto:([^|<>?]*)[^<>]*>/gi, ' $1 ')
    .replaceAll(/mailto:([^\s?]*)\?\S*/gi, ' $1 ')
    .replaceAll(/<(?:[@#!]|https?:)[^<>]*>/gi, ' ')
    .replaceAll(/\bhttps?:\/\/\S+/gi, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replaceAll(/[*_~`]+(?=[\s.,;:!?]|$)|(?<=^|\s)[*_~`]+/gm, ' ')
}
