// What letters about somebody's own account say, in every language: by mail and as a text message.
import { describe, expect, test } from 'vitest'
import type { AccountLetter } from '../../src/accounts/index.ts'
import { countParts } from '../../src/delivery/sms/parts.ts'
import { renderHtml, renderText, writeAccountLetter, writeAccountText } from '../../src/delivery/wording/index.ts'

const url = 'https://usher.example/reset/abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq'

const letter: AccountLetter = {
  letterId: '00000000-0000-7000-8000-000000000001',
  organisationId: '00000000-0000-7000-8000-000000000002',
  kind: 'password_changed',
  detail: '',
  channel: 'email',
  to: 'ana@example.org',
  organisationName: 'Northwind Trading',
  appendix: '',
  firstName: 'Ana',
  language: 'en',
  timeZone: 'UTC',
  attempts: 0,
  createdAt: new Date('2026-11-20T12:00:00Z'),
  maybeSentAt: null,
  code: undefined,
  resetToken: undefined,
  expiresAt: undefined,
}

const kinds: Record<AccountLetter['kind'], Partial<AccountLetter>> = {
  code: { code: '012345', expiresAt: new Date('2026-11-20T12:10:00Z') },
  password_reset: { resetToken: 'secret', expiresAt: new Date('2026-11-20T12:30:00Z') },
  password_changed: {},
  factor_added: { detail: 'app' },
  factor_removed: { detail: 'sms' },
  factors_reset: {},
  recovery_code_used: { detail: '9' },
  recovery_codes_renewed: {},
  mobile_changed: {},
  email_changed: {},
}
const allKinds = Object.keys(kinds) as AccountLetter['kind'][]

function write(language: 'en' | 'ru', kind: AccountLetter['kind'], over: Partial<AccountLetter> = {}) {
  const whole = { ...letter, ...kinds[kind], language, kind, ...over }
  const place = { url: kind === 'password_reset' ? url : undefined }
  const mail = writeAccountLetter(whole, place)
  return { subject: mail.subject, text: renderText(mail), html: renderHtml(mail), sms: writeAccountText(whole, place) }
}

describe.each(['en', 'ru'] as const)('in %s', (language) => {
  test.each(allKinds)('a letter of the kind %s', (kind) => {
    const { subject, text, sms } = write(language, kind)

    expect([subject, text, sms].join('\n---\n')).toMatchSnapshot()
  })

  test('a code stands by itself, also in the HTML, and not in the subject', () => {
    const { subject, text, html } = write(language, 'code')

    expect(subject).not.toContain('012345')
    expect(text).toContain('\n    012345\n')
    expect(html).toMatchSnapshot()
  })

  test.each(allKinds)('%s carries no link but that to a new password', (kind) => {
    const { html, text } = write(language, kind)

    expect(html.match(/href=/g)?.length ?? 0).toBe(kind === 'password_reset' ? 1 : 0)
    expect(text.match(/https?:\S+/g) ?? []).toEqual(kind === 'password_reset' ? [url] : [])
  })
})

test('a code fits into one text message in English, and into two in Russian, whatever the organisation is called', () => {
  const organisationName = 'The Very Long Name of an Organisation of Many Words'

  expect(countParts(write('en', 'code', { organisationName }).sms)).toBe(1)
  expect(countParts(write('ru', 'code', { organisationName }).sms)).toBeLessThanOrEqual(2)
})

test('what people are called makes no link and no markup (SECURITY 22)', () => {
  const { html, text, sms } = write('en', 'password_changed', {
    firstName: '<b>evil.example</b>',
    organisationName: 'http://evil.example',
  })

  expect(html).not.toContain('<b>')
  expect(`${html}${text}${sms}`).not.toMatch(/https?:\/\/evil|evil\.example/)
})
