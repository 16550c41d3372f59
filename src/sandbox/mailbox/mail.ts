// One mail as the sandbox keeps it: what the server was told (the envelope) and what the message says.
import type { AddressObject } from 'mailparser'

export type Mail = {
  id: string
  /** Milliseconds since 1970. */
  receivedAt: number
  /** What the SMTP conversation said, bare addresses. */
  envelope: { from: string; to: string[] }
  /** The From header as written: `Usher <usher@example.org>`. */
  from: string
  /** The bare addresses of the To header. */
  to: string[]
  subject: string
  messageId: string
  /** Every header in its order, as it came over the wire (folded lines joined). */
  headers: { name: string; value: string }[]
  /** Empty where the message has no such part. Pictures inside the message are data: addresses. */
  html: string
  text: string
  /** The whole message as it came. */
  raw: string
}

export type MailSummary = { id: string; receivedAt: number; from: string; to: string[]; subject: string }

function addresses(field: AddressObject | AddressObject[] | undefined): string[] {
  const objects = field === undefined ? [] : Array.isArray(field) ? field : [field]
  return objects.flatMap((object) => object.value.flatMap((entry) => (entry.address ? [entry.address] : [])))
}

/** Reads a message off the wire. Takes the bytes, the envelope, a new id and the time in milliseconds. */
export async function readMail(
  bytes: Buffer,
  { id, receivedAt, envelope }: Pick<Mail, 'id' | 'receivedAt' | 'envelope'>,
): Promise<Mail> {
  // Loaded with the first mail, so that the sandbox opens without it.
  const { simpleParser } = await import('mailparser')
  const parsed = await simpleParser(bytes, { skipTextToHtml: true, skipHtmlToText: true })
  return {
    id,
    receivedAt,
    envelope,
    from: parsed.from?.text ?? '',
    to: addresses(parsed.to),
    subject: parsed.subject ?? '',
    messageId: parsed.messageId ?? '',
    headers: [...parsed.headerLines].map(({ line }) => {
      const colon = line.indexOf(':')
      return {
        name: line.slice(0, colon),
        value: line
          .slice(colon + 1)
          .replace(/\r?\n[ \t]+/g, ' ')
          .trim(),
      }
    }),
    html: parsed.html || '',
    text: parsed.text ?? '',
    raw: bytes.toString('utf8'),
  }
}

/** What a list shows of a mail. */
export function summarizeMail({ id, receivedAt, from, to, subject, envelope }: Mail): MailSummary {
  return { id, receivedAt, from, to: to.length > 0 ? to : envelope.to, subject }
}
