// SECURITY 26, the whole app: a mail server that is away at the start and for ten minutes, seen by everybody it concerns.
import { afterEach, expect, it } from 'vitest'
import { hurryJobs, invitationOf, invite, openStory, until, waitForQuiet, waitForStatus } from '../journeys/acts.ts'
import { MINUTE, startUsher, type Usher } from '../setup/usher.ts'
import { openMailServer } from './mail-server.ts'
import { pickPort } from './programs.ts'

let usher: Usher

afterEach(() => usher.stop())

const EMAILS = ['ana@example.org', 'bea@example.org', 'cem@example.org', 'dan@example.org']

/** The waiting part of a metric. */
async function metric(line: string): Promise<number> {
  const text = await (await fetch(`${usher.app.url}/metrics`)).text()
  const found = text.split('\n').find((one) => one.startsWith(line))
  return Number(found?.slice(line.length))
}

/** Lets time pass, in minutes, for the app and for what was put off. */
async function pass(...minutes: number[]): Promise<void> {
  for (const some of minutes) {
    usher.clock.pass(some * MINUTE)
    await hurryJobs(usher)
    // Whoever was due has been tried again, and waits for later.
    await until(async () => expect(await inHand()).toBe(0))
  }
}

async function inHand(): Promise<number> {
  const { rows } = await usher.app.db.pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM queue.job WHERE name = 'deliver'
     AND (state = 'active' OR (state IN ('created', 'retry') AND start_after <= now()))`,
  )
  return rows[0]?.n ?? 0
}

it('26: nothing listens at the start and for ten minutes: all wait, the metrics say so, and then each mail comes once', async () => {
  const port = await pickPort()
  usher = await startUsher({ env: { SMTP_URL: `smtp://127.0.0.1:${port}` } })
  expect((await fetch(`${usher.app.url}/readyz`)).status).toBe(200)
  for (const email of EMAILS) expect(await invite(usher, email)).toEqual({ closed: true })
  await pass(1, 4, 5)

  expect(await metric('usher_queue_waiting{queue="deliver"} ')).toBe(EMAILS.length)
  expect(await metric('usher_invitations{status="waiting"} ')).toBe(EMAILS.length)
  const ada = usher.slack.as('UADA')
  const story = await openStory(ada, 'ana@example.org')
  expect(story.text).toContain('Waiting')
  await story.close()
  // The server's trouble is nobody's failed attempt.
  expect(await invitationOf(usher, 'ana@example.org')).toMatchObject({ status: 'waiting', deliveryAttempts: 0 })
  // Left alone meanwhile: said when it began, not with every message.
  const said = usher.log.filter(({ text }) => text.includes('mail server is in trouble'))
  expect(said.length).toBeGreaterThan(0)
  expect(said.length).toBeLessThanOrEqual(4)

  const mailServer = await openMailServer({ port })
  await pass(6)
  await mailServer.took(EMAILS.length)
  await waitForQuiet(usher)
  expect([...mailServer.recipients].sort()).toEqual(EMAILS)
  for (const email of EMAILS) await waitForStatus(usher, email, 'pending')
  expect(usher.log.map(({ text }) => text)).toContain('The mail server is back')
  await mailServer.close()
})

it('26: a greeting of 421 for ten minutes is not asked again and again, and loses nothing', async () => {
  usher = await startUsher()
  const { mailbox } = usher
  mailbox.faults.next('connect', { code: 421, text: '4.3.2 closing for a moment' }, { times: Number.POSITIVE_INFINITY })
  for (const email of EMAILS) expect(await invite(usher, email)).toEqual({ closed: true })
  await pass(1, 4, 5)
  // All four were under way when it fell silent; after that one at a time asks whether it is back.
  expect(mailbox.faults.happened.connect).toBeLessThanOrEqual(EMAILS.length + 3)
  mailbox.faults.clear()
  await pass(6)
  for (const email of EMAILS) await mailbox.waitFor(({ envelope }) => envelope.to.includes(email))
  await waitForQuiet(usher)
  expect(mailbox.messages).toHaveLength(EMAILS.length)
})

it('26: one refused address becomes Error and is told; the button sends it again when the address is mended', async () => {
  usher = await startUsher()
  const { mailbox, slack } = usher
  mailbox.faults.next('rcpt', { code: 550, text: '5.1.1 no such user' })
  expect(await invite(usher, 'ana@example.org')).toEqual({ closed: true })
  await waitForStatus(usher, 'ana@example.org', 'error')
  const ada = slack.as('UADA')
  const news = await ada.waitForMessage(
    (message) => ada.dm().includes(message) && message.text.includes('ana@example.org'),
  )
  expect(news.text).toMatch(/could not be delivered|not be delivered/)
  const story = await openStory(ada, 'ana@example.org')
  await story.click('Try again')
  await mailbox.waitFor(({ envelope }) => envelope.to.includes('ana@example.org'))
  await waitForStatus(usher, 'ana@example.org', 'pending')
  expect(mailbox.messages).toHaveLength(1)
})
