// How invitations end, and what is told of it: by the clock, by the mail server, by an account that is there already,
// by one sign-up for two hubs.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Queue } from '../../src/jobs/index.ts'
import { messageText } from '../../src/sandbox/slack/local-slack.ts'
import { DAY, linkIn, MINUTE, startUsher, type Usher } from '../setup/usher.ts'
import {
  addUnit,
  changeSettings,
  invitationOf,
  invite,
  inviteAndGetLink,
  mailTo,
  openQueueOf,
  openStory,
  runExpiry,
  signUp,
  waitForQuiet,
  waitForStatus,
} from './acts.ts'
import { shownBy } from './join-page-acts.ts'

let usher: Usher
let queue: Queue
beforeAll(async () => {
  usher = await startUsher()
  queue = await openQueueOf(usher)
  await changeSettings(usher, { 'Notification channel': 'people-ops' })
  await addUnit(usher, 'hub', 'Customer room')
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await queue.close()
  await usher.stop()
})

/** What a person has seen of an address in a conversation. */
function told(userId: string, channel: string, address: string): string[] {
  const messages = usher.slack.as(userId).messages(channel)
  return messages.filter((message) => message.text.includes(address)).map(messageText)
}

describe('an invitation that cannot be delivered', () => {
  it('becomes Error, channel and inviter are told why, and “Try again” sends it', async () => {
    const ada = usher.slack.as('UADA')
    usher.mailbox.faults.next('rcpt', { code: 550, text: 'No such user here' })
    expect(await invite(usher, 'gone@example.org')).toEqual({ closed: true })
    await waitForStatus(usher, 'gone@example.org', 'error')
    await ada.waitForMessage('The invitation of *gone@example.org* into *Main hub* could not be delivered', {
      channel: 'people-ops',
    })
    const failed = 'The invitation of gone@example.org into Main hub could not be delivered'
    const news = await ada.waitForMessage(failed, { channel: 'DADA' })
    expect(told('UADA', 'people-ops', 'gone@example.org')[0]).not.toContain('Try again')

    await ada.click(news, 'Try again')
    await ada.waitForMessage('Ada Lovelace sent the invitation of *gone@example.org* again.', { channel: 'DADA' })
    expect((await invitationOf(usher, 'gone@example.org')).generation).toBe(2)
    const mail = await mailTo(usher, 'gone@example.org')
    await waitForStatus(usher, 'gone@example.org', 'pending')
    expect((await signUp(usher, linkIn(mail), { firstName: 'Gil' })).status).toBe(303)
    await ada.waitForMessage('Gil Diaz (gone@example.org) joined', { channel: 'people-ops' })
  })

  it('can be tried again from its story, too, and says why it failed', async () => {
    usher.mailbox.faults.next('rcpt', { code: 550, text: 'No such user here' })
    await invite(usher, 'story@example.org')
    await waitForStatus(usher, 'story@example.org', 'error')
    const story = await openStory(usher.slack.as('UADA'), 'story@example.org')
    expect(story.text).toContain('It could not be delivered:')
    await story.click('Try again')
    await waitForStatus(usher, 'story@example.org', 'pending')
    await story.close()
  })
})

describe('an address that has an account in another hub', () => {
  it('is added at once and told by mail; the inviter sees the same confirmation as for anybody', async () => {
    const ada = usher.slack.as('UADA')
    const link = await inviteAndGetLink(usher, 'both@example.org')
    expect((await signUp(usher, link, { firstName: 'Bo' })).status).toBe(303)
    const first = await ada.waitForMessage('both@example.org is being invited into Main hub', { channel: 'general' })

    const fields = { Hub: 'Customer room', 'User type': 'Hub Admin', Role: 'Team Lead' }
    expect(await invite(usher, 'both@example.org', fields)).toEqual({ closed: true })
    const second = await ada.waitForMessage('both@example.org is being invited into Customer room', {
      channel: 'general',
    })
    expect(messageText(second).replaceAll('Customer room', 'Main hub')).toBe(messageText(first))

    const mail = await mailTo(usher, 'both@example.org', 2)
    expect(mail.subject).toBe('You have been added to Customer room at Northwind Trading')
    expect(mail.text).not.toContain('/join/')
    const person = await usher.app.db.prisma.person.findFirstOrThrow({
      where: { emailKey: 'both@example.org' },
      include: { memberships: { include: { hub: true } } },
    })
    // The role that somebody has is never changed by an invitation.
    expect(person.role).toBe('employee')
    expect(person.memberships.map(({ hub, userType }) => `${hub.name} ${userType}`).sort()).toEqual([
      'Customer room hub_admin',
      'Main hub team_member',
    ])
    const story = await openStory(ada, 'both@example.org')
    expect(story.text).toContain('Ada Lovelace added them to the hub; they have an account already.')
    expect(story.text).toContain('They have an account and are in the hub already.')
    await waitForStatus(usher, 'both@example.org', 'pending')
    await story.close()

    // Taken back, they are out of the hub that it added them to.
    const again = await openStory(ada, 'both@example.org')
    await again.click('Revoke')
    await waitForStatus(usher, 'both@example.org', 'revoked')
    const where = { personId: person.id }
    expect(await usher.app.db.prisma.hubMembership.count({ where })).toBe(1)
    await again.close()
  })
})

describe('two invitations into two hubs', () => {
  it('are both accepted by one sign-up, each told, and the other link is dead', async () => {
    const ada = usher.slack.as('UADA')
    const one = await inviteAndGetLink(usher, 'two@example.org')
    const fields = { Hub: 'Customer room', 'User type': 'External Member' }
    const other = await inviteAndGetLink(usher, 'two@example.org', { fields, nth: 2 })
    expect((await signUp(usher, other, { firstName: 'Tea', shown: await shownBy(usher, other) })).status).toBe(303)
    await ada.waitForMessage('Tea Diaz (two@example.org) joined *Main hub*', { channel: 'people-ops' })
    await ada.waitForMessage('Tea Diaz (two@example.org) joined *Customer room*', { channel: 'people-ops' })
    expect((await usher.visit(one)).status).toBe(404)
    expect((await signUp(usher, one)).status).toBe(404)

    const { prisma } = usher.app.db
    const person = await prisma.person.findFirstOrThrow({
      where: { emailKey: 'two@example.org' },
      include: { account: true, memberships: true, invitations: true },
    })
    expect(person.memberships.map(({ userType }) => userType).sort()).toEqual(['external_member', 'team_member'])
    expect(person.invitations.map(({ status }) => status)).toEqual(['accepted', 'accepted'])
    const acts = { subjectName: 'two@example.org', act: 'invitation.accepted' }
    expect(await prisma.auditEvent.count({ where: acts })).toBe(2)
  })
})

// The last, because the clock only goes forward.
describe('an invitation that runs out', () => {
  it('expires by the clock, once: channel and inviter are told, and “Resend” in the notice sends it anew', async () => {
    const ada = usher.slack.as('UADA')
    const dead = await inviteAndGetLink(usher, 'slow@example.org')
    const { expiresAt } = await invitationOf(usher, 'slow@example.org')
    usher.clock.pass(Number(expiresAt) - usher.clock.now.getTime() - 1)
    await runExpiry(usher, queue)
    expect((await invitationOf(usher, 'slow@example.org')).status).toBe('pending')

    usher.clock.pass(1)
    await runExpiry(usher, queue)
    await runExpiry(usher, queue)
    expect((await invitationOf(usher, 'slow@example.org')).status).toBe('expired')
    const inChannel = 'The invitation of *slow@example.org* into *Main hub* expired without an answer.'
    await ada.waitForMessage(inChannel, { channel: 'people-ops' })
    const notice = await ada.waitForMessage(inChannel, { channel: 'DADA' })
    await waitForQuiet(usher)
    for (const channel of ['people-ops', 'DADA']) {
      expect(told('UADA', channel, 'slow@example.org').filter((text) => text.includes('expired'))).toHaveLength(1)
    }
    const expired = { subjectName: 'slow@example.org', act: 'invitation.expired' }
    expect(await usher.app.db.prisma.auditEvent.count({ where: expired })).toBe(1)

    await ada.click(notice, 'Resend')
    const link = linkIn(await mailTo(usher, 'slow@example.org', 2))
    await waitForStatus(usher, 'slow@example.org', 'pending')
    expect((await usher.visit(dead)).status).toBe(404)
    const again = await invitationOf(usher, 'slow@example.org')
    expect(Number(again.expiresAt) - Number(again.sentAt)).toBe(7 * DAY)
    expect((await signUp(usher, link, { firstName: 'Sal' })).status).toBe(303)
    await ada.waitForMessage('Sal Diaz (slow@example.org) joined', { channel: 'people-ops' })
  })

  it('can be invited again by the form, and its old notice then changes nothing', async () => {
    const ada = usher.slack.as('UADA')
    await inviteAndGetLink(usher, 'anew@example.org')
    usher.clock.pass(7 * DAY + MINUTE)
    await runExpiry(usher, queue)
    const notice = await ada.waitForMessage('The invitation of *anew@example.org* into *Main hub* expired', {
      channel: 'DADA',
    })
    expect(await invite(usher, 'anew@example.org', { 'User type': 'External Member' })).toEqual({ closed: true })
    await ada.click(notice, 'Resend')
    await ada.waitForMessage('This address could not be invited.')
    const { prisma } = usher.app.db
    const invitations = await prisma.invitation.findMany({ where: { email: 'anew@example.org' } })
    expect(invitations.map(({ generation }) => generation)).toEqual([1, 1])
    await waitForStatus(usher, 'anew@example.org', 'pending')
  })
})
