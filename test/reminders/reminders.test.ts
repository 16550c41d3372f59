// Invitees are called to mind of their invitation: half-way and a day before the end, once each, never after an answer.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Queue } from '../../src/jobs/index.ts'
import {
  changeSettings,
  hurryJobs,
  invitationOf,
  inviteAndGetLink,
  mailTo,
  openQueueOf,
  openStory,
  runExpiry,
  runTask,
  signUp,
  until,
  waitForQuiet,
  waitForStatus,
} from '../journeys/acts.ts'
import { DAY, linkIn, MINUTE, startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
let queue: Queue
beforeAll(async () => {
  usher = await startUsher()
  queue = await openQueueOf(usher)
})
afterEach(() => usher.mailbox.faults.clear())
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await queue.close()
  await usher.stop()
})

/** The clock goes on by so many days, and its tasks run as they would. */
async function passDays(days: number): Promise<void> {
  usher.clock.pass(days * DAY)
  await runExpiry(usher, queue)
  await runTask(usher, queue, 'remind')
  await waitForQuiet(usher)
}

function mailsTo(email: string) {
  return usher.mailbox.messages.filter(({ envelope }) => envelope.to.includes(email))
}

function subjectsTo(email: string): string[] {
  return mailsTo(email).map(({ subject }) => subject)
}

const INVITED = 'Ada Lovelace invites you to Main hub at Northwind Trading'
const REMINDED = `Reminder: ${INVITED}`

describe('an invitee who does not answer', () => {
  it('is reminded once half-way and once a day before the end, with the same link, and then it expires', async () => {
    const link = await inviteAndGetLink(usher, 'slow@example.org')
    await passDays(3.4)
    expect(subjectsTo('slow@example.org')).toEqual([INVITED])

    await passDays(0.1)
    await runTask(usher, queue, 'remind')
    await waitForQuiet(usher)
    expect(subjectsTo('slow@example.org')).toEqual([INVITED, REMINDED])
    await passDays(2.4)
    expect(subjectsTo('slow@example.org')).toHaveLength(2)

    await passDays(0.1)
    expect(subjectsTo('slow@example.org')).toEqual([INVITED, REMINDED, REMINDED])
    const invitation = await invitationOf(usher, 'slow@example.org')
    expect(invitation).toMatchObject({ status: 'pending', generation: 1, remindersSent: 2, nextReminderAt: null })
    const mails = mailsTo('slow@example.org')
    expect(mails.map(linkIn)).toEqual([link, link, link])
    expect(mails.map(({ messageId }) => messageId.replace(/@.*$/, ''))).toEqual([
      `<${invitation.id}.1`,
      `<${invitation.id}.1.r1`,
      `<${invitation.id}.1.r2`,
    ])
    expect((await usher.visit(link)).status).toBe(200)

    await passDays(1)
    await waitForStatus(usher, 'slow@example.org', 'expired')
    expect(subjectsTo('slow@example.org')).toHaveLength(3)
    const { prisma } = usher.app.db
    const events = await prisma.auditEvent.findMany({
      where: { subjectName: 'slow@example.org', act: 'invitation.reminded' },
      orderBy: { at: 'asc' },
    })
    expect(events.map(({ after, origin }) => ({ after, origin }))).toEqual([
      { after: { when: 'half-way to the end' }, origin: 'scheduler' },
      { after: { when: 'a day before the end' }, origin: 'scheduler' },
    ])
    const story = await openStory(usher.slack.as('UADA'), 'slow@example.org')
    expect(story.text).toContain('slow@example.org was reminded of the invitation, a day before the end.')
    await story.close()
    expect(await prisma.sending.count({ where: { emailKey: 'slow@example.org' } })).toBe(3)
  })

  it('hears until when the link works, who invited, and that it is a reminder', async () => {
    const link = await inviteAndGetLink(usher, 'words@example.org')
    const { expiresAt } = await invitationOf(usher, 'words@example.org')
    await passDays(3.5)
    const [, reminder] = mailsTo('words@example.org')
    expect(reminder?.text).toContain(
      'This is a reminder: Ada Lovelace invited you to join Main hub at Northwind Trading, and your answer is still missing.',
    )
    const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' })
    expect(reminder?.text).toContain(day.format(expiresAt ?? undefined))
    expect(reminder?.html).toContain(`href="${link}"`)
  })

  it('is reminded once after a sleep of three days', async () => {
    await inviteAndGetLink(usher, 'asleep@example.org')
    await passDays(3.2)
    usher.clock.pass(3 * DAY)
    await passDays(0)
    await passDays(0.5)
    expect(subjectsTo('asleep@example.org')).toEqual([INVITED, REMINDED])
  })
})

describe('nobody is reminded', () => {
  it('who has answered, also when the reminder was queued already', async () => {
    const link = await inviteAndGetLink(usher, 'ready@example.org')
    expect((await signUp(usher, link)).status).toBe(303)
    await passDays(3.5)
    await passDays(2.5)
    expect(subjectsTo('ready@example.org')).toEqual([INVITED])
    expect(await invitationOf(usher, 'ready@example.org')).toMatchObject({ nextReminderAt: null, remindersSent: 0 })
  })

  it('whose invitation was revoked, or accepted, while the reminder waited in the queue', async () => {
    await inviteAndGetLink(usher, 'revoked@example.org')
    const link = await inviteAndGetLink(usher, 'accepted@example.org')
    usher.mailbox.faults.next('connect', { code: 421, text: 'Busy' })
    usher.clock.pass(3.5 * DAY)
    await runTask(usher, queue, 'remind')
    await until(async () => {
      const { rows } = await usher.app.db.pool.query(
        "SELECT 1 FROM queue.job WHERE name = 'remind' AND state = 'created' AND start_after > now()",
      )
      expect(rows.length).toBeGreaterThan(0)
    })
    const story = await openStory(usher.slack.as('UADA'), 'revoked@example.org')
    await story.click('Revoke')
    await waitForStatus(usher, 'revoked@example.org', 'revoked')
    await story.close()
    expect((await signUp(usher, link)).status).toBe(303)
    const before = [subjectsTo('revoked@example.org').length, subjectsTo('accepted@example.org').length]
    usher.clock.pass(MINUTE)
    await hurryJobs(usher)
    await waitForQuiet(usher)
    expect([subjectsTo('revoked@example.org').length, subjectsTo('accepted@example.org').length]).toEqual(before)
    expect(Math.min(...before)).toBe(1)
  })

  it('at the old date after a resend: the new days count', async () => {
    await inviteAndGetLink(usher, 'again@example.org')
    await passDays(3)
    const story = await openStory(usher.slack.as('UADA'), 'again@example.org')
    await story.click('Resend')
    await mailTo(usher, 'again@example.org', 2)
    await waitForStatus(usher, 'again@example.org', 'pending')
    await story.close()
    await passDays(0.6)
    expect(subjectsTo('again@example.org')).toEqual([INVITED, INVITED])
    await passDays(3)
    expect(subjectsTo('again@example.org')).toEqual([INVITED, INVITED, REMINDED])
    const { id } = await invitationOf(usher, 'again@example.org')
    expect(mailsTo('again@example.org').at(-1)?.messageId).toContain(`<${id}.2.r1@`)
  })

  it('where the settings say so; what was turned on again counts from then on', async () => {
    await inviteAndGetLink(usher, 'quiet@example.org')
    expect(await changeSettings(usher, { 'Half-way': [], 'A day before the end': [] })).toEqual({ closed: true })
    await passDays(3.5)
    expect(subjectsTo('quiet@example.org')).toEqual([INVITED])
    expect(
      await changeSettings(usher, {
        'Half-way': ['Remind invitees when half of their time is over'],
        'A day before the end': ['Remind invitees a day before their invitation expires'],
      }),
    ).toEqual({ closed: true })
    await passDays(2.5)
    expect(subjectsTo('quiet@example.org')).toEqual([INVITED, REMINDED])
  })

  it('whose address had its ten messages of the day', async () => {
    await inviteAndGetLink(usher, 'full@example.org')
    usher.clock.pass(3.5 * DAY)
    const { prisma } = usher.app.db
    const { organisationId } = await invitationOf(usher, 'full@example.org')
    const sendings = Array.from({ length: 10 }, (_, index) => ({
      id: `01990000-0000-7000-8000-00000000010${index}`,
      organisationId,
      emailKey: 'full@example.org',
      at: usher.clock.now,
      isSingle: false,
    }))
    await prisma.sending.createMany({ data: sendings })
    await passDays(0)
    expect(subjectsTo('full@example.org')).toEqual([INVITED])
    await passDays(2.5)
    expect(subjectsTo('full@example.org')).toEqual([INVITED, REMINDED])
  })
})

describe('a reminder that is not taken', () => {
  it('for now is tried again; for good leaves the invitation as it is, and its story says so', async () => {
    const link = await inviteAndGetLink(usher, 'grey@example.org')
    usher.mailbox.faults.next('rcpt', { code: 450, text: '4.2.0 greylisted' })
    await runUntilPutOff(3.5)
    expect(subjectsTo('grey@example.org')).toEqual([INVITED])
    await hurryJobs(usher)
    await waitForQuiet(usher)
    expect(subjectsTo('grey@example.org')).toEqual([INVITED, REMINDED])

    usher.mailbox.faults.next('rcpt', { code: 550, text: '5.7.1 no' })
    await passDays(2.5)
    await until(async () =>
      expect(
        await usher.app.db.prisma.auditEvent.count({
          where: { subjectName: 'grey@example.org', act: 'invitation.reminder_failed' },
        }),
      ).toBe(1),
    )
    expect((await invitationOf(usher, 'grey@example.org')).status).toBe('pending')
    expect((await usher.visit(link)).status).toBe(200)
    const story = await openStory(usher.slack.as('UADA'), 'grey@example.org')
    expect(story.text).toContain('The reminder could not be delivered.')
    await story.close()
  })
})

/** Days pass, reminders are queued, and the one that failed waits for its next try. */
async function runUntilPutOff(days: number): Promise<void> {
  usher.clock.pass(days * DAY)
  await runTask(usher, queue, 'remind')
  await until(async () => {
    const { rows } = await usher.app.db.pool.query(
      "SELECT 1 FROM queue.job WHERE name = 'remind' AND state = 'created' AND start_after > now() AND data ? 'since'",
    )
    expect(rows).toHaveLength(1)
  })
}
