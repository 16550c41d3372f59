// A sign-up with a second factor under attack, and in races: no session and no account before its end (SECURITY, 3, 4, 6, 7
// and 11).
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addUnit, changeSettings, invite, mailTo, openStory, queryRows, waitForStatus } from '../journeys/acts.ts'
import {
  agreed,
  codeIn,
  heading,
  inviteAndOpen,
  keyOn,
  openBrowser,
  problems,
  shownBy,
  walkToTerms,
} from '../journeys/factor-acts.ts'
import { formBody, linkIn, MINUTE, PUBLIC_URL, startAnother, startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
beforeAll(async () => {
  // Links begin as everywhere; Twilio's receipts are not what this is about.
  usher = await startUsher({ phone: true, env: { PUBLIC_URL }, webLimits: { open: 100_000, send: 100_000 } })
  await changeSettings(usher, { 'Second factor': true, Countries: ['Germany (DE)'] })
})
afterAll(async () => {
  expect(usher.log.filter(({ level }) => level === 'error')).toEqual([])
  expect(usher.slack.complaints).toEqual([])
  await usher.stop()
})

const CHOOSE = 'Choose a second factor'
const WELCOME = 'Welcome, your account is ready'
const DEAD = 'This link does not work (any more)'

const personOf = (email: string) =>
  usher.app.db.prisma.person.findFirstOrThrow({
    where: { emailKey: email },
    include: { account: { include: { agreements: true } }, factors: true, recoveryCodes: true, memberships: true },
  })

describe('SECURITY 11 and 6: before second factor and terms', () => {
  it('there is no session: the cookie is for the sign-up’s pages alone, and no script reads it', async () => {
    const { browser } = await inviteAndOpen(usher, 'cookie@example.org')
    const { setCookie } = await browser.begin()

    expect(setCookie).toMatch(/^__Host-usher_join=[\w-]{22}; Path=\/; Max-Age=3600; HttpOnly; SameSite=Lax; Secure$/)
    const [, token = ''] = /usher_join=([\w-]+)/.exec(setCookie) ?? []
    const rows = await queryRows(usher, 'SELECT t::text AS row FROM "Passage" t')
    expect(rows.map(({ row }) => row).join()).not.toContain(token)
  })

  it('no form skips a step, whatever it says', async () => {
    const { link, browser } = await inviteAndOpen(usher, 'skip@example.org')
    expect(problems(await browser.send(agreed))[0]).toContain('fill in the form once more')
    await browser.begin({ step: 'agree', termsAgreed: 'yes', termsVersion: '1' })
    await browser.begin()
    const steps: Record<string, string>[] = [
      agreed,
      { step: 'kept', codesKept: 'yes' },
      { ...agreed, provedAt: 'now', secondFactor: 'no' },
    ]
    for (const step of steps) {
      expect(heading(await browser.send(step))).toBe(CHOOSE)
    }
    const stranger = openBrowser(usher, link)
    stranger.take('__Host-usher_join=AAAAAAAAAAAAAAAAAAAAAA')
    expect(heading(await stranger.open())).toContain('Join')

    expect((await personOf('skip@example.org')).account).toBeNull()
  })

  it('another address, role or hub in a form of any page is ignored', async () => {
    const { browser } = await inviteAndOpen(usher, 'field@example.org')
    const more = {
      email: 'evil@example.org',
      address: 'evil@example.org',
      mobile: '+4915100000000',
      role: 'corporate_admin',
    }
    await browser.begin()
    await browser.send({ step: 'choose', kind: 'email', ...more })
    const code = codeIn((await mailTo(usher, 'field@example.org', 2)).text)
    await browser.send({ step: 'prove', code, ...more })
    await browser.send({ step: 'kept', codesKept: 'yes', ...more })
    await browser.send({ ...agreed, ...more, firstName: 'Evil' })

    const person = await personOf('field@example.org')
    expect(person).toMatchObject({ email: 'field@example.org', role: 'employee', firstName: 'Ana', mobile: null })
    expect(person.factors).toMatchObject([{ address: 'field@example.org' }])
    expect(usher.mailbox.messages.filter(({ envelope }) => envelope.to.includes('evil@example.org'))).toEqual([])
  })

  it('the passage of one invitation is nothing to another', async () => {
    const one = await inviteAndOpen(usher, 'mine@example.org')
    const two = await inviteAndOpen(usher, 'yours@example.org')
    await walkToTerms(usher, one.browser)
    two.browser.take(one.browser.cookie())

    expect(heading(await two.browser.open())).toContain('Join')
    expect(problems(await two.browser.send(agreed))[0]).toContain('fill in the form once more')
    expect((await personOf('yours@example.org')).account).toBeNull()
  })
})

describe('SECURITY 3, 4 and 7: the link dies on the way', () => {
  it('by a revocation or a resend: every page is the dead one, and nothing is made', async () => {
    for (const act of ['Revoke', 'Resend']) {
      const email = `${act.toLowerCase()}@example.org`
      const { browser } = await inviteAndOpen(usher, email)
      await walkToTerms(usher, browser)
      const story = await openStory(usher.slack.as('UADA'), email)
      await story.click(act)
      await (act === 'Revoke' ? waitForStatus(usher, email, 'revoked') : mailTo(usher, email, 2))

      const late = await browser.send(agreed)
      expect([late.status, heading(late)]).toEqual([404, DEAD])
      expect(heading(await browser.open())).toBe(DEAD)
      expect(heading(await browser.send({ step: 'choose', kind: 'email' }))).toBe(DEAD)
      expect((await personOf(email)).account).toBeNull()
      await usher.slack.as('UADA').view()?.close({ all: true })
    }
  })

  it('by a resend: the new link does not go on with the old passage', async () => {
    const { browser } = await inviteAndOpen(usher, 'again@example.org')
    await walkToTerms(usher, browser)
    const story = await openStory(usher.slack.as('UADA'), 'again@example.org')
    await story.click('Resend')
    const mail = await mailTo(usher, 'again@example.org', 2)
    const [link = ''] = mail.text.match(/https:\/\/usher\.example\.test\/join\/[\w-]+/) ?? []
    const fresh = openBrowser(usher, link)
    fresh.take(browser.cookie())

    expect(heading(await fresh.open())).toContain('Join')
    expect(problems(await fresh.send(agreed))[0]).toContain('fill in the form once more')
    await usher.slack.as('UADA').view()?.close({ all: true })
  })

  it('twenty at once on two instances, each with a passage of its own or the same one: one account, one factor, ten codes', async () => {
    const { link, browser } = await inviteAndOpen(usher, 'twenty@example.org')
    const others = [openBrowser(usher, link), openBrowser(usher, link), openBrowser(usher, link)]
    for (const [index, visitor] of [browser, ...others].entries()) {
      await visitor.begin({ firstName: `Ana${index}` })
      const key = keyOn(await visitor.send({ step: 'choose', kind: 'app' }))
      await visitor.send({ step: 'prove', code: shownBy(usher, key) })
      await visitor.send({ step: 'kept', codesKept: 'yes' })
    }
    const visitors = Array.from({ length: 20 }, (_, index) => [browser, ...others][index % 4] ?? browser)
    const cookies = visitors.map((visitor) => visitor.cookie())
    const second = await startAnother(usher)
    const sent = await Promise.all(
      cookies.map(async (cookie, index) => {
        const at = link.replace(PUBLIC_URL, index % 2 ? second.url : usher.app.url)
        const { headers, ...form } = formBody(agreed)
        const answer = await fetch(at, { ...form, headers: { ...headers, cookie }, redirect: 'manual' })
        return answer.headers.get('location')?.startsWith('/welcome') ? WELCOME : answer.status
      }),
    )
    await second.stop()
    // Who came while the first was joining is led back to the page, which is dead by then.
    expect((await usher.visit(link)).status).toBe(404)
    const answers = sent.map((answer) => (answer === 404 || answer === 303 ? DEAD : answer))

    expect(answers.filter((answer) => answer === WELCOME)).toHaveLength(1)
    expect(answers.filter((answer) => answer === DEAD)).toHaveLength(19)
    const person = await personOf('twenty@example.org')
    expect(person.factors.filter(({ boundTo }) => boundTo === null)).toHaveLength(1)
    expect(person.recoveryCodes).toHaveLength(10)
    expect(person.firstName).toBe(`Ana${answers.indexOf(WELCOME) % 4}`)
  })
})

describe('somebody is invited into two hubs', () => {
  it('and signs up by both links at the same moment: one account, both hubs', async () => {
    await addUnit(usher, 'hub', 'Customer room')
    for (let round = 0; round < 4; round += 1) {
      const email = `both${round}@example.org`
      const one = await inviteAndOpen(usher, email)
      // Later, so that it has a message and a link of its own.
      usher.clock.pass(60 * MINUTE)
      expect(await invite(usher, email, { Hub: 'Customer room' })).toEqual({ closed: true })
      const mail = await usher.mailbox.waitFor(
        ({ envelope, text }) => envelope.to.includes(email) && !text.includes(one.link) && text.includes('/join/'),
      )
      await waitForStatus(usher, email, 'pending')
      const two = openBrowser(usher, linkIn(mail))
      await walkToTerms(usher, one.browser)
      await walkToTerms(usher, two)
      const answers = await Promise.all([one.browser.send(agreed), two.send(agreed)])

      expect(answers.map(heading).sort()).toEqual([DEAD, WELCOME].sort())
      const person = await personOf(email)
      expect(person.memberships).toHaveLength(2)
      expect(person.account?.status).toBe('active')
      expect(person.factors.filter(({ boundTo }) => boundTo === null)).toHaveLength(1)
      expect(person.recoveryCodes).toHaveLength(10)
    }
  })
})
