// A message to an invitee as its parts, every text ready to be shown; html.ts and text.ts lay it out.
import type { Delivery } from '../../invitations/index.ts'
import { type Language, localeOf, type ShortWords, translationOf, type Words } from '../../languages/index.ts'
import { writeShortMessage } from '../sms/short-message.ts'
import { readableDeadline, shortDeadline } from './deadline.ts'
import { harmlessLine, harmlessLines, plainLines } from './harmless.ts'

export type Letter = {
  language: Language
  subject: string
  greeting: string
  lead: string
  note: { title: string; lines: string[] } | undefined
  /** Further hubs that the link opens, a paragraph each; none as a rule. */
  also?: { words: string; note: { title: string; lines: string[] } | undefined }[]
  /** To be typed somewhere; shown large and by itself. */
  code?: string
  /** A user name and a one-time password, with what they are called. */
  credentials?: { lead: string; facts: [label: string, value: string][] }
  /** The one link that the message carries; a message that asks for nothing has none. */
  link: { button: string; url: string; address: string } | undefined
  validity: string | undefined
  unexpected: string
  appendix: string[]
}

const NAME_LIMIT = 120
const SUBJECT_NAME_LIMIT = 60
const NOTE_LIMIT = 2_000
const APPENDIX_LIMIT = 4_000

/**
 * Writes the message. `url` is the invitation's link (made from PUBLIC_URL alone; undefined where there is nothing to
 * open), `expiresAt` the moment at which it dies.
 */
export function writeLetter(
  delivery: Delivery,
  { url, expiresAt }: { url: string | undefined; expiresAt: Date },
): Letter {
  const { messages: word } = translationOf(delivery.language)
  const kind = word[delivery.kind]
  const inviter = harmlessLine(delivery.inviterName, NAME_LIMIT)
  const until = readableDeadline(expiresAt, { locale: localeOf(delivery.language), timeZone: delivery.timeZone })
  const given = delivery.credentials
  const button = given ? word.credentials.button : kind.button
  const link = url === undefined || !button ? undefined : { button, url, address: word.address }
  return {
    language: delivery.language,
    subject: kind.subject(namesOf(delivery, SUBJECT_NAME_LIMIT)),
    greeting: word.greeting(harmlessLine(delivery.firstName, NAME_LIMIT)),
    lead: kind.lead(namesOf(delivery, NAME_LIMIT)),
    note: noteOf(word, inviter, delivery.note),
    also: alsoOf(word, delivery),
    link,
    ...(given ? { credentials: credentialsOf(word, given) } : {}),
    validity: kind.isLasting ? undefined : link && (given ? word.credentials : word).validity(until),
    unexpected: kind.unexpected ?? word.unexpected,
    // The organisation's own words, set by its Corporate Admins: an address for questions in them stays usable.
    appendix: delivery.appendix.trim() === '' ? [] : plainLines(delivery.appendix, APPENDIX_LIMIT),
  }
}

function credentialsOf(
  { credentials: words }: Words,
  { userName, password }: NonNullable<Delivery['credentials']>,
): NonNullable<Letter['credentials']> {
  return {
    lead: words.lead,
    facts: [
      [words.userName, userName],
      [words.password, password],
    ],
  }
}

function noteOf(word: Words, inviter: string, written: string): Letter['note'] {
  const lines = written.trim() === '' ? [] : harmlessLines(written, NOTE_LIMIT)
  return lines.length === 0 ? undefined : { title: word.noteFrom(inviter), lines }
}

function alsoOf(word: Words, { also, inviterName }: Delivery): NonNullable<Letter['also']> {
  return also.map((other) => {
    const inviter = harmlessLine(other.inviterName, NAME_LIMIT)
    const hub = harmlessLine(other.hubName, NAME_LIMIT)
    const isBySame = other.inviterName === inviterName
    return {
      words: word.also({ hub, inviter: isBySame ? undefined : inviter }),
      note: noteOf(word, inviter, other.note),
    }
  })
}

/** Writes the message as an SMS: in as few parts as can be. */
export function writeText(
  delivery: Delivery,
  { url, expiresAt }: { url: string | undefined; expiresAt: Date },
): string {
  const { messages: word } = translationOf(delivery.language)
  const until = shortDeadline(expiresAt, { locale: localeOf(delivery.language), timeZone: delivery.timeZone })
  const more = delivery.also.length
  const names = more === 0 ? delivery : { ...delivery, hubName: `${delivery.hubName} +${more}` }
  const { credentials } = delivery
  if (credentials) {
    const before = delivery.reminder ? word.reminded : ''
    const texts: ShortWords = (given) =>
      word.credentials.text(given, { url, until, ...credentials }).map((text) => `${before}${text}`)
    return writeShortMessage(names, texts, { url, until })
  }
  return writeShortMessage(names, word[delivery.kind].text, { url, until })
}

function namesOf(delivery: Delivery, limit: number) {
  return {
    inviter: harmlessLine(delivery.inviterName, limit),
    hub: harmlessLine(delivery.hubName, limit),
    organisation: harmlessLine(delivery.organisationName, limit),
  }
}
