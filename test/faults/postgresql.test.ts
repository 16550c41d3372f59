// SECURITY 29: PostgreSQL restarted, away, silent or read-only while people work; each time it comes back by itself.
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type EmbeddedDatabase, startEmbedded } from '../../src/database/embedded/index.ts'
import { makeDataFolder } from '../setup/data-folder.ts'
import { silentLog } from '../setup/database.ts'
import { startUsher, type Usher } from '../setup/usher.ts'
import { type Door, openDoor } from './door.ts'
import { openInvitation } from './programs.ts'

const A_NUMBER = /the number \w+/
let dataDir: string
let server: EmbeddedDatabase
let door: Door
let usher: Usher

beforeAll(async () => {
  dataDir = makeDataFolder()
  server = await startEmbedded({ dataDir, log: silentLog, durable: false })
  const address = new URL(server.connectionString)
  door = await openDoor(Number(address.port))
  address.port = String(door.port)
  usher = await startUsher({ env: { DATABASE_URL: address.href }, isSlackImpatient: true })
})
afterAll(async () => {
  await usher.stop()
  await door.shut()
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

afterEach(() => door.open())

/** Past the door, and allowed to write whatever the server says. */
async function asOwner(...statements: string[]): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: server.connectionString })
  await client.connect()
  try {
    await client.query('SET default_transaction_read_only = off')
    let rows: Record<string, unknown>[] = []
    for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows
    return rows
  } finally {
    await client.end()
  }
}

const readiness = async () => (await fetch(`${usher.app.url}/readyz`)).status
// SECURITY 29 promises these five seconds.
const untilReady = () => expect.poll(readiness, { timeout: 5_000, interval: 20 }).toBe(200)
const mailsTo = (email: string) => usher.mailbox.messages.filter(({ envelope }) => envelope.to.includes(email))

/** What people meet while the database cannot be used: each is told, with a number that the log knows. */
async function expectNumbersEverywhere(form: Awaited<ReturnType<typeof openInvitation>>): Promise<void> {
  const logged = () => usher.log.map(({ details }) => JSON.stringify(details)).join()
  const max = usher.slack.as('UMAX')
  const { body = '' } = await max.command('/invites')
  const told = body || (await max.waitForMessage(A_NUMBER, { channel: 'general' })).text
  const words = [told, Object.values((await form.submit()).errors ?? {}).join()]
  for (const text of words) {
    const [, number = 'none'] = /the number (\w+)/.exec(text) ?? []
    expect(text).toMatch(A_NUMBER)
    expect(logged()).toContain(number)
  }
  const page = await usher.visit('https://usher.example.test/join/some-token')
  expect(page.status).toBe(503)
  const [, number = 'none'] = /<strong>(\w+)<\/strong>/.exec(await page.text()) ?? []
  expect(logged()).toContain(number)
  await expect.poll(readiness).toBe(503)
  expect((await fetch(`${usher.app.url}/healthz`)).status).toBe(200)
  expect((await fetch(`${usher.app.url}/metrics`)).status).toBe(200)
}

/** The same form, sent again when all is well, arrives once, and so does what was asked before. */
async function expectOneMailEach(form: Awaited<ReturnType<typeof openInvitation>>, ...emails: string[]): Promise<void> {
  if (form.isOpen) expect(await form.submit()).toEqual({ closed: true })
  for (const email of emails) {
    await usher.mailbox.waitFor(({ envelope }) => envelope.to.includes(email))
  }
  const open = `SELECT (SELECT count(*)::int FROM "Invitation" WHERE "status" = 'waiting') AS waiting,
    (SELECT count(*)::int FROM queue.job WHERE name = 'deliver' AND state IN ('created', 'retry', 'active')) AS jobs`
  await expect.poll(() => asOwner(open)).toEqual([{ waiting: 0, jobs: 0 }])
  for (const email of emails) expect(mailsTo(email)).toHaveLength(1)
}

it('29: it is away for a while: everybody is told with a number, and afterwards it goes on without a restart', async () => {
  const form = await openInvitation(usher.slack, 'UADA', 'away@example.org')
  await door.shut()
  await expectNumbersEverywhere(form)
  await door.open()
  await untilReady()
  await expectOneMailEach(form, 'away@example.org')
})

it('29: it is restarted in the middle: nothing accepted is lost or sent twice', async () => {
  const emails = Array.from({ length: 8 }, (_, index) => `restart${index}@example.org`)
  const people = ['UADA', 'UMAX']
  const inviteAll = async (who: string, addresses: string[]) => {
    for (const email of addresses) {
      await expect
        .poll(async () => {
          const form = await openInvitation(usher.slack, who, email).catch(() => undefined)
          const result = await form?.submit()
          if (form?.isOpen) await form.close()
          // The answer to the first try may have been lost though the invitation was not.
          return (
            result?.closed ??
            (Object.values(result?.errors ?? {})
              .join()
              .includes('could not be invited') ||
              undefined)
          )
        })
        .toBe(true)
    }
  }
  const pid = Number(readFileSync(join(server.home, 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0])
  const inviting = people.map((who, index) =>
    inviteAll(
      who,
      emails.filter((_, place) => place % 2 === index),
    ),
  )
  await usher.mailbox.waitFor(({ envelope }) => envelope.to.includes('restart0@example.org'))
  // Fast shutdown, as a service manager does it; the server is started again at once.
  process.kill(pid, 'SIGINT')
  await Promise.all(inviting)
  await untilReady()
  const last = await openInvitation(usher.slack, 'UADA', 'restarted@example.org')
  await expectOneMailEach(last, ...emails, 'restarted@example.org')
})

it('29: it only reads: readiness is red, everybody is told, and it goes on when it writes again', async () => {
  const form = await openInvitation(usher.slack, 'UADA', 'reads@example.org')
  await asOwner('ALTER SYSTEM SET default_transaction_read_only = on', 'SELECT pg_reload_conf()')
  await expect.poll(readiness).toBe(503)
  const submitted = await form.submit()
  expect(Object.values(submitted.errors ?? {}).join()).toMatch(A_NUMBER)
  await asOwner('ALTER SYSTEM RESET default_transaction_read_only', 'SELECT pg_reload_conf()')
  await untilReady()
  await expectOneMailEach(form, 'reads@example.org')
})

it('29: it falls silent in the middle of everything: readiness is red, and new connections take over', async () => {
  const form = await openInvitation(usher.slack, 'UADA', 'silent@example.org')
  door.freeze()
  await expect.poll(readiness).toBe(503)
  expect(await form.submit()).toEqual({ trouble: expect.any(String) })
  await door.open()
  await expect.poll(readiness).toBe(200)
  await expectOneMailEach(form, 'silent@example.org')
})
