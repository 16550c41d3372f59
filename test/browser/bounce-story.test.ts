// A message that comes back, in the sandbox that `npm start` opens: the mail is let back by a press, the app reads its
// mailbox by itself, and the story tells how far it got.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closePages, executablePath, openBrowser } from './browser.ts'
import { visitPage } from './sandbox-stage.ts'
import { choose, dialog, go, logOf, look, startSandboxProgram, type, WIDE } from './story-stage.ts'

const WHY = 'The mail server of example.org does not know this address (550 5.1.1).'

describe.skipIf(!executablePath)('a message that comes back, by clicking', () => {
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

  async function invite(email: string): Promise<void> {
    await go(page, 'general')
    await type(page, `/invites ${email}`)
    await dialog(page, 'Invite someone').waitFor()
    await choose(page, 'User type', 'Team Member')
    await choose(page, 'Role', 'Employee')
    await page.getByRole('button', { name: 'Send invitation' }).click()
    await dialog(page, 'Invite someone').waitFor({ state: 'detached' })
  }

  it('is let back below the mail, and says what will follow', async () => {
    await invite('ana@example.org')
    await page.getByRole('button', { name: /ana@example\.org.*invites you/s }).click()
    await page.getByText('Bounce this mail').click()
    await look(page, 'bounce-01-mail')

    await page.getByRole('button', { name: 'Nobody has this address' }).click()

    await page.getByRole('status').getByText('The app reads it within half a minute.').waitFor()
    await look(page, 'bounce-02-let-back')
    await page.getByRole('button', { name: 'All mails' }).click()
    await page.getByRole('button', { name: /bounces@northwind\.example.*Undelivered Mail/s }).waitFor()
  })

  it('is told in the channel with the reason, and in the story with every stage', async () => {
    await go(page, 'people-ops')
    await logOf(page).getByText(WHY).waitFor()
    await look(page, 'bounce-03-told')

    await type(page, '/invites status ana@example.org')
    const story = dialog(page, 'Invitation')
    await story.getByText('How far it got').waitFor()
    await look(page, 'bounce-04-story')

    const text = await story.innerText()
    expect(text).toMatch(/Queued ·.*Handed to the mail server ·.*it answered: 250.*Came back ·/s)
    expect(text).toContain(WHY)
    expect(text).toContain('Not reached: opened, started, joined.')
    expect(text).toContain('Try again')
    expect(problems).toEqual([])
  })
})
