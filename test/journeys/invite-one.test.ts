// The main job, end to end: a form in Slack, a mail, a page, an account, and the news of it.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { formBody, linkIn, startUsher, type Usher } from '../setup/usher.ts'
import { changeSettings } from './acts.ts'

let usher: Usher

beforeAll(async () => {
  usher = await startUsher()
  // Ada sets the channel that hears of everything.
  await changeSettings(usher, { 'Notification channel': 'people-ops' })
})
afterAll(() => usher.stop())

it('invites Ana from Slack, and tells the channel and the inviter when she joined', async () => {
  const ada = usher.slack.as('UADA')

  await ada.command('/invites ana@example.org', { channel: 'customer-care' })
  const form = await ada.waitForView('invite_form')
  await form.fill({ 'User type': 'Team Member', Role: 'Employee', 'Personal note': 'Welcome, Ana!' })
  expect(await form.submit()).toEqual({ closed: true })
  await ada.waitForMessage('ana@example.org is being invited into Main hub', { channel: 'customer-care' })

  const mail = await usher.mailbox.waitFor(({ to }) => to.includes('ana@example.org'))
  expect(mail.text).toContain('Ada Lovelace')
  expect(mail.text).toContain('Welcome, Ana!')
  const link = linkIn(mail)

  const page = await usher.visit(link)
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('ana@example.org')
  const joined = await usher.visit(
    link,
    formBody({
      firstName: 'Ana',
      lastName: 'Diaz',
      mobile: '+49 151 23456789',
      password: 'seven green lanterns',
      termsAgreed: 'yes',
      termsVersion: '1',
    }),
  )
  expect(joined.status).toBe(303)

  await ada.waitForMessage('Ana Diaz (ana@example.org) joined', { channel: 'people-ops' })
  const news = await ada.waitForMessage((message) => ada.dm().includes(message) && message.text.includes('joined'))
  expect(news.text).toContain('Main hub')
  const person = await usher.app.db.prisma.person.findFirstOrThrow({
    where: { emailKey: 'ana@example.org' },
    include: { account: true, memberships: true },
  })
  expect(person).toMatchObject({ firstName: 'Ana', lastName: 'Diaz', mobile: '+4915123456789', role: 'employee' })
  expect(person.account?.status).toBe('active')
  expect(person.memberships).toMatchObject([{ userType: 'team_member' }])
  expect(usher.slack.complaints).toEqual([])

  await ada.command('/invites status ana@example.org')
  const story = await ada.waitForView('Invitation')
  expect(story.text).toContain('Accepted')
  expect(story.text).toMatch(
    /Ada Lovelace asked for the invitation[\s\S]*handed to the mail server[\s\S]*Ana Diaz joined/,
  )
})
