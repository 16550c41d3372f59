// The sandbox's page in a real browser, with the local Slack and mailbox behind it and a tiny app: what a person does
// there by clicking and typing, and that nobody is kept out.
import { createTransport } from 'nodemailer'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { plain } from '../sandbox/fake-app.ts'
import { findBarriers } from './barriers.ts'
import { closePages, executablePath, openBrowser } from './browser.ts'
import { actAsApp, composerOf, everyBlock, openForm, startWorld, visitPage, type World } from './sandbox-stage.ts'

const mail = {
  from: 'invitations@northwind.example',
  to: 'ana@example.org',
  subject: 'Ada invites you',
  text: 'Open http://localhost/join/abc',
  html: '<p>Welcome, Ana. <a href="http://localhost:1/join/abc">Join</a><script>document.title = "run"</script></p>',
}

describe.skipIf(!executablePath)('the sandbox page in a browser', () => {
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let world: World
  let problems: string[]

  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(closePages)

  beforeEach(async () => {
    world = await startWorld()
    ;({ context, page, problems } = await visitPage(browser, world.url))
  })

  afterEach(async () => {
    await context.close()
    await world.close()
  })

  const log = () => page.getByRole('log')

  it('sends a message, shows it to the others and marks it unread for them', async () => {
    await composerOf(page).fill('Hello *all*, hello @Max Weber')
    await composerOf(page).press('Enter')

    await expect.poll(() => log().locator('.message').last().innerText()).toContain('Hello all, hello @Max Weber')
    await page.getByLabel('You are').selectOption('UMAX')
    await log().getByText('Hello all').waitFor()
    await page.getByRole('button', { name: /random/ }).click()
    world.slack.as('UADA').say('Once more', { channel: 'CGENERAL' })
    await page.getByRole('button', { name: 'general 1 unread' }).click()
    await log().getByText('Once more').waitFor()
    await page.getByRole('button', { name: 'general', exact: true }).waitFor()
    await expect.poll(() => page.evaluate('localStorage.getItem("sandbox-as")')).toBe('UMAX')
    expect(page.url()).toContain('#/UMAX/')
    expect(problems).toEqual([])
  })

  it('completes a command with its hint and opens the modal that the app answers with', async () => {
    actAsApp(world)
    await composerOf(page).pressSequentially('/inv')
    await page.getByRole('option', { name: /\/invites \[address\].*Invite people/ }).waitFor()
    await composerOf(page).press('Tab')
    expect(await composerOf(page).inputValue()).toBe('/invites ')
    await composerOf(page).pressSequentially('ana@example.org')
    await composerOf(page).press('Enter')

    await page.getByRole('dialog', { name: 'Invite someone' }).waitFor()
    expect(world.received.find(({ body }) => body.command)?.body.text).toBe('ana@example.org')
    expect(await page.evaluate('document.activeElement.getAttribute("data-focus")')).toBe('email/value')
  })

  it('presses a button after its question, and shows the message that the app makes of it', async () => {
    const confirm = {
      title: plain('Revoke?'),
      text: plain('The link dies.'),
      confirm: plain('Revoke it'),
      deny: plain('Keep it'),
    }
    const button = { type: 'button', action_id: 'revoke', text: plain('Revoke'), style: 'danger', confirm }
    const blocks = [{ type: 'actions', block_id: 'act', elements: [button] }]
    const posted = await world.api('chat.postMessage', { channel: 'CGENERAL', text: 'An invitation', blocks })
    world.app.handle = async ({ body }) => {
      if (body.type === 'block_actions')
        await world.api('chat.update', { channel: 'CGENERAL', ts: posted.ts, text: 'Revoked by Ada', blocks: [] })
      return undefined
    }

    await page.getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('button', { name: 'Keep it' }).click()
    expect(world.received.some(({ body }) => body.type === 'block_actions')).toBe(false)
    await page.getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('button', { name: 'Revoke it' }).click()

    await log().getByText('Revoked by Ada').waitFor()
    await log().getByText('(edited)').waitFor()
  })

  it('shows the Home tab, global and message shortcuts, and what only one person may see', async () => {
    actAsApp(world)
    const home = { type: 'home', blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'Your *allowance*: 30' } }] }
    await world.api('views.publish', { user_id: 'UADA', view: home })
    await world.api('chat.postEphemeral', { channel: 'CGENERAL', user: 'UADA', text: 'Just for Ada' })
    await log().getByText('Only visible to you').waitFor()
    await log().getByRole('button', { name: 'Dismiss' }).click()
    expect(await log().getByText('Just for Ada').count()).toBe(0)

    await page.getByRole('button', { name: 'Shortcuts' }).click()
    await page.getByRole('menuitem', { name: /Invite someone/ }).click()
    await page.getByRole('dialog', { name: 'Invite someone' }).waitFor()
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })

    await composerOf(page).fill('Please invite ana@example.org')
    await composerOf(page).press('Enter')
    await log().getByRole('button', { name: 'More actions' }).last().click()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Invite someone' }).waitFor()
    expect(world.received.at(-1)?.body).toMatchObject({ type: 'message_action', message: { text: /Please invite/ } })
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })

    await page.getByRole('navigation', { name: 'Workspace' }).getByRole('button', { name: 'Usher' }).click()
    await page.getByText('Your allowance: 30').waitFor()
    await expect.poll(() => world.received.some(({ body }) => body.event?.type === 'app_home_opened')).toBe(true)
  })

  it('shows text as text, whatever it holds', async () => {
    const evil = '<img src=x onerror=alert(1)> &lt;b&gt;bold&lt;/b&gt; <javascript:alert(1)|click>'
    await world.api('chat.postMessage', { channel: 'CGENERAL', text: evil })

    await log().getByText('<b>bold</b>').waitFor()
    expect(await log().locator('img, b, a').count()).toBe(0)
    expect(problems).toEqual([])
  })

  it('shows a mail at once: as HTML without script, as plain text, with its headers', async () => {
    const transport = createTransport(world.mailbox.smtpUrl)
    await transport.sendMail(mail)
    await page.getByRole('button', { name: /ana@example.org.*Ada invites you/s }).click()

    const frame = page.frameLocator('iframe')
    await frame.getByText('Welcome, Ana.').waitFor()
    const [opened] = await Promise.all([
      context.waitForEvent('page'),
      frame.getByRole('link', { name: 'Join' }).click(),
    ])
    expect(opened.url()).toMatch(/join\/abc|chrome-error/)
    expect(await page.title()).not.toBe('run')
    expect(await findBarriers(page)).toEqual([])
    await page.getByRole('button', { name: 'Plain text' }).click()
    await page.getByRole('link', { name: 'http://localhost/join/abc' }).waitFor()
    await page.getByRole('button', { name: 'Source headers' }).click()
    await page.getByText('Message-ID').waitFor()
    await page.getByRole('button', { name: 'All mails' }).click()
    await page.getByRole('tab', { name: 'Phone' }).click()
    await page.getByText('No text messages yet').waitFor()
    world.phone.receive({ from: '+15550100', to: '+79051111111', body: 'Your link: http://localhost/join/abc' })
    await page.getByText('Your link:').waitFor()
  })

  it.each([
    ['wide and light', { width: 1280, height: 900 }, 'light'],
    ['narrow and dark', { width: 390, height: 800 }, 'dark'],
  ] as const)('keeps nobody out: %s', async (_name, viewport, colorScheme) => {
    actAsApp(world)
    expect(
      await world.api('chat.postMessage', { channel: 'CGENERAL', text: 'Hello', blocks: everyBlock }),
    ).toMatchObject({ ok: true })
    await context.close()
    ;({ context, page, problems } = await visitPage(browser, `${world.url}#/UPAT/CGENERAL`, { viewport, colorScheme }))
    await page.getByRole('table', { name: 'People' }).waitFor()
    const isNarrow = viewport.width < 700
    const fits = await page.evaluate('document.documentElement.scrollWidth <= innerWidth')
    expect(fits).toBe(true)
    expect(await findBarriers(page)).toEqual([])

    await openForm(page)
    await page.getByRole('button', { name: 'Send invitation' }).click()
    await page.locator('.error:visible').first().waitFor()
    await page.getByRole('combobox', { name: 'Hub' }).click()
    await page.getByRole('option', { name: 'Sales' }).waitFor()
    expect(await findBarriers(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })

    if (isNarrow) {
      await page.getByRole('button', { name: 'Channels' }).click()
      await page.getByRole('button', { name: /customer-care/ }).waitFor()
      expect(await findBarriers(page)).toEqual([])
      await page.getByRole('button', { name: /customer-care/ }).click()
      await page.getByRole('button', { name: 'Mail', exact: true }).click()
    }
    await page.getByText('No mails yet').waitFor()
    expect(await findBarriers(page)).toEqual([])
    expect(problems).toEqual([])
  })
})
