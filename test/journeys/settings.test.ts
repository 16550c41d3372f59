// `/invites settings`: what a Corporate Admin can change, and what two of them at once cannot break.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findTimeZones } from '../../src/slack/settings-groups.ts'
import { DAY, linkIn, startUsher, type Usher } from '../setup/usher.ts'
import {
  changeSettings,
  errorsIn,
  forge,
  invite,
  inviteAndGetLink,
  mailTo,
  openSettings,
  openSettingsMenu,
  PASSWORD,
  setValue,
  signUp,
  waitForStatus,
} from './acts.ts'

let usher: Usher
beforeAll(async () => {
  usher = await startUsher()
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await usher.stop()
})

const organisation = () => usher.app.db.prisma.organisation.findFirstOrThrow()

describe('the settings', () => {
  it('are saved a group at a time, told to whoever saved them, and written into the audit log before and after', async () => {
    const saved = await changeSettings(usher, {
      'Name shown to invitees': '  Northwind   & Sons ',
      'Notification channel': 'people-ops',
      'Days until an invitation expires': 3,
      Appendix: 'Questions? help@northwind.example',
      Terms: 'Be kind.',
    })
    expect(saved).toEqual({ closed: true })
    await usher.slack.as('UADA').waitForMessage('The settings are saved.')
    expect(await organisation()).toMatchObject({
      displayName: 'Northwind & Sons',
      notificationChannelId: 'CPEOPLE',
      invitationDays: 3,
      messageAppendix: 'Questions? help@northwind.example',
      terms: 'Be kind.',
      termsVersion: 2,
    })
    const events = await usher.app.db.prisma.auditEvent.findMany({ where: { act: 'settings.changed' } })
    expect(events).toHaveLength(3)
    for (const event of events) expect(event).toMatchObject({ actorName: 'Ada Lovelace', origin: 'slack' })
    const before = Object.assign({}, ...events.map((event) => event.before))
    const after = Object.assign({}, ...events.map((event) => event.after))
    expect(before).toMatchObject({ displayName: 'Northwind Trading', invitationDays: 7 })
    expect(after).toMatchObject({ displayName: 'Northwind & Sons', invitationDays: 3, terms: 'Be kind.' })
    expect(after).not.toHaveProperty('hourlyLimit')
  })

  it('are what the next invitation is sent with', async () => {
    await invite(usher, 'ana@example.org')
    const mail = await mailTo(usher, 'ana@example.org')
    expect(mail.subject).toContain('at Northwind & Sons')
    expect(mail.text).toContain('Questions? help@northwind.example')
    const { sentAt, expiresAt } = await waitForStatus(usher, 'ana@example.org', 'pending')
    expect(Number(expiresAt) - Number(sentAt)).toBe(3 * DAY)
    expect(await (await usher.visit(linkIn(mail))).text()).toContain('Be kind.')
  })

  it('saved as they were change nothing and are no event', async () => {
    const before = await organisation()
    expect(await changeSettings(usher, {})).toEqual({ closed: true })
    expect(await organisation()).toMatchObject({ terms: before.terms, termsVersion: before.termsVersion })
    expect(await usher.app.db.prisma.auditEvent.count({ where: { act: 'settings.changed' } })).toBe(3)
  })

  it('can have no notification channel', async () => {
    expect(await changeSettings(usher, { 'Notification channel': null })).toEqual({ closed: true })
    expect((await organisation()).notificationChannelId).toBeNull()
  })
})

describe('a setting out of its range', () => {
  it('is refused by Slack’s own client where Slack can', async () => {
    const form = await openSettings(usher, 'invitations')
    for (const [days, words] of [
      [0, 'Please enter 1 or more.'],
      [31, 'Please enter 30 or less.'],
      [2.5, 'Please enter a whole number.'],
    ] as const) {
      await form.fill({ 'Days until an invitation expires': days })
      expect((await form.submit()).errors).toEqual({ invitationDays: words })
    }
    await form.close()
  })

  it('say how long an activation slip works, within their bounds', async () => {
    const label = 'Days until an activation slip expires'
    const form = await openSettings(usher, 'invitations')
    await form.fill({ [label]: 366 })
    expect((await form.submit()).errors).toEqual({ slipDays: 'Please enter 365 or less.' })
    await form.close()

    expect(await changeSettings(usher, { [label]: 30 })).toEqual({ closed: true })
    expect((await organisation()).slipDays).toBe(30)
    expect((await openSettingsMenu(usher)).text).toContain('30 with a slip')
  })

  it('is refused beside its field, and the rest stays as it was typed', async () => {
    const before = await organisation()
    const form = await openSettings(usher, 'messages')
    await form.fill({ 'Name shown to invitees': '   ', Terms: '  \n ', Appendix: 'Kept' })
    expect(await form.submit()).toEqual({
      errors: { displayName: 'This has to be 1 to 80 characters.', terms: 'This has to be 1 to 3000 characters.' },
    })
    expect(form.values.messageAppendix?.messageAppendix?.value).toBe('Kept')
    await form.close()
    expect(await organisation()).toEqual(before)
  })
})

describe('two admins at once', () => {
  it('the second is told that somebody else saved, and overwrites nothing', async () => {
    const ada = await openSettings(usher, 'messages')
    const max = await openSettings(usher, 'messages', 'UMAX')
    await ada.fill({ 'Name shown to invitees': 'Ada’s name' })
    await max.fill({ 'Name shown to invitees': 'Max’s name' })
    expect(await ada.submit()).toEqual({ closed: true })
    const { errors } = await max.submit()
    expect(Object.values(errors ?? {})).toEqual([
      'Somebody else saved the settings while you had them open. Close this window, open them again, and make your change once more.',
    ])
    expect((await organisation()).displayName).toBe('Ada’s name')
    await max.close()
  })

  it('at the very same moment: one of them', async () => {
    const ada = await openSettings(usher, 'invitations')
    const max = await openSettings(usher, 'invitations', 'UMAX')
    await ada.fill({ 'Days until an invitation expires': 5 })
    await max.fill({ 'Days until an invitation expires': 6 })
    const results = await Promise.all([ada.submit(), max.submit()])
    expect(results.filter(({ closed }) => closed)).toHaveLength(1)
    expect((await organisation()).invitationDays).toBe(results[0]?.closed ? 5 : 6)
    await (results[0]?.closed ? max : ada).close()
  })
})

describe('new terms', () => {
  it('have to be agreed to anew by whoever has the page open with the old ones', async () => {
    const link = await inviteAndGetLink(usher, 'terms@example.org')
    const old = String((await organisation()).termsVersion)
    expect(await (await usher.visit(link)).text()).toContain('Be kind.')
    expect(await changeSettings(usher, { Terms: 'Be kinder.' })).toEqual({ closed: true })

    const refused = await signUp(usher, link, { firstName: 'Tia', termsVersion: old })
    expect(refused.status).toBe(422)
    const page = await refused.text()
    expect(page).toContain('The terms have changed since you opened this page')
    expect(page).toContain('Be kinder.')
    expect(page).toContain('value="Tia"')
    expect(page).not.toContain(PASSWORD)
    expect(page).not.toMatch(/name="termsAgreed"[^>]*checked/)

    const version = String((await organisation()).termsVersion)
    expect(Number(version)).toBe(Number(old) + 1)
    expect((await signUp(usher, link, { firstName: 'Tia', termsVersion: version })).status).toBe(303)
    const account = await usher.app.db.prisma.account.findFirstOrThrow({
      where: { person: { emailKey: 'terms@example.org' } },
    })
    expect(account.termsVersion).toBe(Number(version))
  })
})

describe('the menu', () => {
  it('says what holds now, and does so anew when a group was saved', async () => {
    const form = await openSettings(usher, 'invitations')
    await form.fill({ 'Invitations in an hour': 12, 'Longest list without a second person': 40 })
    await form.fill({ 'Confirm only by e-mail': true, 'Time zone': 'America/New York' })
    expect(await form.submit()).toEqual({ closed: true })
    const menu = await usher.slack
      .as('UADA')
      .waitForView((view) => view.callbackId === 'settings_menu' && view.text.includes('12 in an hour'))
    expect(menu.text).toContain('lists above 40 need a second person')
    expect(menu.text).toContain('by e-mail only · America/New York')
    expect(await organisation()).toMatchObject({
      hourlyLimit: 12,
      listThreshold: 40,
      confirmOnlyByEmail: true,
      timeZone: 'America/New_York',
    })
    await menu.close()
    await usher.app.db.prisma.organisation.updateMany({ data: { hourlyLimit: 1000 } })
  })

  it('finds a time zone by what is typed of its name', async () => {
    const names = findTimeZones('new yo').map(({ name }) => name)
    expect(names).toEqual(['America/New York'])
    expect(findTimeZones('')[0]?.id).toBe('UTC')
    expect(findTimeZones('nowhere')).toEqual([])
  })

  it('shows how a message ends with the appendix as it is typed', async () => {
    const form = await openSettings(usher, 'messages')
    await form.fill({ Appendix: 'Ask *Bea* at the desk' })
    await form.click('See how a message ends')
    const preview = await usher.slack.as('UADA').waitForView('The end of a message')
    expect(preview.text).toContain('Ask *Bea* at the desk')
    await preview.close({ all: true })
  })
})

describe('a forged form', () => {
  it('cannot set what nobody can choose, and what belongs to another group it does not set', async () => {
    const form = await openSettings(usher, 'invitations')
    await form.fill({ 'Days until an invitation expires': 5 })
    expect(await form.submit()).toEqual({ closed: true })
    await usher.slack.as('UADA').view()?.close()
    const before = await organisation()
    const answer = await forge(usher, 'view_submission', (payload) => {
      payload.view.private_metadata = `invitations ${before.settingsVersion} `
      setValue(payload, 'timeZone', 'Mars/Olympus')
      setValue(payload, 'hourlyLimit', '0')
      setValue(payload, 'listThreshold', '1e9')
      payload.view.state.values.termsVersion = { termsVersion: { type: 'plain_text_input', value: '99' } }
    })
    expect(errorsIn(answer)).toEqual({
      timeZone: 'This cannot be chosen (any more). Choose another.',
      hourlyLimit: 'This has to be 1 to 1000 invitations.',
      listThreshold: 'This has to be 1 to 10000 people.',
    })
    expect(await organisation()).toEqual(before)
  })
})

describe('a channel', () => {
  it('hears what comes there when it is chosen, and the admin hears when Usher is not in it', async () => {
    expect(await changeSettings(usher, { 'Approvals channel': 'people-ops' })).toEqual({ closed: true })
    await usher.slack.as('UADA').waitForMessage('requests for invitations come here', { channel: 'people-ops' })
    expect(await changeSettings(usher, { 'Approvals channel': 'random' })).toEqual({ closed: true })
    const told = await usher.slack.as('UADA').waitForMessage('I cannot write into')
    expect(told.text).toContain('/invite @Usher')
    expect(await changeSettings(usher, { 'Approvals channel': null })).toEqual({ closed: true })
  })
})

describe('“Corporate Admins see why”', () => {
  it('is off at first; on, it says which it was, to Corporate Admins alone', async () => {
    expect(await invite(usher, 'open@example.org')).toEqual({ closed: true })
    expect((await invite(usher, 'open@example.org')).errors).toEqual({ email: 'This address could not be invited.' })
    expect(await changeSettings(usher, { 'Addresses that could not be invited': true })).toEqual({ closed: true })
    const why = async (email: string, by = 'UADA') => (await invite(usher, email, {}, by)).errors?.email
    expect(await why('open@example.org')).toContain('an invitation of it to this hub is open already')
    expect(await why('terms@example.org')).toContain('it has an account in this hub already')
    await usher.app.db.prisma.account.updateMany({ data: { status: 'inactive' } })
    expect(await why('terms@example.org')).toContain('its account is paused')
    expect(await why('open@example.org', 'UPAT')).toBe('This address could not be invited.')
  })
})
