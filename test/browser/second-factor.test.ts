// Signing up with a second factor in a real browser: each factor by keyboard alone and without script on a small
// telephone, and every page for axe, in light and dark, at three widths.
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JoinPage, JoinStep } from '../../src/invitations/index.ts'
import { Refusal, type RefusalCode } from '../../src/refusal.ts'
import { changeSettings, inviteAndGetLink, mailTo, PASSWORD } from '../journeys/acts.ts'
import { codeIn, shownBy } from '../journeys/factor-acts.ts'
import { PUBLIC_URL, startUsher, type Usher } from '../setup/usher.ts'
import { startWeb } from '../web/web-server.ts'
import { expectNoBarriers } from './barriers.ts'
import { closePages, executablePath, openBrowser } from './browser.ts'

const pictures = join(tmpdir(), 'usher-second-factor')
const TELEPHONE = { width: 320, height: 640 }

let browser: Browser
beforeAll(async () => {
  if (!executablePath) return
  mkdirSync(pictures, { recursive: true })
  browser = await openBrowser()
})
afterAll(closePages)

describe.skipIf(!executablePath)('somebody signs up by keyboard alone, without script, 320 pixels wide,', () => {
  let usher: Usher
  beforeAll(async () => {
    usher = await startUsher({ phone: true, env: { PUBLIC_URL } })
    await changeSettings(usher, { 'Second factor': true, Countries: ['Germany (DE)'] })
  })
  afterAll(() => usher?.stop())

  const title = (page: Page) => page.textContent('h1')

  /** Presses Tab until the field or button with this name has the focus. */
  async function tabTo(page: Page, name: string) {
    for (let count = 0; count < 20; count += 1) {
      await page.keyboard.press('Tab')
      const focused = page.locator(':focus')
      if ((await focused.count()) === 0) continue
      const label = page.getByLabel(name, { exact: false }).or(page.getByRole('button', { name }))
      if (await label.evaluateAll((found) => found.some((element) => element === element.ownerDocument.activeElement)))
        return
    }
    throw new Error(`“${name}” is not reached by the Tab key`)
  }

  async function press(page: Page, key = 'Enter') {
    await Promise.all([page.waitForEvent('load'), page.keyboard.press(key)])
  }

  async function begin(email: string, mobile = ''): Promise<Page> {
    const link = await inviteAndGetLink(usher, email)
    const context = await browser.newContext({ viewport: TELEPHONE, javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(link.replace(PUBLIC_URL, usher.app.url))
    await tabTo(page, 'First name')
    await page.keyboard.type('Ana')
    await tabTo(page, 'Last name')
    await page.keyboard.type('Diaz')
    await tabTo(page, 'Mobile number')
    await page.keyboard.type(mobile)
    await tabTo(page, 'Choose a password')
    await page.keyboard.type(PASSWORD)
    await press(page)
    expect(await title(page)).toBe('Choose a second factor')
    return page
  }

  /** From the code's page to the end. */
  async function finish(page: Page, code: string) {
    await tabTo(page, 'Code')
    await page.keyboard.type(code)
    await press(page)
    expect(await title(page)).toBe('Keep your recovery codes')
    await tabTo(page, 'I have kept them')
    await page.keyboard.press('Space')
    await press(page)
    expect(await title(page)).toBe('The terms')
    await tabTo(page, 'I agree to the terms')
    await page.keyboard.press('Space')
    await press(page)
    expect(await title(page)).toBe('Welcome, your account is ready')
    expect(page.url()).not.toContain('/join/')
    await page.context().close()
  }

  it('with an authenticator app', async () => {
    const page = await begin('app@example.org')
    await tabTo(page, 'An authenticator app')
    await press(page)
    expect(await title(page)).toBe('Set up your authenticator app')
    const code = page.getByLabel('Code that the app shows')
    expect(await code.getAttribute('autocomplete')).toBe('one-time-code')
    expect(await code.getAttribute('inputmode')).toBe('numeric')

    // Mistyped first: the focus is on what says so, and the next Tab leads to the field.
    await tabTo(page, 'Code that the app shows')
    await page.keyboard.type('12')
    await press(page)
    expect(await page.title()).toMatch(/^Error: /)
    expect(await page.locator(':focus').getAttribute('class')).toBe('summary')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await page.locator(':focus').getAttribute('id')).toBe('code')
    const key = (await page.textContent('.key')) ?? ''
    await page.keyboard.type(shownBy(usher, key.replaceAll(' ', '')))
    await press(page)
    expect(await title(page)).toBe('Keep your recovery codes')
    await page.reload()
    expect(await title(page)).toBe('Keep your recovery codes')
    await tabTo(page, 'I have kept them')
    await page.keyboard.press('Space')
    await press(page)
    await tabTo(page, 'I agree to the terms')
    await page.keyboard.press('Space')
    await press(page)
    expect(await title(page)).toBe('Welcome, your account is ready')
    expect(await page.context().cookies()).toEqual([])
    await page.context().close()
  })

  it('with a code by e-mail', async () => {
    const page = await begin('mail@example.org')
    await tabTo(page, 'An authenticator app')
    await page.keyboard.press('ArrowDown')
    await press(page)
    expect(await title(page)).toBe('Enter the code that we sent')
    await finish(page, codeIn((await mailTo(usher, 'mail@example.org', 2)).text))
  })

  it('with a code by SMS', async () => {
    const page = await begin('sms@example.org', '+49 1512 3456789')
    await tabTo(page, 'An authenticator app')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await press(page)
    expect(await title(page)).toBe('Enter the code that we sent')
    await finish(page, codeIn((await usher.phone.waitFor(({ to }) => to === '+4915123456789')).body))
  })

  it('and another browser can begin anew in between', async () => {
    const page = await begin('anew@example.org')
    const other = await browser.newContext({ viewport: TELEPHONE })
    const fresh = await other.newPage()
    await fresh.goto(page.url())

    expect(await fresh.textContent('h1')).toContain('Join')
    await page.reload()
    expect(await title(page)).toBe('Choose a second factor')
    await Promise.all([other.close(), page.context().close()])
  })
})

describe.skipIf(!executablePath)('every page of a second factor', () => {
  const uri =
    'otpauth://totp/Acme%20Hospitals:ana%40example.org?issuer=Acme%20Hospitals&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
  const app = { kind: 'app' as const, keyText: 'GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ', uri, isProved: false }
  const mailbox = `${'a-very-long-mailbox-name.'.repeat(3)}x@hospital.example.org`
  const sent = { kind: 'email' as const, address: mailbox, askAgainAt: new Date(), isProved: false }
  const codes = Array.from({ length: 10 }, (_, index) => `7Q2MK-0XV9${index}`)
  const choose: JoinStep = {
    at: 'choose',
    kinds: ['app', 'email', 'sms'],
    places: { email: mailbox, mobile: '+4915123456789' },
  }

  const views: { name: string; step: JoinStep; page?: Partial<JoinPage>; code?: RefusalCode; field?: string }[] = [
    { name: 'form', step: { at: 'form' } },
    { name: 'choose', step: choose },
    { name: 'choose-refused', step: choose, code: 'factor_missing', field: 'kind' },
    { name: 'choose-russian', step: choose, page: { language: 'ru' } },
    { name: 'app', step: { at: 'prove', factor: app } },
    { name: 'app-refused', step: { at: 'prove', factor: app }, code: 'code_clock', field: 'code' },
    { name: 'app-russian', step: { at: 'prove', factor: app }, page: { language: 'ru' } },
    { name: 'sent', step: { at: 'prove', factor: sent } },
    { name: 'sent-too-often', step: { at: 'prove', factor: sent }, code: 'code_limit' },
    { name: 'codes', step: { at: 'codes', codes } },
    { name: 'codes-refused', step: { at: 'codes', codes }, code: 'codes_not_kept', field: 'codesKept' },
    { name: 'codes-russian', step: { at: 'codes', codes }, page: { language: 'ru' } },
    { name: 'terms', step: { at: 'terms' } },
    { name: 'terms-refused', step: { at: 'terms' }, code: 'terms_not_agreed', field: 'termsAgreed' },
  ]

  it.each(views)(
    '$name: axe finds nothing in light and dark, and nothing sticks out at 320, 390 and 1280',
    async ({ name, step, page: more, code, field }) => {
      const refusal = code && new Refusal(code, { ...(field && { field }), detail: { seconds: 40 } })
      const web = await startWeb({
        page: { secondFactorRequired: true, ...more },
        step,
        ...(refusal && { accept: () => Promise.reject(refusal) }),
      })
      const context = await browser.newContext()
      const page = await context.newPage()
      await page.goto(`${web.url}/join/live-token`)
      if (code) {
        await Promise.all([page.waitForEvent('load'), page.click('button')])
        expect(await page.locator(':focus').getAttribute('class')).toBe('summary')
        if (field) {
          await page.click('.summary a')
          expect(await page.locator(':focus').getAttribute('id')).toBe(field)
        }
      }
      await expectNoBarriers(page, { folder: pictures, name: name })
      await context.close()
      await web.close()
    },
  )
})
