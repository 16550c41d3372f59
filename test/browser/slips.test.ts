// Whoever has no e-mail address, in a real browser on a small telephone: the code of a slip, a user name and a one-time
// password; by keyboard alone, without script, in each language.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openInviteForm } from '../journeys/acts.ts'
import { startUsher, type Usher } from '../setup/usher.ts'
import { expectToFit, findBarriers } from './barriers.ts'
import { closePages, executablePath, openBrowser } from './browser.ts'

const TELEPHONE = { width: 320, height: 640 }
const PASSWORD = 'seven green lanterns'
const NONE = 'No e-mail address: SMS, or a slip to hand over'

describe.skipIf(!executablePath)('a slip and a one-time password in a browser', () => {
  let browser: Browser
  let usher: Usher

  beforeAll(async () => {
    browser = await openBrowser()
    usher = await startUsher()
  })
  afterAll(async () => {
    await closePages()
    await usher?.stop()
  })

  /** Makes a slip by the form; gives its code. */
  async function slipFor(firstName: string): Promise<string> {
    const ada = usher.slack.as('UADA')
    await ada.view()?.close({ all: true })
    const form = await openInviteForm(ada)
    await form.fill({ 'How they get in': NONE })
    const fields = await ada.waitForView((view) => view.callbackId === 'invite_form' && view.text.includes('User name'))
    const names = { 'First name': firstName, 'Last name': 'Diaz' }
    await fields.fill({ ...names, 'User type': 'Team Member', Role: 'Employee' })
    await fields.submit()
    const { text } = await ada.waitForView('Activation slip')
    return /[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}/.exec(text)?.[0] ?? ''
  }

  async function open(path: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: TELEPHONE, ...options })
    const page = await context.newPage()
    await page.goto(new URL(path, usher.app.url).href)
    return page
  }

  /** Types into the field with this name, reached by Tab alone. */
  async function typeInto(page: Page, name: string, text: string): Promise<void> {
    await tabTo(page, `document.activeElement.name === '${name}'`)
    await page.keyboard.type(text)
  }

  async function tabTo(page: Page, isThere: string): Promise<void> {
    for (let count = 0; count < 30; count += 1) {
      if (await page.evaluate<boolean>(isThere)) return
      await page.keyboard.press('Tab')
    }
    throw new Error(`not reached by Tab: ${isThere}`)
  }

  const send = (page: Page) => Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])

  async function expectFine(page: Page): Promise<void> {
    expect(await findBarriers(page)).toEqual([])
    await expectToFit(page, TELEPHONE.width)
  }

  it('a wrong code takes the focus to what is wrong, the right one leads to the account, and signs in by user name', async () => {
    const code = await slipFor('Nina')
    const page = await open('/activate', { javaScriptEnabled: false })
    await typeInto(page, 'code', '7K3M 9QXW 0TRA 5HDN')
    await send(page)
    expect(await page.textContent('[role=alert]')).toContain('does not work')
    expect(await page.inputValue('[name=code]')).toBe('7K3M 9QXW 0TRA 5HDN')

    await tabTo(page, "document.activeElement.name === 'code'")
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.type(code.toLowerCase().replaceAll('-', ' '))
    await send(page)
    expect(new URL(page.url()).pathname).toMatch(/^\/join\//)
    await typeInto(page, 'password', PASSWORD)
    await tabTo(page, "document.activeElement.name === 'termsAgreed'")
    await page.keyboard.press('Space')
    await send(page)
    expect(await page.textContent('h1')).toBe('Welcome, your account is ready')
    await page.goto(new URL('/sign-in', usher.app.url).href)
    await typeInto(page, 'name', 'nina.diaz')
    await typeInto(page, 'password', PASSWORD)
    await send(page)
    expect(new URL(page.url()).pathname).toBe('/account')
    await page.context().close()
  })

  it.each([
    ['en', 'light'],
    ['en', 'dark'],
    ['ru-RU', 'light'],
  ] as const)(
    'the page for codes, fresh and refused, is fine for axe and at 320 pixels: %s, %s',
    async (locale, colorScheme) => {
      const page = await open('/activate', { locale, colorScheme })
      await expectFine(page)
      expect(await page.getAttribute('html', 'lang')).toBe(locale.slice(0, 2))

      await page.fill('[name=code]', 'nothing')
      await page.click('button[type=submit]')
      await page.waitForSelector('[role=alert]')
      await expectFine(page)
      await page.goto(new URL(`/activate/${await slipFor('Vera')}`, usher.app.url).href)
      await page.click('button[type=submit]')
      await page.waitForURL(/\/join\//)
      await expectFine(page)
      await page.context().close()
    },
  )
})
