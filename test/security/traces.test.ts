// SECURITY 49: what is tried in vain leaves a trace in the audit log, each kind its own, and no flood pushes out another.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAccount, openBrowser, signedIn, signIn } from '../journeys/account-acts.ts'
import { changeSettings, mailTo, openInviteForm, PASSWORD, until, waitForStatus } from '../journeys/acts.ts'
import { keyOn, shownBy } from '../journeys/factor-acts.ts'
import { makeSlackMember, signInWithSlack } from '../journeys/slack-sign-in-acts.ts'
import { MINUTE, startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher

beforeAll(async () => {
  const endless = 1_000_000
  // Behind a proxy: a test can come from any address.
  const env = { TRUST_PROXY: '1' }
  usher = await startUsher({ env, webLimits: { open: endless, send: endless, ask: endless } })
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await usher.stop()
})

const ada = () => usher.slack.as('UADA')
const eventsOf = (...acts: string[]) =>
  usher.app.db.prisma.auditEvent.findMany({ where: { act: { in: acts } }, orderBy: [{ at: 'asc' }, { id: 'asc' }] })

/** Waits for so many events of an act, and gives the newest. */
async function newest(act: string, count = 1) {
  return until(async () => {
    const events = await eventsOf(act)
    expect(events).toHaveLength(count)
    return events.at(-1)
  })
}

const bigintAsText = (_key: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)
const from = (address: string) => ({ 'x-forwarded-for': address })
/** 60 networks. */
const NETWORKS = Array.from({ length: 60 }, (_, index) => `198.51.100.${index}`)
const tryPassword = (name: string, address: string) =>
  openBrowser(usher).post('/sign-in', { name, password: 'not the password', language: 'en' }, from(address))

describe('49: what is tried in vain', () => {
  let victim: { personId: string }
  let onTheWay: ReturnType<typeof openBrowser>

  beforeAll(async () => {
    victim = await addAccount(usher, 'victim@example.org', { firstName: 'Vera', lastName: 'Victim' })
    const browser = await signedIn(usher, 'victim@example.org')
    await browser.post('/account/factors', { step: 'act', act: 'add app', oldPassword: PASSWORD })
    const { body: text } = await browser.get('/account/factors')
    const key = keyOn({ text, status: 200, setCookie: '' })
    await browser.post('/account/factors', { step: 'prove', code: shownBy(usher, key) })
    onTheWay = openBrowser(usher)
    expect((await signIn(onTheWay, 'victim@example.org')).location).toBe('/sign-in/next')
    await onTheWay.get('/sign-in/next')
  })

  it('49: 60 failed sign-ins, wrong codes, dead links, refusals: each is there, and none pushes out another', async () => {
    for (const address of NETWORKS) {
      await tryPassword('victim@example.org', address)
      await onTheWay.post('/sign-in/next', { step: 'factor', kind: 'app', code: '000000' }, from(address))
      await openBrowser(usher).get('/join/of-nobody', from(address))
      await usher.slack.as('UPAT').command('/invites export people')
    }
    for (const [act, subjectId] of [
      ['account.sign_in_failed', victim.personId],
      ['account.code_wrong', victim.personId],
      ['link.probed', undefined],
    ] as const) {
      const origins = await until(async () => {
        const events = (await eventsOf(act)).filter((event) => !subjectId || event.subjectId === subjectId)
        expect(events).toHaveLength(60)
        return events.map(({ origin }) => origin)
      })
      expect(origins.sort()).toEqual(NETWORKS.map((address) => `web ${address}`).sort())
    }
    expect(await newest('refused')).toMatchObject({ after: { code: 'may_not_invite' } })
    // Within the same minute the same again is no second event.
    await tryPassword('victim@example.org', '198.51.100.1')
    await tryPassword('last@example.org', '198.51.100.1')
    await until(async () => expect(await eventsOf('account.sign_in_failed')).toHaveLength(61))
  })

  it('49: a flood of dead links leaves the other kinds their place, and its rest is an event with the count', async () => {
    usher.clock.pass(2 * MINUTE)
    const before = (await eventsOf('link.probed')).length
    await Promise.all(
      Array.from({ length: 260 }, (_, index) =>
        openBrowser(usher).get('/join/of-nobody', from(`203.0.${Math.floor(index / 250)}.${index % 250}`)),
      ),
    )
    await tryPassword('victim@example.org', '192.0.2.1')
    await until(async () => {
      const origins = (await eventsOf('account.sign_in_failed')).map(({ origin }) => origin)
      expect(origins).toContain('web 192.0.2.1')
      expect((await eventsOf('link.probed')).length).toBe(before + 200)
    })
    expect(await eventsOf('security.overflow')).toEqual([])
    usher.clock.pass(MINUTE)
    await tryPassword('victim@example.org', '192.0.2.2')
    expect(await newest('security.overflow')).toMatchObject({ after: { what: 'dead links', count: 60 } })
  })

  it('49: answers wait for no trace, and a name that is nobody’s leaves one that says nothing of it', async () => {
    await addAccount(usher, 'other@example.org', { firstName: 'Otto', lastName: 'Other' })
    const holder = await usher.app.db.pool.connect()
    const before = (await eventsOf('account.sign_in_failed')).length
    try {
      await holder.query('BEGIN')
      await holder.query('LOCK TABLE "AuditEvent" IN EXCLUSIVE MODE')
      const unknown = await tryPassword('seven-secret-umbrellas', '192.0.2.3')
      const known = await tryPassword('other@example.org', '192.0.2.3')
      expect([unknown.status, known.status]).toEqual([422, 422])
      await holder.query('COMMIT')
    } finally {
      holder.release()
    }
    await until(async () => expect(await eventsOf('account.sign_in_failed')).toHaveLength(before + 2))
    const events = (await eventsOf('account.sign_in_failed')).filter(({ origin }) => origin === 'web 192.0.2.3')
    expect(events.map(({ subjectName, after }) => [subjectName, after])).toEqual(
      expect.arrayContaining([
        ['Otto Other', { how: 'password', because: 'wrong' }],
        [expect.stringContaining('Northwind'), { how: 'password', because: 'wrong', name: 'unknown' }],
      ]),
    )
    expect(JSON.stringify(await usher.app.db.prisma.auditEvent.findMany(), bigintAsText)).not.toContain('umbrellas')
  })

  it('49: a wrong password in the account, a slip’s code, a dead reset link: each has its trace', async () => {
    await addAccount(usher, 'own@example.org')
    const browser = await signedIn(usher, 'own@example.org')
    await browser.post('/account/mobile', { mobile: '', oldPassword: 'not the password' })
    await openBrowser(usher).post('/activate', { code: 'ABCD-EFGH-JKLM' }, from('192.0.2.4'))
    await openBrowser(usher).get('/reset/of-nobody', from('192.0.2.4'))
    await until(async () => {
      const traces = await eventsOf('account.sign_in_failed', 'account.code_wrong', 'link.probed')
      expect(traces.map(({ actorName, after }) => [actorName, after])).toEqual(
        expect.arrayContaining([
          ['Ana Diaz', { how: 'confirming', because: 'wrong' }],
          ['Somebody', { kind: 'slip', code: 'code_wrong' }],
          ['Somebody', { how: 'opened', what: 'reset' }],
        ]),
      )
    })
  })

  it('49: Slack’s stranger has a trace, and a one-time password that opens a sign-up is no failure', async () => {
    expect(await changeSettings(usher, { 'Sign in with Slack': true })).toEqual({ closed: true })
    usher.clock.pass(2 * MINUTE)
    const { id } = await makeSlackMember(usher)
    expect((await signInWithSlack(usher, id)).status).toBe(403)
    await until(async () => {
      const [trace] = (await eventsOf('account.sign_in_failed')).slice(-1)
      expect(trace?.after).toEqual({ how: 'slack', because: 'wrong', name: 'unknown' })
    })

    const form = await openInviteForm(ada())
    await form.fill({ 'How they get in': 'By e-mail, with a one-time password' })
    const mode = await ada().waitForView((view) => view.callbackId === 'invite_form' && view.text.includes('User name'))
    await mode.fill({
      'E-mail': 'desk@example.org',
      'User name': 'desk.k',
      'User type': 'Team Member',
      Role: 'Employee',
    })
    expect(await mode.submit()).toEqual({ closed: true })
    const password = /One-time password: (\S+)/.exec((await mailTo(usher, 'desk@example.org')).text)?.[1] ?? ''
    await waitForStatus(usher, 'desk@example.org', 'pending')
    expect((await signIn(openBrowser(usher), 'desk.k', password)).location).toMatch(/^\/join\//)
    // So that it is the latest: events of one moment have no order.
    usher.clock.pass(MINUTE)
    await tryPassword('last@example.org', '192.0.2.9')
    await until(async () => {
      const [trace] = (await eventsOf('account.sign_in_failed')).slice(-1)
      expect(trace?.origin).toBe('web 192.0.2.9')
    })
    expect(
      (await eventsOf('account.sign_in_failed')).filter(({ subjectName }) => subjectName.includes('desk')),
    ).toEqual([])
  })
})
