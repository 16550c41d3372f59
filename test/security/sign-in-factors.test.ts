// SECURITY 11 and 12 on the way from the password to the session: second factors, and what happens when they are lost.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { pauseAccount } from '../../src/accounts/index.ts'
import { newId } from '../../src/database/index.ts'
import { addAccount, type Browser, openBrowser, signedIn, signIn } from '../journeys/account-acts.ts'
import { mailTo, PASSWORD } from '../journeys/acts.ts'
import { MINUTE, startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
let count = 0
let email = ''

beforeAll(async () => {
  const endless = 1_000_000
  usher = await startUsher({ webLimits: { open: endless, send: endless, ask: endless } })
})
afterAll(() => usher.stop())
beforeEach(async () => {
  count += 1
  email = `bea${count}@example.org`
  await usher.app.db.prisma.organisation.updateMany({ data: { secondFactorRequired: false } })
})

/** Somebody whose second factor is a code by e-mail. */
async function addWithFactor(name = email) {
  const added = await addAccount(usher, name)
  const { organisationId, personId } = added
  const at = usher.clock.now
  await usher.app.db.prisma.secondFactor.create({
    data: { id: newId(), organisationId, personId, kind: 'email', address: name, provedAt: at, createdAt: at },
  })
  return added
}

async function codeIn(name: string, nth = 1): Promise<string> {
  const mail = await mailTo(usher, name, nth)
  const [code] = mail.text.match(/(?<=^ {4})\d{6}$/m) ?? []
  if (!code) throw new Error(`a code was expected in: ${mail.text}`)
  return code
}

const give = (browser: Browser, code: string, kind = 'email') =>
  browser.post('/sign-in/next', { step: 'factor', kind, code })
const notThis = (code: string) => (code === '111111' ? '222222' : '111111')

describe('SECURITY 11: with a second factor', () => {
  it('there is no session before its code, which comes by mail once the password was right', async () => {
    await addWithFactor()
    const browser = openBrowser(usher)

    const first = await signIn(browser, email)
    const early = await browser.get('/account')
    const page = await browser.get('/sign-in/next')
    const wrong = await give(browser, notThis(await codeIn(email)))
    const right = await give(browser, await codeIn(email))

    expect(first.location).toBe('/sign-in/next')
    expect(browser.cookies.has('__Host-usher_sign_in')).toBe(false)
    expect(early).toMatchObject({ status: 303, location: '/sign-in' })
    expect(page.body).toContain(`Code that was sent to <bdi>${email}</bdi>`)
    expect(wrong.status).toBe(422)
    expect(wrong.body).toContain('This code is wrong.')
    expect(right).toMatchObject({ status: 303, location: '/account' })
    expect((await browser.get('/account')).status).toBe(200)
  })

  it('no step can be left out: neither by proceeding, nor by agreeing to terms, nor by setting up another', async () => {
    const { organisationId } = await addWithFactor()
    await usher.app.db.prisma.organisation.update({
      where: { id: organisationId },
      data: { secondFactorRequired: true },
    })
    const browser = openBrowser(usher)
    await signIn(browser, email)
    await browser.get('/sign-in/next')

    const ready = await browser.post('/sign-in/next', { step: 'ready' })
    const agreed = await browser.post('/sign-in/next', { step: 'agree', termsVersion: '1', termsAgreed: 'yes' })
    await browser.post('/sign-in/next', { step: 'choose', kind: 'app' })
    const page = await browser.get('/sign-in/next')

    expect(ready.location).toBe('/sign-in/next')
    expect(agreed.location).toBe('/sign-in?over')
    expect(page.body).not.toContain('authenticator app, add an account')
    expect(await usher.app.db.prisma.secondFactor.count({ where: { kind: 'app' } })).toBe(0)
    expect(await browser.get('/account')).toMatchObject({ status: 303, location: '/sign-in' })
  })

  it('where the organisation demands one and there is none, it is set up first, and the recovery codes are shown once', async () => {
    await addAccount(usher, email)
    await usher.app.db.prisma.organisation.updateMany({ data: { secondFactorRequired: true } })
    const browser = openBrowser(usher)
    await signIn(browser, email)

    const choice = await browser.get('/sign-in/next')
    await browser.post('/sign-in/next', { step: 'choose', kind: 'email' })
    const prove = await browser.get('/sign-in/next')
    const codes = await browser.post('/sign-in/next', { step: 'prove', code: await codeIn(email) })
    const kept = await browser.post('/sign-in/next', { step: 'kept' })

    expect(choice.body).toContain('Choose a second factor')
    expect(prove.body).toContain('Enter the code that we sent')
    expect(codes.status).toBe(200)
    const shown = [...codes.body.matchAll(/<li>([^<]+)<\/li>/g)].map(([, code = '']) => code)
    expect(shown).toHaveLength(10)
    expect(kept).toMatchObject({ status: 303, location: '/account' })
    const inRows = JSON.stringify(await usher.app.db.prisma.recoveryCode.findMany())
    for (const code of shown) expect(inRows).not.toContain(code)
    const again = openBrowser(usher)
    await signIn(again, email)
    await again.get('/sign-in/next')
    const recovered = await give(again, shown[0] ?? '', 'recovery')
    expect(recovered).toMatchObject({ status: 303, location: '/account' })
    const twice = openBrowser(usher)
    await signIn(twice, email)
    await twice.get('/sign-in/next')
    expect((await give(twice, shown[0] ?? '', 'recovery')).status).toBe(422)
  })

  it('a pause in the middle ends it', async () => {
    const { personId, accountId, organisationId } = await addWithFactor()
    const browser = openBrowser(usher)
    await signIn(browser, email)
    await browser.get('/sign-in/next')
    const code = await codeIn(email)
    const { personId: actorId } = await addAccount(usher, `admin-${email}`)
    await usher.app.db.prisma.person.update({ where: { id: actorId }, data: { role: 'corporate_admin' } })

    const c = { db: usher.app.db, now: () => usher.clock.now }
    await pauseAccount(c, { organisationId, actorId, personId, origin: 'test' })

    expect(await give(browser, code)).toMatchObject({ status: 303, location: '/sign-in?over' })
    expect(await usher.app.db.prisma.signIn.count({ where: { accountIds: { has: accountId } } })).toBe(0)
  })
})

describe('SECURITY 12: codes at the sign-in', () => {
  it('belong to the sign-in that they were sent for, and count once', async () => {
    await addWithFactor()
    const first = openBrowser(usher)
    const second = openBrowser(usher)
    await signIn(first, email)
    const code = await codeIn(email)
    await first.get('/sign-in/next')
    await signIn(second, email)
    await second.get('/sign-in/next')

    const elsewhere = await give(second, code)
    const both = await Promise.all([give(first, code), give(first, code)])

    expect(elsewhere.status).toBe(422)
    expect(both.filter(({ location }) => location === '/account')).toHaveLength(1)
    expect(await usher.app.db.prisma.session.count({ where: { account: { person: { email } } } })).toBe(1)
  })

  it('are counted for the account: another sign-in and a new code do not begin the count anew', async () => {
    await addWithFactor()
    for (let index = 1; index <= 5; index += 1) {
      usher.clock.pass(2 * MINUTE)
      const browser = openBrowser(usher)
      await signIn(browser, email)
      await browser.get('/sign-in/next')
      expect((await give(browser, notThis(await codeIn(email, index)))).status).toBe(422)
    }

    const browser = openBrowser(usher)
    await signIn(browser, email)
    await browser.get('/sign-in/next')
    const tried = await give(browser, '000000')

    expect(tried.body).toContain('There were too many wrong codes.')
  })
})

describe('in the account', () => {
  it('a factor is added by password and code, and removed by the password; each is told by mail', async () => {
    await addAccount(usher, email)
    const browser = await signedIn(usher, email)
    const without = await browser.post('/account/factors', { step: 'act', act: 'add email', oldPassword: 'wrong' })
    const begun = await browser.post('/account/factors', { step: 'act', act: 'add email', oldPassword: PASSWORD })
    const proved = await browser.post('/account/factors', { step: 'prove', code: await codeIn(email) })
    expect(without.status).toBe(422)
    expect(begun.location).toBe('/account/factors')
    expect(proved.body).toContain('Keep your recovery codes')
    const factor = await usher.app.db.prisma.secondFactor.findFirstOrThrow({ where: { address: email } })
    const removed = await browser.post('/account/factors', {
      step: 'act',
      act: `remove ${factor.id}`,
      oldPassword: PASSWORD,
    })

    expect(removed.location).toBe('/account?done=removed')
    expect((await browser.get('/account?done=removed')).body).toContain('The second factor is removed.')
    const subjects = usher.mailbox.messages.filter(({ envelope }) => envelope.to.includes(email)).map((m) => m.subject)
    expect(subjects).toContain('A second factor was added at Northwind Trading')
  })

  it('the last factor stays where one is demanded', async () => {
    await addWithFactor()
    await usher.app.db.prisma.organisation.updateMany({ data: { secondFactorRequired: true } })
    const browser = openBrowser(usher)
    await signIn(browser, email)
    await browser.get('/sign-in/next')
    await give(browser, await codeIn(email))
    await browser.get('/account/factors')
    const factor = await usher.app.db.prisma.secondFactor.findFirstOrThrow({ where: { address: email } })

    const removed = await browser.post('/account/factors', {
      step: 'act',
      act: `remove ${factor.id}`,
      oldPassword: PASSWORD,
    })

    expect(removed.status).toBe(422)
    expect(removed.body).toContain('This is your only second factor')
  })
})
