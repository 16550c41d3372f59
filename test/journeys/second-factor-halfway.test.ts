// A sign-up with a second factor that is left half-way, gone back in, pressed twice (SECURITY, 5): nothing is there before
// the last page.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DAY, MINUTE, PUBLIC_URL, startUsher, type Usher } from '../setup/usher.ts'
import { openBrowser as openAnyBrowser } from './account-acts.ts'
import { changeSettings, invitationOf, mailTo, queryRows, signUpFields } from './acts.ts'
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
const CODES = 'Keep your recovery codes'
const TERMS = 'The terms'
const WELCOME = 'Welcome, your account is ready'
const DEAD = 'This link does not work (any more)'

const personOf = (email: string) =>
  usher.app.db.prisma.person.findFirstOrThrow({
    where: { emailKey: email },
    include: { account: { include: { agreements: true } }, factors: true, recoveryCodes: true, memberships: true },
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

describe('an invitation for which nobody chose a language', () => {
  it('has its later pages and its code in the language of the browser', async () => {
    const { link } = await inviteAndOpen(usher, 'masha@example.org')
    const { pathname } = new URL(link)
    const browser = openAnyBrowser(usher)
    const russian = { 'accept-language': 'ru' }

    await browser.post(pathname, { ...signUpFields, termsAgreed: '' }, russian)
    await browser.post(pathname, { step: 'choose', kind: 'email' }, russian)
    const page = await browser.get(pathname, russian)

    expect(page.body).toContain('<html lang="ru">')
    expect(page.body).toContain('<h1>Введите код из сообщения</h1>')
    expect((await mailTo(usher, 'masha@example.org', 2)).text).toMatch(/[а-я]{4}/)
  })
})
