// The audit log in the sandbox, by clicking: seen, filtered, refused where the filter makes no sense, and as a file.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closePages, executablePath, openBrowser } from './browser.ts'
import { visitPage } from './sandbox-stage.ts'
import { choose, dialog, look, startSandboxProgram, type, WIDE } from './story-stage.ts'

describe.skipIf(!executablePath)('the audit log, by clicking', () => {
  let browser: Browser
  let page: Page
  let sandbox: Awaited<ReturnType<typeof startSandboxProgram>>
  let problems: string[]

  beforeAll(async () => {
    sandbox = await startSandboxProgram()
    browser = await openBrowser()
    ;({ page, problems } = await visitPage(browser, sandbox.url, { viewport: WIDE }))
  })

  afterAll(async () => {
    await closePages()
    expect(await sandbox?.stop()).toBe(0)
  })

  it('tells what happened', async () => {
    await type(page, '/invites audit')
    const log = dialog(page, 'Audit log')
    await log
      .getByText(/added the (department|location) “/)
      .first()
      .waitFor()
    await look(page, 'audit-1-log')
  })

  it('is filtered; a filter that makes no sense is refused beside its field', async () => {
    await page.getByRole('button', { name: 'Filter by person, act or time' }).click()
    const form = dialog(page, 'Filter the audit log')
    await form.waitFor()
    await look(page, 'audit-2-filter')
    await choose(page, 'Acts', 'Settings, hubs and departments')
    await choose(page, 'Time', 'Between the days below')
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await form.getByText('Choose the first day, the last day, or both.').waitFor()
    await look(page, 'audit-3-filter-refused')
    await choose(page, 'Time', 'Today')
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await form.waitFor({ state: 'detached' })
    await dialog(page, 'Audit log').getByText('Settings, hubs and departments · today').waitFor()
    await look(page, 'audit-4-filtered')
  })

  it('comes as a file', async () => {
    await page.getByRole('button', { name: /^As CSV/ }).click()
    await page.getByText('The file comes to your direct messages in a moment.').waitFor()
    await look(page, 'audit-5-file')
    expect(problems).toEqual([])
  })
})
