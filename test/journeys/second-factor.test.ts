// Signing up where the organisation demands a second factor: by an app, by e-mail, by SMS; what goes wrong on the way; and
// that nothing is there before the last page (SECURITY, 3 to 6, 11 and 12).
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSecondFactors } from '../../src/accounts/index.ts'
import { deriveKey } from '../../src/keys.ts'
import { DAY, linkIn, MINUTE, PUBLIC_URL, startUsher, type Usher } from '../setup/usher.ts'
import { addUnit, changeSettings, invitationOf, invite, mailTo, openStory, queryRows, waitForStatus } from './acts.ts'
import {
  agreed,
  codeIn,
  codesOn,
  heading,
  inviteAndOpen,
  keyOn,
  openBrowser,
  problems,
  shownBy,
  walkToTerms,
} from './factor-acts.ts'

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
const APP = 'Set up your authenticator app'
const SENT = 'Enter the code that we sent'
const CODES = 'Keep your recovery codes'
const TERMS = 'The terms'
const WELCOME = 'Welcome, your account is ready'
const DEAD = 'This link does not work (any more)'

const personOf = (email: string) =>
  usher.app.db.prisma.person.findFirstOrThrow({
    where: { emailKey: email },
    include: { account: { include: { agreements: true } }, factors: true, recoveryCodes: true, memberships: true },
  })

/** The factors as somebody who signs in meets them. */
const factorsAt = () => {
  const secret = String(usher.env.USHER_SECRET)
  return createSecondFactors({
    db: usher.app.db,
    followUp: async () => {},
    canText: true,
    now: () => usher.clock.now,
    factorKeys: {
      factorKey: deriveKey(secret, 'factor'),
      codeKey: deriveKey(secret, 'code'),
      recoveryKey: deriveKey(secret, 'recovery'),
    },
  })
}

describe('somebody signs up', () => {
  it('with an authenticator app: pages in their order, and the account at their end', async () => {
    const { browser } = await inviteAndOpen(usher, 'app@example.org')
    const first = await browser.open()
    expect(first.text).toContain('Step 1 of 4')
    expect(first.text).not.toContain('termsAgreed')
    expect(heading(await browser.begin())).toBe(CHOOSE)
    const setUp = await browser.send({ step: 'choose', kind: 'app' })
    expect(heading(setUp)).toBe(APP)
    expect(setUp.text).toContain('<svg class="qr" role="img"')
    const key = keyOn(setUp)
    const codes = await browser.send({ step: 'prove', code: shownBy(usher, key) })
    expect(heading(codes)).toBe(CODES)
    expect(codesOn(codes)).toHaveLength(10)
    expect(heading(await browser.send({ step: 'kept', codesKept: 'yes' }))).toBe(TERMS)
    expect((await personOf('app@example.org')).account).toBeNull()
    expect(heading(await browser.send(agreed))).toBe(WELCOME)

    const person = await personOf('app@example.org')
    expect(person.factors).toMatchObject([{ kind: 'app', boundTo: null }])
    expect(person.recoveryCodes).toHaveLength(10)
    expect(person.memberships).toHaveLength(1)
    expect(person.account).toMatchObject({ status: 'active', termsVersion: 1 })
    expect(person.account?.agreements).toMatchObject([{ version: 1, agreedAt: usher.clock.now, from: '127.0.0.1' }])
    const invitation = await invitationOf(usher, 'app@example.org')
    expect(invitation.status).toBe('accepted')
    const event = await usher.app.db.prisma.auditEvent.findFirstOrThrow({
      where: { subjectId: invitation.id, act: 'invitation.accepted' },
    })
    expect(event.after).toEqual({
      email: 'app@example.org',
      hub: 'Main hub',
      userType: 'Team Member',
      role: 'Employee',
      department: null,
      location: null,
      termsVersion: 1,
      secondFactor: 'Authenticator app',
    })
    expect(await usher.app.db.prisma.passage.count()).toBe(0)
    expect(browser.cookie()).toBe('')

    // What they hold works, and the code that proved the app is used.
    const who = { organisationId: person.organisationId, personId: person.id }
    const check = (code: string) => factorsAt().checkFactor(who, { kind: 'app', boundTo: invitation.id, code })
    await expect(check(shownBy(usher, key))).rejects.toThrow('code_used')
    usher.clock.pass(MINUTE)
    await check(shownBy(usher, key))
    const [recovery = ''] = codesOn(codes)
    expect(await factorsAt().useRecoveryCode(who, { code: recovery, origin: 'web' })).toEqual({ left: 9 })
  })

  it('with codes by e-mail: the code comes to the invited address, and another one can be asked for', async () => {
    const { browser } = await inviteAndOpen(usher, 'mail@example.org')
    await browser.begin()
    const sent = await browser.send({ step: 'choose', kind: 'email' })
    expect(heading(sent)).toBe(SENT)
    expect(sent.text).toContain('<bdi>mail@example.org</bdi>')
    const first = codeIn((await mailTo(usher, 'mail@example.org', 2)).text)
    expect(problems(await browser.send({ step: 'again' }))).toEqual([
      'Codes can be sent only so often. Ask for another one in 60 seconds.',
    ])
    usher.clock.pass(MINUTE)
    expect(heading(await browser.send({ step: 'again' }))).toBe(SENT)
    const second = codeIn((await mailTo(usher, 'mail@example.org', 3)).text)
    expect(problems(await browser.send({ step: 'prove', code: first }))).toEqual([
      'This code does not count any more. Enter the one of the newest message, or ask for another.',
    ])
    expect(heading(await browser.send({ step: 'prove', code: second }))).toBe(CODES)
    await browser.send({ step: 'kept', codesKept: 'yes' })
    expect(heading(await browser.send(agreed))).toBe(WELCOME)

    expect((await personOf('mail@example.org')).factors).toMatchObject([{ kind: 'email', address: 'mail@example.org' }])
  })

  it('with codes by SMS: offered for a number of an allowed country alone', async () => {
    const { browser } = await inviteAndOpen(usher, 'sms@example.org')
    const elsewhere = await browser.begin({ mobile: '+79051111111' })
    expect(elsewhere.text).not.toContain('value="sms"')
    expect(problems(await browser.send({ step: 'choose', kind: 'sms' }))).toEqual([
      'This cannot be used here any more. Choose another one.',
    ])
    const here = await browser.begin({ mobile: '+49 1512 3456789' })
    expect(here.text).toContain('value="sms"')
    expect(heading(await browser.send({ step: 'choose', kind: 'sms' }))).toBe(SENT)
    const { body } = await usher.phone.waitFor(({ to }) => to === '+4915123456789')
    expect(heading(await browser.send({ step: 'prove', code: codeIn(body) }))).toBe(CODES)
    await browser.send({ step: 'kept', codesKept: 'yes' })
    expect(heading(await browser.send(agreed))).toBe(WELCOME)

    const person = await personOf('sms@example.org')
    expect(person).toMatchObject({ mobile: '+4915123456789' })
    expect(person.factors).toMatchObject([{ kind: 'sms', address: '+4915123456789' }])
  })

  it('in the language of the invitation', async () => {
    const { browser } = await inviteAndOpen(usher, 'ru@example.org')
    await usher.app.db.prisma.invitation.updateMany({ where: { email: 'ru@example.org' }, data: { language: 'ru' } })
    expect(heading(await browser.begin())).toBe('Выберите второй способ подтверждения')
    expect(heading(await browser.send({ step: 'choose', kind: 'email' }))).toBe('Введите код из сообщения')
    expect((await mailTo(usher, 'ru@example.org', 2)).text).toMatch(/[а-я]{4}/)
    expect(problems(await browser.send({ step: 'again' }))).toEqual([
      'Коды нельзя отправлять так часто. До следующего кода: 60 секунд.',
    ])
  })
})

describe('what is wrong has a sentence of its own', () => {
  it('nothing chosen, no code, a wrong code, a clock that is behind, codes not kept, terms not agreed to', async () => {
    const { browser } = await inviteAndOpen(usher, 'wrong@example.org')
    await browser.begin()
    const none = await browser.send({ step: 'choose' })
    expect([none.status, problems(none)]).toEqual([422, ['Choose one of them.']])
    const key = keyOn(await browser.send({ step: 'choose', kind: 'app' }))
    const prove = async (code: string) => problems(await browser.send({ step: 'prove', code }))
    expect(await prove('12345')).toEqual(['Enter the six digits of the code.'])
    const wrong = shownBy(usher, key) === '123456' ? '654321' : '123456'
    expect(await prove(wrong)).toEqual(['This code is wrong. Look at the newest code and type it again.'])
    expect((await prove(shownBy(usher, key, -180)))[0]).toContain('the clock of its device is behind')
    expect(await prove(shownBy(usher, key, -30))).toEqual([])
    expect(problems(await browser.send({ step: 'kept' }))).toEqual(['Keep the codes first, then tick the box.'])
    await browser.send({ step: 'kept', codesKept: 'yes' })
    expect(problems(await browser.send({ ...agreed, termsAgreed: '' }))).toEqual([
      'Tick the box to agree to the terms.',
    ])
    expect(problems(await browser.send({ ...agreed, termsVersion: '0' }))).toEqual([
      'Tick the box to agree to the terms.',
    ])

    expect((await personOf('wrong@example.org')).account).toBeNull()
  })

  it('SECURITY 12: five wrong codes, then waiting, in every browser; beginning anew does not help', async () => {
    const { link, browser } = await inviteAndOpen(usher, 'guess@example.org')
    await browser.begin()
    const key = keyOn(await browser.send({ step: 'choose', kind: 'app' }))
    const wrong = shownBy(usher, key) === '123456' ? '654321' : '123456'
    for (let count = 0; count < 4; count += 1) await browser.send({ step: 'prove', code: wrong })
    expect(problems(await browser.send({ step: 'prove', code: wrong }))).toEqual([
      'There were too many wrong codes. Wait 60 seconds, then try again.',
    ])
    const other = openBrowser(usher, link)
    await other.begin()
    const otherKey = keyOn(await other.send({ step: 'choose', kind: 'app' }))
    expect(otherKey).not.toBe(key)
    expect(problems(await other.send({ step: 'prove', code: shownBy(usher, otherKey) }))).toEqual([
      'There were too many wrong codes. Wait 60 seconds, then try again.',
    ])

    usher.clock.pass(MINUTE)
    expect(heading(await other.send({ step: 'prove', code: shownBy(usher, otherKey) }))).toBe(CODES)
  })

  it('SECURITY 12: a code that was sent for another browser is not taken', async () => {
    const { link, browser } = await inviteAndOpen(usher, 'two@example.org')
    await browser.begin()
    await browser.send({ step: 'choose', kind: 'email' })
    const code = codeIn((await mailTo(usher, 'two@example.org', 2)).text)
    usher.clock.pass(MINUTE)
    const other = openBrowser(usher, link)
    await other.begin()
    await other.send({ step: 'choose', kind: 'email' })

    expect(problems(await other.send({ step: 'prove', code }))).toEqual([
      'This code was sent for another page of yours. Enter the one that was sent for this page.',
    ])
  })
})

describe('leaving half-way, going back, pressing twice', () => {
  it('changes nothing: the link still works, in this browser from where it stood, in another from the start', async () => {
    const { link, browser } = await inviteAndOpen(usher, 'left@example.org')
    const before = await personOf('left@example.org')
    await walkToTerms(usher, browser)

    expect(await personOf('left@example.org')).toMatchObject({ firstName: before.firstName, account: null })
    expect((await invitationOf(usher, 'left@example.org')).status).toBe('pending')
    expect(heading(await browser.open())).toBe(TERMS)
    const other = openBrowser(usher, link)
    expect(heading(await other.open())).toContain('Join')
    await walkToTerms(usher, other)
    expect(heading(await other.send(agreed))).toBe(WELCOME)
    expect(heading(await browser.send(agreed))).toBe(DEAD)
    expect((await personOf('left@example.org')).factors.filter(({ boundTo }) => boundTo === null)).toHaveLength(1)
  })

  it('SECURITY 5: looking changes nothing, on whichever page', async () => {
    const { browser } = await inviteAndOpen(usher, 'look@example.org')
    await walkToTerms(usher, browser)
    const rows = () =>
      queryRows(
        usher,
        `SELECT (SELECT jsonb_agg(to_jsonb(t) ORDER BY t."id") FROM "Passage" t) AS passages,
          (SELECT jsonb_agg(to_jsonb(t) ORDER BY t."id") FROM "SecondFactor" t) AS factors,
          (SELECT count(*)::int FROM "OneTimeCode") AS codes, (SELECT count(*)::int FROM "Account") AS accounts`,
      )
    const before = await rows()
    for (let count = 0; count < 10; count += 1) await browser.open()

    expect(await rows()).toEqual(before)
  })

  it('a page that is behind leads to where the browser stands; each form twice does what once does', async () => {
    const { browser } = await inviteAndOpen(usher, 'back@example.org')
    await browser.begin()
    const key = keyOn(await browser.send({ step: 'choose', kind: 'app' }))
    expect(keyOn(await browser.send({ step: 'choose', kind: 'app' }))).toBe(key)
    const codes = codesOn(await browser.send({ step: 'prove', code: shownBy(usher, key) }))
    expect(codesOn(await browser.send({ step: 'prove', code: shownBy(usher, key) }))).toEqual(codes)
    expect(codesOn(await browser.open())).toEqual(codes)
    expect(heading(await browser.send({ step: 'again' }))).toBe(CODES)
    // The terms before the codes are kept: shown where things stand, and nothing is made.
    expect(heading(await browser.send(agreed))).toBe(CODES)
    await browser.send({ step: 'kept', codesKept: 'yes' })
    expect(heading(await browser.send({ step: 'kept', codesKept: 'yes' }))).toBe(TERMS)
    const [one, two] = await Promise.all([browser.send(agreed), browser.send(agreed)])

    expect([heading(one), heading(two)].sort()).toEqual([DEAD, WELCOME].sort())
    const person = await personOf('back@example.org')
    expect(person.factors).toHaveLength(1)
    expect(person.recoveryCodes).toHaveLength(10)
  })

  it('another way can be chosen, and the one before it counts for nothing', async () => {
    const { browser } = await inviteAndOpen(usher, 'change@example.org')
    await browser.begin()
    const key = keyOn(await browser.send({ step: 'choose', kind: 'app' }))
    await browser.send({ step: 'prove', code: shownBy(usher, key) })
    expect(heading(await browser.send({ step: 'other' }))).toBe(CHOOSE)
    expect(heading(await browser.send(agreed))).toBe(CHOOSE)
    await browser.send({ step: 'choose', kind: 'email' })
    await browser.send({ step: 'prove', code: codeIn((await mailTo(usher, 'change@example.org', 2)).text) })
    await browser.send({ step: 'kept', codesKept: 'yes' })
    await browser.send(agreed)

    expect((await personOf('change@example.org')).factors).toMatchObject([{ kind: 'email' }])
  })

  it('after an hour the passage is over: the form is shown again, and says why', async () => {
    const { browser } = await inviteAndOpen(usher, 'slow@example.org')
    await walkToTerms(usher, browser)
    usher.clock.pass(60 * MINUTE)
    const late = await browser.send(agreed)

    expect(late.status).toBe(422)
    expect(problems(late)[0]).toContain('took longer than an hour')
    expect(heading(late)).toContain('Join')
    expect((await personOf('slow@example.org')).account).toBeNull()
  })
})

describe('SECURITY 11 and 6: before second factor and terms', () => {
  it('there is no session: the cookie is for the sign-up’s pages alone, and no script reads it', async () => {
    const { browser } = await inviteAndOpen(usher, 'cookie@example.org')
    const { setCookie } = await browser.begin()

    expect(setCookie).toMatch(/^usher_join=[\w-]{22}; Path=\/join; Max-Age=3600; HttpOnly; SameSite=Lax; Secure$/)
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
    stranger.take('usher_join=AAAAAAAAAAAAAAAAAAAAAA')
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

  it('twenty at once, each with a passage of its own or the same one: one account, one factor, ten codes', async () => {
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
    const answers = await Promise.all(
      cookies.map(async (cookie) => {
        const one = openBrowser(usher, link)
        one.take(cookie)
        return heading(await one.send(agreed))
      }),
    )

    expect(answers.filter((answer) => answer === WELCOME)).toHaveLength(1)
    expect(answers.filter((answer) => answer === DEAD)).toHaveLength(19)
    const person = await personOf('twenty@example.org')
    expect(person.factors.filter(({ boundTo }) => boundTo === null)).toHaveLength(1)
    expect(person.recoveryCodes).toHaveLength(10)
    expect(person.firstName).toBe(`Ana${answers.indexOf(WELCOME) % 4}`)
  })
})

describe('somebody has lost their factors', () => {
  it('a Corporate Admin resets them from the person’s card: audited, and the person is told', async () => {
    const { browser } = await inviteAndOpen(usher, 'lost@example.org')
    await walkToTerms(usher, browser)
    await browser.send(agreed)
    await waitForStatus(usher, 'lost@example.org', 'accepted')
    const ada = usher.slack.as('UADA')
    const story = await openStory(ada, 'lost@example.org')
    await story.click('About this person')
    const card = await ada.waitForView('person_card')
    expect(card.text).toContain('Authenticator app')
    await card.click('Reset second factors')
    await ada.waitForView((view) => view.callbackId === 'person_card' && !view.text.includes('Second factors'))

    const person = await personOf('lost@example.org')
    expect([person.factors, person.recoveryCodes]).toEqual([[], []])
    const event = await usher.app.db.prisma.auditEvent.findFirstOrThrow({
      where: { subjectId: person.id, act: 'factor.reset' },
    })
    expect(event).toMatchObject({ actorName: 'Ada Lovelace', before: { factor: 'Authenticator app' } })
    const told = await mailTo(usher, 'lost@example.org', 2)
    expect(told.text).toContain('second factor')
    await ada.view()?.close({ all: true })
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

it('what was left half-way is forgotten', async () => {
  const { browser } = await inviteAndOpen(usher, 'forget@example.org')
  await walkToTerms(usher, browser)
  const { forgetPassages } = await import('../../src/accounts/index.ts')
  const counting = () => queryRows(usher, 'SELECT count(*)::int AS kept FROM "SecondFactor" WHERE "boundTo" IS NULL')
  const before = await counting()
  await forgetPassages(usher.app.db, new Date(usher.clock.now.getTime() + 3 * DAY))

  for (const table of ['Passage', 'OneTimeCode', 'FactorGuard']) {
    expect(await queryRows(usher, `SELECT 1 FROM "${table}"`), table).toEqual([])
  }
  expect(await queryRows(usher, 'SELECT 1 FROM "SecondFactor" WHERE "boundTo" IS NOT NULL')).toEqual([])
  expect(await counting()).toEqual(before)
})
