// More than five news in a minute become one summary, in the channel and for the inviter; the first five come at once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../../src/app.ts'
import type { Queue } from '../../src/jobs/index.ts'
import { messageText } from '../../src/sandbox/slack/local-slack.ts'
import {
  changeSettings,
  hurryJobs,
  invitationOf,
  invite,
  inviteAndGetLink,
  openQueueOf,
  runExpiry,
  signUp,
  until,
  waitForQuiet,
  waitForStatus,
} from '../journeys/acts.ts'
import { DAY, MINUTE, startAnother, startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
let other: App
let queue: Queue
beforeAll(async () => {
  usher = await startUsher({ noticesAtOnce: 5 })
  // Two instances: five are five for both together.
  other = await startAnother(usher)
  queue = await openQueueOf(usher)
  await changeSettings(usher, { 'Notification channel': 'people-ops' })
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await queue.close()
  await other.stop()
  await usher.stop()
})

const PLACES = ['people-ops', 'DADA']

/** What stands in a place since a moment that `mark` gave. */
function textsIn(place: string, from = 0): string[] {
  return usher.slack
    .as('UADA')
    .messages(place)
    .slice(from)
    .map(({ text }) => text)
}

function mark(): Record<string, number> {
  return Object.fromEntries(PLACES.map((place) => [place, textsIn(place).length]))
}

/** Waits until all news were told or gathered, lets the minute end, and waits until the summary stands there. */
async function endMinute(): Promise<void> {
  await until(async () => {
    const { rows } = await usher.app.db.pool.query(
      "SELECT 1 FROM queue.job WHERE name = 'notify' AND state IN ('created', 'retry', 'active')",
    )
    expect(rows).toEqual([])
  })
  usher.clock.pass(MINUTE)
  await hurryJobs(usher)
  await waitForQuiet(usher)
}

async function inviteMany(prefix: string, count: number): Promise<string[]> {
  const emails = Array.from({ length: count }, (_, index) => `${prefix}${index}@example.org`)
  for (const email of emails) await invite(usher, email)
  for (const email of emails) await waitForStatus(usher, email, 'pending')
  return emails
}

describe('six invitations that expire in one minute', () => {
  it('are six notices: one alone past the five is told like any other, with its button', async () => {
    const emails = await inviteMany('six', 6)
    usher.clock.pass(7 * DAY + MINUTE)
    const before = mark()
    await runExpiry(usher, queue)
    await endMinute()
    const texts = textsIn('DADA', before.DADA).filter((text) => emails.some((email) => text.includes(email)))
    expect(texts).toHaveLength(6)
    expect(texts.every((text) => text.endsWith('expired without an answer.'))).toBe(true)
    usher.clock.pass(2 * MINUTE)
    expect((await invitationOf(usher, 'six0@example.org')).status).toBe('expired')
  })
})

describe('twenty invitations that expire in one minute', () => {
  it('are five notices and one summary in each place, which name everybody once, and “Resend all” sends them again', async () => {
    const emails = await inviteMany('late', 20)
    usher.clock.pass(7 * DAY + MINUTE)
    const before = mark()
    await runExpiry(usher, queue)
    await until(async () => {
      for (const place of PLACES) expect(textsIn(place, before[place])).toHaveLength(5)
    })
    await endMinute()
    for (const place of PLACES) {
      const texts = textsIn(place, before[place])
      expect(texts).toHaveLength(6)
      expect(texts.slice(0, 5).every((text) => text.includes('expired without an answer.'))).toBe(true)
      expect(texts[5]).toMatch(
        /^More news of the last minute: 15 invitations expired without an answer: (late\d+@example\.org(, )?){5} and 10 more\.$/,
      )
      const named = emails.filter((email) => texts.some((text) => text.includes(email)))
      expect(named).toHaveLength(10)
    }
    const ada = usher.slack.as('UADA')
    const inChannel = await ada.waitForMessage('More news of the last minute', { channel: 'people-ops' })
    expect(messageText(inChannel)).not.toContain('Resend all')

    const summary = await ada.waitForMessage('More news of the last minute', { channel: 'DADA' })
    await ada.click(summary, 'See what expired')
    const list = await ada.waitForView('Invitations')
    expect(list.text).toContain('Expired: 26')
    await list.close()

    await ada.click(summary, 'Resend all 15')
    await ada.waitForMessage('15 invitations on the way again.', { channel: 'DADA' })
    const { prisma } = usher.app.db
    await until(async () =>
      expect(
        await prisma.invitation.count({ where: { email: { in: emails }, status: 'pending', generation: 2 } }),
      ).toBe(15),
    )
    expect(await prisma.invitation.count({ where: { email: { in: emails }, status: 'expired' } })).toBe(5)
    usher.clock.pass(2 * MINUTE)
  })
})

describe('news of several kinds in one minute', () => {
  it('are told together, each kind with its names; after that minute one by one again', async () => {
    const links = []
    for (let index = 0; index < 7; index++) links.push(await inviteAndGetLink(usher, `join${index}@example.org`))
    await waitForQuiet(usher)
    usher.clock.pass(2 * MINUTE)
    const before = mark()
    for (const [index, link] of links.entries()) {
      expect((await signUp(usher, link, { firstName: `Jo${index}` })).status).toBe(303)
      await waitForStatus(usher, `join${index}@example.org`, 'accepted')
    }
    usher.mailbox.faults.next('rcpt', { code: 550, text: 'No such user here' })
    await invite(usher, 'gone@example.org')
    await waitForStatus(usher, 'gone@example.org', 'error')
    await endMinute()
    for (const place of PLACES) {
      const texts = textsIn(place, before[place]).filter((text) => !text.includes('is being invited'))
      expect(texts).toHaveLength(6)
      const summary = texts[5] ?? ''
      const joined = texts.filter((text) => / \(join\d@example\.org\) joined Main hub\.$/.test(text))
      expect(joined).toHaveLength(texts[5]?.includes('could not be delivered') ? 5 : 4)
      expect(summary).toMatch(/^More news of the last minute: 2 people joined: Jo\d Diaz, Jo\d Diaz\./)
    }
    usher.clock.pass(MINUTE)
    const after = mark()
    const link = await inviteAndGetLink(usher, 'single@example.org')
    expect((await signUp(usher, link, { firstName: 'Sol' })).status).toBe(303)
    await usher.slack.as('UADA').waitForMessage('Sol Diaz (single@example.org) joined', { channel: 'people-ops' })
    expect(textsIn('people-ops', after['people-ops'])).toEqual(['Sol Diaz (single@example.org) joined Main hub.'])
  })
})
