// Ways back from Slack that somebody tampered with, that came too late, or that Slack itself got wrong: nobody is signed in.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PUBLIC_URL, startUsher, type Usher } from '../setup/usher.ts'
import { openBrowser, type Page } from './account-acts.ts'
import { changeSettings } from './acts.ts'
import { begin, choose, heading, makeHolder, mendSlack, signInWithSlack } from './slack-sign-in-acts.ts'

let usher: Usher

beforeAll(async () => {
  usher = await startUsher()
  expect(await changeSettings(usher, { 'Sign in with Slack': true })).toEqual({ closed: true })
})
afterAll(() => usher.stop())
beforeEach(() => mendSlack(usher))

describe('nobody is signed in by', () => {
  async function expectOver(page: Page): Promise<void> {
    expect(page.status).toBe(400)
    expect(heading(page)).toBe('Please begin once more')
  }

  it('an address that was used already', async () => {
    const { id } = await makeHolder(usher)
    const browser = openBrowser(usher)
    const slack = await begin(browser)
    const kept = new Map(browser.cookies)
    const path = await choose(slack, id)
    await browser.get(path)
    const thief = openBrowser(usher)
    for (const [name, value] of kept) thief.cookies.set(name, value)

    await expectOver(await thief.get(path))
    expect(thief.cookies.has('__Host-usher_session')).toBe(false)
  })

  it('a code that was used already, on a way of its own', async () => {
    const { id } = await makeHolder(usher)
    const browser = openBrowser(usher)
    const used = new URL(await choose(await begin(browser), id), PUBLIC_URL)
    await browser.get(`${used.pathname}${used.search}`)
    const state = (await begin(browser)).searchParams.get('state') ?? ''
    used.searchParams.set('state', state)

    await expectOver(await browser.get(`${used.pathname}${used.search}`))
  })

  it('another browser than the one that began', async () => {
    const { id } = await makeHolder(usher)
    const path = await choose(await begin(openBrowser(usher)), id)
    const other = openBrowser(usher)
    await begin(other)

    await expectOver(await openBrowser(usher).get(path))
    await expectOver(await other.get(path))
  })

  it.each([
    ['a state that is not ours', (path: string) => path.replace(/state=[^&]+/, 'state=made-up')],
    ['no state', (path: string) => path.replace(/&?state=[^&]+/, '')],
    ['two states', (path: string) => `${path}&state=made-up`],
  ])('%s', async (_what, change) => {
    const { id } = await makeHolder(usher)
    const browser = openBrowser(usher)

    await expectOver(await browser.get(change(await choose(await begin(browser), id))))
  })

  it('a way that took more than ten minutes', async () => {
    const { id } = await makeHolder(usher)
    const browser = openBrowser(usher)
    const path = await choose(await begin(browser), id)
    usher.clock.pass(10 * 60_000 + 1000)

    await expectOver(await browser.get(path))
  })

  it('a cookie with one letter changed', async () => {
    const { id } = await makeHolder(usher)
    const browser = openBrowser(usher)
    const path = await choose(await begin(browser), id)
    const value = browser.cookies.get('__Host-usher_slack') ?? ''
    browser.cookies.set('__Host-usher_slack', `${value.startsWith('A') ? 'B' : 'A'}${value.slice(1)}`)

    await expectOver(await browser.get(path))
  })

  it.each([
    ['a token that another key signed', () => ({ isSignedByAnother: true })],
    ['an expired token', () => ({ claims: { exp: seconds() - 60 } })],
    ['a token of another issuer', () => ({ claims: { iss: 'https://slack.example' } })],
    ['a token for another app', () => ({ claims: { aud: '1.2' } })],
    ['a token of another way', () => ({ claims: { nonce: 'another' } })],
    ['a token without a nonce', () => ({ claims: { nonce: undefined } })],
    ['a token that names no workspace', () => ({ claims: { 'https://slack.com/team_id': undefined } })],
  ])('%s, and the log holds the cause without the token', async (_what, mistake) => {
    const { id } = await makeHolder(usher)
    const browser = openBrowser(usher)
    Object.assign(usher.slack.openIdMistakes, mistake())
    const before = usher.log.length

    const path = await choose(await begin(browser), id)
    const page = await browser.get(path)

    expect(page.status).toBe(502)
    expect(heading(page)).toBe('Slack could not sign you in')
    expect(browser.cookies.size).toBe(0)
    const lines = usher.log.slice(before).filter(({ text }) => text === 'Signing in with Slack failed')
    const [reference] = /(?<=<strong>)[^<]+/.exec(page.body) ?? []
    expect(lines).toEqual([
      { level: 'error', text: 'Signing in with Slack failed', details: { reference, why: expect.any(String) } },
    ])
    const written = JSON.stringify(usher.log)
    for (const secret of [
      new URL(path, PUBLIC_URL).searchParams.get('code') ?? '',
      usher.slack.signIn.clientSecret,
      'eyJ',
    ])
      expect(written).not.toContain(secret)
  })
})

describe('while Slack is away', () => {
  it('the way back says so, with a number, and the next try works', async () => {
    const { id } = await makeHolder(usher)
    const browser = openBrowser(usher)
    const path = await choose(await begin(browser), id)
    usher.slack.faults.next('openid', { kind: 'status', status: 503 })

    const page = await browser.get(path)

    expect(page.status).toBe(503)
    expect(heading(page)).toBe('Slack does not answer')
    expect(page.body).toContain('Reference number')
    expect((await signInWithSlack(usher, id, browser)).location).toBe('/account')
  })

  it('52: the way back that Slack did not answer works no second time, also with the cookie that went with it', async () => {
    const { id } = await makeHolder(usher)
    const browser = openBrowser(usher)
    const path = await choose(await begin(browser), id)
    const kept = new Map(browser.cookies)
    usher.slack.faults.next('openid', { kind: 'status', status: 503 })
    expect((await browser.get(path)).status).toBe(503)
    for (const [name, value] of kept) browser.cookies.set(name, value)

    const again = await browser.get(path)

    expect(again.status).toBe(400)
    expect(heading(again)).toBe('Please begin once more')
  })

  it('the button says so, and works when Slack is back', async () => {
    const fresh = await startUsher()
    try {
      await changeSettings(fresh, { 'Sign in with Slack': true })
      fresh.slack.faults.next('openid', { kind: 'status', status: 500 })

      const away = await openBrowser(fresh).get('/sign-in/slack')
      const back = await openBrowser(fresh).get('/sign-in/slack')

      expect(away.status).toBe(503)
      expect(heading(away)).toBe('Slack does not answer')
      expect(back.status).toBe(303)
    } finally {
      await fresh.stop()
    }
  })
})

function seconds(): number {
  return Math.floor(usher.clock.now.getTime() / 1000)
}
