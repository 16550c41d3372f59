// The main path of the whole story in two other hands: without a mouse, and on a phone.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closePages, executablePath, openBrowser } from './browser.ts'
import { visitPage } from './sandbox-stage.ts'
import { choose, dialog, go, logOf, look, NARROW, startSandboxProgram, type, WIDE } from './story-stage.ts'

const PASSWORD = 'tea at five, always'

describe.skipIf(!executablePath)('the main path', () => {
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let sandbox: Awaited<ReturnType<typeof startSandboxProgram>>

  beforeAll(async () => {
    sandbox = await startSandboxProgram()
    browser = await openBrowser()
    ;({ context, page } = await visitPage(browser, sandbox.url, { viewport: WIDE }))
  })

  afterAll(async () => {
    await closePages()
    expect(await sandbox?.stop()).toBe(0)
  })

  it('somebody is invited, and joins, without a mouse', async () => {
    const keys = page.keyboard
    const focused = () =>
      page.evaluate<string>(
        'document.activeElement.getAttribute("data-focus") || document.activeElement.getAttribute("aria-label") || document.activeElement.textContent',
      )
    const tabTo = async (wanted: RegExp, key = 'Tab') => {
      for (let count = 0; count < 60; count += 1) {
        if (wanted.test((await focused()) ?? '')) return
        await keys.press(key)
      }
      throw new Error(`${wanted} is not reached by ${key}`)
    }
    await tabTo(/place general/)
    await keys.press('Enter')
    await tabTo(/^composer$/)
    await keys.type('/inv')
    await keys.press('Tab')
    await keys.type('dora@example.org')
    await keys.press('Enter')
    await dialog(page, 'Invite someone').waitFor()
    await tabTo(/userType\//)
    await keys.press('ArrowDown')
    await keys.type('Team')
    await keys.press('Enter')
    await tabTo(/role\//)
    await keys.type('Empl')
    await keys.press('Enter')
    await tabTo(/note\//)
    await keys.type('No mouse here')
    await tabTo(/Send invitation/)
    await keys.press('Enter')
    await dialog(page, 'Invite someone').waitFor({ state: 'detached' })
    await logOf(page)
      .getByText(/dora@example\.org is being invited/)
      .waitFor()
    await page.getByRole('button', { name: /^dora@example\.org/ }).waitFor()
    await tabTo(/^dora@example\.org/)
    await keys.press('Enter')
    await page.getByRole('heading', { name: /Ada Lovelace invites you/ }).waitFor()
    await tabTo(/^Plain text/)
    await keys.press('Enter')
    await page.locator('.mail-text').waitFor()
    await tabTo(/^http:\S+\/join\/\S+$/)
    const [join] = await Promise.all([context.waitForEvent('page'), keys.press('Enter')])
    await join.getByRole('heading', { name: /^Join/ }).waitFor()
    for (const text of ['Dora', 'Ek', '', PASSWORD]) {
      if (text === 'Dora') for (const _ of ['e-mail', 'first name']) await join.keyboard.press('Tab')
      await join.keyboard.type(text)
      await join.keyboard.press('Tab')
    }
    await join.keyboard.press('Tab')
    await join.keyboard.press('Space')
    await join.keyboard.press('Tab')
    await join.keyboard.press('Enter')
    await join.getByRole('heading', { name: 'Welcome, your account is ready' }).waitFor()
    await join.close()
  })

  it('the main path fits a phone', async () => {
    await page.setViewportSize(NARROW)
    await page.getByRole('button', { name: 'Slack', exact: true }).click()
    await go(page, 'people-ops')
    await type(page, '/invites eva@example.org')
    await dialog(page, 'Invite someone').waitFor()
    await choose(page, 'User type', 'Team Member')
    await choose(page, 'Role', 'Employee')
    await page.getByRole('button', { name: 'Send invitation' }).click()
    await dialog(page, 'Invite someone').waitFor({ state: 'detached' })
    await logOf(page)
      .getByText(/eva@example\.org is being invited/)
      .waitFor()
    await look(page, '26-phone-confirmed')
    await page.getByRole('button', { name: /^Mail/ }).click()
    await page.getByRole('button', { name: /^‹ All mails/ }).click()
    await look(page, '26-phone-mails')
    await page.getByRole('button', { name: /^eva@example\.org/ }).click()
    await page.frameLocator('iframe').getByText('Accept the invitation').waitFor()
    await look(page, '27-phone-mail')
    const [join] = await Promise.all([
      context.waitForEvent('page'),
      page.frameLocator('iframe').getByRole('link', { name: 'Accept the invitation' }).click(),
    ])
    await join.setViewportSize(NARROW)
    await join.getByLabel('First name').fill('Eva')
    await join.getByLabel('Last name').fill('Ng')
    await join.getByLabel('Choose a password').fill(PASSWORD)
    await join.getByLabel('I agree to the terms').check()
    await join.getByRole('button', { name: 'Create my account' }).click()
    await join.getByRole('heading', { name: 'Welcome, your account is ready' }).waitFor()
    await join.close()
    await page.getByRole('button', { name: 'Slack', exact: true }).click()
    await logOf(page)
      .getByText(/Eva Ng .* joined/)
      .waitFor()
    await look(page, '28-phone-joined')
  })
})
