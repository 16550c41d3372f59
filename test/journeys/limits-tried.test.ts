// The limits, tried hard: two instances, resends, lists, requests, and what is booked when its minute comes.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { App } from '../../src/app.ts'
import { ADDRESS_LIMIT } from '../../src/invitations/index.ts'
import { MINUTE, startAnother, startUsher, type Usher } from '../setup/usher.ts'
import {
  forge,
  freshTrigger,
  invitationOf,
  invite,
  openInviteForm,
  openStory,
  setValue,
  waitForStatus,
} from './acts.ts'
import { known } from './approval-acts.ts'
import { paste, sendToTheEnd } from './list-acts.ts'

const LIMIT = 3

let usher: Usher
let other: App
let main: string

beforeAll(async () => {
  usher = await startUsher({ hourlyLimit: LIMIT })
  other = await startAnother(usher)
  main = (await usher.app.db.prisma.hub.findFirstOrThrow({ where: { isDefault: true } })).id
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await other.stop()
  await usher.stop()
})
beforeEach(async () => {
  usher.clock.pass(61 * MINUTE)
  await known(usher, 'UADA')
  await known(usher, 'UPAT')
})

/** Uses the hour of a member up. */
async function useUp(prefix: string, by = 'UADA'): Promise<void> {
  for (let sent = 0; sent < LIMIT; sent += 1) {
    expect(await invite(usher, `${prefix}${sent}@example.org`, {}, by)).toEqual({ closed: true })
  }
}

/** Past the limit: books the address, and gives the booking. */
async function book(email: string, by: string) {
  const form = await openInviteForm(usher.slack.as(by), email)
  await form.fill({ 'User type': 'Team Member', Role: 'Employee' })
  const { updated } = await form.submit()
  expect(await updated?.submit()).toEqual({ closed: true })
  return usher.app.db.prisma.booking.findFirstOrThrow({ where: { email } })
}

async function letItsMinuteCome(): Promise<void> {
  usher.clock.pass(62 * MINUTE)
  await usher.hurry()
}

describe('one inviter', () => {
  it('gets exactly the limit through when ten forms come at once over two instances', async () => {
    expect(await invite(usher, 'template@example.org')).toEqual({ closed: true })
    usher.clock.pass(61 * MINUTE)
    const sent = usher.slack.sent.findLast(({ kind }) => kind === 'view_submission')
    const answers = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        const payload = JSON.parse(new URLSearchParams(sent?.body).get('payload') ?? '')
        payload.view.id = `VTWO${index}`
        setValue(payload, 'email', `two${index}@example.org`)
        const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
        const at = Math.floor(usher.clock.now.getTime() / 1000)
        const url = index % 2 === 0 ? usher.app.url : other.url
        const answer = await fetch(`${url}/slack/events`, {
          method: 'POST',
          body,
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            'x-slack-request-timestamp': String(at),
            'x-slack-signature': usher.slack.sign(body, at),
          },
        })
        return answer.text()
      }),
    )
    expect(answers.filter((answer) => answer === '')).toHaveLength(LIMIT)
    expect(answers.filter((answer) => answer.includes('You have sent 3 invitations'))).toHaveLength(10 - LIMIT)
    expect(await usher.app.db.prisma.invitation.count({ where: { email: { startsWith: 'two' } } })).toBe(LIMIT)
  })

  it('counts resends as well', async () => {
    await useUp('resent')
    await waitForStatus(usher, 'resent0@example.org', 'pending')
    const ada = usher.slack.as('UADA')
    const story = await openStory(ada, 'resent0@example.org')
    await story.click('Resend')
    const refusal = await ada.waitForView((view) => view.text.includes('You have sent 3 invitations within an hour'))
    await refusal.close({ all: true })
    expect((await invitationOf(usher, 'resent0@example.org')).generation).toBe(1)
  })

  it('who may only ask asks no oftener than others send', async () => {
    await useUp('asked', 'UPAT')
    expect((await invite(usher, 'asked-too-often@example.org', {}, 'UPAT')).errors?.email).toContain(
      'You have asked 3 times within an hour',
    )
    await usher.slack.as('UPAT').view()?.close()
    usher.clock.pass(61 * MINUTE)
    expect(await invite(usher, 'asked-later@example.org', {}, 'UPAT')).toEqual({ closed: true })
  })
})

describe('what is booked', () => {
  it('is refused, and its maker told, when they may not invite any more', async () => {
    await known(usher, 'UPAT', { hubs: { [main]: 'team_member' } })
    await useUp('before', 'UPAT')
    await book('booked@example.org', 'UPAT')
    await known(usher, 'UPAT')
    await letItsMinuteCome()
    await usher.slack
      .as('UPAT')
      .waitForMessage('The invitation of booked@example.org that you had booked was not sent.')
    expect(await usher.app.db.prisma.invitation.count({ where: { email: 'booked@example.org' } })).toBe(0)
    expect(await usher.app.db.prisma.booking.findFirst({ where: { email: 'booked@example.org' } })).toMatchObject({
      status: 'refused',
      reason: 'may_not_invite',
    })
  })

  it('is refused when its hub was archived', async () => {
    const { prisma } = usher.app.db
    await useUp('hub')
    await book('homeless@example.org', 'UADA')
    await prisma.hub.update({ where: { id: main }, data: { archivedAt: usher.clock.now } })
    await letItsMinuteCome()
    await usher.slack
      .as('UADA')
      .waitForMessage('The invitation of homeless@example.org that you had booked was not sent.')
    await prisma.hub.update({ where: { id: main }, data: { archivedAt: null } })
  })

  it('is refused with the usual words when the address cannot be invited', async () => {
    await useUp('known')
    await book('known0@example.org', 'UADA')
    await letItsMinuteCome()
    await usher.slack.as('UADA').waitForMessage('was not sent. This address could not be invited.')
  })

  it('is told when it was sent', async () => {
    await useUp('told')
    await book('told-later@example.org', 'UADA')
    await letItsMinuteCome()
    await usher.slack
      .as('UADA')
      .waitForMessage('told-later@example.org is being invited into Main hub, as you had booked')
    await waitForStatus(usher, 'told-later@example.org', 'pending')
  })

  it('cannot be forged by somebody who may invite nobody, nor beyond what somebody may give', async () => {
    await useUp('forged')
    await book('forged-base@example.org', 'UADA')
    await known(usher, 'USAM', { hubs: { [main]: 'team_member' } })
    const values = { from: '', hubId: main, userType: 'team_member', role: 'employee', note: '' }
    for (const [who, more, words] of [
      ['UPAT', {}, 'You cannot invite people'],
      ['USAM', { userType: 'hub_admin' }, 'You may not give this combination'],
      ['USAM', { hubId: crypto.randomUUID() }, 'Choose a hub'],
    ] as const) {
      const answer = await forge(usher, 'view_submission', (payload) => {
        payload.user.id = who
        payload.view.id = `V${crypto.randomUUID()}`
        payload.view.private_metadata = JSON.stringify({ ...values, email: 'forged@example.org', ...more })
      })
      expect(answer.body).toContain(words)
    }
    expect(await usher.app.db.prisma.booking.count({ where: { email: 'forged@example.org' } })).toBe(0)
  })

  it('is taken back by nobody but its maker', async () => {
    await useUp('mine')
    const { id } = await book('mine-alone@example.org', 'UADA')
    const ada = usher.slack.as('UADA')
    await ada.command('/invites booked')
    const list = await ada.waitForView('Booked')
    await list.click('Take back', { value: id })
    await ada.waitForView((view) => view.text.includes('Nothing is booked.') || !view.text.includes('mine-alone'))
    await ada.view()?.close()
    await usher.app.db.prisma.booking.update({ where: { id }, data: { status: 'booked' } })
    const trigger = await freshTrigger(usher, 'UPAT')
    await forge(usher, 'block_actions', (payload) => {
      payload.user.id = 'UPAT'
      payload.trigger_id = trigger
    })
    expect(await usher.app.db.prisma.booking.findUnique({ where: { id } })).toMatchObject({ status: 'booked' })
    await usher.app.db.prisma.booking.update({ where: { id }, data: { status: 'cancelled' } })
  })
})

describe('one address', () => {
  async function alreadySent(emailKey: string): Promise<void> {
    const { id: organisationId } = await usher.app.db.prisma.organisation.findFirstOrThrow()
    await usher.app.db.prisma.sending.createMany({
      data: Array.from({ length: ADDRESS_LIMIT }, () => ({
        ...{ id: crypto.randomUUID(), organisationId, actorId: null, emailKey, at: usher.clock.now, isSingle: false },
      })),
    })
  }

  it('gets no resend past ten messages a day', async () => {
    expect(await invite(usher, 'tired@example.org')).toEqual({ closed: true })
    await waitForStatus(usher, 'tired@example.org', 'pending')
    await alreadySent('tired@example.org')
    const ada = usher.slack.as('UADA')
    const story = await openStory(ada, 'tired@example.org')
    await story.click('Resend')
    const refusal = await ada.waitForView((view) =>
      view.text.includes('This address was sent 10 messages within a day'),
    )
    await refusal.close({ all: true })
  })

  it('is kept out of a list with the usual words, and a list counts for everybody on it', async () => {
    await alreadySent('full@example.org')
    const ada = usher.slack.as('UADA')
    const end = await sendToTheEnd(usher, ada, await paste(ada, 'full@example.org\nfree@example.org'))
    expect(JSON.stringify(end.blocks)).toContain('full@example.org')
    const rows = await usher.app.db.prisma.batchRow.findMany({
      where: { emailKey: { in: ['full@example.org', 'free@example.org'] } },
    })
    expect(Object.fromEntries(rows.map(({ emailKey, verdict, reason }) => [emailKey, [verdict, reason]]))).toEqual({
      'full@example.org': ['could_not', 'could_not_be_invited'],
      'free@example.org': ['good', ''],
    })
    const counted = await usher.app.db.prisma.sending.findMany({ where: { emailKey: 'free@example.org' } })
    expect(counted).toMatchObject([{ isSingle: false }])
  })
})
