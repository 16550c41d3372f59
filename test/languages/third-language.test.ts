// A third language: one more line in the registry, and every page, mail, SMS and menu has it, with nothing left in English.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { renderHtml, renderText, writeAccountLetter, writeLetter, writeText } from '../../src/delivery/wording/index.ts'
import { type Language, languageChoices, languageOfTag } from '../../src/languages/index.ts'
import { readSettings } from '../../src/organisation/settings.ts'
import { factsOf } from '../../src/people/member-facts.ts'
import { aDelivery } from '../delivery/a-delivery.ts'
import { startWeb, type TestWeb } from '../web/web-server.ts'
import { outsideOfMarks } from './words-of.ts'

vi.mock('../../src/languages/registry.ts', async (original) => {
  const { languages } = await original<typeof import('../../src/languages/registry.ts')>()
  const { madeUp } = await import('./words-of.ts')
  return { languages: { ...languages, de: madeUp(languages.en, { code: 'de', locale: 'de-DE' }) } }
})

// Only this file's registry knows it.
const third = 'de' as Language
const url = 'https://usher.example/join/abc'
const expiresAt = new Date('2026-11-27T14:05:00Z')

/** The letters of a page that no language has said; names that people gave do not count. */
function untranslated(page: string): string {
  const names =
    /Acme Hospitals|Surgery|Ada Admin|Be kind\.|Keep secrets\.|English|Русский|Madeupish|Northwind Trading|Max Weber|People Ops/g
  const attributes = [...page.matchAll(/\s(?:aria-label|alt|placeholder|title)="([^"]*)"/g)].map(([, text]) => text)
  const text = page.replace(/<style[\s\S]*?<\/style>/g, ' ').replace(/<[^>]*>/g, ' ')
  const left = outsideOfMarks(`${text} ${attributes.join(' ')}`)
    .replace(names, ' ')
    .replace(/https?:\S+/g, ' ')
  return (left.match(/\p{L}{2,}/gu) ?? []).join(' ')
}

describe('a third language', () => {
  let web: TestWeb
  beforeAll(async () => {
    web = await startWeb({ page: { language: third, otherHubs: ['Surgery'] }, step: { at: 'form' } })
  })
  afterAll(() => web.close())

  const paths = ['/join/live-token', '/register/live-token', '/activate', '/forgot', '/sign-in', '/forgot/sent']
  const others = ['/welcome', '/mailbox', '/nowhere', '/join/dead', '/register/dead', '/broken']
  it.each([...paths, ...others])('is what %s says, whole', async (path) => {
    const { body } = await web.ask(path, { headers: { 'Accept-Language': 'de-AT,en;q=0.5' } })

    const reference = /<code>[^<]*<\/code>/g
    expect(body).toContain('<html lang="de"')
    expect(body).toContain('‹')
    expect(untranslated(body.replace(reference, ' '))).toBe('')
  })

  it('is what a mail says, with its dates', () => {
    const letter = writeLetter(aDelivery({ language: third, firstName: '' }), { url, expiresAt })
    const [html, text] = [renderHtml(letter), renderText(letter)]

    expect(html).toContain('<html lang="de"')
    expect(text).toContain('Freitag, 27. November 2026')
    expect(untranslated(html)).toBe('')
    expect(untranslated(text)).toBe('')
  })

  it('is what an SMS says, with its dates', () => {
    const text = writeText(aDelivery({ language: third, channel: 'sms' }), { url, expiresAt })

    expect(text).toMatch(/^‹.*27\. Nov.*›$/)
  })

  it('is what a letter about an account says', () => {
    const account = {
      letterId: 'x',
      organisationId: 'x',
      kind: 'password_changed' as const,
      detail: '',
      to: 'ana@example.org',
    }
    const more = { channel: 'email' as const, organisationName: 'Acme Hospitals', appendix: '', firstName: 'Ana' }
    const rest = { timeZone: 'Europe/Berlin', attempts: 0, createdAt: expiresAt, maybeSentAt: null, code: undefined }
    const told = { ...account, ...more, ...rest, resetToken: undefined, expiresAt: undefined, language: third }
    const letter = writeAccountLetter(told, { url: undefined })

    expect(untranslated(renderText(letter))).toBe('')
    expect(letter.subject).toMatch(/^‹.*›$/)
  })

  it('stands in every menu, and is understood in settings, profiles and browsers', () => {
    const profile = { slackUserId: 'U1', name: 'Ana', email: null, isWorkspaceAdmin: false, isWorkspaceGuest: false }
    const facts = factsOf(
      { ...profile, teamIds: [], isActive: true, locale: 'de-CH' },
      { address: undefined, guestsAreContractors: false, smsCountries: [] },
    )

    expect(languageChoices.at(-1)).toEqual({ id: 'de', name: 'Madeupish' })
    expect(readSettings({ language: 'de' })).toEqual({ language: 'de' })
    expect(facts.language).toBe('de')
    expect(languageOfTag('de_AT')).toBe('de')
  })
})
