// Signing in with Slack in a real browser: by keyboard alone, without script, on a small telephone, and back.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../src/sandbox/phone/local-twilio.ts'
import { addAccount } from '../journeys/account-acts.ts'
import { changeSettings } from '../journeys/acts.ts'
import { startUsher, type Usher } from '../setup/usher.ts'
import { expectToFit, findBarriers } from './barriers.ts'
import { closePages, executablePath, openBrowser } from './browser.ts'

const TELEPHONE = { width: 320, height: 640 }

describe.skipIf(!executablePath)('signing in with Slack in a browser', () => {
  let browser: Browser
  let usher: Usher
  let publicUrl: string

  beforeAll(async () => {
    browser = await openBrowser()
    // Slack sends the browser back to the public address: here that is this machine's.
    const port = await freePort()
    publicUrl = `http://localhost:${port}`
    usher = await startUsher({ env: { PORT: String(port), PUBLIC_URL: publicUrl } })
    await changeSettings(usher, { 'Sign in with Slack': true })
    await addAccount(usher, 'pat@northwind.example')
  })
  afterAll(async () => {
    await closePages()
    await usher?.stop()
  })

  async function openSignIn(options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: TELEPHONE, ...options })
    const page = await context.newPage()
    await page.goto(`${publicUrl}/sign-in`)
    return page
  }

  const focused = (page: Page) => page.evaluate<string>('document.activeElement.textContent')
  const follow = (page: Page) => Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])

  async function tabTo(page: Page, words: string): Promise<void> {
    for (let count = 0; count < 30; count += 1) {
      await page.keyboard.press('Tab')
      if ((await focused(page)).startsWith(words)) return
    }
    throw new Error(`${words} cannot be reached by Tab`)
  }

  async function expectFine(page: Page): Promise<void> {
    expect(await findBarriers(page)).toEqual([])
    await expectToFit(page, TELEPHONE.width)
  }

  it('goes there and back by keyboard alone and without script, and ends in the account', async () => {
    const page = await openSignIn({ javaScriptEnabled: false })

    await tabTo(page, 'Sign in with Slack')
    await follow(page)
    expect(await page.textContent('h1')).toBe('Sign in to Usher with Slack')
    await tabTo(page, 'Pat Morgan')
    await follow(page)

    expect(new URL(page.url()).pathname).toBe('/account')
    expect(await page.textContent('h1')).toContain('Ana Diaz')
    await page.context().close()
  })

  it.each(['light', 'dark'] as const)('is fine for axe and at 320 pixels: %s', async (colorScheme) => {
    const page = await openSignIn({ colorScheme })

    await expectFine(page)
    await page.click('text=Sign in with Slack')
    await page.click('text=Max Weber')

    expect(await page.textContent('h1')).toBe('No account for this Slack address')
    await expectFine(page)
    await page.context().close()
  })

  it('says in Russian what was stopped at Slack', async () => {
    const page = await openSignIn({ locale: 'ru-RU' })

    await page.click('text=Войти через Slack')
    await page.click('text=Cancel')

    expect(await page.textContent('[role=status]')).toContain('вы остановили его в Slack')
    await expectFine(page)
    await page.context().close()
  })
})
