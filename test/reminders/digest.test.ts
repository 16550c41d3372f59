// Every Monday at nine, where the organisation is, inviters hear once what is open and what expired.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../../src/app.ts'
import { letExpiredGo } from '../../src/invitations/index.ts'
import { openQueue, type Queue } from '../../src/jobs/index.ts'
import { messageText } from '../../src/sandbox/slack/local-slack.ts'
import {
  addUnit,
  changeSettings,
  invitationOf,
  invite,
  inviteAndGetLink,
  makeMember,
  openQueueOf,
  openStory,
  runExpiry,
  runTask,
  signUp,
  waitForQuiet,
  waitForStatus,
} from '../journeys/acts.ts'
import { silentLog } from '../setup/database.ts'
import { DAY, MINUTE, startAnother, startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
let other: App
let queue: Queue
beforeAll(async () => {
  usher = await startUsher()
  // A Tuesday.
  usher.clock.now = new Date('2027-06-01T12:00:00Z')
  other = await startAnother(usher, { noticesAtOnce: 1000 })
  queue = await openQueueOf(usher)
  await changeSettings(usher, { 'Time zone': 'Europe/Rome' })
  await addUnit(usher, 'hub', 'Customer room')
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await queue.close()
  await other.stop()
  await usher.stop()
})

async function passTo(moment: string): Promise<void> {
  usher.clock.now = new Date(moment)
  await runExpiry(usher, queue)
  await runTask(usher, queue, 'digest')
  await waitForQuiet(usher)
}

/** The digests that somebody has read. */
function digestsOf(userId: string): string[] {
  const messages = usher.slack.as(userId).dm()
  return messages.filter(({ text }) => text.includes('Your invitations:')).map(({ text }) => text)
}

describe('the weekly digest', () => {
  it('comes on Monday at nine in the organisation’s time zone, once, to inviters who have something to hear of', async () => {
    const max = await makeMember(usher, 'UMAX', { 'User type': 'Team Member' })
    await inviteAndGetLink(usher, 'open@example.org')
    await inviteAndGetLink(usher, 'expired@example.org')
    const joined = await inviteAndGetLink(usher, 'joined@example.org')
    expect((await signUp(usher, joined)).status).toBe(303)
    await usher.app.db.prisma.invitation.updateMany({
      where: { email: 'expired@example.org' },
      data: { expiresAt: new Date('2027-06-03T12:00:00Z') },
    })

    await passTo('2027-06-07T06:59:59Z')
    expect(digestsOf('UADA')).toEqual([])
    usher.clock.now = new Date('2027-06-07T07:00:00Z')
    const otherQueue = await openQueue({ db: other.db, log: silentLog })
    await Promise.all([runTask(usher, queue, 'digest'), runTask(usher, otherQueue, 'digest')])
    await otherQueue.close()
    await runTask(usher, queue, 'digest')
    await waitForQuiet(usher)

    expect(digestsOf('UADA')).toEqual([
      'Your invitations: 1 open, 1 expired in the last two weeks. Expired longest ago: expired@example.org into Main hub. Open longest: open@example.org into Main hub.',
    ])
    expect(digestsOf('UMAX')).toEqual([])
    expect(max.user.id).toBe('UMAX')
  })

  it('“Resend all” sends what expired again, and says what could not be', async () => {
    const ada = usher.slack.as('UADA')
    const { prisma } = usher.app.db
    await inviteAndGetLink(usher, 'ten@example.org')
    usher.clock.pass(7 * DAY + MINUTE)
    await runExpiry(usher, queue)
    await waitForStatus(usher, 'open@example.org', 'expired')
    const { organisationId } = await invitationOf(usher, 'ten@example.org')
    await prisma.sending.createMany({
      data: Array.from({ length: 10 }, (_, index) => ({
        id: `01990000-0000-7000-8000-00000000020${index}`,
        organisationId,
        emailKey: 'ten@example.org',
        at: usher.clock.now,
        isSingle: false,
      })),
    })
    await passTo('2027-06-14T08:00:00Z')
    const [, second] = digestsOf('UADA')
    expect(second).toContain('Your invitations: 0 open, 3 expired in the last two weeks.')
    const message = await ada.waitForMessage('0 open, 3 expired', { channel: 'DADA' })
    await ada.click(message, 'Resend all 2')
    const done = await ada.waitForMessage('2 invitations on the way again. One was not sent again:', {
      channel: 'DADA',
    })
    expect(messageText(done)).toContain('was sent ten messages within a day')
    expect(done.text).toContain('Your invitations: 2 open, 1 expired in the last two weeks.')
    await waitForStatus(usher, 'open@example.org', 'pending')
    await waitForStatus(usher, 'expired@example.org', 'pending')
    expect((await invitationOf(usher, 'ten@example.org')).status).toBe('expired')
  })

  it('“Let go” ends the mention of what expired, and leaves open what is open; sent again, it counts again', async () => {
    const ada = usher.slack.as('UADA')
    const message = await ada.waitForMessage('2 open, 1 expired in the last two weeks', { channel: 'DADA' })
    await ada.click(message, 'Let go')
    const done = await ada.waitForMessage('1 invitation let go. Your invitations: 2 open, 0 expired', {
      channel: 'DADA',
    })
    expect(messageText(done)).not.toContain('Let go')
    expect((await invitationOf(usher, 'open@example.org')).status).toBe('pending')
    const { prisma } = usher.app.db
    const where = { act: 'invitation.let_go', subjectName: 'ten@example.org' }
    expect(await prisma.auditEvent.count({ where })).toBe(1)

    const { organisationId, inviterId } = await invitationOf(usher, 'ten@example.org')
    const again = { organisationId, actorId: inviterId, most: 10, origin: 'slack' }
    expect(await letExpiredGo({ db: usher.app.db, now: () => usher.clock.now }, again)).toBe(0)
    expect(await prisma.auditEvent.count({ where })).toBe(1)

    await passTo('2027-06-21T07:30:00Z')
    expect(digestsOf('UADA').at(-1)).toContain('Your invitations: 2 open, 0 expired')
    const story = await openStory(ada, 'ten@example.org')
    await story.click('Resend')
    await waitForStatus(usher, 'ten@example.org', 'pending')
    await story.close()
    await passTo('2027-06-28T08:00:00Z')
    expect(digestsOf('UADA').at(-1)).toContain('ten@example.org into Main hub')
  })

  it('of a Monday that was slept through comes when the machine wakes, unless the next Monday is nearer', async () => {
    await inviteAndGetLink(usher, 'slept@example.org', { by: 'UMAX', fields: { Hub: 'Main hub' } })
    await passTo('2027-07-07T23:00:00Z')
    expect(digestsOf('UMAX')).toHaveLength(1)
    await inviteAndGetLink(usher, 'slept2@example.org', { by: 'UMAX', fields: { Hub: 'Main hub' } })
    await passTo('2027-07-16T12:00:00Z')
    expect(digestsOf('UMAX')).toHaveLength(1)
  })

  it('is not sent to who left, nor about what is younger than Monday, nor where it is turned off', async () => {
    await passTo('2027-07-19T12:00:00Z')
    const before = [digestsOf('UADA').length, digestsOf('UMAX').length]
    expect(await changeSettings(usher, { 'Every Monday at 9:00': [] })).toEqual({ closed: true })
    await passTo('2027-07-26T12:00:00Z')
    expect([digestsOf('UADA').length, digestsOf('UMAX').length]).toEqual(before)
    const on = ['Tell inviters what is open and what expired']
    expect(await changeSettings(usher, { 'Every Monday at 9:00': on })).toEqual({ closed: true })
    await passTo('2027-07-26T13:00:00Z')
    expect([digestsOf('UADA').length, digestsOf('UMAX').length]).toEqual(before)

    await inviteAndGetLink(usher, 'left@example.org', { by: 'UMAX', fields: { Hub: 'Main hub' } })
    await usher.app.db.prisma.person.updateMany({ where: { slackUserId: 'UMAX' }, data: { isActive: false } })
    usher.clock.now = new Date('2027-08-02T12:00:00Z')
    await invite(usher, 'young@example.org')
    await waitForStatus(usher, 'young@example.org', 'pending')
    await passTo('2027-08-02T12:01:00Z')
    expect([digestsOf('UADA').length, digestsOf('UMAX').length]).toEqual(before)
  })
})
