// Whoever is invited into several hubs within the same minutes gets one message and one sign-up that joins them all.
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
  signUp,
  until,
  waitForQuiet,
} from '../journeys/acts.ts'
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

it('sends one message, and one sign-up joins both hubs, each invitation with its own story', async () => {
  const email = 'ana@example.org'
  const link = await inviteAndGetLink(usher, email)
  expect(await invite(usher, email, { Hub: 'Harbour Project' })).toEqual({ closed: true })
  await until(async () =>
    expect(await standing(email)).toEqual([
      { hub: 'Harbour Project', status: 'pending', carried: true },
      { hub: 'Main hub', status: 'pending', carried: false },
    ]),
  )
  await waitForQuiet(usher)
  expect(mailsTo(email)).toHaveLength(1)

  const ada = usher.slack.as('UADA')
  const story = await openStory(ada, email)
  expect(story.text).toContain('Harbour Project')
  expect(story.text).toContain('told in the message of another invitation')
  expect((await signUp(usher, link)).status).toBe(303)

  expect((await standing(email)).map(({ status }) => status)).toEqual(['accepted', 'accepted'])
  const hubs = await queryRows(
    usher,
    `SELECT h."name" AS hub FROM "HubMembership" m JOIN "Hub" h ON h."id" = m."hubId" JOIN "Person" p ON p."id" = m."personId"
      WHERE p."emailKey" = $1 ORDER BY h."name"`,
    [email],
  )
  expect(hubs).toEqual([{ hub: 'Harbour Project' }, { hub: 'Main hub' }])
  expect(await usher.app.db.prisma.account.count()).toBe(1)
})

it('names every hub in the one message where several waited at once', async () => {
  const email = 'bo@example.org'
  const later = { code: 450, text: '4.2.0 later, please' }
  usher.mailbox.faults.next('rcpt', later, { times: Number.POSITIVE_INFINITY })
  for (const hub of ['Main hub', 'Harbour Project', 'Customer room']) await invite(usher, email, { Hub: hub })
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
  usher.clock.pass(10 * MINUTE)
  await until(async () => {
    await usher.hurry()
    expect((await standing(email)).map(({ status }) => status)).toEqual(['pending', 'pending', 'pending'])
  })

  const mails = mailsTo(email)
  expect(mails).toHaveLength(1)
  for (const hub of ['Main hub', 'Harbour Project', 'Customer room']) expect(mails[0]?.text).toContain(hub)
  expect((await standing(email)).filter(({ carried }) => carried)).toHaveLength(2)
  expect((await signUp(usher, linkIn(await mailTo(usher, email)))).status).toBe(303)
  expect((await standing(email)).map(({ status }) => status)).toEqual(['accepted', 'accepted', 'accepted'])
})

it('has a message of its own for a further hub after those minutes', async () => {
  const email = 'cleo@example.org'
  await inviteAndGetLink(usher, email)
  usher.clock.pass(6 * MINUTE)

  await invite(usher, email, { Hub: 'Harbour Project' })

  expect((await mailTo(usher, email, 2)).text).toContain('Harbour Project')
})

it('has a message of its own for a note of its own', async () => {
  const email = 'dora@example.org'
  await inviteAndGetLink(usher, email)

  await invite(usher, email, { Hub: 'Harbour Project', 'Personal note': 'Bring your badge.' })

  expect((await mailTo(usher, email, 2)).text).toContain('Bring your badge.')
})

it('sends the other one by itself when the one whose message told of it is revoked', async () => {
  const email = 'emil@example.org'
  const dead = await inviteAndGetLink(usher, email)
  await invite(usher, email, { Hub: 'Harbour Project' })
  await until(async () => expect((await standing(email))[0]).toMatchObject({ status: 'pending', carried: true }))
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
