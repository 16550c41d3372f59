// Signing up where the organisation demands a second factor: by an app, by e-mail, by SMS; what goes wrong on the way, in
// its own words; and lost ones, reset by an admin (SECURITY, 12).
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSecondFactors } from '../../src/accounts/index.ts'
import { deriveKey } from '../../src/keys.ts'
import { MINUTE, PUBLIC_URL, startUsher, type Usher } from '../setup/usher.ts'
import { openBrowser as openAnyBrowser, signIn } from './account-acts.ts'
import { changeSettings, invitationOf, mailTo, openStory, waitForStatus } from './acts.ts'
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

describe('somebody who has just joined with codes by e-mail', () => {
  const codeMail = (email: string, nth: number) => {
    let seen = 0
    return usher.mailbox.waitFor((mail) => {
      if (mail.envelope.to.includes(email) && /^ {4}\d{6}$/m.test(mail.text)) seen += 1
      return seen === nth
    })
  }

  it('signs in at once by a code of its own; a browser after that is told calmly when the next one can be sent', async () => {
    const email = 'at-once@example.org'
    const { browser: joining } = await inviteAndOpen(usher, email)
    await joining.begin()
    await joining.send({ step: 'choose', kind: 'email' })
    await joining.send({ step: 'prove', code: codeIn((await codeMail(email, 1)).text) })
    await joining.send({ step: 'kept', codesKept: 'yes' })
    await joining.send(agreed)
    const [browser, another] = [openAnyBrowser(usher), openAnyBrowser(usher)]

    const begun = await signIn(browser, email)
    const page = await browser.get('/sign-in/next')
    const begunElsewhere = await signIn(another, email)
    const calm = await another.get(begunElsewhere.location ?? '')
    const inRussian = await another.get(begunElsewhere.location ?? '', { 'accept-language': 'ru' })
    const code = codeIn((await codeMail(email, 2)).text)
    const through = await browser.post('/sign-in/next', { step: 'factor', kind: 'email', code })

    expect([begun.location, begunElsewhere.location]).toEqual(['/sign-in/next', '/sign-in/next?later=60'])
    expect(page.body).toContain(`Code that was sent to <bdi>${email}</bdi>`)
    expect(calm.status).toBe(200)
    expect(calm.body).toContain('The next code can be sent in 60 seconds: press “Send a code” then.')
    expect(calm.body).not.toMatch(/Code that was sent|class="summary"|Error/)
    expect(inRussian.body).toContain('До следующего кода: 60 секунд. Затем нажмите «Отправить код».')
    expect(through.location).toBe('/account')
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
