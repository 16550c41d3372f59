// SECURITY 8, 10, 11, 12, 13 at the sign-in page: what a stranger can learn, and how far they get.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { forgetSessions } from '../../src/accounts/index.ts'
import { letPeopleGo } from '../../src/invitations/index.ts'
import { addAccount, openBrowser, signedIn, signIn } from '../journeys/account-acts.ts'
import { PASSWORD } from '../journeys/acts.ts'
import { DAY, MINUTE, startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
let count = 0
let email = ''

beforeAll(async () => {
  const endless = 1_000_000
  usher = await startUsher({ webLimits: { open: endless, send: endless, ask: endless } })
})
afterAll(() => usher.stop())
beforeEach(() => {
  count += 1
  email = `ana${count}@example.org`
})

const organisations = () => usher.app.db.prisma.organisation
const HOUR = 60 * MINUTE

async function pause(personId: string): Promise<void> {
  await usher.app.db.prisma.account.update({ where: { personId }, data: { status: 'inactive' } })
}

/** A page without what was typed into it. */
const bare = (page: { status: number; body: string }) => ({
  status: page.status,
  body: page.body.replaceAll(/value="[^"]*"/g, ''),
})

describe('SECURITY 8: the sign-in page', () => {
  it('answers an unknown name, a wrong password, and the right one of a paused account with the same bytes', async () => {
    await addAccount(usher, email)
    const paused = await addAccount(usher, `z${email}`)
    await pause(paused.personId)

    const wrong = await signIn(openBrowser(usher), email, 'not the password at all')
    const unknown = await signIn(openBrowser(usher), `x${email}`)
    const inactive = await signIn(openBrowser(usher), `z${email}`)

    expect(wrong.status).toBe(422)
    expect(bare(unknown)).toEqual(bare(wrong))
    expect(bare(inactive)).toEqual(bare(wrong))
    // One letter more was typed.
    expect(unknown.headers.get('content-length')).toBe(inactive.headers.get('content-length'))
    expect([wrong, unknown, inactive].map(({ headers }) => headers.getSetCookie())).toEqual([[], [], []])
  })

  it('makes a name wait after five tries, whether it is anybody’s or not, and looks at nothing meanwhile', async () => {
    await addAccount(usher, email)
    const tries = async (name: string) => {
      const statuses: number[] = []
      for (let index = 0; index < 6; index += 1) {
        statuses.push((await signIn(openBrowser(usher), name, 'not the password at all')).status)
      }
      return statuses
    }

    const known = await tries(email)
    const unknown = await tries(`x${email}`)
    const right = await signIn(openBrowser(usher), email)

    expect(known).toEqual([422, 422, 422, 422, 422, 429])
    expect(unknown).toEqual(known)
    expect(right.status).toBe(429)
    expect(Number(right.headers.get('retry-after'))).toBeLessThanOrEqual(30)
    expect(right.body).toContain('There were too many tries. Wait 30 seconds')
    usher.clock.pass(31_000)
    expect((await signIn(openBrowser(usher), email)).location).toBe('/account')
  })

  it('counts ten tries at once as ten', async () => {
    await addAccount(usher, email)

    const answers = await Promise.all(
      Array.from({ length: 10 }, () => signIn(openBrowser(usher), email, 'not the password at all')),
    )

    expect(answers.filter(({ status }) => status === 422)).toHaveLength(5)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(5)
  })

  it('does not lock the owner out of a browser that has signed in before, however much a stranger tries', async () => {
    await addAccount(usher, email)
    const own = await signedIn(usher, email)
    for (let index = 0; index < 7; index += 1) await signIn(openBrowser(usher), email, 'not the password at all')

    await own.post('/account/sign-out', {})
    const again = await signIn(own, email)

    expect((await signIn(openBrowser(usher), email)).status).toBe(429)
    expect(again.location).toBe('/account')
  })

  it('does not take another name’s or a made up mark of a browser for its own', async () => {
    await addAccount(usher, email)
    await addAccount(usher, `x${email}`)
    const other = await signedIn(usher, `x${email}`)
    for (let index = 0; index < 5; index += 1) await signIn(openBrowser(usher), email, 'not the password at all')
    const forged = openBrowser(usher)
    forged.cookies.set('__Host-usher_known', 'A'.repeat(65))

    expect((await signIn(other, email)).status).toBe(429)
    expect((await signIn(forged, email)).status).toBe(429)
  })

  it('writes no name that was tried into the database', async () => {
    await signIn(openBrowser(usher), `seven-secret-words-${count}`, 'not the password at all')

    const rows = await usher.app.db.prisma.signInGuard.findMany()
    expect(rows.length).toBeGreaterThan(0)
    expect(JSON.stringify(rows)).not.toContain('seven-secret-words')
  })
})

describe('SECURITY 10: where a sign-in leads', () => {
  it('is nowhere but the account, whatever the request says', async () => {
    await addAccount(usher, email)
    const browser = openBrowser(usher)

    const answer = await browser.post(
      '/sign-in?next=https://evil.example&redirect=//evil.example&return_to=/join/x',
      { name: email, password: PASSWORD, language: 'en', next: 'https://evil.example', redirect: '//evil.example' },
      { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' },
    )

    expect(answer).toMatchObject({ status: 303, location: '/account' })
    expect(answer.headers.getSetCookie().join()).not.toContain('evil.example')
    for (const cookie of answer.headers.getSetCookie().filter((one) => !one.includes('Max-Age=0'))) {
      expect(cookie).toMatch(/^__Host-\w+=[\w-]+; Path=\/(; Max-Age=\d+)?; HttpOnly; SameSite=Lax; Secure$/)
    }
  })

  it('is nowhere at all for a form of another site', async () => {
    await addAccount(usher, email)
    const fields = { name: email, password: PASSWORD, language: 'en' }

    const foreign = await openBrowser(usher).post('/sign-in', fields, { origin: 'https://evil.example' })
    const crossSite = await openBrowser(usher).post('/sign-in', fields, { 'sec-fetch-site': 'cross-site' })

    expect(foreign.status).toBe(403)
    expect(crossSite.status).toBe(403)
  })

  it('and a form of the account counts only with what its own browser’s pages hold', async () => {
    await addAccount(usher, email)
    const browser = await signedIn(usher, email)
    const other = await signedIn(usher, email)
    const [, stolen = ''] = /name="form" value="([^"]+)"/.exec((await other.get('/account/profile')).body) ?? []
    const fields = { firstName: 'Eve', lastName: 'Evil', language: 'en' }

    const without = await browser.post('/account/profile', { ...fields, form: '' })
    const ofAnother = await browser.post('/account/profile', { ...fields, form: stolen })

    expect([without.status, ofAnother.status]).toEqual([403, 403])
    expect((await browser.get('/account')).body).toContain('Ana Diaz')
  })
})

describe('SECURITY 11: a session', () => {
  it('is not there before the new terms are agreed to', async () => {
    const { organisationId } = await addAccount(usher, email)
    await organisations().update({ where: { id: organisationId }, data: { termsVersion: 2, terms: 'Be kinder.' } })
    const browser = openBrowser(usher)

    const first = await signIn(browser, email)
    const account = await browser.get('/account')
    const step = await browser.get(first.location ?? '')
    const unticked = await browser.post('/sign-in/next', { step: 'agree', termsVersion: '2' })
    const older = await browser.post('/sign-in/next', { step: 'agree', termsVersion: '1', termsAgreed: 'yes' })
    const agreed = await browser.post('/sign-in/next', { step: 'agree', termsVersion: '2', termsAgreed: 'yes' })

    expect(first.location).toBe('/sign-in/next')
    expect(account).toMatchObject({ status: 303, location: '/sign-in' })
    expect(step.body).toContain('Be kinder.')
    expect([unticked.status, older.status]).toEqual([422, 422])
    expect(agreed).toMatchObject({ status: 303, location: '/account' })
    expect((await browser.get('/account')).status).toBe(200)
    await organisations().update({ where: { id: organisationId }, data: { termsVersion: 1 } })
  })

  it('is a new one at each sign-in, and its token stands nowhere', async () => {
    await addAccount(usher, email)
    const browser = await signedIn(usher, email)
    const first = browser.cookies.get('__Host-usher_session') ?? ''

    await signIn(browser, email)
    const second = browser.cookies.get('__Host-usher_session') ?? ''

    expect(second).toMatch(/^[\w-]{22}$/)
    expect(second).not.toBe(first)
    const kept = JSON.stringify(await usher.app.db.prisma.session.findMany())
    expect(kept).not.toContain(first)
    expect(kept).not.toContain(second)
  })

  it('ends after 12 hours without a request, and not before', async () => {
    await addAccount(usher, email)
    const used = await signedIn(usher, email)
    const idle = await signedIn(usher, email)

    usher.clock.pass(11 * HOUR)
    expect((await used.get('/account')).status).toBe(200)
    usher.clock.pass(2 * HOUR)

    expect((await used.get('/account')).status).toBe(200)
    expect(await idle.get('/account')).toMatchObject({ status: 303, location: '/sign-in' })
  })

  it('ends at once when the account is paused, and so does a sign-in on its way; both are there to begin anew', async () => {
    const { personId, organisationId } = await addAccount(usher, email)
    const browser = await signedIn(usher, email)
    await organisations().update({ where: { id: organisationId }, data: { termsVersion: 2 } })
    const onTheWay = openBrowser(usher)
    await signIn(onTheWay, email)
    await onTheWay.get('/sign-in/next')
    await pause(personId)

    expect(await browser.get('/account')).toMatchObject({ status: 303, location: '/sign-in' })
    const agreed = await onTheWay.post('/sign-in/next', { step: 'agree', termsVersion: '2', termsAgreed: 'yes' })
    expect(agreed).toMatchObject({ status: 303, location: '/sign-in?over' })
    await organisations().update({ where: { id: organisationId }, data: { termsVersion: 1 } })
    await usher.app.db.prisma.account.update({ where: { personId }, data: { status: 'active' } })
    expect((await signIn(openBrowser(usher), email)).location).toBe('/account')
  })

  it('ends when its person leaves', async () => {
    const { personId, organisationId } = await addAccount(usher, email)
    const browser = await signedIn(usher, email)
    const at = usher.clock.now
    const actor = { id: null, name: 'SCIM' }

    await usher.app.db.inTransaction((tx) =>
      letPeopleGo(
        tx,
        { followUp: async () => {} },
        { organisationId, personIds: [personId], actor, origin: 'scim', at },
      ),
    )

    expect(await browser.get('/account')).toMatchObject({ status: 303, location: '/sign-in' })
    expect(await usher.app.db.prisma.session.count({ where: { account: { personId } } })).toBe(0)
  })

  it('is forgotten when it has ended', async () => {
    await addAccount(usher, email)
    await signedIn(usher, email)

    usher.clock.pass(DAY)
    await forgetSessions(usher.app.db, usher.clock.now)

    expect(await usher.app.db.prisma.session.count()).toBe(0)
    expect(await usher.app.db.prisma.signIn.count()).toBe(0)
    expect(await usher.app.db.prisma.signInGuard.count()).toBe(0)
  })
})
