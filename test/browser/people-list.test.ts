// The list of people in the sandbox, by clicking and by keys: search, tick, turn, choose all, and what can be done then.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closePages, executablePath, openBrowser } from './browser.ts'
import { visitPage } from './sandbox-stage.ts'
import { choose, dialog, logOf, look, startSandboxProgram, type, WIDE, write } from './story-stage.ts'

const PEOPLE = Array.from({ length: 12 }, (_, index) => {
  const number = String(index + 1).padStart(2, '0')
  const department = index % 2 ? 'Sales' : 'Customer Care'
  return `pia${number}@example.org,Pia ${number},Probe,${department},Berlin,Employee`
})
const FILE = [
  'email,first name,last name,department,location,employee type',
  ...PEOPLE,
  'maximiliana.von-und-zu-hohenstein@a-rather-long-company-name.example.org,Maximiliana Alexandra,von und zu Hohenstein,Warehouse,Lisbon,',
].join('\n')

describe.skipIf(!executablePath)('the list of people, by clicking', () => {
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let sandbox: Awaited<ReturnType<typeof startSandboxProgram>>
  let problems: string[]

  beforeAll(async () => {
    sandbox = await startSandboxProgram()
    browser = await openBrowser()
    ;({ context, page, problems } = await visitPage(browser, sandbox.url, { viewport: WIDE }))
    await type(page, '/invites import')
    await dialog(page, 'Import people').waitFor()
    const file = { name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(FILE) }
    await page.locator('input[type=file]').setInputFiles(file)
    await page.getByRole('button', { name: 'Check the file' }).click()
    await page.getByRole('button', { name: 'Bring people in' }).click()
    await dialog(page, 'Check the list').waitFor({ state: 'detached' })
  })

  afterAll(async () => {
    expect(problems).toEqual([])
    await context?.close()
    await closePages()
    expect(await sandbox?.stop()).toBe(0)
  })

  const box = (name: string) => page.getByRole('checkbox', { name: new RegExp(name) })

  it('shows everybody with where they stand', async () => {
    await type(page, '/invites people')
    await dialog(page, 'People').waitFor()
    await box('Pia 01').waitFor()
    await look(page, 'people-1-all')
    // The members of the local Slack are read at the start: they stand here too.
    await page.getByRole('button', { name: 'Next page' }).click()
    await box('Pia 12').waitFor()
    await page.getByRole('button', { name: 'Next page' }).click()
    await box('Maximiliana').waitFor()
    await look(page, 'people-1-long')
  })

  it('is searched by Enter, and keeps ticks while pages are turned', async () => {
    await write(page, 'Search (optional)', 'probe')
    await page.keyboard.press('Enter')
    await dialog(page, 'People').getByText('12 people match.').waitFor()
    await box('Pia 02').check()
    await box('Pia 05').check()
    await look(page, 'people-2-ticked')
    await page.getByRole('button', { name: 'Next page' }).click()
    await box('Pia 09').waitFor()
    await dialog(page, 'People').getByText('2 people chosen so far.').waitFor()
    await look(page, 'people-3-next-page')
    await page.getByRole('button', { name: 'Previous page' }).click()
    await box('Pia 02').waitFor()
    expect(await box('Pia 02').isChecked()).toBe(true)
    expect(await box('Pia 03').isChecked()).toBe(false)
  })

  it('chooses all that match and says what can be done with them', async () => {
    await page.getByRole('button', { name: 'Choose all 12 that match' }).click()
    await dialog(page, 'People').getByText('12 people chosen so far.').waitFor()
    await page.getByRole('button', { name: 'Continue' }).click()
    await dialog(page, 'What to do').waitFor()
    await dialog(page, 'What to do').getByText('To 12 people without an invitation.').waitFor()
    await look(page, 'people-4-acts')
    await page.getByRole('button', { name: /^Send invitation/ }).click()
    await dialog(page, 'Send invitation').waitFor()
    await choose(page, 'User type', 'Team Member')
    await choose(page, 'Role', 'Employee')
    await look(page, 'people-5-form')
    await page.getByRole('button', { name: 'Check the list' }).click()
    await dialog(page, 'Check the list').waitFor()
    await look(page, 'people-6-preview')
    await page.getByRole('button', { name: 'Send invitations' }).click()
    await dialog(page, 'Check the list').waitFor({ state: 'detached' })
    await logOf(page).getByText('The list is on its way.').last().waitFor()
  })

  it('shows the card of one of them, with where each field comes from', async () => {
    await type(page, '/invites people sam@northwind.example')
    await dialog(page, 'People').waitFor()
    await choose(page, 'Look at one of them', 'Sam Rivera · sam@northwind.example')
    await dialog(page, 'Person').getByText('from Slack').first().waitFor()
    await look(page, 'people-9-card')
    await page.keyboard.press('Escape')
    await dialog(page, 'People').waitFor()
    await page.keyboard.press('Escape')
    await dialog(page, 'People').waitFor({ state: 'detached' })
  })

  it('shows how the reading of Slack went, among the settings', async () => {
    await type(page, '/invites settings')
    await dialog(page, 'Settings').waitFor()
    await look(page, 'people-10-settings')
    await page.getByRole('button', { name: 'Directory' }).click()
    await dialog(page, 'Directory').getByText('Look again now').waitFor()
    await look(page, 'people-11-directory')
    await page.keyboard.press('Escape')
    await dialog(page, 'Settings').waitFor()
    await page.keyboard.press('Escape')
    await dialog(page, 'Settings').waitFor({ state: 'detached' })
  })

  it('lists the invitations by their status', async () => {
    await type(page, '/invites status')
    await dialog(page, 'Invitations').waitFor()
    await look(page, 'people-7-counts')
    await page
      .getByRole('button', { name: /Waiting/ })
      .first()
      .click()
    await dialog(page, 'Invitations').getByText('Waiting: 12').waitFor()
    await look(page, 'people-8-status-list')
    await page.keyboard.press('Escape')
  })
})
