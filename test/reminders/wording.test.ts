// What a reminder says, by mail and by SMS, in every language.
import { describe, expect, test } from 'vitest'
import { type Language, renderHtml, renderText, writeLetter, writeText } from '../../src/delivery/wording/index.ts'
import { aDelivery } from '../delivery/a-delivery.ts'

const url = 'https://usher.example/join/abc'
const expiresAt = new Date('2026-11-27T14:05:00Z')
const languages: Language[] = ['en', 'ru']
const full = { note: 'Welcome to the team!\n\nYours, Max', appendix: 'Questions: it@northwind.example' }

describe.each(languages)('a reminder in %s', (language) => {
  test('of an invitation', () => {
    const letter = writeLetter(aDelivery({ ...full, language, kind: 'reminder' }), { url, expiresAt })
    expect(letter.subject).toMatchSnapshot('subject')
    expect(renderText(letter)).toMatchSnapshot('text')
    expect(renderHtml(letter)).toMatchSnapshot('html')
  })

  test('of a registration that the invitee asked for', () => {
    const letter = writeLetter(aDelivery({ language, kind: 'registration_reminder' }), { url, expiresAt })
    expect([letter.subject, renderText(letter)]).toMatchSnapshot()
  })

  test('with user name and password', () => {
    const credentials = { userName: 'ana.diaz', password: 'amber-kettle-piano-robin-stream' }
    const delivery = aDelivery({ language, kind: 'reminder', reminder: 1, credentials })
    expect(renderText(writeLetter(delivery, { url, expiresAt }))).toMatchSnapshot('mail')
    expect(writeText({ ...delivery, channel: 'sms' }, { url, expiresAt })).toMatchSnapshot('sms')
  })

  test('by SMS', () => {
    const texts = (['reminder', 'registration_reminder'] as const).map((kind) =>
      writeText(aDelivery({ language, kind, channel: 'sms' }), { url, expiresAt }),
    )
    expect(texts).toMatchSnapshot()
  })
})
