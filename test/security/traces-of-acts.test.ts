// SECURITY 50: what leaves Usher, what is put off, what is shown once, and who signs in and how, is in the audit log.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAccount, openBrowser, resetPath, signedIn, signIn } from '../journeys/account-acts.ts'
import {
  changeSettings,
  invite,
  openInviteForm,
  openSettingsMenu,
  PASSWORD,
  until,
  waitForQuiet,
} from '../journeys/acts.ts'
import { codesOn, keyOn, shownBy } from '../journeys/factor-acts.ts'
import { addPeople, goOn, openPeople, press } from '../journeys/people-list-acts.ts'
import { makeHolder, signInWithSlack } from '../journeys/slack-sign-in-acts.ts'
import { MINUTE, startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher

beforeAll(async () => {
  const endless = 1_000_000
  usher = await startUsher({ webLimits: { open: endless, send: endless, ask: endless } })
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

describe('50: exports', () => {
  it('50: of people and of invitations say what was taken, and who took it, before the file is there', async () => {
    for (const [index, what] of ['people', 'invitations'].entries()) {
      await ada().command(`/invites export ${what}`)
      expect(await newest('data.exported', index + 1)).toMatchObject({
        actorName: 'Ada Lovelace',
        subjectKind: 'organisation',
        origin: 'slack',
        after: { what },
      })
    }
    await waitForQuiet(usher)
  })

  it('50: of the audit log say what it was filtered by', async () => {
    await ada().command('/invites audit')
    const log = await ada().waitForView((view) => view.title === 'Audit log')
    await log.click('As CSV')
    expect(await newest('data.exported', 3)).toMatchObject({
      actorName: 'Ada Lovelace',
      after: { what: 'audit log', filter: 'Everything · the last 7 days' },
    })
    await ada().waitForMessage((message) => (message.files ?? []).some(({ name }) => name?.startsWith('audit-log')))
    await ada().view()?.close({ all: true })
  })

  it('50: by somebody who may not are none', async () => {
    const before = (await eventsOf('refused')).length
    usher.clock.pass(MINUTE)
    await usher.slack.as('UPAT').command('/invites export people')
    await newest('refused', before + 1)
    expect(await eventsOf('data.exported')).toHaveLength(3)
  })
})

describe('50: scheduled invitations', () => {
  const schedule = async (email: string) => {
    const form = await openInviteForm(ada(), email)
    await form.fill({ 'User type': 'Team Member', Role: 'Employee' })
    const { updated } = await form.submit()
    expect(await updated?.submit()).toEqual({ closed: true })
    return usher.app.db.prisma.booking.findFirstOrThrow({ where: { email } })
  }

  it('50: say when they are made, taken back and refused, by whom and for when', async () => {
    await usher.app.db.prisma.organisation.updateMany({ data: { hourlyLimit: 1 } })
    usher.clock.pass(61 * MINUTE)
    expect(await invite(usher, 'now@example.org')).toEqual({ closed: true })
    const { id, dueAt } = await schedule('later@example.org')
    const common = { subjectKind: 'invitation', subjectId: id, subjectName: 'later@example.org' }
    const due = { dueAt: dueAt.toISOString() }
    expect(await eventsOf('invitation.scheduled')).toEqual([
      expect.objectContaining({ ...common, actorName: 'Ada Lovelace', origin: 'slack', after: due }),
    ])

    await ada().command('/invites booked')
    const list = await ada().waitForView('Booked')
    await list.click('Take back', { value: id })
    expect(await newest('invitation.schedule_cancelled')).toMatchObject({
      ...common,
      actorName: 'Ada Lovelace',
      after: due,
    })
    await ada().view()?.close()

    // Invited by hand meanwhile: what was scheduled is refused when its minute comes.
    const again = await schedule('now@example.org')
    usher.clock.pass(62 * MINUTE)
    await usher.hurry()
    expect(await newest('invitation.schedule_refused')).toMatchObject({
      subjectId: again.id,
      actorName: 'Usher',
      origin: 'scheduler',
      after: { code: 'could_not_be_invited' },
    })
    await usher.app.db.prisma.organisation.updateMany({ data: { hourlyLimit: 1000 } })
  })
})

describe('50: a selection', () => {
  it('50: that is acted upon is an event with what was done and to how many', async () => {
    await addPeople(usher, 3, { lastName: 'Chosen' })
    const view = await openPeople(ada(), 'chosen')
    await press(view, 'Choose all 3 that match')
    await goOn(view)
    await view.click('people_mark_left')
    await until(async () => expect(view.text).toContain('3 people marked as left.'))
    expect(await eventsOf('selection.used')).toEqual([
      expect.objectContaining({
        actorName: 'Ada Lovelace',
        subjectKind: 'organisation',
        origin: 'slack',
        after: { what: 'mark them as left', people: 3 },
      }),
    ])
    await ada().view()?.close({ all: true })
  })
})

describe('50: a token', () => {
  it('50: of SCIM that is shown is an event, each time, and holds nothing of it', async () => {
    const menu = await openSettingsMenu(usher)
    await menu.click('SCIM')
    const view = await ada().waitForView('scim')
    expect(await eventsOf('scim.token_shown')).toEqual([])
    await view.click('Make a token')
    await ada().waitForView((shown) => shown.text.includes('usher-scim-'))
    await view.click('Renew')
    await newest('scim.token_shown', 2)
    const shown = await eventsOf('scim.token_shown', 'scim.token_made', 'scim.token_renewed')
    expect(shown.map(({ act, actorName }) => [act, actorName])).toEqual([
      ['scim.token_made', 'Ada Lovelace'],
      ['scim.token_shown', 'Ada Lovelace'],
      ['scim.token_renewed', 'Ada Lovelace'],
      ['scim.token_shown', 'Ada Lovelace'],
    ])
    expect(JSON.stringify(shown)).not.toContain('usher-scim-')
    await ada().view()?.close({ all: true })
  })
})

describe('50: a sign-in', () => {
  const lastSignIn = async () => (await eventsOf('account.signed_in')).at(-1)?.after

  it('50: says how: by password, with an app, with a recovery code, with Slack', async () => {
    await addAccount(usher, 'how@example.org')
    const browser = await signedIn(usher, 'how@example.org')
    expect(await lastSignIn()).toEqual({ client: expect.any(String), proof: 'password' })

    await browser.post('/account/factors', { step: 'act', act: 'add app', oldPassword: PASSWORD })
    const page = { status: 200, setCookie: '' }
    const key = keyOn({ ...page, text: (await browser.get('/account/factors')).body })
    const kept = await browser.post('/account/factors', { step: 'prove', code: shownBy(usher, key) })
    const [code = ''] = codesOn({ ...page, text: kept.body })
    for (const [kind, typed] of [
      ['app', () => shownBy(usher, key)],
      ['recovery', () => code],
    ] as const) {
      usher.clock.pass(MINUTE)
      const another = openBrowser(usher)
      await signIn(another, 'how@example.org')
      await another.get('/sign-in/next')
      const done = await another.post('/sign-in/next', { step: 'factor', kind, code: typed() })
      expect(done.location).toBe('/account')
      expect(await lastSignIn()).toEqual({ client: expect.any(String), proof: 'password', factor: kind })
    }

    expect(await changeSettings(usher, { 'Sign in with Slack': true })).toEqual({ closed: true })
    const { id } = await makeHolder(usher)
    expect((await signInWithSlack(usher, id)).location).toBe('/account')
    expect(await lastSignIn()).toEqual({ client: expect.any(String), proof: 'slack' })
  })

  it('50: a password reset says from where it was asked for and from where it was used', async () => {
    await addAccount(usher, 'reset@example.org')
    await openBrowser(usher).post('/forgot', { name: 'reset@example.org', language: 'en' })
    const path = await resetPath(usher, 'reset@example.org')
    expect(await newest('account.password_forgotten')).toMatchObject({
      subjectName: 'Ana Diaz',
      origin: 'web 127.0.0.1',
    })
    await openBrowser(usher).post(path, { password: 'eleven silver kettles' })
    expect(await newest('account.password_changed')).toMatchObject({ origin: 'web 127.0.0.1', after: { how: 'link' } })
  })
})
