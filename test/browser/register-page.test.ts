// The page of a registration link in a real browser: by keyboard alone, without script, on a small telephone.
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startWeb, type TestWeb } from '../web/web-server.ts'
import { expectNoBarriers } from './barriers.ts'
import { closePages, executablePath, openBrowser } from './browser.ts'

const pictures = join(tmpdir(), 'usher-register-page')
const path = '/register/live-token'

describe.skipIf(!executablePath)('the registration page in a browser', () => {
  let browser: Browser
  let web: TestWeb

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true })
    browser = await openBrowser()
  })
  afterAll(closePages)
  afterEach(() => web.close())

  async function visit(address: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
    const page = await context.newPage()
    await page.goto(`${web.url}${address}`)
    return page
  }

  const focused = (page: Page) => page.evaluate<string>('document.activeElement.id || document.activeElement.className')

  it('is filled in, mended and sent by keyboard alone, without script', async () => {
    web = await startWeb()
    const page = await visit(path)
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('email')
    await page.keyboard.type('ana')
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
    expect(await page.title()).toBe('Error: Register at Acme Hospitals')
    expect(await focused(page)).toBe('summary')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await focused(page)).toBe('email')
    expect(await page.inputValue('#email')).toBe('ana')
    await page.keyboard.press('End')
    await page.keyboard.type('@example.org')
    await Promise.all([page.waitForURL('**/mailbox?language=en'), page.keyboard.press('Enter')])
    expect(await page.textContent('h1')).toBe('Look into your mailbox')
    expect(await page.textContent('main')).not.toContain('ana@example.org')
    expect(web.asks.map(({ email, language }) => ({ email, language }))).toEqual([
      { email: 'ana@example.org', language: 'en' },
    ])
    await page.context().close()
  })

  it('works with script turned off, and is counted once a look', async () => {
    web = await startWeb()
    const page = await visit(path, { javaScriptEnabled: false, locale: 'ru' })
    await page.fill('#email', 'ana@example.org')
    await page.click('button')
    await page.waitForURL('**/mailbox?language=ru')
    expect(await page.textContent('h1')).toBe('Проверьте почту')
    expect(web.openedLinks).toHaveLength(1)
    await page.context().close()
  })

  const long = {
    organisationName: 'Государственное бюджетное учреждение здравоохранения «Городская клиническая больница № 1»',
    hubName: 'Рентгенэндоваскулярная-диагностика-и-лечение-взрослых-и-детей',
  }
  const views = [
    { name: 'register', path },
    { name: 'register-refused', path, email: 'ana@' },
    { name: 'register-russian-long-names', path, registration: long, locale: 'ru', email: 'ана@' },
    { name: 'dead', path: '/register/dead' },
    { name: 'mailbox', path: '/mailbox?language=en' },
  ]

  it.each(views)(
    '$name: axe finds nothing in light and dark, and nothing sticks out at 320, 390 and 1280',
    async ({ name, path: address, registration, locale = 'en', email }) => {
      web = await startWeb(registration ? { registration } : {})
      const page = await visit(address, { locale })
      if (email) {
        await page.fill('#email', email)
        await Promise.all([page.waitForEvent('load'), page.click('button')])
      }
      await expectNoBarriers(page, { folder: pictures, name: name })
      await page.context().close()
    },
  )
})
