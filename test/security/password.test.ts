// SECURITY 1, 7, 8, 10, 13 for new passwords: the link to one, and what it may be; and what two do at the same moment.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addAccount, openBrowser, resetPath, signedIn, signIn } from '../journeys/account-acts.ts'
import { expectDead, inviteAndGetLink, PASSWORD, signUp, waitForQuiet } from '../journeys/acts.ts'
import { MINUTE, startUsher, type Usher } from '../setup/usher.ts'

const NEW = 'eleven silver kettles'
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
  email = `cem${count}@example.org`
})

const forget = (name: string, headers: Record<string, string> = {}) =>
  openBrowser(usher).post('/forgot', { name, language: 'en' }, headers)
const choose = (path: string, password = NEW) => openBrowser(usher).post(path, { password })
const bytes = ({ status, body }: { status: number; body: string }) => ({ status, body })

async function mailsTo(name: string): Promise<number> {
  await waitForQuiet(usher)
  return usher.mailbox.messages.filter(({ envelope }) => envelope.to.includes(name)).length
}

describe('SECURITY 7: a link to a new password', () => {
  it('is dead one second after its 30 minutes', async () => {
    await addAccount(usher, email)
    await forget(email)
    const path = await resetPath(usher, email)

    usher.clock.pass(30 * MINUTE - 1000)
    const before = await openBrowser(usher).get(path)
    usher.clock.pass(1000)

    expect(before.status).toBe(200)
    expect((await choose(path)).status).toBe(404)
    expect((await signIn(openBrowser(usher), email)).location).toBe('/account')
  })

  it('ends those before it, and all of them end with a password that is changed in the account', async () => {
    await addAccount(usher, email)
    await forget(email)
    const first = await resetPath(usher, email)
    await forget(email)
    const second = await resetPath(usher, email, 2)
    const browser = await signedIn(usher, email)

    const older = await openBrowser(usher).get(first)
    await browser.post('/account/password', { oldPassword: PASSWORD, password: NEW })

    expect(older.status).toBe(404)
    expect((await choose(second)).status).toBe(404)
  })

  it('revives no link of an invitation, whichever way it died', async () => {
    const link = await inviteAndGetLink(usher, email)
    await signUp(usher, link)
    await forget(email)

    await choose(await resetPath(usher, email, 2))

    await expectDead(usher, link)
  })

  it('is opened fifty times and is still good, and then works once', async () => {
    await addAccount(usher, email)
    await forget(email)
    const path = await resetPath(usher, email)

    for (let index = 0; index < 50; index += 1) expect((await openBrowser(usher).get(path)).status).toBe(200)

    expect((await choose(path)).location).toBe('/sign-in?changed')
    expect((await choose(path, 'thirteen silver kettles')).status).toBe(404)
  })

  it('does not reopen an account that was paused meanwhile', async () => {
    const { personId } = await addAccount(usher, email)
    await forget(email)
    const path = await resetPath(usher, email)
    await usher.app.db.prisma.account.update({ where: { personId }, data: { status: 'inactive' } })

    expect((await choose(path)).status).toBe(404)
    expect((await signIn(openBrowser(usher), email, NEW)).status).toBe(422)
  })

  it('never goes past a second factor: whoever used it signs in as always', async () => {
    const { organisationId } = await addAccount(usher, email)
    await usher.app.db.prisma.organisation.update({
      where: { id: organisationId },
      data: { secondFactorRequired: true },
    })
    await forget(email)

    const used = await choose(await resetPath(usher, email))
    const browser = openBrowser(usher)
    const signed = await signIn(browser, email, NEW)

    expect(used.headers.getSetCookie()).toEqual([])
    expect(signed.location).toBe('/sign-in/next')
    expect(await browser.get('/account')).toMatchObject({ status: 303, location: '/sign-in' })
    await usher.app.db.prisma.organisation.update({
      where: { id: organisationId },
      data: { secondFactorRequired: false },
    })
  })
})

describe('SECURITY 1: the token of a link to a new password', () => {
  it('is dead when a character is changed, when it is cut, and when it is of another purpose', async () => {
    await addAccount(usher, email)
    await forget(email)
    const path = await resetPath(usher, email)
    const link = await inviteAndGetLink(usher, `x${email}`)
    const joinToken = link.split('/').at(-1) ?? ''
    const token = path.split('/').at(-1) ?? ''
    const other = token.startsWith('A') ? `B${token.slice(1)}` : `A${token.slice(1)}`
    const last = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`

    const dead = await openBrowser(usher).get('/reset/unknown')
    for (const wrong of [other, last, token.slice(0, -1), `${token}A`, joinToken, '%', '', 'a/b']) {
      expect(bytes(await openBrowser(usher).get(`/reset/${wrong}`)), wrong).toEqual(bytes(dead))
    }
    expect(dead.status).toBe(404)
    expect((await usher.visit(link.replace(joinToken, token))).status).toBe(404)
    expect((await openBrowser(usher).get(path)).status).toBe(200)
  })
})

describe('SECURITY 8: who asks for a new password', () => {
  it('gets the same answer whoever the name is, and only whoever has an open account gets a mail', async () => {
    await addAccount(usher, email)
    const paused = await addAccount(usher, `z${email}`)
    await usher.app.db.prisma.account.update({ where: { id: paused.accountId }, data: { status: 'inactive' } })

    const answers = [await forget(email), await forget(`x${email}`), await forget(`z${email}`), await forget('?')]

    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 303, location: '/forgot/sent?language=en', body: '' })
    }
    expect([await mailsTo(email), await mailsTo(`x${email}`), await mailsTo(`z${email}`)]).toEqual([1, 0, 0])
  })

  it('cannot fill a mailbox: three an hour, and more the hour after', async () => {
    await addAccount(usher, email)

    await Promise.all(Array.from({ length: 8 }, () => forget(email)))
    const first = await mailsTo(email)
    usher.clock.pass(61 * MINUTE)
    await forget(email)

    expect(first).toBeLessThanOrEqual(3)
    expect(first).toBeGreaterThanOrEqual(1)
    expect(await mailsTo(email)).toBe(first + 1)
  })

  it('52: is sent three links an hour and no fourth, also when each was sent before the next is asked for', async () => {
    await addAccount(usher, email)
    const sent: number[] = []
    for (let time = 0; time < 5; time += 1) {
      await forget(email)
      sent.push(await mailsTo(email))
    }

    expect(sent).toEqual([1, 2, 3, 3, 3])
  })

  it('SECURITY 10: and the link is made from PUBLIC_URL alone', async () => {
    await addAccount(usher, email)

    await forget(email, { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' })

    // resetPath finds only links of PUBLIC_URL.
    expect(await resetPath(usher, email)).toMatch(/^\/reset\/[\w-]{43}$/)
  })
})

describe('SECURITY 13: a new password', () => {
  it.each([
    ['twelve less', 'too short'],
    ['a'.repeat(129), 'too long'],
    ['passwordpassword', 'easy to guess'],
    ['Ana Diaz 12345', 'made of your own'],
  ])('%s is refused, in words, by the link and in the account', async (password, words) => {
    await addAccount(usher, email)
    const browser = await signedIn(usher, email)
    await forget(email)
    const path = await resetPath(usher, email)

    const byLink = await choose(path, password)
    const inAccount = await browser.post('/account/password', { oldPassword: PASSWORD, password })

    expect(byLink.status).toBe(422)
    expect(byLink.body).toContain(words)
    expect(inAccount.status).toBe(422)
    expect(inAccount.body).toContain(words)
    expect(byLink.body + inAccount.body).not.toContain(password)
    expect((await openBrowser(usher).get(path)).status).toBe(200)
  })

  it('of 128 characters counts to its last one', async () => {
    await addAccount(usher, email)
    const long = `${'kettles and umbrellas '.repeat(6)}`.slice(0, 127)
    await forget(email)

    await choose(await resetPath(usher, email), `${long}1`)

    expect((await signIn(openBrowser(usher), email, `${long}2`)).status).toBe(422)
    expect((await signIn(openBrowser(usher), email, `${long}1`)).location).toBe('/account')
  })

  it('needs the old one, which is not guessed at leisure', async () => {
    await addAccount(usher, email)
    const browser = await signedIn(usher, email)
    const statuses: number[] = []
    for (let index = 0; index < 6; index += 1) {
      statuses.push((await browser.post('/account/password', { oldPassword: 'wrong', password: NEW })).status)
    }

    expect(statuses).toEqual([422, 422, 422, 422, 422, 429])
    expect((await signIn(openBrowser(usher), email)).location).toBe('/account')
  })
})

describe('at the same moment', () => {
  it('of two who use one link, one sets the password', async () => {
    await addAccount(usher, email)
    await forget(email)
    const path = await resetPath(usher, email)

    const answers = await Promise.all([choose(path, NEW), choose(path, 'thirteen silver kettles')])

    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 404])
    const signed = await Promise.all(
      [NEW, 'thirteen silver kettles'].map((password) => signIn(openBrowser(usher), email, password)),
    )
    expect(signed.map(({ status }) => status).toSorted()).toEqual([303, 422])
  })

  it('a session that has ended while its request ran changes nothing', async () => {
    const { accountId } = await addAccount(usher, email)
    const browser = await signedIn(usher, email)
    await browser.get('/account/profile')
    const ended = await usher.app.db.pool.connect()
    await ended.query('BEGIN')
    await ended.query('SELECT 1 FROM "Account" WHERE "id" = $1 FOR UPDATE', [accountId])
    const sent = browser.post('/account/profile', { firstName: 'Eve', lastName: 'Evil', language: 'en' })
    // It waits for the account; meanwhile the session ends.
    await ended.query(`DO $$ BEGIN
      WHILE NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%"Account"%') LOOP
        PERFORM pg_sleep(0.01); PERFORM pg_stat_clear_snapshot();
      END LOOP; END $$`)
    await ended.query('DELETE FROM "Session" WHERE "accountId" = $1', [accountId])
    await ended.query('COMMIT')
    ended.release()

    expect(await sent).toMatchObject({ status: 303, location: '/sign-in' })
    const person = await usher.app.db.prisma.person.findFirstOrThrow({ where: { email } })
    expect(person).toMatchObject({ firstName: 'Ana', lastName: 'Diaz' })
  })

  it('of a password that is changed and a sign-in with the old one, no session of the old one is left', async () => {
    await addAccount(usher, email)
    const browser = await signedIn(usher, email)
    await browser.get('/account/password')
    const others = Array.from({ length: 6 }, () => openBrowser(usher))

    const [changed] = await Promise.all([
      browser.post('/account/password', { oldPassword: PASSWORD, password: NEW }),
      ...others.slice(0, 4).map((other) => signIn(other, email)),
    ])

    expect(changed.location).toBe('/account?done=password')
    for (const other of others) expect((await other.get('/account')).location).toBe('/sign-in')
    expect((await browser.get('/account')).status).toBe(200)
  })
})
