// A message put together by hand reads exactly like one that nodemailer composes.
import fc from 'fast-check'
import { type ParsedMail, simpleParser } from 'mailparser'
import MailComposer from 'nodemailer/lib/mail-composer'
import { describe, expect, test } from 'vitest'
import { type MailParts, rawMessage } from '../../src/delivery/channels/raw-message.ts'

const plain: MailParts = {
  from: { name: 'Usher', address: 'usher@example.com' },
  to: { name: '', address: 'ana@example.org' },
  messageId: '<1.1@usher.example>',
  date: new Date('2026-11-20T12:00:00Z'),
  language: 'en',
  subject: 'Hello',
  text: 'Hello\n',
  html: '<p>Hello</p>\n',
}

/** The same message as nodemailer composes it. */
async function composed(parts: MailParts): Promise<Buffer> {
  const headers = { 'Content-Language': parts.language, 'Auto-Submitted': 'auto-generated' }
  return new MailComposer({ ...parts, headers }).compile().build()
}

async function read(message: Buffer) {
  return essence(await simpleParser(message, { skipTextToHtml: true, skipHtmlToText: true }))
}

function essence({ subject, from, to, messageId, date, text, html, headers }: ParsedMail) {
  const rest = ['content-language', 'auto-submitted', 'mime-version'].map((name) => headers.get(name))
  const parties = [from, to].map((field) => (Array.isArray(field) ? field : [field]).map((entry) => entry?.value))
  return { subject, parties, messageId, date, text: trimmed(text), html: trimmed(html || ''), rest }
}

// Whether a last line break belongs to the text or to the boundary is nobody's business.
function trimmed(text: string | undefined) {
  return text?.replace(/\r\n/g, '\n').replace(/\n+$/, '')
}

const nasty = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(
    '.',
    '..',
    '\n.\n',
    'From me',
    '=3D=\n=',
    'a'.repeat(2_000),
    'Привет, мир! '.repeat(50),
    '👩🏽‍🚀'.repeat(40),
    'tab\there ',
    'trailing   \nspaces \t\nhere',
    '--=_\n--=_--',
    '=?utf-8?Q?x?=',
  ),
)
// Mails have lines; control characters other than line breaks and tabs are taken out before (wording).
const body = fc
  .array(nasty, { maxLength: 6 })
  .map((lines) => `Hello\n${lines.join('\n').replace(/[^\P{Cc}\n\t]|[\u2028\u2029\ufeff]/gu, '')}\nend\n`)
  .filter((text) => text.isWellFormed())
const subject = nasty
  .map((text) =>
    text
      .replace(/[\p{Cc}\u2028\u2029\ufeff]/gu, ' ')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, 200),
  )
  .filter((text) => text !== '' && text.isWellFormed())

describe('a message put together by hand', () => {
  test('reads exactly like the one that nodemailer composes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ text: body, html: body, subject, language: fc.constantFrom<'en' | 'ru'>('en', 'ru') }),
        async (over) => {
          const parts = { ...plain, ...over }
          expect(await read(rawMessage(parts))).toEqual(await read(await composed(parts)))
        },
      ),
      { numRuns: 200 },
    )
  })

  for (const address of [
    'ana@example.org',
    'o’neill@example.org',
    'ana@bücher.example',
    '"a b"@example.org',
    'жанна@example.org',
  ]) {
    test(`keeps the address as nodemailer does: ${address}`, async () => {
      const parts = { ...plain, to: { name: '', address } }
      expect(await read(rawMessage(parts))).toEqual(await read(await composed(parts)))
    })
  }

  for (const language of ['en', 'ru'] as const) {
    test(`holds no line longer than a mail server takes, and only ASCII (${language})`, () => {
      const parts = {
        ...plain,
        language,
        html: `<p>${'ü€👍 word '.repeat(900)}</p>`,
        subject: 'Überraschung '.repeat(20),
      }
      const raw = rawMessage(parts).toString('latin1')
      expect(raw).toMatch(/^[\r\n\t\x20-\x7e]*$/)
      expect(raw).not.toMatch(/(?<!\r)\n|\r(?!\n)/)
      expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(78)
    })
  }

  test('cannot be ended early by somebody who knows the boundary', async () => {
    const boundary = /boundary="([^"]+)"/.exec(rawMessage(plain).toString())?.[1]
    const text = `Hello\n--${boundary}\nContent-Type: text/html\n\n<b>evil</b>\n--${boundary}--\nend\n`
    for (const language of ['en', 'ru'] as const) {
      const message = await simpleParser(rawMessage({ ...plain, language, text }))
      expect(message.text).toContain('end')
      expect(message.html).toContain('<p>Hello</p>')
    }
  })

  test('has no header of somebody’s making', async () => {
    const message = await simpleParser(rawMessage({ ...plain, subject: 'Hi\r\nBcc: all@example.org\r\n\r\nbody' }))
    expect([...message.headers.keys()]).not.toContain('bcc')
    expect(message.text).toBe('Hello\n')
  })
})
