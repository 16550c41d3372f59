// SECURITY 45: an address or a phone number that moves. Nothing goes to the former one any more, and nothing that went
// there works: invitation, resend, reminder, approval, link to a new password, code by email, session.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Queue } from '../../src/jobs/index.ts'
import { openBrowser, resetPath, signedIn } from '../journeys/account-acts.ts'
import {
  expectDead,
  invitationOf,
  invite,
  inviteAndGetLink,
  mailTo,
  openQueueOf,
  openStory,
  queryRows,
  runTask,
  signUp,
  until,
  waitForQuiet,
  waitForStatus,
} from '../journeys/acts.ts'
import { ask } from '../journeys/approval-acts.ts'
import { DAY, linkIn, startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
let queue: Queue
let serial = 0

beforeAll(async () => {
  usher = await startUsher()
  queue = await openQueueOf(usher)
  const ada = usher.slack.as('UADA')
  await ada.openHome()
  await ada.waitForHome()
})
afterAll(async () => {
  await queue.close()
  await usher.stop()
})

/** A member of the workspace with an address of their own. */
async function addMember(): Promise<{ id: string; former: string; present: string }> {
  serial += 1
  const id = `UMOVE${serial}`
  const former = `former${serial}@northwind.example`
  await usher.slack.setUser(id, { name: `mover${serial}`, real_name: `Mo Ver${serial}`, email: former })
  await until(async () => expect(await usher.app.db.prisma.person.count({ where: { slackUserId: id } })).toBe(1))
  return { id, former, present: `present${serial}@northwind.example` }
}

/** Slack says that the address is another one; the clock's task has seen to what follows. */
async function move(id: string, present: string): Promise<void> {
  // Slack tells the times of changes in seconds.
  usher.clock.pass(60_000)
  await usher.slack.setUser(id, { email: present })
  await until(async () =>
    expect(await usher.app.db.prisma.person.count({ where: { slackUserId: id, email: present } })).toBe(1),
  )
}

async function settle(): Promise<void> {
  await runTask(usher, queue, 'tell_moved')
  await waitForQuiet(usher)
}

const mailsTo = (address: string) => usher.mailbox.messages.filter(({ envelope }) => envelope.to.includes(address))

it('45: the link that went to the former address is dead at once, and one new link goes to the present one', async () => {
  const { id, former, present } = await addMember()
  const old = await inviteAndGetLink(usher, former)
  await move(id, present)
  await expectDead(usher, old)
  const before = mailsTo(former).length

  await Promise.all([settle(), settle()])

  const link = linkIn(await mailTo(usher, present))
  expect(mailsTo(present)).toHaveLength(1)
  expect(mailsTo(former)).toHaveLength(before)
  await expectDead(usher, old)
  await usher.slack.as('UADA').waitForMessage(`a new message goes to ${present}`)
  expect((await signUp(usher, link, { firstName: 'Mo', lastName: 'Ver' })).status).toBe(303)
  const acts = await queryRows(
    usher,
    `SELECT "before"->>'contact' AS former, "after"->>'contact' AS present FROM "AuditEvent"
      WHERE "act" = 'invitation.moved' AND "subjectId" = $1`,
    [(await invitationOf(usher, present)).id],
  )
  expect(acts).toEqual([{ former, present }])
})

it('45: a sign-up form that was open while the address moved joins nobody', async () => {
  const { id, former, present } = await addMember()
  const old = await inviteAndGetLink(usher, former)
  expect((await usher.visit(old)).status).toBe(200)
  await move(id, present)
  expect((await signUp(usher, old)).status).toBe(404)
  expect(await usher.app.db.prisma.account.count({ where: { person: { slackUserId: id } } })).toBe(0)
})

it('45: resends and reminders go to the present address', async () => {
  const { id, former, present } = await addMember()
  await inviteAndGetLink(usher, former)
  await move(id, present)
  const before = mailsTo(former).length
  await settle()
  await mailTo(usher, present)

  const story = await openStory(usher.slack.as('UADA'), present)
  await story.click('Resend')
  await mailTo(usher, present, 2)
  await waitForStatus(usher, present, 'pending')
  await usher.slack.as('UADA').view()?.close({ all: true })
  // The clock's task looks at each invitation when it was sent, and again when something is due.
  for (const days of [6, 2]) {
    usher.clock.pass(days * DAY)
    await runTask(usher, queue, 'remind')
    await waitForQuiet(usher)
  }
  await mailTo(usher, present, 3)

  await waitForQuiet(usher)
  expect(mailsTo(former)).toHaveLength(before)
})

it('45: a request that was waiting for approval is sent to the present address', async () => {
  const { id, former, present } = await addMember()
  await ask(usher, former)
  await move(id, present)
  await settle()
  const ada = usher.slack.as('UADA')
  const question = await ada.waitForMessage(`asks to invite ${former}`)
  await ada.click(question, 'Review')
  const review = await ada.waitForView('review_form')
  await review.fill({ Decision: 'Approve' })
  expect(await review.submit()).toEqual({ closed: true })

  linkIn(await mailTo(usher, present))
  expect(mailsTo(former)).toEqual([])
})

it('45: a link to a new password, and sessions, end with the address', async () => {
  const { id, former, present } = await addMember()
  const link = await inviteAndGetLink(usher, former)
  await signUp(usher, link, { firstName: 'Mo', lastName: 'Ver' })
  await until(async () =>
    expect(await usher.app.db.prisma.account.count({ where: { person: { slackUserId: id } } })).toBe(1),
  )
  const browser = await signedIn(usher, former)
  expect((await browser.get('/account')).status).toBe(200)
  await openBrowser(usher).get('/forgot')
  await openBrowser(usher).post('/forgot', { name: former, language: 'en' })
  const path = await resetPath(usher, former, 2)
  expect((await openBrowser(usher).get(path)).status).toBe(200)

  await move(id, present)

  expect((await openBrowser(usher).get(path)).status).toBe(404)
  expect((await browser.get('/account')).status).toBe(303)
})

it('45: somebody who has no address any more is told nothing, and the invitation says so', async () => {
  const email = `only-mail@example.org`
  expect(await invite(usher, email)).toEqual({ closed: true })
  const old = linkIn(await mailTo(usher, email))
  const { personId } = await waitForStatus(usher, email, 'pending')
  await usher.app.db.prisma.person.update({ where: { id: personId }, data: { email: null, emailKey: null } })
  await expectDead(usher, old)
  await settle()
  const invitation = await usher.app.db.prisma.invitation.findFirstOrThrow({ where: { personId } })
  expect(invitation).toMatchObject({ status: 'error', email })
  expect(mailsTo(email)).toHaveLength(1)
})
