// A pasted list of people, in any form that people paste: what is an address is recognised, everything else is named.
// Pure; one pass over the text.
import { type EmailAddress, readEmailAddress } from './email-address.ts'
import { cutLine, type Piece } from './recipient-pieces.ts'

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

const LINE_BREAK = /\r\n|[\r\n\u0085\u2028\u2029]/u
const AT = /[@＠﹫]/u
/** "1." or "2)" in front of a line. */
const NUMBERING = /^\s*\d{1,4}[.)](?=\s)/u
/** Bullets, dashes, the ">" of a quoted mail: they say nothing. */
const SIGNS_ONLY = /^[-–—−*•·●○▪■►▶→>+|/\\&.:!?()[\]{}'"]+$/u
const JOINING = new Set(['and', 'or', 'und', 'oder', 'и', 'или'])
/** More words than this beside an address are a sentence, not a name. */
const NAME_WORDS = 4
/** Longer words are no addresses (email-address.ts). */
const WORD_LENGTH = 500
const OPENING = /^[\p{Ps}\p{Pi}"'<>]+/u
const CLOSING = /[\p{Pe}\p{Pf}"'<>.:!?]+$/u

/**
 * Reads a list: a line each, or commas, semicolons, tabs and spaces between; `Ana Diaz <ana@example.org>`,
 * `"Diaz, Ana" <ana@example.org>`, `Ana Diaz ana@example.org`, a row of a spreadsheet and Slack's
 * `<mailto:ana@example.org|ana@example.org>` are fine. Nothing is dropped: each word is part of a recipient or is
 * unrecognised. Only separators, bullets, numbering and the words for "and" and "or" say nothing.
 */
export function readRecipients(text: string): RecipientList {
  const list: RecipientList = { recipients: [], unrecognised: [] }
  for (const [index, line] of text.split(LINE_BREAK).entries()) {
    for (const { address, text: words } of readLine(line.replace(NUMBERING, ''))) {
      if (address) list.recipients.push({ line: index + 1, address, name: words })
      else list.unrecognised.push({ line: index + 1, written: words })
    }
  }
  return list
}

/**
 * One line about a list: "9 addresses recognised, 2 repeated, 1 not: ana@". An address that stands there several times
 * counts once; of what is no address the first three are shown.
 */
export function describeCount(list: RecipientList): string {
  const different = new Set(list.recipients.map(({ address }) => address.key)).size
  const repeated = list.recipients.length - different
  const not = list.unrecognised.map(({ written }) => (written.length > 40 ? `${written.slice(0, 39)}…` : written))
  const more = not.length > 3 ? ` and ${not.length - 3} more` : ''
  return [
    `${different} ${different === 1 ? 'address' : 'addresses'} recognised`,
    ...(repeated > 0 ? [`${repeated} repeated`] : []),
    ...(not.length > 0 ? [`${not.length} not: ${not.slice(0, 3).join(', ')}${more}`] : []),
  ].join(', ')
}

/** Something that a line says: an address with its name, or words (then `address` is undefined). */
type Item = { address?: EmailAddress; text: string; kind: 'angle' | 'loose' | 'words' | 'malformed' }

function readLine(line: string): Item[] {
  const parts = cutLine(line)
  const items = parts.map(({ pieces }) => nameBehind(readPieces(pieces.filter((piece) => !saysNothing(piece)))))
  for (const [index, part] of parts.entries()) {
    if (part.after === ',') nameAcrossComma(items[index - 1], items[index])
  }
  const all = items.flat()
  return parts.some(({ after }) => after === '\t') ? nameFromRow(all) : all
}

function readPieces(pieces: Piece[]): Item[] {
  const items: Item[] = []
  let words: string[] = []
  const add = (item: Item) => {
    items.push(item)
    words = []
  }
  const addWords = () => {
    if (words.length > 0) add({ text: words.join(' '), kind: 'words' })
  }
  for (const [index, { kind, text }] of pieces.entries()) {
    if (kind === 'angle') {
      const { address, label } = readAngle(text)
      if (!address) add({ text: [...words, `<${text}>`].join(' '), kind: 'malformed' })
      // "ana@example.org <ana@example.org>", as mail programs write somebody without a name.
      else if (words.length > 0 || label !== '' || items.at(-1)?.address?.key !== address.key) {
        const name = (label === '' ? words : [...words, label]).join(' ')
        add({ address, text: readWord(name)?.key === address.key ? '' : name, kind: 'angle' })
      }
    } else if (!AT.test(text) || (kind === 'quoted' && pieces[index + 1]?.kind === 'angle')) {
      words.push(text)
    } else if (kind === 'quoted') {
      addWords()
      items.push(...readLine(text))
    } else {
      const address = readWord(text)
      if (words.length > NAME_WORDS) addWords()
      if (address) add({ address, text: words.join(' '), kind: 'loose' })
      else add({ text: [...words, text].join(' '), kind: 'malformed' })
    }
  }
  addWords()
  return items
}

/** "ana@example.org Ana Diaz": the name stands behind its address. */
function nameBehind(items: Item[]): Item[] {
  const [first, second] = items
  if (items.length !== 2 || !first?.address || first.text !== '' || second?.kind !== 'words') return items
  return countWords(second.text) > NAME_WORDS ? items : [{ ...first, text: second.text }]
}

/** "Diaz, Ana <ana@example.org>": the family name stands before a comma. Changes both lists. */
function nameAcrossComma(before: Item[] | undefined, items: Item[] | undefined): void {
  const [family] = before ?? []
  const [named] = items ?? []
  if (before?.length !== 1 || family?.kind !== 'words' || named?.kind !== 'angle' || named.text === '') return
  if (countWords(family.text) + countWords(named.text) > NAME_WORDS) return
  named.text = `${family.text}, ${named.text}`
  before.length = 0
}

/** A row of a spreadsheet with one address: the one or two cells of words beside it are the name. */
function nameFromRow(items: Item[]): Item[] {
  const addresses = items.filter(({ address }) => address)
  const cells = items.filter(({ address }) => !address)
  const [only] = addresses
  const areNames = cells.every(({ kind, text }) => kind === 'words' && !/\d/.test(text))
  if (!only || addresses.length > 1 || only.text !== '' || cells.length > 2 || !areNames) return items
  return [{ ...only, text: cells.map(({ text }) => text).join(' ') }]
}

const countWords = (text: string) => text.split(' ').length

function saysNothing({ kind, text }: Piece): boolean {
  if (kind !== 'word') return text === ''
  return JOINING.has(text.toLowerCase()) || SIGNS_ONLY.test(text)
}

/** One word, with the brackets or the full stop of a sentence taken off where only that makes it an address. */
function readWord(word: string): EmailAddress | undefined {
  if (word.length > WORD_LENGTH) return undefined
  const bare = word.replace(/^mailto:/i, '')
  return readEmailAddress(bare) ?? readEmailAddress(bare.replace(OPENING, '').replace(CLOSING, ''))
}

/** What stood in angle brackets; Slack writes <mailto:ana@example.org|what is shown>. */
function readAngle(inside: string): { address: EmailAddress | undefined; label: string } {
  if (!/^mailto:/i.test(inside)) return { address: readEmailAddress(inside), label: '' }
  const [link = '', ...rest] = inside.slice('mailto:'.length).split('|')
  const address = readEmailAddress(link)
  const label = rest.join('|').trim()
  return { address, label: readWord(label)?.key === address?.key ? '' : label }
}
