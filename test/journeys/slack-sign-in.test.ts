// Whoever has joined signs in with Slack, where the organisation allows it; everybody else learns nothing and gets nothing.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PUBLIC_URL, startUsher, type Usher } from '../setup/usher.ts'
import { addAccount, openBrowser, type Page } from './account-acts.ts'
import { changeSettings, invite, mailTo, openSettings } from './acts.ts'
import {
  begin,
  choose,
  heading,
  makeHolder,
  makeSlackMember,
  mendSlack,
  signInWithSlack,
} from './slack-sign-in-acts.ts'

let usher: Usher

beforeAll(async () => {
  usher = await startUsher()
  expect(await changeSettings(usher, { 'Sign in with Slack': true })).toEqual({ closed: true })
})
afterAll(() => usher.stop())
beforeEach(() => mendSlack(usher))

describe('whoever has joined', () => {
  it('presses the button, says yes at Slack, and is signed in', async () => {
    const { id, email } = await makeHolder(usher)
    const browser = openBrowser(usher)

    const page = await browser.get('/sign-in')
    const slack = await begin(browser)
    const choices = await (await fetch(slack)).text()
    const back = await browser.get(await choose(slack, id))

    expect(page.body).toContain('href="/sign-in/slack"')
    expect(choices).toContain(email)
    expect(Object.fromEntries(slack.searchParams)).toMatchObject({
      redirect_uri: `${PUBLIC_URL}/sign-in/slack/return`,
      scope: 'openid email profile',
      team: 'T0NORTHWIND',
    })
    expect(back).toMatchObject({ status: 303, location: '/account' })
    expect([...browser.cookies.keys()]).toEqual(['__Host-usher_session'])
    expect((await browser.get('/account')).body).toContain(email)
  })

  it('is given a new session each time', async () => {
    const { id } = await makeHolder(usher)
    const browser = openBrowser(usher)

    await signInWithSlack(usher, id, browser)
    const first = browser.cookies.get('__Host-usher_session')
    await signInWithSlack(usher, id, browser)

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
    const { id } = await makeHolder(usher)
    await changeSettings(usher, { 'Second factor': true })
    const browser = openBrowser(usher)

    const back = await signInWithSlack(usher, id, browser)
    const step = await browser.get('/sign-in/next')

    expect(back).toMatchObject({ status: 303, location: '/sign-in/next' })
    expect(heading(step)).toBe('Choose a second factor')
    expect(browser.cookies.has('__Host-usher_session')).toBe(false)
    await changeSettings(usher, { 'Second factor': false })
  })

  it('is asked for new terms', async () => {
    const { id, accountId } = await makeHolder(usher)
    await usher.app.db.prisma.account.update({ where: { id: accountId }, data: { termsVersion: 0 } })
    const browser = openBrowser(usher)

    const back = await signInWithSlack(usher, id, browser)

    expect(back).toMatchObject({ status: 303, location: '/sign-in/next' })
    expect(heading(await browser.get('/sign-in/next'))).toContain('terms')
    expect(browser.cookies.has('__Host-usher_session')).toBe(false)
  })

  it('who stops at Slack is told so, and may try again', async () => {
    const { id } = await makeHolder(usher)
    const browser = openBrowser(usher)

    const back = await browser.get(await choose(await begin(browser), 'nobody'))

    expect(back).toMatchObject({ status: 303, location: '/sign-in?stopped' })
    expect((await browser.get('/sign-in?stopped')).body).toContain('you stopped it at Slack')
    expect((await signInWithSlack(usher, id, browser)).location).toBe('/account')
  })
})

describe('one answer is given to', () => {
  let usual: Page

  beforeAll(async () => {
    usual = await signInWithSlack(usher, (await makeSlackMember(usher)).id)
    expect(usual.status).toBe(403)
    expect(heading(usual)).toBe('No account for this Slack address')
  })

  async function expectNobody(id: string): Promise<void> {
    const browser = openBrowser(usher)
    const page = await signInWithSlack(usher, id, browser)
    expect({ status: page.status, body: page.body }).toEqual({ status: 403, body: usual.body })
    expect([...browser.cookies.keys()]).toEqual([])
  }

  it('whoever is only invited: nothing is accepted and nobody is made', async () => {
    const member = await makeSlackMember(usher)
    await invite(usher, member.email)
    await mailTo(usher, member.email)

    await expectNobody(member.id)

    const [invitation] = await usher.app.db.prisma.invitation.findMany({ where: { email: member.email } })
    expect(invitation?.status).toBe('pending')
    expect(await usher.app.db.prisma.account.count({ where: { person: { emailKey: member.email } } })).toBe(0)
  })

  it('a paused account', async () => {
    const { id, accountId } = await makeHolder(usher)
    await usher.app.db.prisma.account.update({ where: { id: accountId }, data: { status: 'inactive' } })

    await expectNobody(id)
  })

  it('a person who has left', async () => {
    const { id, personId } = await makeHolder(usher)
    await usher.app.db.prisma.person.update({ where: { id: personId }, data: { isActive: false } })

    await expectNobody(id)
  })

  it.each([
    ['an address that Slack has not verified', { email_verified: false }],
    ['an address that is only said to be verified', { email_verified: 'true' }],
    ['a member of another workspace', { 'https://slack.com/team_id': 'T0ELSEWHERE' }],
  ])('%s', async (_what, claims) => {
    const { id } = await makeHolder(usher)
    usher.slack.openIdMistakes.claims = claims

    await expectNobody(id)
  })

  it('another member than the one who is known by this address', async () => {
    const { id, personId } = await makeHolder(usher)
    await usher.app.db.prisma.person.update({ where: { id: personId }, data: { slackUserId: 'USOMEBODY' } })

    await expectNobody(id)
  })

  it('a member who is known by another address', async () => {
    const { id } = await makeHolder(usher)
    const { personId } = await addAccount(usher, 'former@northwind.example')
    await usher.app.db.prisma.person.update({ where: { id: personId }, data: { slackUserId: id } })

    await expectNobody(id)
  })
})

describe('where it is not allowed', () => {
  it('there is no button and no page, and who was on the way is not let in', async () => {
    const { id } = await makeHolder(usher)
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
