// Thirty in an hour (here three), ten messages a day to one address: exact, and booked for the minute it works again.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { sendInvitation } from '../../src/invitations/index.ts'
import { ADDRESS_LIMIT } from '../../src/invitations/limits.ts'
import { MINUTE, startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
const LIMIT = 3

beforeAll(async () => {
  usher = await startUsher({ hourlyLimit: LIMIT })
})
afterAll(() => usher.stop())
beforeEach(() => usher.clock.pass(61 * MINUTE))

async function fillForm(email: string) {
  const ada = usher.slack.as('UADA')
  await ada.command(`/invites ${email}`)
  const form = await ada.waitForView('invite_form')
  await form.fill({ 'User type': 'Team Member', Role: 'Employee' })
  return form
}

it('books what is past the limit for the minute at which it works again, and sends it then', async () => {
  const ada = usher.slack.as('UADA')
  for (const email of ['a1@example.org', 'a2@example.org', 'a3@example.org']) {
    expect(await (await fillForm(email)).submit()).toEqual({ closed: true })
  }
  const { updated: offer } = await (await fillForm('a4@example.org')).submit()
  expect(offer?.text).toContain('You have sent 3 invitations within an hour')
  expect(offer?.submitText).toMatch(/^Book for \d\d:\d\d$/)
  expect(await offer?.submit()).toEqual({ closed: true })
  await ada.waitForMessage('The invitation of a4@example.org is booked')

  await ada.command('/invites booked')
  const booked = await ada.waitForView('Booked')
  expect(booked.text).toContain('a4@example.org')
  expect(usher.mailbox.messages.some(({ to }) => to.includes('a4@example.org'))).toBe(false)
  await booked.close()

  usher.clock.pass(62 * MINUTE)
  await usher.hurry()
  await usher.mailbox.waitFor(({ to }) => to.includes('a4@example.org'))
})

it('takes back what is booked', async () => {
  const ada = usher.slack.as('UADA')
  for (const email of ['b1@example.org', 'b2@example.org', 'b3@example.org']) await (await fillForm(email)).submit()
  const { updated: offer } = await (await fillForm('b4@example.org')).submit()
  await offer?.submit()
  await ada.command('/invites booked')
  const booked = await ada.waitForView((view) => view.text.includes('b4@example.org'))
  await booked.click('Take back')
  await ada.waitForView((view) => view.text.includes('Nothing is booked.'))
  const bookings = await usher.app.db.prisma.booking.findMany({ where: { email: 'b4@example.org' } })
  expect(bookings).toMatchObject([{ status: 'cancelled' }])
})

it('lets exactly as many through as the limit says when ten come at once', async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, (_, index) => send(`c${index}@example.org`)))
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(LIMIT)
  const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []))
  expect(new Set(refused)).toEqual(new Set(['hourly_limit']))
})

it('sends one address ten messages a day at the most, whoever asks', async () => {
  const { prisma } = usher.app.db
  const organisation = await prisma.organisation.findFirstOrThrow()
  await prisma.sending.createMany({
    data: Array.from({ length: ADDRESS_LIMIT }, () => ({
      id: crypto.randomUUID(),
      organisationId: organisation.id,
      actorId: null,
      emailKey: 'often@example.org',
      at: usher.clock.now,
      isSingle: false,
    })),
  })
  await expect(send('often@example.org')).rejects.toMatchObject({ code: 'address_limit' })
  usher.clock.pass(25 * 60 * MINUTE)
  await expect(send('often@example.org')).resolves.toMatchObject({ isRequest: false })
})

async function send(email: string) {
  const { db } = usher.app
  const ada = await db.prisma.person.findFirstOrThrow({ where: { slackUserId: 'UADA' } })
  const hub = await db.prisma.hub.findFirstOrThrow({ where: { isDefault: true } })
  return sendInvitation(
    { db, now: () => usher.clock.now, followUp: async () => {}, canText: false, slipKey: Buffer.alloc(32) },
    {
      organisationId: ada.organisationId,
      actorId: ada.id,
      submissionKey: email,
      origin: 'test',
      form: {
        email,
        hubId: hub.id,
        userType: 'team_member',
        role: 'employee',
        departmentId: null,
        locationId: null,
        language: null,
        note: '',
      },
    },
  )
}
