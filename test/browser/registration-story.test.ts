// A registration link by clicking: Ada sets one up in the sandbox, a newcomer gives an address on its page, and the
// message is in the mailbox. Pictures of every state are kept, to be looked at.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closePages, executablePath, openBrowser } from './browser.ts'
import { visitPage } from './sandbox-stage.ts'
import { choose, dialog, go, look, startSandboxProgram, type, WIDE } from './story-stage.ts'

describe.skipIf(!executablePath)('a registration link in the sandbox', () => {
  let program: Awaited<ReturnType<typeof startSandboxProgram>>
  let browser: Browser
  let context: BrowserContext
  let page: Page

  beforeAll(async () => {
    program = await startSandboxProgram()
    browser = await openBrowser()
    ;({ context, page } = await visitPage(browser, program.url, { viewport: WIDE }))
  })
  afterAll(async () => {
    await closePages()
    expect(await program?.stop()).toBe(0)
  })

  it('is set up, turned on, opened, and answered by mail', async () => {
    await go(page, 'general')
    await type(page, '/invites links')
    await dialog(page, 'Registration links').waitFor()
    await look(page, 'links-01-list')
    await page.getByRole('button', { name: 'Set up: link for Main hub: External Member' }).click()
    await dialog(page, 'Set up a link').waitFor()
    await choose(page, 'Role', 'Employee')
    await look(page, 'links-02-form')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await dialog(page, 'Registration link').waitFor()
    await page.getByRole('button', { name: /^Turn on: link for/ }).click()
    await page.getByRole('button', { name: /^Turn off: link for/ }).waitFor()
    await look(page, 'links-03-on')
    const shown = (await dialog(page, 'Registration link').textContent()) ?? ''
    const [address = ''] = shown.match(/http:\/\/\S+\/register\/[\w-]{64}/) ?? []
    expect(address).not.toBe('')
    await page.getByRole('button', { name: /^QR picture: link for/ }).click()
    await dialog(page, 'QR picture').waitFor()
    await look(page, 'links-04-picture')

    const newcomer = await context.newPage()
    await newcomer.goto(address)
    await newcomer.fill('#email', 'nora@example.org')
    await newcomer.click('button')
    await newcomer.waitForURL('**/mailbox?language=en')
    await newcomer.close()

    // Back through the forms, one after another.
    for (const name of ['QR picture', 'Registration link', 'Registration links']) {
      await dialog(page, name).waitFor()
      await page.keyboard.press('Escape')
    }
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: /nora@example\.org.*Your registration for/s }).waitFor()
    await go(page, 'Usher')
    await look(page, 'links-05-message')
  })
})
