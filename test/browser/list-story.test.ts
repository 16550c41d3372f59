// Many at once in the sandbox that `npm start` opens, by clicking and typing alone: addresses counted while they are
// typed, a file uploaded, looked at, sent, undone; people brought in.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closePages, executablePath, openBrowser } from './browser.ts'
import { visitPage } from './sandbox-stage.ts'
import { choose, dialog, go, logOf, look, startSandboxProgram, type, WIDE } from './story-stage.ts'

const BAD_ROWS = Array.from({ length: 15 }, (_, at) => `not an address ${at + 1},Nobody`)
const LIST = ['email,first name', 'ana@example.org,Ana', 'bob@example.org,Bob', ...BAD_ROWS].join('\n')
const PEOPLE = 'email,first name,start date\ncleo@example.org,Cleo,2026-03-04\ndora@example.org,Dora,03/04/2026\n'

describe.skipIf(!executablePath)('many at once, by clicking', () => {
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

  async function upload(name: string, content: string) {
    const file = { name, mimeType: 'text/csv', buffer: Buffer.from(content) }
    await page.locator('input[type=file]').setInputFiles(file)
    await page.getByText(name).first().waitFor()
  }

  it('counts the addresses while they are typed', async () => {
    await type(page, '/invites bulk')
    const form = dialog(page, 'Invite many people')
    await form.waitFor()
    await page.getByRole('textbox', { name: /^Addresses/ }).click()
    await page.keyboard.type('ana@example.org, Bob Stone <bob@example.org>; cleo@example.org ana@', { delay: 5 })
    await form.getByText('3 addresses recognised, 1 not: ana@').waitFor()
    // What was typed stands there still, and the cursor at its end.
    await page.keyboard.type('example.net')
    await form.getByText('4 addresses recognised').waitFor()
    await look(page, 'list-1-typing')
    await page.getByRole('button', { name: 'Cancel' }).click()
  })

  it('reads a file, shows what will happen, and goes back and forth with nothing lost', async () => {
    await type(page, '/invites bulk')
    const form = dialog(page, 'Invite many people')
    await form.waitFor()
    await upload('spring.csv', LIST)
    await choose(page, 'User type', 'Team Member')
    await choose(page, 'Role', 'Employee')
    await page.getByRole('button', { name: 'Check the list' }).click()

    const check = dialog(page, 'Check the list')
    await check.getByText('2 people will be invited').waitFor()
    await check.getByText('… and 5 more.').waitFor()
    await look(page, 'list-2-preview')
    await check.getByRole('button', { name: 'Back' }).click()
    await form.getByText(/spring\.csv is kept/).waitFor()
    await look(page, 'list-3-back')
    await page.getByRole('button', { name: 'Check the list' }).click()
    await check.getByText('2 people will be invited').waitFor()
    await check.getByRole('button', { name: 'Send invitations' }).click()
    await check.waitFor({ state: 'detached' })
  })

  it('shows the progress with "Undo", and takes the list back', async () => {
    await go(page, 'Usher')
    await page.getByRole('button', { name: 'Messages', exact: true }).click()
    await logOf(page).getByText('2 people will be invited into').first().waitFor()
    await look(page, 'list-4-progress')
    await logOf(page).getByRole('button', { name: 'Undo' }).first().click()
    await look(page, 'list-5-undo')
    await page.getByRole('button', { name: 'Undo the list' }).click()
    await logOf(page).getByText('The list was taken back. Nobody was invited').first().waitFor()
    await look(page, 'list-6-undone')
  })

  it('brings people in from a file, and ends with what was left out', async () => {
    await type(page, '/invites import')
    const form = dialog(page, 'Import people')
    await form.waitFor()
    await look(page, 'list-7-import')
    await upload('people.csv', PEOPLE)
    await page.getByRole('button', { name: 'Check the file' }).click()
    const check = dialog(page, 'Check the list')
    await check.getByText('“03/04/2026” can mean two different days').waitFor()
    await look(page, 'list-8-import-preview')
    await check.getByRole('button', { name: 'Bring people in' }).click()
    await logOf(page).getByText('The people are in: 1 new. Left out: 1 malformed.').first().waitFor()
    await logOf(page).getByText('not-invited.csv').first().waitFor()
    await look(page, 'list-9-imported')
    expect(problems).toEqual([])
  })
})
