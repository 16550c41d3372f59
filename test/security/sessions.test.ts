// SECURITY 44: when sessions end by themselves, when marks of known browsers do, and who sets up a first second factor.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { forgetSessions } from '../../src/accounts/index.ts'
import { newId } from '../../src/database/index.ts'
import { addAccount, type Browser, openBrowser, signedIn, signIn } from '../journeys/account-acts.ts'
import { changeSettings, PASSWORD, queryRows, until } from '../journeys/acts.ts'
import { keyOn, shownBy } from '../journeys/factor-acts.ts'
import { DAY, MINUTE, startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
let count = 0
let email = ''
const HOUR = 60 * MINUTE

beforeAll(async () => {
  const endless = 1_000_000
  usher = await startUsher({ webLimits: { open: endless, send: endless, ask: endless } })
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await usher.stop()
})
beforeEach(async () => {
  count += 1
  email = `ines${count}@example.org`
  await usher.app.db.prisma.organisation.updateMany({ data: { secondFactorRequired: false, sessionDays: 30 } })
})

const isIn = async (browser: Browser) => (await browser.get('/account')).status === 200
const wrong = (browser: Browser, name: string) => signIn(browser, name, 'not the password at all')

/** Uses a session every eleven hours, for so many hours. */
async function use(browser: Browser, hours: number): Promise<void> {
  for (let passed = 0; passed < hours; passed += 11) {
    usher.clock.pass(Math.min(11, hours - passed) * HOUR)
    if (!(await isIn(browser))) throw new Error(`signed out after ${passed + 11} hours`)
  }
}

it('44: a session that is used all the time ends after thirty days', async () => {
  const { accountId } = await addAccount(usher, email)
  const browser = await signedIn(usher, email)
  await use(browser, 30 * 24 - 1)
  usher.clock.pass(HOUR)
  expect(await browser.get('/account')).toMatchObject({ status: 303, location: '/sign-in' })
  await browser.post('/account/password', { oldPassword: PASSWORD, password: 'nine yellow candles' })
  expect(await signIn(openBrowser(usher), email)).toMatchObject({ location: '/account' })
  await forgetSessions(usher.app.db, usher.clock.now)
  expect(await usher.app.db.prisma.session.count({ where: { accountId } })).toBe(1)
})

it('44: or after the days that the organization says, from 1 to 90', async () => {
  await addAccount(usher, email)
  expect(await changeSettings(usher, { 'Days until people sign in again': '2' })).toEqual({ closed: true })
  const browser = await signedIn(usher, email)
  await use(browser, 47)
  usher.clock.pass(HOUR)
  expect(await isIn(browser)).toBe(false)
  for (const days of ['0', '91']) {
    expect((await changeSettings(usher, { 'Days until people sign in again': days })).errors).toHaveProperty(
      'sessionDays',
    )
    await usher.slack.as('UADA').view()?.close({ all: true })
  }
})

it('44: where two-step verification becomes required, sessions of people without it end at once and for good', async () => {
  await addAccount(usher, email)
  const { organisationId, personId } = await addAccount(usher, `with-${email}`)
  const at = usher.clock.now
  const without = await signedIn(usher, email)
  const other = await signedIn(usher, `with-${email}`)
  await usher.app.db.prisma.secondFactor.create({
    data: { id: newId(), organisationId, personId, kind: 'app', sealedKey: 'x', provedAt: at, createdAt: at },
  })
  expect(await changeSettings(usher, { 'Second factor': true })).toEqual({ closed: true })
  expect(await isIn(without)).toBe(false)
  expect(await isIn(other)).toBe(true)
  expect(await changeSettings(usher, { 'Second factor': false })).toEqual({ closed: true })
  expect(await isIn(without)).toBe(false)
  const events = await usher.app.db.prisma.auditEvent.findMany({ where: { act: 'settings.changed' } })
  expect(events.map(({ after }) => after)).toContainEqual(
    expect.objectContaining({ sessionsEnded: expect.any(Number) }),
  )
})

it('44: nor does a session count that began at that very moment', async () => {
  await addAccount(usher, email)
  const browser = await signedIn(usher, email)
  // As if its sign-in had been committed just after the sessions were ended.
  await usher.app.db.prisma.organisation.updateMany({ data: { secondFactorRequired: true } })
  expect(await isIn(browser)).toBe(false)
  expect(await browser.post('/account/sign-out', {})).toMatchObject({ status: 303 })
})

it('44: a known browser is known no more when the password has changed', async () => {
  await addAccount(usher, email)
  const stolen = await signedIn(usher, email)
  const own = await signedIn(usher, email)
  for (let index = 0; index < 5; index += 1) await wrong(openBrowser(usher), email)
  expect((await wrong(stolen, email)).status, 'known as yet').toBe(422)
  const password = 'nine yellow candles'
  expect((await own.post('/account/password', { oldPassword: PASSWORD, password })).status).toBe(303)
  expect((await wrong(stolen, email)).status).toBe(429)
  expect((await wrong(own, email)).status).toBe(429)
  usher.clock.pass(DAY)
  expect((await signIn(own, email, password)).location).toBe('/account')
  for (let index = 0; index < 6; index += 1) await wrong(openBrowser(usher), email)
  expect((await signIn(own, email, password)).location, 'known again').toBe('/account')
})

it('44: a browser that is known by the address is known by the user name too, and what it tries counts for both', async () => {
  const userName = `ines.${count}`
  const { personId } = await addAccount(usher, email)
  await usher.app.db.prisma.person.update({ where: { id: personId }, data: { userName, userNameKey: userName } })
  const known = await signedIn(usher, email)
  for (let index = 0; index < 6; index += 1) await wrong(openBrowser(usher), userName)
  expect((await wrong(openBrowser(usher), userName)).status).toBe(429)
  expect((await signIn(known, userName)).location).toBe('/account')

  const statuses: number[] = []
  for (let index = 0; index < 6; index += 1) statuses.push((await wrong(known, index % 2 ? email : userName)).status)
  expect(statuses).toEqual([422, 422, 422, 422, 422, 429])
})

it('44: what is guessed from a known browser counts for the name', async () => {
  await addAccount(usher, email)
  const known = await signedIn(usher, email)
  await usher.app.db.prisma.signInGuard.deleteMany()
  await wrong(known, email)
  await wrong(openBrowser(usher), email)
  const guards = await usher.app.db.prisma.signInGuard.findMany({ orderBy: { tries: 'asc' } })
  // The browser, the network of the stranger, and the name, which both have tried.
  expect(guards.map(({ tries }) => tries)).toEqual([1, 1, 2])
})

it('44: a first second factor that two sign-ins set up at once is kept by one of them', async () => {
  const { personId } = await addAccount(usher, email)
  await usher.app.db.prisma.organisation.updateMany({ data: { secondFactorRequired: true } })
  const browsers = [openBrowser(usher), openBrowser(usher)]
  const codes: string[] = []
  for (const browser of browsers) {
    await signIn(browser, email)
    await browser.get('/sign-in/next')
    await browser.post('/sign-in/next', { step: 'choose', kind: 'app' })
    const page = await browser.get('/sign-in/next')
    codes.push(await shownBy(usher, keyOn({ text: page.body, status: 200, setCookie: '' })))
  }
  // Both have found that there is none, and wait for the person.
  const holder = await usher.app.db.pool.connect()
  await holder.query('BEGIN')
  await holder.query('SELECT 1 FROM "Person" WHERE "id" = $1 FOR NO KEY UPDATE', [personId])
  const sent = browsers.map((browser, index) =>
    browser.post('/sign-in/next', { step: 'prove', code: codes[index] ?? '' }),
  )
  const waiting = `SELECT count(*)::int AS "count" FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`
  await until(async () => expect(await queryRows(usher, waiting)).toEqual([{ count: 2 }]))
  await holder.query('COMMIT')
  holder.release()
  const pages = await Promise.all(sent)

  expect(pages.map(({ status }) => status).sort()).toEqual([200, 422])
  const kept = await usher.app.db.prisma.secondFactor.findMany({ where: { personId, boundTo: null } })
  expect(kept).toHaveLength(1)
  const loser = browsers[pages.findIndex(({ status }) => status === 422)]
  if (!loser) throw new Error('one of them was refused')
  expect(await loser.post('/sign-in/next', { step: 'ready' })).toMatchObject({ location: '/sign-in/next' })
  expect(await isIn(loser)).toBe(false)
  expect((await loser.get('/sign-in/next')).body).toContain('value="factor"')
})

it('52: nobody ends a session of somebody else by its id, and everybody ends their own', async () => {
  const { accountId } = await addAccount(usher, email)
  await signedIn(usher, email)
  const { id } = await usher.app.db.prisma.session.findFirstOrThrow({ where: { accountId } })
  await addAccount(usher, `x${email}`)
  const stranger = await signedIn(usher, `x${email}`)
  const own = await signedIn(usher, email)

  await stranger.post('/account/sessions', { session: id })
  expect(await usher.app.db.prisma.session.count({ where: { id } })).toBe(1)
  await own.post('/account/sessions', { session: id })
  expect(await usher.app.db.prisma.session.count({ where: { id } })).toBe(0)
  expect([await isIn(stranger), await isIn(own)]).toEqual([true, true])
})

it('52: a sign-in that is not finished is over after fifteen minutes', async () => {
  await addAccount(usher, email)
  await usher.app.db.prisma.organisation.updateMany({ data: { termsVersion: 2 } })
  const browser = openBrowser(usher)
  const agree = () => browser.post('/sign-in/next', { step: 'agree', termsVersion: '2', termsAgreed: 'yes' })
  await signIn(browser, email)
  await browser.get('/sign-in/next')
  usher.clock.pass(15 * MINUTE)
  expect((await agree()).location).toBe('/sign-in?over')

  await signIn(browser, email)
  await browser.get('/sign-in/next')
  usher.clock.pass(15 * MINUTE - 1000)
  expect((await agree()).location).toBe('/account')
  await usher.app.db.prisma.organisation.updateMany({ data: { termsVersion: 1 } })
})
