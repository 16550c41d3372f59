// Whoever has joined signs in with Slack, where the organisation allows it; everybody else learns nothing and gets nothing.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PUBLIC_URL, startUsher, type Usher } from '../setup/usher.ts'
import { addAccount, type Browser, openBrowser, type Page } from './account-acts.ts'
import { changeSettings, invite, mailTo, openSettings } from './acts.ts'

const RETURN = '/sign-in/slack/return'
let usher: Usher
let count = 0

beforeAll(async () => {
  usher = await startUsher()
  expect(await changeSettings(usher, { 'Sign in with Slack': true })).toEqual({ closed: true })
})
afterAll(() => usher.stop())

beforeEach(() => {
  for (const name of ['claims', 'isSignedByAnother', 'takesPkce'] as const) delete usher.slack.openIdMistakes[name]
  usher.slack.faults.clear()
})

/** A member of the workspace, known to Usher or not. */
async function makeMember(email = `member${count + 1}@northwind.example`): Promise<{ id: string; email: string }> {
  count += 1
  const id = `USLACK${count}`
  await usher.slack.setUser(id, { real_name: `Member ${count}`, email }, { silently: true })
  return { id, email }
}

async function makeHolder() {
  const member = await makeMember()
  return { ...member, ...(await addAccount(usher, member.email)) }
}

/** Presses the button, and gives the address of Slack's page. */
async function begin(browser: Browser): Promise<URL> {
  const { status, location } = await browser.get('/sign-in/slack')
  expect(status).toBe(303)
  return new URL(location ?? '')
}

/** Chooses a member on Slack's page, and gives the path back, with all that Slack put into it. */
async function choose(page: URL, as: string): Promise<string> {
  const address = new URL(page)
  address.searchParams.set('as', as)
  const response = await fetch(address, { redirect: 'manual' })
  const back = new URL(response.headers.get('location') ?? '')
  expect(back.origin).toBe(PUBLIC_URL)
  return `${back.pathname}${back.search}`
}

async function signInAs(id: string, browser = openBrowser(usher)): Promise<Page> {
  return browser.get(await choose(await begin(browser), id))
}

const heading = ({ body }: Page) => /<h1>(.*?)<\/h1>/.exec(body)?.[1]

describe('whoever has joined', () => {
  it('presses the button, says yes at Slack, and is signed in', async () => {
    const { id, email } = await makeHolder()
    const browser = openBrowser(usher)

    const page = await browser.get('/sign-in')
    const slack = await begin(browser)
    const choices = await (await fetch(slack)).text()
    const back = await browser.get(await choose(slack, id))

    expect(page.body).toContain('href="/sign-in/slack"')
    expect(choices).toContain(email)
    expect(Object.fromEntries(slack.searchParams)).toMatchObject({
      redirect_uri: `${PUBLIC_URL}${RETURN}`,
      scope: 'openid email profile',
      team: 'T0NORTHWIND',
    })
    expect(back).toMatchObject({ status: 303, location: '/account' })
    expect([...browser.cookies.keys()]).toEqual(['__Host-usher_session'])
    expect((await browser.get('/account')).body).toContain(email)
  })

  it('is given a new session each time', async () => {
    const { id } = await makeHolder()
    const browser = openBrowser(usher)

    await signInAs(id, browser)
    const first = browser.cookies.get('__Host-usher_session')
    await signInAs(id, browser)

    expect(browser.cookies.get('__Host-usher_session')).not.toBe(first)
  })

  it('proves with a challenge who began, where Slack takes one', async () => {
    const other = await startUsher()
    try {
      await changeSettings(other, { 'Sign in with Slack': true })
      other.slack.openIdMistakes.takesPkce = true
      await addAccount(other, 'pat@northwind.example')
      const browser = openBrowser(other)

      const slack = await begin(browser)
      const back = await browser.get(await choose(slack, 'UPAT'))

      expect(slack.searchParams.get('code_challenge_method')).toBe('S256')
      expect(back).toMatchObject({ status: 303, location: '/account' })
    } finally {
      await other.stop()
    }
  })

  it('is asked for the second factor where the organisation demands one', async () => {
    const { id } = await makeHolder()
    await changeSettings(usher, { 'Second factor': true })
    const browser = openBrowser(usher)

    const back = await signInAs(id, browser)
    const step = await browser.get('/sign-in/next')

    expect(back).toMatchObject({ status: 303, location: '/sign-in/next' })
    expect(heading(step)).toBe('Choose a second factor')
    expect(browser.cookies.has('__Host-usher_session')).toBe(false)
    await changeSettings(usher, { 'Second factor': false })
  })

  it('is asked for new terms', async () => {
    const { id, accountId } = await makeHolder()
    await usher.app.db.prisma.account.update({ where: { id: accountId }, data: { termsVersion: 0 } })
    const browser = openBrowser(usher)

    const back = await signInAs(id, browser)

    expect(back).toMatchObject({ status: 303, location: '/sign-in/next' })
    expect(heading(await browser.get('/sign-in/next'))).toContain('terms')
    expect(browser.cookies.has('__Host-usher_session')).toBe(false)
  })

  it('who stops at Slack is told so, and may try again', async () => {
    const { id } = await makeHolder()
    const browser = openBrowser(usher)

    const back = await browser.get(await choose(await begin(browser), 'nobody'))

    expect(back).toMatchObject({ status: 303, location: '/sign-in?stopped' })
    expect((await browser.get('/sign-in?stopped')).body).toContain('you stopped it at Slack')
    expect((await signInAs(id, browser)).location).toBe('/account')
  })
})

describe('one answer is given to', () => {
  let usual: Page

  beforeAll(async () => {
    usual = await signInAs((await makeMember()).id)
    expect(usual.status).toBe(403)
    expect(heading(usual)).toBe('No account for this Slack address')
  })

  async function expectNobody(id: string): Promise<void> {
    const browser = openBrowser(usher)
    const page = await signInAs(id, browser)
    expect({ status: page.status, body: page.body }).toEqual({ status: 403, body: usual.body })
    expect([...browser.cookies.keys()]).toEqual([])
  }

  it('whoever is only invited: nothing is accepted and nobody is made', async () => {
    const member = await makeMember()
    await invite(usher, member.email)
    await mailTo(usher, member.email)

    await expectNobody(member.id)

    const [invitation] = await usher.app.db.prisma.invitation.findMany({ where: { email: member.email } })
    expect(invitation?.status).toBe('pending')
    expect(await usher.app.db.prisma.account.count({ where: { person: { emailKey: member.email } } })).toBe(0)
  })

  it('a paused account', async () => {
    const { id, accountId } = await makeHolder()
    await usher.app.db.prisma.account.update({ where: { id: accountId }, data: { status: 'inactive' } })

    await expectNobody(id)
  })

  it('a person who has left', async () => {
    const { id, personId } = await makeHolder()
    await usher.app.db.prisma.person.update({ where: { id: personId }, data: { isActive: false } })

    await expectNobody(id)
  })

  it.each([
    ['an address that Slack has not verified', { email_verified: false }],
    ['an address that is only said to be verified', { email_verified: 'true' }],
    ['a member of another workspace', { 'https://slack.com/team_id': 'T0ELSEWHERE' }],
  ])('%s', async (_what, claims) => {
    const { id } = await makeHolder()
    usher.slack.openIdMistakes.claims = claims

    await expectNobody(id)
  })

  it('another member than the one who is known by this address', async () => {
    const { id, personId } = await makeHolder()
    await usher.app.db.prisma.person.update({ where: { id: personId }, data: { slackUserId: 'USOMEBODY' } })

    await expectNobody(id)
  })

  it('a member who is known by another address', async () => {
    const { id } = await makeHolder()
    const { personId } = await addAccount(usher, 'former@northwind.example')
    await usher.app.db.prisma.person.update({ where: { id: personId }, data: { slackUserId: id } })

    await expectNobody(id)
  })
})

describe('nobody is signed in by', () => {
  async function expectOver(page: Page): Promise<void> {
    expect(page.status).toBe(400)
    expect(heading(page)).toBe('Please begin once more')
  }

  it('an address that was used already', async () => {
    const { id } = await makeHolder()
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
    const { id } = await makeHolder()
    const browser = openBrowser(usher)
    const used = new URL(await choose(await begin(browser), id), PUBLIC_URL)
    await browser.get(`${used.pathname}${used.search}`)
    const state = (await begin(browser)).searchParams.get('state') ?? ''
    used.searchParams.set('state', state)

    await expectOver(await browser.get(`${used.pathname}${used.search}`))
  })

  it('another browser than the one that began', async () => {
    const { id } = await makeHolder()
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
    const { id } = await makeHolder()
    const browser = openBrowser(usher)

    await expectOver(await browser.get(change(await choose(await begin(browser), id))))
  })

  it('a way that took more than ten minutes', async () => {
    const { id } = await makeHolder()
    const browser = openBrowser(usher)
    const path = await choose(await begin(browser), id)
    usher.clock.pass(10 * 60_000 + 1000)

    await expectOver(await browser.get(path))
  })

  it('a cookie with one letter changed', async () => {
    const { id } = await makeHolder()
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
    const { id } = await makeHolder()
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
    const { id } = await makeHolder()
    const browser = openBrowser(usher)
    const path = await choose(await begin(browser), id)
    usher.slack.faults.next('openid', { kind: 'status', status: 503 })

    const page = await browser.get(path)

    expect(page.status).toBe(503)
    expect(heading(page)).toBe('Slack does not answer')
    expect(page.body).toContain('Reference number')
    expect((await signInAs(id, browser)).location).toBe('/account')
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

describe('where it is not allowed', () => {
  it('there is no button and no page, and who was on the way is not let in', async () => {
    const { id } = await makeHolder()
    const browser = openBrowser(usher)
    const path = await choose(await begin(browser), id)
    await changeSettings(usher, { 'Sign in with Slack': false })

    const pages = [await browser.get('/sign-in'), await browser.get('/sign-in/slack'), await browser.get(path)]

    expect(pages[0]?.body).not.toContain('Sign in with Slack')
    expect(pages.map(({ status }) => status)).toEqual([200, 404, 404])
    await changeSettings(usher, { 'Sign in with Slack': true })
  })

  it('it cannot be allowed where the app has no client id and secret, and the form says what is missing', async () => {
    const bare = await startUsher({ env: { SLACK_CLIENT_ID: '', SLACK_CLIENT_SECRET: '' } })
    try {
      const form = await openSettings(bare, 'sign_in')
      await form.fill({ 'Sign in with Slack': true })
      const result = await form.submit()

      expect(JSON.stringify(result)).toContain('SLACK_CLIENT_ID')
      expect((await openBrowser(bare).get('/sign-in/slack')).status).toBe(404)
    } finally {
      await bare.stop()
    }
  })
})

function seconds(): number {
  return Math.floor(usher.clock.now.getTime() / 1000)
}
