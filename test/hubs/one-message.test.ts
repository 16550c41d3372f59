// Who is invited into several hubs before the first message leaves gets one message that names them all. What comes after a
// message has left gets its own; the page of either names both, and a sign-up joins what its page named.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Queue } from '../../src/jobs/index.ts'
import {
  addUnit,
  invite,
  inviteAndGetLink,
  mailTo,
  openQueueOf,
  openStory,
  queryRows,
  until,
  waitForQuiet,
} from '../journeys/acts.ts'
import { signUpFromPage } from '../journeys/join-page-acts.ts'
import { linkIn, MINUTE, startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
let queue: Queue

beforeAll(async () => {
  usher = await startUsher()
  await addUnit(usher, 'hub', 'Harbour Project')
  await addUnit(usher, 'hub', 'Customer room')
  queue = await openQueueOf(usher)
})
afterAll(async () => {
  await queue.close()
  await usher.stop()
})

const mailsTo = (email: string) => usher.mailbox.messages.filter((mail) => mail.envelope.to.includes(email))

const standing = (email: string) =>
  queryRows(
    usher,
    `SELECT h."name" AS hub, i."status"::text AS status, (i."carriedById" IS NOT NULL) AS carried FROM "Invitation" i
      JOIN "Hub" h ON h."id" = i."hubId" WHERE i."email" = $1 ORDER BY h."name"`,
    [email],
  )

async function tend(): Promise<void> {
  const id = await queue.boss.send('maintenance', { task: 'tend_carried' })
  await until(async () =>
    expect(await queryRows(usher, 'SELECT state::text FROM queue.job WHERE id = $1', [id])).toEqual([
      { state: 'completed' },
    ]),
  )
}

/** Invites into several hubs while the mail server takes nothing, and lets it take mail again. */
async function inviteTogether(email: string, hubs: string[]): Promise<void> {
  const later = { code: 450, text: '4.2.0 later, please' }
  usher.mailbox.faults.next('rcpt', later, { times: Number.POSITIVE_INFINITY })
  for (const hub of hubs) await invite(usher, email, { Hub: hub })
  // The mail server takes none of them yet: every message waits for later, or is told of by another that does.
  await until(async () =>
    expect(
      await queryRows(
        usher,
        `SELECT count(*)::int AS now FROM queue.job WHERE name = 'deliver' AND (state = 'active'
          OR (state IN ('created', 'retry') AND start_after <= now()))`,
      ),
    ).toEqual([{ now: 0 }]),
  )
  usher.mailbox.faults.clear()
  // Past every pause, so that all of them are due at once.
  usher.clock.pass(60 * MINUTE)
  await until(async () => {
    await usher.hurry()
    expect((await standing(email)).map(({ status }) => status)).toEqual(hubs.map(() => 'pending'))
  })
}

it('names every hub in the one message where several waited at once, and one sign-up joins them all', async () => {
  const email = 'bo@example.org'
  await inviteTogether(email, ['Main hub', 'Harbour Project', 'Customer room'])

  const mails = mailsTo(email)
  expect(mails).toHaveLength(1)
  for (const hub of ['Main hub', 'Harbour Project', 'Customer room']) expect(mails[0]?.text).toContain(hub)
  expect((await standing(email)).filter(({ carried }) => carried)).toHaveLength(2)
  expect((await signUpFromPage(usher, linkIn(await mailTo(usher, email)))).status).toBe(303)
  expect((await standing(email)).map(({ status }) => status)).toEqual(['accepted', 'accepted', 'accepted'])
  expect(await usher.app.db.prisma.account.count()).toBe(1)
})

it('has a message of its own for a further hub at once after the first has left, and either page joins both', async () => {
  const email = 'cleo@example.org'
  const link = await inviteAndGetLink(usher, email)
  await invite(usher, email, { Hub: 'Harbour Project' })

  const second = await mailTo(usher, email, 2)
  expect(second.text).toContain('Harbour Project')
  expect(second.text).not.toContain('Main hub')
  await waitForQuiet(usher)
  expect(await standing(email)).toEqual([
    { hub: 'Harbour Project', status: 'pending', carried: false },
    { hub: 'Main hub', status: 'pending', carried: false },
  ])
  const ada = usher.slack.as('UADA')
  expect((await openStory(ada, email)).text).not.toContain('told in the message of another invitation')
  expect(await (await usher.visit(link)).text()).toContain('Harbour Project')
  expect((await signUpFromPage(usher, link)).status).toBe(303)
  expect((await standing(email)).map(({ status }) => status)).toEqual(['accepted', 'accepted'])
})

it('has a message of its own for a note of its own', async () => {
  const email = 'dora@example.org'
  await inviteAndGetLink(usher, email)

  await invite(usher, email, { Hub: 'Harbour Project', 'Personal note': 'Bring your badge.' })

  expect((await mailTo(usher, email, 2)).text).toContain('Bring your badge.')
})

it('sends the other one by itself when the one whose message told of it is revoked', async () => {
  const email = 'emil@example.org'
  await inviteTogether(email, ['Main hub', 'Harbour Project'])
  const dead = linkIn(await mailTo(usher, email))
  await queryRows(
    usher,
    `UPDATE "Invitation" SET "status" = 'revoked', "generation" = "generation" + 1 WHERE "email" = $1 AND "carriedById" IS NULL`,
    [email],
  )

  await tend()

  const link = linkIn(await mailTo(usher, email, 2))
  expect((await usher.visit(dead)).status).toBe(404)
  expect((await usher.visit(link)).status).toBe(200)
  await tend()
  await waitForQuiet(usher)
  expect(mailsTo(email)).toHaveLength(2)
})
