// A letter about somebody's own account as its parts, for the same two layouts as every message.
import type { AccountLetter } from '../../../accounts/index.ts'
import { localeOf, type Told, translationOf } from '../../../languages/index.ts'
import { shortName } from '../../sms/short-message.ts'
import { readableDeadline } from '../deadline.ts'
import { harmlessLine, plainLines } from '../harmless.ts'
import type { Letter } from '../letter.ts'

const NAME_LIMIT = 120
const SUBJECT_NAME_LIMIT = 60
const TEXT_NAME_LIMIT = 24
const APPENDIX_LIMIT = 4_000

/** Writes the letter as a mail. `url`: of a new password, made from PUBLIC_URL alone; undefined for all others. */
export function writeAccountLetter(letter: AccountLetter, { url }: { url: string | undefined }): Letter {
  const { letters: word } = translationOf(letter.language)
  const message = word.messages[letter.kind]
  const told = toldOf(letter, { url, organisation: harmlessLine(letter.organisationName, NAME_LIMIT) })
  const inSubject = { ...told, organisation: harmlessLine(letter.organisationName, SUBJECT_NAME_LIMIT) }
  const link = url === undefined || !message.button ? undefined : { button: message.button, url, address: word.address }
  return {
    language: letter.language,
    subject: message.subject(inSubject),
    greeting: word.greeting(harmlessLine(letter.firstName, NAME_LIMIT)),
    lead: message.lead(told),
    note: undefined,
    ...(letter.code === undefined ? {} : { code: letter.code }),
    link,
    validity: message.next?.(told),
    unexpected: message.notYou(told),
    appendix: letter.appendix.trim() === '' ? [] : plainLines(letter.appendix, APPENDIX_LIMIT),
  }
}

/** Writes the letter as an SMS: the organisation's name is cut before the text needs a second part. */
export function writeAccountText(letter: AccountLetter, { url }: { url: string | undefined }): string {
  const told = toldOf(letter, { url, organisation: shortName(letter.organisationName, TEXT_NAME_LIMIT) })
  return translationOf(letter.language).letters.messages[letter.kind].text(told)
}

function toldOf(
  letter: AccountLetter,
  { url = '', organisation }: { url: string | undefined; organisation: string },
): Told {
  const { code = '', detail, expiresAt, language, timeZone } = letter
  const until = expiresAt ? readableDeadline(expiresAt, { locale: localeOf(language), timeZone }) : ''
  return { organisation, code, until, url, detail }
}
