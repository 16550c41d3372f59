// What came into the bounce mailbox, read: a bounce says which message it is about and what became of it; everything
// else is only named. Believes nobody: whether it is about one of our messages the core finds out.
import PostalMime, { type Attachment, type Email } from 'postal-mime'
import { type Fate, readDeliveryStatus, readFields } from './delivery-status.ts'
import { fatesInText, messageIdInText } from './text-bounce.ts'

/** `automatic`: out of office, a receipt, news that all is well. `other`: somebody wrote. `unreadable`: broken. */
export type Returned =
  | { kind: 'bounce'; messageIds: string; fates: Fate[] }
  | { kind: 'automatic' | 'other' | 'unreadable' }

/** Of a larger message only so much is read, in bytes: what counts stands at its beginning. */
export const MOST_READ = 1024 * 1024

// A bounce is three parts, its returned message is never looked into past its head.
const LIMITS = { maxNestingDepth: 20, maxHeadersSize: 256 * 1024, maxRfc822NestingDepth: 0 }
const LONGEST_HEAD = 64 * 1024
const LONGEST_TEXT = 64 * 1024
const MOST_RECIPIENTS = 20

const STATUS_TYPES = ['message/delivery-status', 'message/global-delivery-status']
const RETURNED_TYPES = [
  'message/rfc822',
  'text/rfc822-headers',
  'message/rfc822-headers',
  'message/global',
  'message/global-headers',
]

/** Reads a message as it came. Throws nothing: what cannot be read is `unreadable`. */
export async function readReturned(bytes: Uint8Array): Promise<Returned> {
  let mail: Email
  try {
    mail = await PostalMime.parse(bytes.subarray(0, MOST_READ), LIMITS)
    return await readMail(mail)
  } catch {
    return { kind: 'unreadable' }
  }
}

async function readMail(mail: Email): Promise<Returned> {
  const statusPart = mail.attachments.find(({ mimeType }) => STATUS_TYPES.includes(mimeType))
  if (statusPart) {
    const { envelopeId, fates } = await readDeliveryStatus(textOf(statusPart, LONGEST_TEXT))
    if (fates.length === 0) return { kind: 'automatic' }
    const failed = failedRecipients(mail)
    // Some name the recipient in the head alone.
    const whole = fates.map((fate) => (fate.addresses.length > 0 ? fate : { ...fate, addresses: failed }))
    return { kind: 'bounce', messageIds: `${await returnedId(mail)} ${envelopeId}`, fates: whole }
  }
  const text = (mail.text ?? '').slice(0, LONGEST_TEXT)
  const fates = fatesInText(text, { failed: failedRecipients(mail), subject: mail.subject ?? '' })
  if (fates.length > 0)
    return { kind: 'bounce', messageIds: `${await returnedId(mail)} ${messageIdInText(text)}`, fates }
  return { kind: isAutomatic(mail) ? 'automatic' : 'other' }
}

/** The Message-ID of what was returned; where nothing was, what the bounce refers to. */
async function returnedId(mail: Email): Promise<string> {
  const part = mail.attachments.find(({ mimeType }) => RETURNED_TYPES.includes(mimeType))
  const [head = ''] = part ? textOf(part, LONGEST_HEAD).split(/\r?\n\r?\n/, 1) : []
  const id = head === '' ? undefined : (await readFields(head)).get('message-id')
  return id ?? `${mail.references ?? ''} ${mail.inReplyTo ?? ''}`
}

function failedRecipients(mail: Email): string[] {
  const field = mail.headers.find(({ key }) => key === 'x-failed-recipients')?.value ?? ''
  return field
    .split(',', MOST_RECIPIENTS)
    .map((address) => address.trim())
    .filter((address) => address.includes('@'))
}

function textOf({ content }: Attachment, limit: number): string {
  if (typeof content === 'string') return content.slice(0, limit)
  // Not fatal: a broken letter in somebody's answer must not hide the rest.
  return new TextDecoder().decode(content.slice(0, limit))
}

function isAutomatic({ headers }: Email): boolean {
  const field = (name: string) => headers.find(({ key }) => key === name)?.value.toLowerCase() ?? ''
  const submitted = field('auto-submitted')
  return (
    (submitted !== '' && !submitted.startsWith('no')) ||
    field('x-autoreply') !== '' ||
    field('x-autorespond') !== '' ||
    /^(auto_reply|bulk|junk)\b/.test(field('precedence')) ||
    /disposition-notification|feedback-report/.test(field('content-type'))
  )
}
