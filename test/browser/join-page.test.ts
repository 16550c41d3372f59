// The sign-up page in a real browser: by keyboard alone, without script, for screen readers, on a small telephone.
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { JoinPage } from '../../src/invitations/index.ts'
import { Refusal, type RefusalCode, Refusals } from '../../src/refusal.ts'
import { startWeb, type TestWeb } from '../web/web-server.ts'
import { expectNoBarriers } from './barriers.ts'
import { closePages, executablePath, openBrowser } from './browser.ts'

const pictures = join(tmpdir(), 'usher-join-page')
const longTerms = Array.from(
  { length: 12 },
  (_, index) => `${index + 1}. Whoever joins treats what is shared here with care, and tells nobody outside of it.`,
).join('\n\n')

// Refuses what was sent once for each list of codes, then accepts: the form is mended in between.
function refusing(...times: RefusalCode[][]) {
  return async () => {
    const codes = times.shift()
    if (!codes) return
    throw new Refusals(codes.map((code) => new Refusal(code)))
  }
}

describe.skipIf(!executablePath)('the sign-up page in a browser', () => {
  let browser: Browser
  let web: TestWeb

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true })
    browser = await openBrowser()
  })
  afterAll(closePages)
  afterEach(() => web.close())

  async function visit(path: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
    const page = await context.newPage()
    await page.goto(`${web.url}${path}`)
    return page
  }

  async function start(page: Partial<JoinPage> = {}, accept?: () => Promise<void>) {
    web = await startWeb({ page: { terms: longTerms, ...page }, ...(accept && { accept }) })
  }

  const focused = (page: Page) => page.evaluate<string>('document.activeElement.id || document.activeElement.className')

  it('is filled in, mended and sent by keyboard alone', async () => {
    await start({ firstName: '' }, refusing(['first_name_missing', 'password_too_short'], ['password_common']))
    const page = await visit('/join/live-token')
    const order: string[] = []
    for (let count = 0; count < 7; count += 1) {
      await page.keyboard.press('Tab')
      order.push(await focused(page))
    }
    expect(order).toEqual(['email', 'firstName', 'lastName', 'mobile', 'password', 'terms', 'termsAgreed'])

    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('End')
    await expect.poll(() => page.evaluate<number>(`document.querySelector('.terms').scrollTop`)).toBeGreaterThan(0)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Space')
    await page.keyboard.press('Tab')
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])

    expect(await page.title()).toBe('Error: Join Acme Hospitals')
    expect(await focused(page)).toBe('summary')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await focused(page)).toBe('firstName')
    await page.keyboard.type('Ana')
    await page.keyboard.press('Tab')
    await page.keyboard.type('Diaz')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.type('password1234')
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
    expect(await focused(page)).toBe('summary')
    expect(await page.inputValue('#lastName')).toBe('Diaz')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await focused(page)).toBe('password')
    await page.keyboard.type('tea at five, always')
    await Promise.all([page.waitForURL('**/welcome?language=en'), page.keyboard.press('Enter')])
    expect(await page.textContent('h1')).toBe('Welcome, your account is ready')
    expect(web.accepted.map(({ form }) => form)).toEqual([
      {
        firstName: 'Ana',
        lastName: 'Diaz',
        mobile: '',
        password: 'tea at five, always',
        termsAgreed: true,
        termsVersion: 3,
        shown: 'shown',
      },
    ])
    await page.reload()
    expect(await page.textContent('h1')).toBe('Welcome, your account is ready')
    expect(page.url()).not.toContain('live-token')
    await page.context().close()
  })

  it('works with script turned off, and tells no other site where the visitor comes from', async () => {
    await start({}, refusing(['terms_not_agreed']))
    const page = await visit('/join/live-token', { javaScriptEnabled: false })
    await page.fill('#password', 'tea at five, always')
    await page.click('button')
    expect(await page.textContent('#termsAgreed-problem')).toBe('Tick the box to agree to the terms.')
    await page.fill('#lastName', 'Diaz')
    await page.fill('#password', 'tea at five, always')
    await page.check('#termsAgreed')
    const [request] = await Promise.all([page.waitForRequest('**/welcome?*'), page.click('button')])
    await page.waitForURL('**/welcome?language=en')
    // Our own site is no other.
    expect(new URL((await request.allHeaders()).referer ?? '').origin).toBe(web.url)
    expect((await web.open()).headers['referrer-policy']).toBe('same-origin')
    expect(web.accepted).toHaveLength(1)
    await page.context().close()
  })

  it('tells password managers who the new password is for', async () => {
    await start()
    const page = await visit('/join/live-token')
    expect(await page.getAttribute('[autocomplete=username]', 'value')).toBe('ana@example.org')
    expect(await page.getByLabel('Choose a password').getAttribute('autocomplete')).toBe('new-password')
    await page.context().close()
  })

  const views: { name: string; path: string; page?: Partial<JoinPage>; codes?: RefusalCode[] }[] = [
    { name: 'join', path: '/join/live-token' },
    {
      name: 'join-refused',
      path: '/join/live-token',
      codes: ['last_name_missing', 'mobile_without_country', 'password_common', 'terms_not_agreed'],
    },
    { name: 'join-busy', path: '/join/live-token', codes: ['too_busy'] },
    {
      name: 'join-russian-long-names',
      path: '/join/live-token',
      page: {
        language: 'ru',
        organisationName: 'Государственное бюджетное учреждение здравоохранения «Городская клиническая больница № 1»',
        hubName: 'Рентгенэндоваскулярная-диагностика-и-лечение-взрослых-и-детей',
        inviterName: 'Константин Константинопольский',
        email: `${'a-very-long-mailbox-name.'.repeat(3)}x@hospital.example.org`,
      },
    },
    { name: 'join-link', path: '/join/live-token', page: { terms: 'https://acme.example/terms', expiresAt: null } },
    { name: 'dead', path: '/join/dead' },
    { name: 'welcome', path: '/welcome?language=en' },
    { name: 'broken', path: '/broken' },
  ]

  it.each(views)(
    '$name: axe finds nothing in light and dark, and nothing sticks out at 320, 390 and 1280',
    async (view) => {
      await start(view.page, view.codes && refusing(view.codes))
      const page = await visit(view.path)
      if (view.codes) await Promise.all([page.waitForEvent('load'), page.click('button')])
      await expectNoBarriers(page, { folder: pictures, name: view.name })
      await page.context().close()
    },
  )
})
