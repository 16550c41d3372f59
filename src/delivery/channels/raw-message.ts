// A mail as the bytes that go over the wire. nodemailer's composer spends most of its time on bodies that hardly differ
// from one mail to the next; so it encodes the headers, and the bodies are put together here.
import { randomBytes } from 'node:crypto'
import MimeNode from 'nodemailer/lib/mime-node'
import { encode, wrap } from 'nodemailer/lib/qp'
import { type Language, translationOf } from '../../languages/index.ts'

export type MailParts = {
  from: { name: string; address: string }
  to: { name: string; address: string }
  messageId: string
  date: Date
  language: Language
  subject: string
  text: string
  html: string
}

// No body can hold the boundary: both encodings write every "=" otherwise. So one does for all, and nobody who has seen
// it can end a part early.
const BOUNDARY = { boundaryPrefix: '=_', baseBoundary: randomBytes(12).toString('hex') }
const LINE_LENGTH = 76
const KNOWN_LINES = 2_000

/** The whole message in its wire form (CRLF, ASCII only unless an address itself is not). */
export function rawMessage(parts: MailParts): Buffer {
  const root = new MimeNode('multipart/alternative', BOUNDARY)
  root.setHeader('From', parts.from)
  root.setHeader('To', parts.to)
  root.setHeader('Subject', parts.subject)
  root.setHeader('Message-ID', parts.messageId)
  root.setHeader('Date', parts.date.toUTCString().replace('GMT', '+0000'))
  root.setHeader('Content-Language', parts.language)
  // RFC 3834: no out-of-office notes, please.
  root.setHeader('Auto-Submitted', 'auto-generated')
  root.setHeader('X-Auto-Response-Suppress', 'All')
  const headers = root.buildHeaders()
  const boundary = `--${root.boundary}`
  return Buffer.from(
    `${headers}\r\n\r\n${boundary}\r\n${bodyPart('plain', parts.text, parts.language)}\r\n${boundary}\r\n${bodyPart(
      'html',
      parts.html,
      parts.language,
    )}\r\n${boundary}--\r\n`,
  )
}

function bodyPart(kind: 'plain' | 'html', content: string, language: Language): string {
  const head = `Content-Type: text/${kind}; charset=utf-8\r\nContent-Transfer-Encoding: `
  // A letter beyond ASCII takes six characters and more as quoted-printable.
  if (!translationOf(language).isMostlyAscii) return `${head}base64\r\n\r\n${base64(content)}`
  return `${head}quoted-printable\r\n\r\n${quotedPrintable(content)}`
}

function base64(content: string): string {
  const encoded = Buffer.from(content.replace(/\r?\n/g, '\r\n')).toString('base64')
  return encoded.replace(/.{76}(?=.)/g, '$&\r\n')
}

// Quoted-printable knows no state from one line to the next, and most lines are the same in every mail.
const encodedLines = new Map<string, string>()

function quotedPrintable(content: string): string {
  return content
    .split(/\r?\n/)
    .map((line) => encodedLines.get(line) ?? encodeLine(line))
    .join('\r\n')
}

function encodeLine(line: string): string {
  const encoded = wrap(encode(line), LINE_LENGTH)
  if (encodedLines.size >= KNOWN_LINES) encodedLines.clear()
  encodedLines.set(line, encoded)
  return encoded
}
