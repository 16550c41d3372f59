// SCIM in the settings by clicking, in the sandbox: a token is made, used at the address that is shown, renewed, taken away.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closePages, executablePath, openBrowser } from './browser.ts'
import { visitPage } from './sandbox-stage.ts'
import { dialog, go, look, startSandboxProgram, type, WIDE } from './story-stage.ts'

describe.skipIf(!executablePath)('SCIM in the settings, by clicking', () => {
  let browser: Browser
  let page: Page
  let sandbox: Awaited<ReturnType<typeof startSandboxProgram>>

  beforeAll(async () => {
    sandbox = await startSandboxProgram()
    browser = await openBrowser()
    ;({ page } = await visitPage(browser, sandbox.url, { viewport: WIDE }))
  })

  afterAll(async () => {
    await closePages()
    expect(await sandbox?.stop()).toBe(0)
  })

  const press = (name: string) => page.getByRole('button', { name, exact: true }).last().click()
  const shown = (pattern: RegExp) => dialog(page, 'SCIM').getByText(pattern)

  it('makes a token that works at the address beside it, and takes it away again', async () => {
    await go(page, 'general')
    await type(page, '/invites settings')
    await dialog(page, 'Settings').waitFor()
    await press('SCIM')
    await shown(/There is no token/).waitFor()
    await look(page, 'scim-none')

    await press('Make a token')
    await shown(/usher-scim-/)
      .first()
      .waitFor()
    await look(page, 'scim-made')
    const words = await dialog(page, 'SCIM').innerText()
    const [address = ''] = /http:\/\/\S+\/scim\/v2/.exec(words) ?? []
    const [token = ''] = /usher-scim-[\w-]+/.exec(words) ?? []
    const ask = () => fetch(`${address}/Users`, { headers: { authorization: `Bearer ${token}` } })
    expect((await ask()).status).toBe(200)

    await press('Back')
    await dialog(page, 'Settings').waitFor()
    await press('SCIM')
    await shown(/last used/).waitFor()
    await look(page, 'scim-used')
    await press('Take away')
    // The question, which has the same words on its button.
    await page
      .getByRole('alertdialog')
      .or(page.getByRole('dialog', { name: 'Take the token away?' }))
      .waitFor()
    await look(page, 'scim-question')
    await press('Take away')
    await shown(/There is no token/).waitFor()
    expect((await ask()).status).toBe(401)
  })
})
