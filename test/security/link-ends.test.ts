// Links that are over: replaced, revoked, used, expired (SECURITY, 7 and 8). None lives again, and all look alike.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeJoinToken } from '../../src/invitations/join-token.ts'
import { deriveKey } from '../../src/keys.ts'
import {
  expectDead as expectDeadOf,
  hurryJobs,
  invitationOf,
  invite,
  inviteAndGetLink,
  mailTo,
  openQueueOf,
  openStory,
  runExpiry,
  signUp,
  until,
  waitForQuiet,
  waitForStatus,
} from '../journeys/acts.ts'
import { DAY, linkIn, PUBLIC_URL, startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
beforeAll(async () => {
  usher = await startUsher({ webLimits: { open: 100_000, send: 100_000 } })
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  expect(usher.log.filter(({ level }) => level === 'error')).toEqual([])
  await usher.stop()
})

const linkOf = (token: string) => `${PUBLIC_URL}/join/${token}`
const expectDead = (link: string) => expectDeadOf(usher, link)

describe('SECURITY 7: no old link lives again', () => {
  it('a resend kills the older link; only the newest works', async () => {
    const first = await inviteAndGetLink(usher, 'resend@example.org')
    const story = await openStory(usher.slack.as('UADA'), 'resend@example.org')
    await story.click('Resend')
    await waitForStatus(usher, 'resend@example.org', 'pending')
    const second = linkIn(await mailTo(usher, 'resend@example.org', 2))
    await until(async () => expect((await invitationOf(usher, 'resend@example.org')).status).toBe('pending'))
    await expectDead(first)
    expect((await usher.visit(second)).status).toBe(200)
  })

  it('a new invitation after a revocation revives neither the old link nor its form', async () => {
    const first = await inviteAndGetLink(usher, 'revoked@example.org')
    const story = await openStory(usher.slack.as('UADA'), 'revoked@example.org')
    await story.click('Revoke')
    await waitForStatus(usher, 'revoked@example.org', 'revoked')
    await expectDead(first)
    usher.clock.pass(1_000)
    const second = await inviteAndGetLink(usher, 'revoked@example.org', { nth: 2 })
    await expectDead(first)
    expect((await signUp(usher, second)).status).toBe(303)
    await expectDead(first)
    await expectDead(second)
  })

  it('revoked while its mail was queued: the mail is not sent', async () => {
    usher.mailbox.faults.next('rcpt', { code: 451, text: 'Greylisted, come back later' })
    await invite(usher, 'queued@example.org')
    await until(async () => expect((await invitationOf(usher, 'queued@example.org')).nextAttemptAt).not.toBeNull())
    const story = await openStory(usher.slack.as('UADA'), 'queued@example.org')
    await story.click('Revoke')
    await waitForStatus(usher, 'queued@example.org', 'revoked')
    await hurryJobs(usher)
    await waitForQuiet(usher)
    expect(usher.mailbox.messages.filter(({ envelope }) => envelope.to.includes('queued@example.org'))).toEqual([])
    expect((await invitationOf(usher, 'queued@example.org')).status).toBe('revoked')
  })

  it('52: answered while its mail was queued: the mail is not sent', async () => {
    usher.mailbox.faults.next('rcpt', { code: 451, text: 'Greylisted, come back later' })
    await invite(usher, 'answered@example.org')
    await until(async () => expect((await invitationOf(usher, 'answered@example.org')).nextAttemptAt).not.toBeNull())
    const { organisationId, id: invitationId, generation } = await invitationOf(usher, 'answered@example.org')
    // Its link may be out all the same: a server may have taken the mail and said that it did not.
    const key = deriveKey(String(usher.env.USHER_SECRET), 'join')
    const token = makeJoinToken(key, { organisationId, invitationId, generation })
    expect((await signUp(usher, `${PUBLIC_URL}/join/${token}`)).status).toBe(303)
    await hurryJobs(usher)
    await waitForQuiet(usher)
    expect(usher.mailbox.messages.filter(({ envelope }) => envelope.to.includes('answered@example.org'))).toEqual([])
    expect((await invitationOf(usher, 'answered@example.org')).status).toBe('accepted')
  })

  it('resent while its mail was queued: one mail, with the newest link', async () => {
    usher.mailbox.faults.next('rcpt', { code: 550, text: 'No such user' })
    await invite(usher, 'once@example.org')
    await waitForStatus(usher, 'once@example.org', 'error')
    const story = await openStory(usher.slack.as('UADA'), 'once@example.org')
    await Promise.all([story.click('Try again'), story.click('Try again')])
    await waitForStatus(usher, 'once@example.org', 'pending')
    await waitForQuiet(usher)
    const mails = usher.mailbox.messages.filter(({ envelope }) => envelope.to.includes('once@example.org'))
    expect(mails).toHaveLength(1)
    expect((await invitationOf(usher, 'once@example.org')).generation).toBe(2)
  })
})

// The last, because the clock only goes forward.
describe('SECURITY 7 and 8: the end', () => {
  it('a second before it the link works; at the end and a second after it is dead, before any clock job ran', async () => {
    const link = await inviteAndGetLink(usher, 'end@example.org')
    const { expiresAt } = await invitationOf(usher, 'end@example.org')
    const left = Number(expiresAt) - usher.clock.now.getTime()
    expect(left).toBe(7 * DAY)
    usher.clock.pass(left - 1_000)
    expect((await usher.visit(link)).status).toBe(200)
    usher.clock.pass(1_000)
    await expectDead(link)
    usher.clock.pass(1_000)
    await expectDead(link)
    expect((await invitationOf(usher, 'end@example.org')).status).toBe('pending')
  })

  it('a resend after the end gives a new link and leaves the expired one dead', async () => {
    const queue = await openQueueOf(usher)
    try {
      const expired = linkIn(await mailTo(usher, 'end@example.org'))
      await runExpiry(usher, queue)
      const story = await openStory(usher.slack.as('UADA'), 'end@example.org')
      expect(story.text).toContain('Expired')
      await story.click('Resend')
      const link = linkIn(await mailTo(usher, 'end@example.org', 2))
      await waitForStatus(usher, 'end@example.org', 'pending')
      await expectDead(expired)
      expect((await usher.visit(link)).status).toBe(200)
    } finally {
      await queue.close()
    }
  })

  it('unknown, altered, used, expired, revoked and replaced links have one answer: status, headers, length, words', async () => {
    const used = await inviteAndGetLink(usher, 'used@example.org')
    expect((await signUp(usher, used)).status).toBe(303)
    const revoked = await inviteAndGetLink(usher, 'gone@example.org')
    await (await openStory(usher.slack.as('UADA'), 'gone@example.org')).click('Revoke')
    await waitForStatus(usher, 'gone@example.org', 'revoked')
    const expired = linkIn(await mailTo(usher, 'resend@example.org', 2))
    const replaced = linkIn(await mailTo(usher, 'end@example.org'))
    const unknown = linkOf('A'.repeat(64))
    const answers = []
    for (const link of [unknown, used, revoked, expired, replaced, linkOf('x'), linkOf(randomUUID())]) {
      for (const response of [await usher.visit(link), await signUp(usher, link)]) {
        const headers = Object.fromEntries(response.headers)
        answers.push({ status: response.status, ...headers, date: '', body: await response.text() })
      }
    }
    expect(answers[0]).toMatchObject({ status: 404, 'cache-control': 'no-store', 'referrer-policy': 'same-origin' })
    for (const answer of answers) expect(answer).toEqual(answers[0])
  })
})
