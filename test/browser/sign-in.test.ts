// Signing in and the account in a real browser: by keyboard alone, without script, for screen readers, on a small telephone.
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateSync } from 'otplib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAccount } from '../journeys/account-acts.ts'
import { mailTo, PASSWORD } from '../journeys/acts.ts'
import { startUsher, type Usher } from '../setup/usher.ts'
import { expectNoBarriers } from './barriers.ts'
import { closePages, executablePath, openBrowser } from './browser.ts'

const TELEPHONE = { width: 320, height: 640 }
// Not where it listens: cookies that are for https alone would not come back on this machine.
const PUBLIC_URL = 'http://localhost:4321'
const pictures = join(tmpdir(), 'usher-sign-in')
const LONG = 'Константинопольская-Преображенская'

describe.skipIf(!executablePath)('signing in and the account in a browser', () => {
  let browser: Browser
  let usher: Usher

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true })
    browser = await openBrowser()
    const endless = 1_000_000
    const webLimits = { open: endless, send: endless, ask: endless }
    usher = await startUsher({ env: { PUBLIC_URL }, webLimits })
  })
  afterAll(async () => {
    await closePages()
    await usher?.stop()
  })

  async function visit(path: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: TELEPHONE, ...options })
    const page = await context.newPage()
    await page.goto(`${usher.app.url}${path}`)
    return page
  }

  const title = (page: Page) => page.textContent('h1')
  const focused = (page: Page) => page.evaluate<string>('document.activeElement.id || document.activeElement.className')

  async function tabTo(page: Page, id: string): Promise<void> {
    for (let count = 0; count < 30; count += 1) {
      await page.keyboard.press('Tab')
      if ((await focused(page)) === id) return
    }
    throw new Error(`${id} cannot be reached by Tab`)
  }

  const send = (page: Page) => Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])

  async function signIn(page: Page, name: string): Promise<void> {
    await page.fill('#name', name)
    await page.fill('#password', PASSWORD)
    await Promise.all([page.waitForEvent('load'), page.click('button')])
  }

  it('by keyboard alone: mistyped, mended, in, changed, out', async () => {
    await addAccount(usher, 'ana@example.org')
    const page = await visit('/sign-in')
    await tabTo(page, 'name')
    await page.keyboard.type('ana@example.org')
    await page.keyboard.press('Tab')
    await page.keyboard.type('not the password')
    await send(page)
    expect(await page.title()).toBe('Error: Sign in')
    expect(await focused(page)).toBe('summary')
    expect(await page.inputValue('#name')).toBe('ana@example.org')
    await tabTo(page, 'password')
    await page.keyboard.type(PASSWORD)
    await send(page)
    expect(await title(page)).toBe('Hello Ana Diaz')

    await page.goto(`${usher.app.url}/account/profile`)
    await tabTo(page, 'lastName')
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('Ruiz')
    await send(page)
    expect(await title(page)).toBe('Hello Ana Ruiz')
    expect(await page.textContent('[role=status]')).toBe('Your profile is saved.')

    await tabTo(page, 'second')
    await send(page)
    expect(await page.textContent('[role=status]')).toBe('You are signed out.')
    await page.goto(`${usher.app.url}/account`)
    expect(await title(page)).toBe('Sign in')
    await page.context().close()
  })

  it('an authenticator app is set up without script, and asked for at the next sign-in', async () => {
    await addAccount(usher, 'bea@example.org')
    const page = await visit('/sign-in', { javaScriptEnabled: false })
    await signIn(page, 'bea@example.org')
    await page.goto(`${usher.app.url}/account/factors`)
    await page.getByLabel('Add an authenticator app').check()
    await page.fill('#oldPassword', PASSWORD)
    await page.getByRole('button', { name: 'Go on' }).click()
    const key = ((await page.textContent('.key')) ?? '').replaceAll(' ', '')
    const code = () => generateSync({ secret: key, epoch: Math.floor(usher.clock.now.getTime() / 1000) })
    await page.fill('#code', code())
    await page.getByRole('button', { name: 'Confirm' }).click()
    expect(await title(page)).toBe('Keep your recovery codes')
    expect(await page.locator('.codes li').count()).toBe(10)
    await page.getByRole('button', { name: 'I have kept them' }).click()
    expect(await title(page)).toBe('Hello Ana Diaz')

    usher.clock.pass(60_000)
    const other = await visit('/sign-in', { javaScriptEnabled: false })
    await signIn(other, 'bea@example.org')
    expect(await title(other)).toBe('Show that it is you')
    expect(await other.getAttribute('#code', 'autocomplete')).toBe('one-time-code')
    await other.fill('#code', code())
    await other.getByRole('button', { name: 'Confirm' }).click()
    expect(await title(other)).toBe('Hello Ana Diaz')
    await Promise.all([page.context().close(), other.context().close()])
  })

  it('a forgotten password: asked for, found in the mail, chosen, signed in with', async () => {
    await addAccount(usher, 'cem@example.org')
    const page = await visit('/sign-in')
    await page.getByRole('link', { name: 'Forgot your password?' }).click()
    await page.fill('#name', 'cem@example.org')
    await page.getByRole('button', { name: 'Send me a link' }).click()
    expect(await title(page)).toBe('Look for a message from us')
    const mail = await mailTo(usher, 'cem@example.org')
    const [link = ''] = mail.text.match(/http:\/\/localhost:4321\/reset\/[\w-]+/) ?? []
    await page.goto(link.replace(PUBLIC_URL, usher.app.url))
    expect(await page.getAttribute('[autocomplete=username]', 'value')).toBe('cem@example.org')
    await page.fill('#password', 'eleven silver kettles')
    await page.getByRole('button', { name: 'Set the new password' }).click()
    expect(await page.textContent('[role=status]')).toBe('Your new password is set. Sign in with it.')
    expect(page.url()).not.toContain('/reset/')
    await page.context().close()
  })

  const views: { name: string; path: string; language?: 'ru'; press?: string; isSignedIn?: boolean }[] = [
    { name: 'sign-in', path: '/sign-in' },
    { name: 'sign-in-refused', path: '/sign-in', press: 'Sign in' },
    { name: 'forgot', path: '/forgot' },
    { name: 'forgot-sent', path: '/forgot/sent?language=ru' },
    { name: 'reset-dead', path: '/reset/dead' },
    { name: 'account', path: '/account?done=password', isSignedIn: true },
    { name: 'account-russian', path: '/account', isSignedIn: true, language: 'ru' },
    { name: 'profile', path: '/account/profile', isSignedIn: true },
    { name: 'profile-russian', path: '/account/profile', isSignedIn: true, language: 'ru' },
    { name: 'mobile-refused', path: '/account/mobile', isSignedIn: true, press: 'Save' },
    { name: 'password-refused', path: '/account/password', isSignedIn: true, press: 'Save' },
    { name: 'factors', path: '/account/factors', isSignedIn: true },
    { name: 'factors-refused-russian', path: '/account/factors', isSignedIn: true, language: 'ru', press: 'Дальше' },
    { name: 'sessions', path: '/account/sessions', isSignedIn: true },
  ]

  it.each(views)(
    '$name: axe finds nothing in light and dark, and nothing sticks out at 320, 390 and 1280',
    async ({ name, path, language = 'en', press, isSignedIn = false }) => {
      const page = await visit('/sign-in')
      if (isSignedIn) {
        const email = `${name}.${'a-very-long-mailbox-name.'.repeat(2)}x@hospital.example.org`
        const sources = { firstName: 'scim' }
        await addAccount(usher, email, { firstName: LONG, lastName: LONG, language, sources, mobile: '+447400123456' })
        await signIn(page, email)
      }
      await page.goto(`${usher.app.url}${path}`)
      if (press) {
        await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: press }).click()])
        expect(await focused(page)).toBe('summary')
      }
      await expectNoBarriers(page, { folder: pictures, name: name })
      await page.context().close()
    },
  )
})
