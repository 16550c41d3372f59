// SECURITY 31: two instances of the whole app on one database.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { App } from '../../src/app.ts'
import {
  hurryJobs,
  inviteAndGetLink,
  mailTo,
  openInviteForm,
  openQueueOf,
  queryRows,
  signUpFields,
  until,
  waitForQuiet,
} from '../journeys/acts.ts'
import { DAY, formBody, startAnother, startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
let other: App

beforeAll(async () => {
  usher = await startUsher()
  // Each piece of news is looked for by itself; that they are summed up over instances: test/reminders.
  other = await startAnother(usher, { noticesAtOnce: 1000 })
})
afterAll(async () => {
  await other.stop()
  await usher.stop()
})

/** The last request of a kind, exactly as it was, at the door of the other instance. */
async function repeatAtTheOther(kind: string): Promise<number> {
  const sent = usher.slack.sent.findLast((request) => request.kind === kind)
  if (!sent) throw new Error(`no ${kind} was sent yet`)
  const answer = await fetch(`${other.url}${sent.path}`, { method: 'POST', headers: sent.headers, body: sent.body })
  return answer.status
}

it('31: a form that reaches both is done once, and its mail is sent once', async () => {
  const form = await openInviteForm(usher.slack.as('UADA'), 'ana@example.org')
  await form.fill({ 'User type': 'Team Member', Role: 'Employee' })
  expect(await form.submit()).toEqual({ closed: true })
  expect(await repeatAtTheOther('view_submission')).toBe(200)
  await mailTo(usher, 'ana@example.org')
  await waitForQuiet(usher)
  expect(await usher.app.db.prisma.invitation.count()).toBe(1)
  expect(usher.mailbox.messages).toHaveLength(1)
})

it('31: twenty sign-ups with one link at the doors of both make one account', async () => {
  const link = await inviteAndGetLink(usher, 'bea@example.org')
  const path = new URL(link).pathname
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      fetch(`${index % 2 === 0 ? usher.app.url : other.url}${path}`, { redirect: 'manual', ...formBody(signUpFields) }),
    ),
  )
  expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
  const person = await usher.app.db.prisma.person.findMany({
    where: { emailKey: 'bea@example.org' },
    include: { account: true, memberships: true },
  })
  expect(person).toMatchObject([{ account: { status: 'active' }, memberships: [{}] }])
})

it('31: a task that both clocks ask for is done once, and its news is told once', async () => {
  const count = 30
  const emails = Array.from({ length: count }, (_, index) => `late${index}@example.org`)
  for (const email of emails) await inviteAndGetLink(usher, email)
  usher.clock.pass(8 * DAY)
  const clocks = await Promise.all([openQueueOf(usher), openQueueOf(usher)])
  await Promise.all(clocks.map((clock) => clock.askFor('expire', 60)))
  await until(async () =>
    expect(await usher.app.db.prisma.invitation.count({ where: { status: 'expired' } })).toBe(count + 1),
  )
  await hurryJobs(usher)
  await waitForQuiet(usher)
  for (const clock of clocks) await clock.close()
  const asked = await queryRows(
    usher,
    `SELECT id FROM queue.job WHERE name = 'maintenance' AND data->>'task' = 'expire'`,
  )
  expect(asked).toHaveLength(1)
  const told = usher.slack
    .as('UADA')
    .dm()
    .flatMap(({ text }) => emails.filter((email) => text.includes(email)))
  expect(told.sort()).toEqual([...emails].sort())
})
