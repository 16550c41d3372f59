// `/invites settings`: what a Corporate Admin can change, and what two of them at once cannot break.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DAY, linkIn, startUsher, type Usher } from '../setup/usher.ts'
import { changeSettings, invite, inviteAndGetLink, mailTo, PASSWORD, signUp, waitForStatus } from './acts.ts'

let usher: Usher
beforeAll(async () => {
  usher = await startUsher()
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await usher.stop()
})

const organisation = () => usher.app.db.prisma.organisation.findFirstOrThrow()

async function openSettings(userId: string) {
  const member = usher.slack.as(userId)
  const before = member.view()?.id
  await member.command('/invites settings')
  return member.waitForView((view) => view.callbackId === 'settings_form' && view.id !== before)
}

describe('the settings', () => {
  it('are saved all together, told to whoever saved them, and written into the audit log before and after', async () => {
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
    const [event] = await usher.app.db.prisma.auditEvent.findMany({ where: { act: 'settings.changed' } })
    expect(event).toMatchObject({ actorName: 'Ada Lovelace', origin: 'slack' })
    expect(event?.before).toMatchObject({ displayName: 'Northwind Trading', invitationDays: 7 })
    expect(event?.after).toMatchObject({ displayName: 'Northwind & Sons', invitationDays: 3, terms: 'Be kind.' })
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
    expect(await usher.app.db.prisma.auditEvent.count({ where: { act: 'settings.changed' } })).toBe(1)
  })

  it('can have no notification channel', async () => {
    expect(await changeSettings(usher, { 'Notification channel': null })).toEqual({ closed: true })
    expect((await organisation()).notificationChannelId).toBeNull()
  })
})

describe('a setting out of its range', () => {
  it('is refused by Slack’s own client where Slack can', async () => {
    const form = await openSettings('UADA')
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

  it('is refused beside its field, and the rest stays as it was typed', async () => {
    const before = await organisation()
    const form = await openSettings('UADA')
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
    const [ada, max] = [await openSettings('UADA'), await openSettings('UMAX')]
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
    const [ada, max] = [await openSettings('UADA'), await openSettings('UMAX')]
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

describe('hubs, departments and locations', () => {
  it.each(['hub', 'department', 'location'] as const)(
    'a %s is added, told, listed, and can be chosen',
    async (kind) => {
      const ada = usher.slack.as('UADA')
      const settings = await openSettings('UADA')
      await settings.click(`Add a ${kind}`)
      const form = await ada.waitForView('unit_form')
      await form.fill({ [`Name of the ${kind}`]: `  New   ${kind} ` })
      expect(await form.submit()).toEqual({ closed: true })
      await ada.waitForMessage(`The ${kind} “New ${kind}” was added.`, { channel: 'general' })
      expect(await usher.app.db.prisma.auditEvent.count({ where: { act: `${kind}.created` } })).toBe(1)

      await settings.click(`Add a ${kind}`)
      const again = await ada.waitForView('unit_form')
      await again.fill({ [`Name of the ${kind}`]: `New ${kind}` })
      expect((await again.submit()).errors?.name).toContain(`There is one with the name “New ${kind}” already`)
      await again.fill({ [`Name of the ${kind}`]: '   ' })
      expect((await again.submit()).errors?.name).toBe('Give it a name.')
      await again.close({ all: true })

      expect((await openSettings('UADA')).text).toContain(`New ${kind}`)
      const label = { hub: 'Hub', department: 'Department', location: 'Location' }[kind]
      expect(await invite(usher, `${kind}@example.org`, { [label]: `New ${kind}` })).toEqual({ closed: true })
    },
  )
})
