// One name in several organisations of one installation, user names, and browsers in words.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientName } from '../../src/accounts/index.ts'
import { newId } from '../../src/database/index.ts'
import { addAccount, openBrowser, signIn } from '../journeys/account-acts.ts'
import { waitForQuiet } from '../journeys/acts.ts'
import { startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
let other = ''

beforeAll(async () => {
  usher = await startUsher()
  other = newId()
  await usher.app.db.prisma.organisation.create({
    data: {
      id: other,
      slackTeamId: 'TOTHER',
      createdAt: new Date(usher.clock.now.getTime() + 1000),
      displayName: 'Fabrikam',
      terms: 'Be kind.',
    },
  })
})
afterAll(() => usher.stop())

describe('an address with accounts in two organisations', () => {
  it('is signed in where the password is right', async () => {
    await addAccount(usher, 'ana@example.org', { password: 'the first of passwords' })
    await addAccount(usher, 'ana@example.org', { password: 'the second of those', organisationId: other })
    const first = openBrowser(usher)
    const second = openBrowser(usher)

    await signIn(first, 'ana@example.org', 'the first of passwords')
    await signIn(second, 'ana@example.org', 'the second of those')

    expect((await first.get('/account')).body).toContain('Northwind')
    expect((await second.get('/account')).body).toContain('Fabrikam')
  })

  it('chooses where both have the same password, and gets no session before', async () => {
    await addAccount(usher, 'bea@example.org')
    const { accountId } = await addAccount(usher, 'bea@example.org', { organisationId: other })
    const stranger = await addAccount(usher, 'eve@example.org')
    const browser = openBrowser(usher)

    const signed = await signIn(browser, 'bea@example.org')
    const early = await browser.get('/account')
    const page = await browser.get('/sign-in/next')
    const notTheirs = await browser.post('/sign-in/next', { step: 'organisation', account: stranger.accountId })
    const chosen = await browser.post('/sign-in/next', { step: 'organisation', account: accountId })

    expect(signed.location).toBe('/sign-in/next')
    expect(early.location).toBe('/sign-in')
    expect(page.body).toMatch(/Northwind Trading[\s\S]*Fabrikam/)
    expect(notTheirs.location).toBe('/sign-in?over')
    expect(chosen.location).toBe('/account')
    expect((await browser.get('/account')).body).toContain('Fabrikam')
  })

  it('is sent a link to a new password for each', async () => {
    await addAccount(usher, 'cem@example.org')
    await addAccount(usher, 'cem@example.org', { organisationId: other })

    await openBrowser(usher).post('/forgot', { name: 'cem@example.org', language: 'en' })
    await waitForQuiet(usher)

    const subjects = usher.mailbox.messages
      .filter(({ envelope }) => envelope.to.includes('cem@example.org'))
      .map(({ subject }) => subject)
    expect(subjects.toSorted()).toEqual(['A new password for Fabrikam', 'A new password for Northwind Trading'])
  })
})

describe('a user name', () => {
  it('signs in, however it is written; an address that is written like it comes first', async () => {
    await addAccount(usher, 'Dora.Warehouse')
    await addAccount(usher, 'finn@example.org', { password: 'by the address alone' })
    const { personId } = await addAccount(usher, 'not-finn', { password: 'by the name of others' })
    await usher.app.db.prisma.person.update({ where: { id: personId }, data: { userNameKey: 'finn@example.org' } })

    const dora = await signIn(openBrowser(usher), ' DORA.warehouse ')
    const finn = await signIn(openBrowser(usher), 'finn@example.org', 'by the address alone')

    expect(dora.location).toBe('/account')
    expect(finn.location).toBe('/account')
  })
})

describe('a browser in words', () => {
  it.each([
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox · Windows'],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
      'Safari · Mac',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1',
      'Chrome · iPhone',
    ],
    [
      'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
      'Chrome · Android',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
      'Edge · Windows',
    ],
    ['curl/8.5.0', ''],
    ['<script>alert(1)</script>', ''],
    ['', ''],
  ])('%s', (agent, name) => {
    expect(clientName(agent)).toBe(name)
  })
})
