// What a message says, in every language, and what becomes of text that people wrote (SECURITY 22).
import { simpleParser } from 'mailparser'
import { describe, expect, test } from 'vitest'
import { type Language, renderHtml, renderText, writeLetter } from '../../src/delivery/wording/index.ts'
import type { Delivery } from '../../src/invitations/index.ts'
import { aDelivery } from './a-delivery.ts'

const url = 'https://usher.example/join/abc'
const expiresAt = new Date('2026-11-27T14:05:00Z')

function write(over: Partial<Delivery> = {}, link = url) {
  const letter = writeLetter(aDelivery(over), { url: link, expiresAt })
  return { ...letter, text: renderText(letter), html: renderHtml(letter) }
}

const full = {
  note: 'Welcome to the team!\n\nYours, Max',
  appendix: 'Northwind Trading GmbH\nQuestions: it@northwind.example',
}

describe('the texts of a message', () => {
  const languages: Language[] = ['en', 'ru']
  for (const language of languages) {
    test(`an invitation in ${language}`, () => {
      const { subject, text, html } = write({ ...full, language })
      expect(subject).toMatchSnapshot('subject')
      expect(text).toMatchSnapshot('text')
      expect(html).toMatchSnapshot('html')
    })

    test(`an addition in ${language}`, () => {
      const { subject, text, html } = write({ language, kind: 'addition' }, 'https://usher.example/sign-in')
      expect(subject).toMatchSnapshot('subject')
      expect(text).toMatchSnapshot('text')
      expect(html).toMatchSnapshot('html')
    })

    test(`what follows from a registration link in ${language}`, () => {
      const registration = write({ language, kind: 'registration' })
      const told = aDelivery({ language, kind: 'account_exists', inviterName: '' })
      const letter = writeLetter(told, { url: 'https://usher.example/sign-in', expiresAt })
      const exists = { ...letter, text: renderText(letter), html: renderHtml(letter) }
      expect([registration.subject, registration.text]).toMatchSnapshot('go on')
      expect([exists.subject, exists.text]).toMatchSnapshot('account exists')
      expect(exists.html.match(/href="[^"]+"/g)).toEqual(['href="https://usher.example/sign-in"'])
    })

    test(`the HTML in ${language} says its language and carries one link`, () => {
      const { html } = write({ ...full, language })
      expect(html).toContain(`<html lang="${language}"`)
      expect(html.match(/href=/g)).toHaveLength(1)
      expect(html).toContain(`href="${url}"`)
    })
  }

  test('the end is told in the time of the organisation', () => {
    expect(write({ timeZone: 'Asia/Tokyo' }).text).toContain('Friday, 27 November 2026 at 23:05')
    expect(write({ timeZone: 'Europe/Moscow', language: 'ru' }).text).toContain('пятница, 27 ноября 2026 г. в 17:05')
  })

  test('a time zone that is not known here becomes UTC, and says so', () => {
    expect(write({ timeZone: 'Mars/Olympus' }).text).toContain('14:05 UTC')
  })

  test('without a first name the greeting has none', () => {
    expect(write({ firstName: ' ' }).text).toMatch(/^Hello,\n/)
  })
})

describe('SECURITY 22: what people wrote', () => {
  test('is escaped', () => {
    const nasty = `<script>alert(1)</script><a href="https://evil.example">"'&`
    const { html } = write({
      organisationName: nasty,
      hubName: nasty,
      inviterName: nasty,
      note: nasty,
      appendix: nasty,
    })
    expect(html).not.toContain('<script>alert')
    expect(html.match(/<a /g)).toHaveLength(1)
  })

  const links = [
    'http://evil.example/x',
    'https://evil.example',
    'HTTPS://EVIL.EXAMPLE',
    'www.evil.example',
    'evil.com',
    'see evil.com/pay now',
    'mailto:ana@evil.com',
    'ana@evil.com',
    'http://10.0.0.1/',
    'ftp://evil.com',
    '//evil.com/x',
    'evil。com',
  ]
  for (const link of links) {
    test(`is no link for a mail program that looks for them: ${link}`, async () => {
      const { text, html, subject } = write({
        organisationName: link,
        hubName: link,
        inviterName: link,
        firstName: link,
        note: link,
      })
      const ours = 'https://usher.example/join/abc'
      for (const shown of [text, subject, html.replace(/<style>[^<]*<\/style>|<[^>]*>/g, ' ')]) {
        const targets = await linksSeenIn(shown)
        expect(targets.filter((target) => target !== ours)).toEqual([])
      }
      expect(html.match(/href=/g)).toHaveLength(1)
    })
  }

  test('keeps its words', () => {
    const { text } = write({ note: 'See you at 9.30 in room A.1: bring your laptop' })
    expect(text.replaceAll('\u200c', '')).toContain('> See you at 9.30 in room A.1: bring your laptop')
  })

  test('is cut: names at 120 characters, in the subject at 60, a note at 2,000', () => {
    const long = '👩🏽‍🚀'.repeat(5_000)
    const { subject, lead, note } = write({ inviterName: long, hubName: long, organisationName: long, note: long })
    expect(Array.from(subject).length).toBeLessThan(220)
    expect(Array.from(lead).length).toBeLessThan(420)
    expect(Array.from(note?.lines.join('') ?? '').length).toBe(2_000)
  })

  test('begins no line of its own in a subject or a sentence, and turns no text around', () => {
    const { subject, lead, greeting } = write({
      inviterName: 'Max\r\nBcc: all@example.org',
      hubName: 'A\u2028B\u0000',
      organisationName: '\u202eevil',
      firstName: 'Ana\nMaria',
    })
    expect(`${subject}${lead}${greeting}`).not.toMatch(/[\p{Cc}\u2028\u202e]/u)
  })

  test('does not take long', () => {
    const awkward = ['.'.repeat(100_000), 'a.'.repeat(50_000), '@:/'.repeat(30_000), `\n${' '.repeat(100_000)}x`]
    for (const text of awkward) expect(write({ note: text, inviterName: text, appendix: text }).text).toContain(url)
  })
})

/** What mailparser, which finds links like a mail program, would make clickable. */
async function linksSeenIn(text: string): Promise<string[]> {
  const parsed = await simpleParser(`Content-Type: text/plain; charset=utf-8\r\n\r\n${text}`)
  return [...(parsed.textAsHtml ?? '').matchAll(/href="([^"]*)"/g)].map((match) => match[1] ?? '')
}
