// SECURITY 30: SIGTERM with much to do, or with somebody outside who does not answer.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { openQueue } from '../../src/jobs/index.ts'
import { seedInvitations } from '../jobs/seed.ts'
import { createTestDatabase, silentLog } from '../setup/database.ts'
import { type Door, openDoor } from './door.ts'
import { type MailServer, openMailServer } from './mail-server.ts'
import { createWorld, openInvitation, type World } from './programs.ts'

const QUEUED = 2_000
const MOST_SECONDS = 10
let world: World
let db: Awaited<ReturnType<typeof createTestDatabase>>
let door: Door
let mailServer: MailServer

beforeAll(async () => {
  world = await createWorld()
  db = await createTestDatabase()
  door = await openDoor(Number(new URL(db.url).port))
  mailServer = await openMailServer()
})
afterEach(() => door.open())
afterAll(async () => {
  await world.close()
  await mailServer.close()
  await door.shut()
  await db.drop()
})

function onOwnDatabase(): NodeJS.ProcessEnv {
  const address = new URL(db.url)
  address.port = String(door.port)
  const secret = 'a secret for tests, and for tests alone'
  return { DATABASE_URL: address.href, USHER_SECRET: secret, SMTP_URL: mailServer.url }
}

async function queueInvitations(): Promise<void> {
  const ids = await seedInvitations(db, QUEUED)
  const queue = await openQueue({ db, log: silentLog })
  await db.inTransaction((tx) =>
    queue.followUp(
      tx,
      ids.map((invitationId) => ({ kind: 'deliver' as const, invitationId, generation: 1 })),
    ),
  )
  await queue.close()
}

const jobs = async (state: string) => {
  const { rows } = await db.pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM queue.job WHERE name = 'deliver' AND state::text = ANY($1)`,
    [state.split(' ')],
  )
  return rows[0]?.n
}

it(`30: SIGTERM with ${QUEUED} queued ends with 0 in time, and the rest goes on at the next start, none twice`, async () => {
  await queueInvitations()
  mailServer.pace(100)
  const program = world.start(onOwnDatabase())
  await program.ready()
  await mailServer.took(50)

  const began = performance.now()
  expect(await program.end('SIGTERM')).toBe(0)
  expect((performance.now() - began) / 1000).toBeLessThan(MOST_SECONDS)

  const taken = mailServer.recipients.length
  expect(taken).toBeLessThan(QUEUED)
  // Nothing is left in the hand of a program that is gone, so nothing has to be waited for.
  expect(await jobs('active')).toBe(0)
  expect(await jobs('created retry')).toBe(QUEUED - taken)
  mailServer.pace(0)
  const next = world.start(onOwnDatabase())
  await next.ready()
  await mailServer.took(QUEUED)
  await expect.poll(() => jobs('created retry active')).toBe(0)
  expect(new Set(mailServer.recipients).size).toBe(QUEUED)
  expect(mailServer.recipients).toHaveLength(QUEUED)
  expect(await next.end('SIGTERM')).toBe(0)
})

it('30: a mail server that does not answer does not hold it up, and the invitation goes out at the next start', async () => {
  const { mailbox, slack } = world
  const program = world.start()
  await program.ready()
  mailbox.faults.next('rcpt', 'hang', { times: Number.POSITIVE_INFINITY })
  const form = await openInvitation(slack, 'UADA', 'held@example.org')
  expect(await form.submit()).toEqual({ closed: true })
  await expect.poll(() => mailbox.faults.happened.rcpt).toBe(1)

  const began = performance.now()
  expect(await program.end('SIGTERM')).toBe(0)
  expect((performance.now() - began) / 1000).toBeLessThan(MOST_SECONDS)

  mailbox.faults.clear()
  const next = world.start()
  await mailbox.waitFor(({ envelope }) => envelope.to.includes('held@example.org'))
  expect(mailbox.messages).toHaveLength(1)
  expect(await next.end('SIGINT')).toBe(0)
})

it('30: a database that does not answer does not hold it up', async () => {
  const program = world.start(onOwnDatabase())
  await program.ready()
  door.freeze()
  // Asked, so that there are statements that wait.
  await expect.poll(() => world.readiness()).toBe(503)

  const began = performance.now()
  expect(await program.end('SIGTERM')).toBe(0)
  expect((performance.now() - began) / 1000).toBeLessThan(MOST_SECONDS)
})
