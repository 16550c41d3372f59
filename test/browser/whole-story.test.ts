// The whole story in the sandbox that `npm start` opens: the real program in a real browser, by clicking and typing
// alone, from the settings to the person who has joined.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closePages, executablePath, openBrowser } from './browser.ts'
import { visitPage } from './sandbox-stage.ts'
import { choose, dialog, go, logOf, look, startSandboxProgram, type, WIDE, write } from './story-stage.ts'

const NOTE = 'Welcome, Ana! Ask for me at the front desk on Monday.'
const APPENDIX = 'Northwind Trading · Questions? people@northwind.example'
const PASSWORD = 'tea at five, always'

describe.skipIf(!executablePath)('the whole story, by clicking', () => {
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let sandbox: Awaited<ReturnType<typeof startSandboxProgram>>
  let problems: string[]

  beforeAll(async () => {
    sandbox = await startSandboxProgram({ isEmpty: true })
    browser = await openBrowser()
    ;({ context, page, problems } = await visitPage(browser, sandbox.url, { viewport: WIDE }))
  })

  afterAll(async () => {
    await closePages()
    expect(await sandbox?.stop()).toBe(0)
  })

  it('Ada changes the settings; days out of range are refused beside their field', async () => {
    await look(page, '01-first-look')
    await type(page, '/invites settings')
    await dialog(page, 'Settings').waitFor()
    await look(page, '02-settings')
    await page.getByRole('button', { name: 'Change messages' }).click()
    await dialog(page, 'Messages').waitFor()
    await write(page, 'Appendix (optional)', APPENDIX)
    await look(page, '02-settings-messages')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await dialog(page, 'Settings').getByText('an appendix').waitFor()

    await page.getByRole('button', { name: 'Change invitations' }).click()
    await dialog(page, 'Invitations').waitFor()
    await write(page, 'Days until an invitation expires', '45')
    await write(page, 'Invitations in an hour', '60')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    const days = page.getByRole('textbox', { name: 'Days until an invitation expires' })
    await expect.poll(() => days.getAttribute('aria-invalid')).toBe('true')
    await look(page, '03-settings-refused')
    expect(await page.getByRole('textbox', { name: 'Invitations in an hour' }).inputValue()).toBe('60')
    await write(page, 'Days until an invitation expires', '14')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await dialog(page, 'Settings').getByText('14 days to answer').waitFor()
    await page.keyboard.press('Escape')
    await dialog(page, 'Settings').waitFor({ state: 'detached' })
    await logOf(page).getByText('The settings are saved.').first().waitFor()
    await look(page, '04-settings-saved')
  })

  it('Ada invites Ana: the refused form keeps what was typed, the sent one is confirmed', async () => {
    await go(page, 'general')
    await type(page, '/invites ana@example.org')
    await dialog(page, 'Invite someone').waitFor()
    await look(page, '05-form')
    await write(page, 'Personal note (optional)', NOTE)
    await page.getByRole('button', { name: 'Send invitation' }).click()

    await expect.poll(() => page.locator('.error:visible').count()).toBe(2)
    await look(page, '06-form-refused')
    expect(await page.getByRole('textbox', { name: 'E-mail' }).inputValue()).toBe('ana@example.org')
    expect(await page.getByRole('textbox', { name: 'Personal note (optional)' }).inputValue()).toBe(NOTE)
    await choose(page, 'User type', 'Team Member')
    await choose(page, 'Role', 'Employee')
    await choose(page, 'Department (optional)', 'Sales')
    await look(page, '07-form-mended')
    await page.getByRole('button', { name: 'Send invitation' }).click()

    await dialog(page, 'Invite someone').waitFor({ state: 'detached' })
    await logOf(page)
      .getByText(/ana@example\.org is being invited/)
      .waitFor()
    // Twice the settings, and this.
    expect(await logOf(page).getByText('Only visible to you').count()).toBe(3)
  })

  it('the mail is in the mailbox, as HTML and as plain text, with note and appendix', async () => {
    await page.getByRole('button', { name: /ana@example\.org.*Ada Lovelace invites you/s }).click()
    const mail = page.frameLocator('iframe')
    await mail.getByText(NOTE).waitFor()
    await mail.getByText(APPENDIX).waitFor()
    await look(page, '08-mail')
    await page.getByRole('button', { name: 'Plain text' }).click()
    const text = await page.locator('.mail-text').innerText()
    expect(text).toContain(`> ${NOTE}`)
    expect(text).toContain(APPENDIX)
    await look(page, '09-mail-text')
    await page.getByRole('button', { name: 'HTML', exact: true }).click()
  })

  it('Ana opens its link, is told what is wrong beside the fields, and joins', async () => {
    const [join] = await Promise.all([
      context.waitForEvent('page'),
      page.frameLocator('iframe').getByRole('link', { name: 'Accept the invitation' }).click(),
    ])
    await join.getByRole('heading', { name: /^Join/ }).waitFor()
    expect(await join.getByLabel('E-mail address').getAttribute('readonly')).not.toBeNull()
    await look(join, '10-join')
    await join.getByLabel('First name').fill('Ana')
    await join.getByLabel('Last name').fill('Diaz')
    await join.getByLabel('Choose a password').fill('short')
    await join.getByRole('button', { name: 'Create my account' }).click()

    await join.locator('#password-problem').waitFor()
    await join.locator('#termsAgreed-problem').waitFor()
    expect(await join.getByLabel('Last name').inputValue()).toBe('Diaz')
    expect(await join.getByLabel('Choose a password').inputValue()).toBe('')
    await look(join, '11-join-refused')
    await join.getByLabel('Choose a password').fill(PASSWORD)
    await join.getByLabel('I agree to the terms').check()
    await join.getByRole('button', { name: 'Create my account' }).click()

    await join.getByRole('heading', { name: 'Welcome, your account is ready' }).waitFor()
    await look(join, '12-welcome')
    await join.close()
    const [again] = await Promise.all([
      context.waitForEvent('page'),
      page.frameLocator('iframe').getByRole('link', { name: 'Accept the invitation' }).click(),
    ])
    await again.getByRole('heading', { name: /^This link does not work/ }).waitFor()
    await look(again, '13-dead-link')
    await again.close()
  })

  it('the channel and Ada hear that Ana joined', async () => {
    await go(page, 'people-ops')
    await logOf(page)
      .getByText(/Ana Diaz .* joined/)
      .waitFor()
    await look(page, '14-channel-told')
    await go(page, 'Usher')
    await page.getByRole('button', { name: 'Messages' }).click()
    await logOf(page)
      .getByText(/Ana Diaz .* joined .* You invited them\./)
      .waitFor()
    await look(page, '15-ada-told')
  })

  it('/invites status tells her whole story', async () => {
    await type(page, '/invites status ana@example.org')
    const story = dialog(page, 'Invitation')
    await story.getByText('Ada Lovelace asked for the invitation.').waitFor()
    await story
      .getByText(/handed to the mail server/)
      .first()
      .waitFor()
    await story.getByText('Ana Diaz joined.').waitFor()
    await story.getByText(/^Status\s*Accepted$/).waitFor()
    expect(await story.getByRole('button', { name: /Resend|Revoke/ }).count()).toBe(0)
    await look(page, '16-story')
    await page.keyboard.press('Escape')
    await story.waitFor({ state: 'detached' })
  })

  it('a second person is invited, sent a new link, and then revoked', async () => {
    await go(page, 'people-ops')
    await type(page, '/invites ben@example.org')
    await choose(page, 'User type', 'External Member')
    await choose(page, 'Role', 'Team Lead')
    await page.getByRole('button', { name: 'Send invitation' }).click()
    await page.getByRole('button', { name: /See status: invitation of ben@/ }).click()
    const story = dialog(page, 'Invitation')
    await story.waitFor()
    await expect
      .poll(async () => {
        await page.keyboard.press('Escape')
        await story.waitFor({ state: 'detached' })
        await page.getByRole('button', { name: /See status: invitation of ben@/ }).click()
        await story.waitFor()
        return story.getByText(/^Status\s*Pending$/).count()
      })
      .toBe(1)
    await look(page, '17-story-pending')
    await story.getByRole('button', { name: /^Resend/ }).click()
    await story.getByText('Ada Lovelace sent it again, with a new link.').waitFor()
    await look(page, '18-story-resent')
    await story.getByRole('button', { name: /^Revoke/ }).click()
    await page.getByRole('button', { name: 'Revoke invitation' }).waitFor()
    await look(page, '19-revoke-question')
    await page.getByRole('button', { name: 'Revoke invitation' }).click()
    await story.getByText('Ada Lovelace revoked it.').waitFor()
    await story.getByText(/^Status\s*Revoked$/).waitFor()
    await look(page, '20-story-revoked')
    await page.keyboard.press('Escape')
    await type(page, '/invites status')
    await dialog(page, 'Invitations').getByText('The latest invitations').waitFor()
    await look(page, '21-overview')
    await page.keyboard.press('Escape')
    await dialog(page, 'Invitations').waitFor({ state: 'detached' })
  })

  it('Pat, who may not invite, is told so and can ask', async () => {
    await go(page, 'general')
    await page.getByLabel('You are').selectOption({ label: 'Pat Morgan' })
    await type(page, '/invites settings')
    // Who Pat is was read from Slack at the start: nothing has to be asked any more.
    await logOf(page).getByText('Only Corporate Admins can do this.').waitFor()
    await look(page, '22-pat-refused')
    await type(page, '/invites cleo@example.org')
    await dialog(page, 'Ask for an invitation').waitFor()
    await look(page, '22-pat-asks')
    await choose(page, 'User type', 'External Member')
    await choose(page, 'Role', 'Employee')
    await dialog(page, 'Ask for an invitation').getByRole('button', { name: 'Send request' }).click()
    await logOf(page).getByText('Your request to invite cleo@example.org').waitFor()
    await type(page, '/invites help')
    await logOf(page).getByText('This is what you can type:').waitFor()
    await look(page, '23-help')
    await go(page, 'Usher')
    await page.getByRole('button', { name: 'Home', exact: true }).click()
    await page.getByText('You can ask for people to be invited').waitFor()
    await look(page, '24-pat-home')
  })

  it('the Home tab has a button for everything', async () => {
    await page.getByLabel('You are').selectOption({ label: 'Ada Lovelace (owner)' })
    const home = page.getByRole('region', { name: 'Home' })
    await home.getByRole('button', { name: 'Invite someone' }).waitFor()
    await look(page, '25-home')
    for (const [button, title] of [
      ['Invite someone', 'Invite someone'],
      ['Status', 'Invitations'],
      ['Settings', 'Settings'],
    ] as const) {
      await home.getByRole('button', { name: button, exact: true }).click()
      await dialog(page, title).waitFor()
      await page.keyboard.press('Escape')
      await dialog(page, title).waitFor({ state: 'detached' })
    }
  })

  it('nothing went wrong behind all that', () => {
    expect(problems).toEqual([])
    expect(sandbox.lines.filter((line) => /WARN|ERROR/.test(line))).toEqual([])
  })
})
