// A mail that comes back: the bounce that a mail server writes to whom the envelope names as its sender (RFC 3464), with
// the head of the mail and nothing of its text. Pure.
import type { Mail } from './mail.ts'

/** Nobody has that address; its mailbox is full; the mail is late and still tried. */
export type Comeback = 'unknown' | 'full' | 'delayed'

export const COMEBACKS: readonly Comeback[] = ['unknown', 'full', 'delayed']

type Answer = { action: 'failed' | 'delayed'; status: string; said: string }

const ANSWERS: Record<Comeback, Answer> = {
  unknown: { action: 'failed', status: '5.1.1', said: '550 5.1.1 No such user here' },
  full: { action: 'failed', status: '5.2.2', said: '552 5.2.2 The mailbox is full' },
  delayed: { action: 'delayed', status: '4.4.1', said: '451 4.4.1 Try again later' },
}

const ITSELF: [RegExp, Comeback][] = [
  [/^bounce([.+-][^@]*)?@/i, 'unknown'],
  [/^full([.+-][^@]*)?@/i, 'full'],
  [/^delayed([.+-][^@]*)?@/i, 'delayed'],
]

/** What comes back from an address of itself: bounce@, full@ and delayed@ of any domain; undefined from all others. */
export function comebackFrom(address: string): Comeback | undefined {
  return ITSELF.find(([pattern]) => pattern.test(address))?.[1]
}

/** The bounce as it goes over the wire; `envelopeId` is what the sender gave the mail (RFC 3461), or nothing. */
export function writeComeback(
  mail: Pick<Mail, 'id' | 'raw' | 'envelope'>,
  { recipient, kind, envelopeId, at }: { recipient: string; kind: Comeback; envelopeId: string; at: Date },
): Buffer {
  const { action, status, said } = ANSWERS[kind]
  const domain = recipient.slice(recipient.lastIndexOf('@') + 1)
  const boundary = `=_comeback-${mail.id}`
  const [head = ''] = mail.raw.split(/\r?\n\r?\n/, 1)
  const lines = [
    `From: Mail Delivery System <MAILER-DAEMON@${domain}>`,
    `To: ${mail.envelope.from}`,
    `Subject: ${action === 'failed' ? 'Undelivered Mail Returned to Sender' : 'Delayed Mail (still being retried)'}`,
    `Date: ${at.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <comeback.${mail.id}.${kind}@${domain}>`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Description: Notification',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    `This is the mail system at host mx.${domain}.`,
    '',
    action === 'failed'
      ? 'Your message could not be delivered to the following recipient.'
      : 'Your message could not be delivered yet. It is tried again; you need not send it again.',
    '',
    `<${recipient}>: ${said}`,
    '',
    `--${boundary}`,
    'Content-Description: Delivery report',
    'Content-Type: message/delivery-status',
    '',
    `Reporting-MTA: dns; mx.${domain}`,
    ...(envelopeId === '' ? [] : [`Original-Envelope-Id: ${envelopeId}`]),
    '',
    `Original-Recipient: rfc822; ${recipient}`,
    `Final-Recipient: rfc822; ${recipient}`,
    `Action: ${action}`,
    `Status: ${status}`,
    `Diagnostic-Code: smtp; ${said}`,
    '',
    `--${boundary}`,
    'Content-Description: Undelivered Message Headers',
    'Content-Type: text/rfc822-headers',
    '',
    ...head.split(/\r?\n/),
    '',
    `--${boundary}--`,
    '',
  ]
  return Buffer.from(lines.join('\r\n'))
}
