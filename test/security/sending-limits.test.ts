// Long because every way of sending is tried. SECURITY 41: ten messages a day to one contact and ten thousand a day in
// bulk, whatever the way they are sent.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { confirmList, resendInvitation, resendMany, sendInvitation } from '../../src/invitations/index.ts'
import type { Queue } from '../../src/jobs/index.ts'
import {
  changeSettings,
  openInviteForm,
  openQueueOf,
  openStory,
  queryRows,
  runTask,
  until,
  waitForQuiet,
} from '../journeys/acts.ts'
import { decide, known, questionTo, requestFor, review } from '../journeys/approval-acts.ts'
import { whileHeld } from '../journeys/held-acts.ts'
import { addresses, csv, giveFile, mainHub, makeStanding, paste, sendToTheEnd } from '../journeys/list-acts.ts'
import { DAY, startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
let queue: Queue

beforeAll(async () => {
  usher = await startUsher({ phone: true })
  queue = await openQueueOf(usher)
  await changeSettings(usher, { Countries: ['Germany (DE)'], 'Longest list without a second person': '5' })
  await usher.slack.as('UADA').view()?.close({ all: true })
})
afterAll(async () => {
  await queue.close()
  expect(usher.slack.complaints).toEqual([])
  await usher.stop()
})

const NO_EMAIL = 'No e-mail address: SMS, or a slip to hand over'
const usual = { 'User type': 'Team Member', Role: 'Employee' }
const PHONE = '+4915123456789'

const textsTo = (phone: string) => usher.phone.messages.filter(({ to }) => to === phone).length
const newestTo = (sentTo: string) =>
  usher.app.db.prisma.invitation.findFirstOrThrow({ where: { email: sentTo }, orderBy: { createdAt: 'asc' } })

async function fillPersonForm(by: string, lastName: string, phone: string) {
  const member = usher.slack.as(by)
  await member.view()?.close({ all: true })
  const form = await openInviteForm(member)
  await form.fill({ 'How they get in': NO_EMAIL })
  const fields = await member.waitForView(
    ({ callbackId, text }) => callbackId === 'invite_form' && text.includes('User name'),
  )
  await fields.fill({ 'First name': 'Wanda', 'Last name': lastName, 'Mobile number': phone, ...usual })
  return fields
}

/** Writes messages down as sent already. */
async function addSendings(contact: string, count: number) {
  await queryRows(
    usher,
    `INSERT INTO "Sending" ("id", "organisationId", "emailKey", "at", "isSingle")
     SELECT gen_random_uuid(), o."id", $1, $2, false FROM "Organisation" o, generate_series(1, $3::int)`,
    [contact, usher.clock.now, count],
  )
}

/** Makes the invitations to a contact expired, so that they can be sent again together. */
async function expire(sentTo: string) {
  const past = new Date(usher.clock.now.getTime() - 1000)
  await usher.app.db.prisma.invitation.updateMany({
    where: { email: sentTo, status: 'pending' },
    data: { status: 'expired', expiresAt: past, nextReminderAt: null },
  })
}

const statusView = async (status: string) => {
  const ada = usher.slack.as('UADA')
  await ada.view()?.close({ all: true })
  const before = ada.view()?.id
  await ada.command(`/invites status ${status}`)
  return ada.waitForView(({ id, text }) => id !== before && text.toLowerCase().includes(`*${status}: `))
}

it('41: a phone gets ten messages a day, by form, resend, batch, reminder and bulk resend together', async () => {
  const ada = usher.slack.as('UADA')
  expect(await (await fillPersonForm('UADA', 'Weber', PHONE)).submit()).toEqual({ closed: true })
  await usher.phone.waitFor(({ to }) => to === PHONE)
  await until(async () => expect((await newestTo(PHONE)).status).toBe('pending'))
  for (let resend = 2; resend <= 6; resend += 1) {
    const story = await openStory(ada, 'wanda.weber')
    await story.click('Resend')
    await until(async () => expect(textsTo(PHONE)).toBe(resend))
    await until(async () => expect((await newestTo(PHONE)).status).toBe('pending'))
    await ada.view()?.close({ all: true })
  }
  // Four of six who share the phone: six were sent before.
  const rows = ['first name,last name,mobile,user name']
  for (let row = 1; row <= 6; row += 1) rows.push(`Ben,Berg ${row},${PHONE},ben${row}`)
  await sendToTheEnd(usher, ada, await giveFile(ada, csv(rows.join('\n'), 'shared.csv')))
  await waitForQuiet(usher)
  expect(textsTo(PHONE)).toBe(10)
  const batch = await usher.app.db.prisma.batch.findFirstOrThrow({ where: { fileName: 'shared.csv' } })
  expect(batch).toMatchObject({ invited: 4, couldNot: 2 })

  const story = await openStory(ada, 'wanda.weber')
  await story.click('Resend')
  const refusal = await ada.waitForView(({ text }) => text.includes('10 messages'))
  await refusal.close({ all: true })

  await usher.app.db.prisma.invitation.updateMany({
    where: { email: PHONE, status: 'pending' },
    data: { nextReminderAt: usher.clock.now },
  })
  usher.clock.pass(4 * 60 * 60_000)
  await runTask(usher, queue, 'remind')
  await waitForQuiet(usher)

  await expire(PHONE)
  expect((await statusView('expired')).text).not.toContain('Resend all')
  await ada.view()?.close({ all: true })
  expect(textsTo(PHONE)).toBe(10)
})

it('41: a bulk resend to people who share a phone stops at the tenth message, and counts the others', async () => {
  const phone = '+4915123456702'
  const ada = usher.slack.as('UADA')
  const rows = ['first name,last name,mobile,user name']
  for (let row = 1; row <= 3; row += 1) rows.push(`Cleo,Cohen ${row},${phone},cleo${row}`)
  await sendToTheEnd(usher, ada, await giveFile(ada, csv(rows.join('\n'), 'resent.csv')))
  await until(async () => expect(textsTo(phone)).toBe(3))
  await waitForQuiet(usher)
  await addSendings(phone, 5)
  await expire(phone)
  const view = await statusView('expired')
  await view.click('Resend all 3')
  await until(async () => expect(view.text).toContain('2 invitations on the way again.'))
  await waitForQuiet(usher)
  expect(textsTo(phone)).toBe(5)
  await ada.view()?.close({ all: true })
})

it('41: two reminders of one contact count as two, and the eleventh message is none', async () => {
  const phone = '+4915123456703'
  const ada = usher.slack.as('UADA')
  const rows = ['first name,last name,mobile,user name']
  for (let row = 1; row <= 2; row += 1) rows.push(`Dora,Dahl ${row},${phone},dora${row}`)
  await sendToTheEnd(usher, ada, await giveFile(ada, csv(rows.join('\n'), 'reminded.csv')))
  await until(async () => expect(textsTo(phone)).toBe(2))
  await waitForQuiet(usher)
  // Half of the seven days are over, and the messages of the first day with them.
  usher.clock.pass(4 * DAY)
  await addSendings(phone, 9)
  await runTask(usher, queue, 'remind')
  await waitForQuiet(usher)
  expect(textsTo(phone)).toBe(3)
})

it('41: a request to a phone that had its ten messages is not approved', async () => {
  const phone = '+4915123456704'
  await known(usher, 'UPAT')
  await addSendings(phone, 10)
  expect(await (await fillPersonForm('UPAT', 'Winter', phone)).submit()).toEqual({ closed: true })
  const ada = usher.slack.as('UADA')
  const form = await review(ada, await questionTo(ada, phone))
  expect(JSON.stringify(await decide(form, 'Approve'))).toContain('10 messages')
  await ada.view()?.close({ all: true })
  expect(textsTo(phone)).toBe(0)
  expect(await requestFor(usher, phone)).toMatchObject({ status: 'open' })
})

it('41: twelve at once from two inviters to one phone: exactly as many as it has room for', async () => {
  const phone = '+4915123456705'
  await addSendings(phone, 8)
  const hubId = await mainHub(usher)
  const max = await makeStanding(usher, 'UMAX', { hub: { id: hubId, userType: 'hub_admin' } })
  const outcomes = await Promise.allSettled(
    Array.from({ length: 12 }, (_, at) => sendTo(phone, at % 2 ? 'UADA' : max.user.id, `Twelve ${'abcdefghijkl'[at]}`)),
  )
  const codes = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'sent'))
  expect(codes.filter((code) => code === 'sent')).toHaveLength(2)
  expect(new Set(codes)).toEqual(new Set(['sent', 'address_limit']))
})

it('52: of two resends at the same moment, by two inviters to two people with one phone, one is the tenth message', async () => {
  const phone = '+4915123456706'
  const ids: string[] = []
  for (const [slackId, lastName] of [
    ['UADA', 'Tenth One'],
    ['UMAX', 'Tenth Other'],
  ] as const) {
    await sendTo(phone, slackId, lastName)
    const { id } = await usher.app.db.prisma.invitation.findFirstOrThrow({ where: { person: { lastName } } })
    ids.push(id)
  }
  await usher.app.db.prisma.invitation.updateMany({ where: { email: phone }, data: { status: 'pending' } })
  await addSendings(phone, 7)

  // Both have come as far as the count of what was sent, unless one waits for the other.
  const statement = 'LOCK TABLE "Sending" IN SHARE MODE'
  const outcomes = await whileHeld(usher, { statement, values: [], waiting: 2 }, () =>
    Promise.allSettled(['UADA', 'UMAX'].map((slackId, at) => resendAs(slackId, ids[at] ?? ''))),
  )

  expect(outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'sent')).toSorted()).toEqual([
    'address_limit',
    'sent',
  ])
})

it('41: bulk resends count toward the ten thousand a day, with the lists', async () => {
  const ada = usher.slack.as('UADA')
  usher.clock.pass(2 * DAY)
  await usher.app.db.prisma.invitation.deleteMany({ where: { status: 'expired' } })
  const people = addresses('bulk', 3)
  await sendToTheEnd(usher, ada, await paste(ada, people.join('\n')))
  await waitForQuiet(usher)
  for (const address of people) await expire(address)
  // Nearly all of the day's ten thousand: this batch, and two more.
  await usher.app.db.prisma.batch.updateMany({ where: { good: 3, source: 'pasted' }, data: { good: 9_998 } })
  const view = await statusView('expired')
  await view.click('Resend all 3')
  await until(async () => expect(view.text).toContain('2 invitations on the way again.'))
  expect(view.text).toContain("1 invitation not sent: you've reached what one person can send in bulk in a day.")
  await ada.view()?.close({ all: true })
  const { id: actorId, organisationId } = await usher.app.db.prisma.person.findFirstOrThrow({
    where: { slackUserId: 'UADA' },
  })
  const again = resendMany(collaborators(), {
    organisationId,
    actorId,
    selection: { status: 'expired', most: 10 },
    origin: 'test',
  })
  await expect(again).rejects.toMatchObject({ code: 'list_past_daily_limit' })
  const preview = await paste(ada, addresses('after-bulk', 1).join('\n'))
  expect((await preview.submit()).pushed?.text).toContain('0 are left for you today')
  await ada.view()?.close({ all: true })
})

it('41: batches below the threshold need a second person when they are above it together', async () => {
  const sam = await makeStanding(usher, 'USAM', { hub: { id: await mainHub(usher), userType: 'hub_admin' } })
  const first = await (await paste(sam, addresses('part-one', 3).join('\n'))).submit()
  expect(first).toEqual({ closed: true })
  await until(async () => expect(await statusesOf('USAM')).toEqual(['confirmed']))
  expect(await (await paste(sam, addresses('part-two', 3).join('\n'))).submit()).toEqual({ closed: true })
  await sam.waitForMessage('Somebody else has to agree to this list')
  expect(await statusesOf('USAM')).toEqual(['confirmed', 'awaiting_approval'])
  // What a second person agreed to counts no more, and a day later the count begins again.
  usher.clock.pass(2 * DAY)
  expect(await (await paste(sam, addresses('part-three', 5).join('\n'))).submit()).toEqual({ closed: true })
  await until(async () => expect(await statusesOf('USAM')).toEqual(['confirmed', 'awaiting_approval', 'confirmed']))
})

it('41: of four batches sent at once only as many go out as stay below the threshold', async () => {
  const sam = await makeStanding(usher, 'USAM', { hub: { id: await mainHub(usher), userType: 'hub_admin' } })
  usher.clock.pass(2 * DAY)
  await usher.app.db.prisma.batch.deleteMany({ where: { inviter: { slackUserId: 'USAM' }, status: 'draft' } })
  for (const name of ['one', 'two', 'three', 'four']) {
    await paste(sam, addresses(`at-once-${name}`, 2).join('\n'))
    await sam.view()?.close({ all: true })
  }
  const drafts = await usher.app.db.prisma.batch.findMany({
    where: { inviter: { slackUserId: 'USAM' }, status: 'draft', good: 2 },
  })
  expect(drafts).toHaveLength(4)
  const sent = await Promise.all(
    drafts.map(({ id, organisationId, inviterId }) =>
      confirmList(collaborators(), { organisationId, actorId: inviterId, batchId: id, origin: 'test' }),
    ),
  )
  expect(sent.filter(({ isRequest }) => !isRequest)).toHaveLength(2)
  expect(sent.filter(({ isRequest }) => isRequest)).toHaveLength(2)
})

function collaborators() {
  const { db } = usher.app
  return { db, now: () => usher.clock.now, followUp: async () => {}, letGo: async () => {}, canText: true }
}

async function statusesOf(slackUserId: string) {
  const batches = await usher.app.db.prisma.batch.findMany({
    where: { inviter: { slackUserId }, status: { not: 'draft' } },
    orderBy: { createdAt: 'asc' },
  })
  return batches.map(({ status }) => (status === 'done' ? 'confirmed' : status))
}

async function resendAs(slackUserId: string, invitationId: string) {
  const { prisma } = usher.app.db
  const { id: actorId, organisationId } = await prisma.person.findFirstOrThrow({ where: { slackUserId } })
  return resendInvitation(collaborators(), { organisationId, actorId, invitationId, generation: 1, origin: 'test' })
}

async function sendTo(phone: string, slackUserId: string, lastName: string) {
  const { prisma } = usher.app.db
  const { id: actorId, organisationId } = await prisma.person.findFirstOrThrow({ where: { slackUserId } })
  return sendInvitation(
    { ...collaborators(), slipKey: Buffer.alloc(32) },
    {
      organisationId,
      actorId,
      submissionKey: `${slackUserId} ${lastName}`,
      origin: 'test',
      form: {
        email: '',
        withoutEmail: true,
        firstName: 'Tara',
        lastName,
        mobile: phone,
        hubId: await mainHub(usher),
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
