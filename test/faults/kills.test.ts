// SECURITY 27: the app is killed at random moments between a form's submission and the mail.
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createWorld, openInvitation, type Program, type World } from './programs.ts'

const KILLS = 21
const INVITERS = 6
/** What one kill may cost: the mail server's connections at once. */
const MOST_EXTRA = 5
/** Another row of moments: USHER_TEST_SEED=… */
const SEED = Number(process.env.USHER_TEST_SEED ?? 20261120)

let world: World

beforeAll(async () => {
  world = await createWorld({ admins: INVITERS })
})
afterAll(() => world.close())

/** A row of numbers from 0 to 1 that is the same for the same seed (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** What was promised, and what was seen when the program was gone. */
type Kill = { acknowledged: string[]; mailedBefore: number }

/** A mail of our own, after whatever the program had still given out of its hands. */
async function untilSettled(round: number): Promise<void> {
  const to = `after-kill-${round}@example.test`
  const transport = createTransport(world.mailbox.smtpUrl)
  await transport.sendMail({ from: 'test@example.test', to, text: 'Settled.' })
  transport.close()
  await world.mailbox.waitFor((mail) => mail.to.includes(to))
}

async function submitAndKill(program: Program, round: number, random: () => number): Promise<Kill> {
  const { slack, mailbox } = world
  const inviters = Array.from({ length: INVITERS }, (_, index) => `UADM${index + 1}`)
  const forms = await Promise.all(
    inviters.map(async (id) => {
      const email = `round${round}-${id.toLowerCase()}@example.org`
      return { email, form: await openInvitation(slack, id, email) }
    }),
  )
  // In every third round the mail server keeps the messages and does not say so: these are surely in flight.
  if (round % 3 === 0) mailbox.faults.next('after-body', 'hang', { times: Number.POSITIVE_INFINITY })
  const count = 1 + Math.floor(random() * MOST_EXTRA)
  let promised = 0
  const promisedEnough = Promise.withResolvers<void>()
  const before = mailbox.messages.length
  const submitted = Promise.all(
    forms.map(async ({ email, form }) => {
      const result = await form.submit().catch(() => undefined)
      if (result?.closed) promised += 1
      if (promised >= count) promisedEnough.resolve()
      return { email, form, result }
    }),
  )
  // A moment after the submission, after so many promises, or after so many mails: on a slow machine as on a fast one.
  const kind = random()
  if (kind > 0.25 && kind <= 0.65) await Promise.race([promisedEnough.promise, submitted])
  if (kind > 0.65) {
    // Or, where fewer were promised, after three seconds: that is a moment, too.
    await mailbox.waitFor(() => mailbox.messages.length >= before + count, { limitMs: 3_000 }).catch(() => {})
  }
  await new Promise((resolve) => setTimeout(resolve, random() * (kind <= 0.25 ? 150 : 15)))
  await program.end('SIGKILL')
  const results = await submitted
  mailbox.faults.clear()
  await untilSettled(round)
  for (const { form } of results) if (form.isOpen) await form.close()
  return {
    acknowledged: results.filter(({ result }) => result?.closed).map(({ email }) => email),
    mailedBefore: mailbox.messages.length,
  }
}

it(`27: ${KILLS} kills between form and mail lose nothing acknowledged and mail nothing twice but what was in flight`, async ({
  annotate,
}) => {
  const { mailbox, slack } = world
  const random = numbersFrom(SEED)
  const kills: Kill[] = []
  for (let round = 1; round <= KILLS; round += 1) {
    const program = world.start()
    // Every database opens again.
    await program.ready()
    kills.push(await submitAndKill(program, round, random))
  }
  await world.start().ready()

  const acknowledged = kills.flatMap((kill) => kill.acknowledged)
  await Promise.all(acknowledged.map((email) => mailbox.waitFor(({ to }) => to.includes(email))))
  const left = () =>
    world.ask(`SELECT (SELECT count(*)::int FROM "Invitation" WHERE "status" <> 'pending') AS invitations,
      (SELECT count(*)::int FROM queue.job WHERE name = 'deliver' AND state IN ('created', 'retry', 'active')) AS jobs`)
  await expect.poll(left).toEqual([{ invitations: 0, jobs: 0 }])

  const recipients = mailbox.messages.map((mail) => mail.envelope.to.join())
  const settling = recipients.filter((recipient) => recipient.startsWith('after-kill-'))
  expect(settling).toHaveLength(KILLS)
  // A second mail is the doing of the first kill after the first one.
  const extras = kills.map(({ mailedBefore }, index) => {
    const since = recipients.slice(kills[index - 1]?.mailedBefore ?? 0, mailedBefore)
    const later = new Set(recipients.slice(mailedBefore))
    return new Set(since.filter((recipient) => later.has(recipient))).size
  })
  const repeated = recipients.length - new Set(recipients).size
  expect(Math.max(...extras)).toBeLessThanOrEqual(MOST_EXTRA)
  expect(repeated).toBe(extras.reduce((sum, count) => sum + count, 0))
  // The moments were where they hurt: between the promise and the mail, and while a mail was in flight.
  const promisedOnly = kills.reduce((sum, { acknowledged: promised, mailedBefore }) => {
    const mailed = new Set(recipients.slice(0, mailedBefore))
    return sum + promised.filter((email) => !mailed.has(email)).length
  }, 0)
  await annotate(
    `${acknowledged.length} acknowledged, ${promisedOnly} of them not yet mailed at the kill; extra mails by kill: ${extras.join(' ')}`,
  )
  expect(promisedOnly).toBeGreaterThan(0)
  expect(repeated).toBeGreaterThan(0)

  const rows = await world.ask(`SELECT i."email", count(*)::int AS sent FROM "Invitation" i
    JOIN "AuditEvent" e ON e."subjectId" = i."id" AND e."act" = 'invitation.sent' GROUP BY i."email"`)
  expect(rows.filter(({ sent }) => sent !== 1)).toEqual([])
  expect(rows.map(({ email }) => email)).toEqual(expect.arrayContaining(acknowledged))
  expect(slack.complaints).toEqual([])
})
