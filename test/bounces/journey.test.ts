// The whole way of a bounce: invited in Slack, handed over, come back by mail, read by IMAP, told in Slack.
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Queue } from '../../src/jobs/index.ts'
import { createMailbox, type Mailbox } from '../../src/sandbox/mailbox/mailbox.ts'
import {
  changeSettings,
  invitationOf,
  invite,
  inviteAndGetLink,
  mailTo,
  openQueueOf,
  openStory,
  queryRows,
  signUp,
  until,
  waitForQuiet,
  waitForStatus,
} from '../journeys/acts.ts'
import { startUsher, type Usher } from '../setup/usher.ts'

const RETURN_PATH = 'bounces@example.test'

let usher: Usher
let bounces: Mailbox
let queue: Queue
beforeAll(async () => {
  bounces = await createMailbox({ log: { info() {}, error() {} } })
  usher = await startUsher({
    env: { MAIL_RETURN_PATH: RETURN_PATH, BOUNCE_IMAP_URL: bounces.imapUrl(RETURN_PATH) },
  })
  queue = await openQueueOf(usher)
  await changeSettings(usher, { 'Notification channel': 'people-ops' })
})
afterAll(async () => {
  await queue.close()
  await usher.stop()
  await bounces.close()
})

/** What the clock does twice a minute. Resolves when the mailbox was read. */
async function readMailbox(): Promise<void> {
  await queue.boss.send('maintenance', { task: 'bounces' })
  await waitForQuiet(usher)
}

/** The mail server of the address lets the newest mail to it come back, by SMTP, to whom the envelope names. */
async function comeBack(email: string, change: (report: string) => string = (report) => report): Promise<void> {
  const mail = usher.mailbox.messages.findLast(({ envelope }) => envelope.to.includes(email))
  if (!mail) throw new Error(`no mail went to ${email}`)
  await usher.mailbox.bounce(mail.id, 'unknown')
  const written = usher.mailbox.messages.findLast(({ envelope }) => envelope.to.includes(RETURN_PATH))
  const transport = createTransport({ url: bounces.smtpUrl })
  const raw = change(written?.raw ?? '')
  await transport.sendMail({ raw, envelope: { from: '', to: [mail.envelope.from] } })
  transport.close()
}

const UNKNOWN = 'The mail server of example.org does not know this address (550 5.1.1).'

describe('a message that comes back', () => {
  it('makes its invitation Error; channel and inviter hear why, and trying again begins anew', async () => {
    const ada = usher.slack.as('UADA')
    await invite(usher, 'ana@example.org')
    await mailTo(usher, 'ana@example.org')
    await waitForStatus(usher, 'ana@example.org', 'pending')

    await comeBack('ana@example.org')
    await readMailbox()

    const told = `The invitation of *ana@example.org* into`
    await ada.waitForMessage(told, { channel: 'people-ops' })
    const message = await ada.waitForMessage(
      (one) => one.text.includes('ana@example.org') && one.text.includes(UNKNOWN),
    )
    expect(message.text).toContain('could not be delivered')
    expect(await invitationOf(usher, 'ana@example.org')).toMatchObject({ status: 'error', deliveryProblem: UNKNOWN })

    const story = await openStory(ada, 'ana@example.org')
    await story.click('Try again')
    await waitForStatus(usher, 'ana@example.org', 'pending')
    expect((await invitationOf(usher, 'ana@example.org')).bouncedAt).toBeNull()

    // The bounce of the first message comes once more, late: the second one stays as it is.
    await comeBack('ana@example.org', (report) => report.replaceAll(/\.2(@|\r)/g, '.1$1'))
    await readMailbox()
    expect((await invitationOf(usher, 'ana@example.org')).status).toBe('pending')
  })

  it('is told in the story with every stage in its order, and with how it went on', async () => {
    const ada = usher.slack.as('UADA')
    const link = await inviteAndGetLink(usher, 'ben@example.org')
    usher.clock.pass(60_000)
    await comeBack('ben@example.org', (report) =>
      report.replace('Action: failed', 'Action: delayed').replace('Status: 5.1.1', 'Status: 4.4.1'),
    )
    await readMailbox()
    usher.clock.pass(60_000)
    await usher.visit(link)
    usher.clock.pass(60_000)
    await signUp(usher, link, { password: 'short' })
    await until(async () =>
      expect(
        await queryRows(usher, 'SELECT count(*)::int AS n FROM "InvitationOpening" WHERE "startedAt" IS NOT NULL'),
      ).toEqual([{ n: 1 }]),
    )

    const before = (await openStory(ada, 'ben@example.org')).text
    usher.clock.pass(60_000)
    expect((await signUp(usher, link)).status).toBe(303)
    await waitForStatus(usher, 'ben@example.org', 'accepted')
    const after = (await openStory(ada, 'ben@example.org')).text

    const order =
      /How far it got.*Queued ·.*Handed to the mail server ·.*it answered: 250.*Not arrived yet ·.*has not taken the message yet; it is tried again.*Page opened ·.*Sign-up begun ·/s
    expect(before).toMatch(order)
    expect(before).toContain('Not yet: joined.')
    expect(after).toMatch(order)
    expect(after).toMatch(/Sign-up begun ·.*Joined ·/s)
    expect(after).not.toContain('Not yet')
    expect(usher.slack.complaints).toEqual([])
  })

  it('forged for another address changes nothing, and the log counts it', async () => {
    await inviteAndGetLink(usher, 'cleo@example.org')
    await comeBack('cleo@example.org', (report) => report.replaceAll('rfc822; cleo@', 'rfc822; mallory@'))
    const before = usher.log.length

    await readMailbox()

    expect((await invitationOf(usher, 'cleo@example.org')).status).toBe('pending')
    expect(usher.log.slice(before)).toContainEqual({
      level: 'info',
      text: 'Mail that came back was read',
      details: { foreign: 1 },
    })
  })

  it('asked for by three clocks at once is read once', async () => {
    await inviteAndGetLink(usher, 'dan@example.org')
    await comeBack('dan@example.org')

    await Promise.all(Array.from({ length: 3 }, () => queue.boss.send('maintenance', { task: 'bounces' })))
    await waitForStatus(usher, 'dan@example.org', 'error')
    await waitForQuiet(usher)

    const events = `SELECT count(*)::int AS n FROM "AuditEvent" WHERE "act" = 'invitation.bounced' AND "subjectName" = $1`
    expect(await queryRows(usher, events, ['dan@example.org'])).toEqual([{ n: 1 }])
  })

  it('leaves no address and no link in the log', () => {
    const log = JSON.stringify(usher.log)

    expect(log).not.toContain('/join/')
    expect(log).not.toContain(RETURN_PATH)
  })
})
