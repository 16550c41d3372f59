// 10,000 mails out of the durable queue, beside nodemailer's pool with messages that are ready-made: 5 connections each,
// one mail server in its own process for both.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createTransport } from 'nodemailer'
import { type Database, migrate, newId, openDatabase } from '../src/database/index.ts'
import { createDelivery } from '../src/delivery/index.ts'
import { openQueue, startJobs } from '../src/jobs/index.ts'
import type { Figure } from './figure.ts'
import { makeDataFolder } from './support/data-folder.ts'

const MAILS = 10_000
const CONNECTIONS = 5
const REACH = '2,500 a second'
const log = { debug() {}, info() {}, warn: console.warn, error: console.error }

export async function run(): Promise<Figure[]> {
  const server = await startMailServer()
  const folder = await makeDataFolder()
  const dataDir = folder.path
  const db = await openDatabase({ dataDir, log })
  try {
    await migrate(db.url)
    await sendReadyMade(server, 1_000)
    const limit = await sendReadyMade(server, MAILS)
    const value = await sendFromQueue(server, db)
    return [{ name: 'Mails out of the durable queue', value, unit: '/s', limit, ratio: value / limit, reach: REACH }]
  } finally {
    server.stop()
    await db.close()
    await folder.remove()
  }
}

type MailServer = { port: number; expect(count: number): Promise<{ reached: Promise<unknown> }>; stop(): void }

async function startMailServer(): Promise<MailServer> {
  const child = fork(new URL('./counting-mail-server.ts', import.meta.url))
  const [{ port }] = await once(child, 'message')
  return {
    port,
    async expect(count) {
      child.send({ expect: count })
      await once(child, 'message')
      return { reached: once(child, 'message') }
    },
    stop: () => child.disconnect(),
  }
}

/** The limit: nothing is written, rendered or queued. Gives mails per second. */
async function sendReadyMade(server: MailServer, mails: number): Promise<number> {
  const transport = createTransport({
    host: '127.0.0.1',
    port: server.port,
    ignoreTLS: true,
    pool: true,
    maxConnections: CONNECTIONS,
    maxMessages: Number.POSITIVE_INFINITY,
  })
  const body = `${'A line of an ordinary invitation, as long as such lines are wont to be.\r\n'.repeat(55)}`
  const raw = Buffer.from(`From: usher@bench.example\r\nTo: ana@bench.example\r\nSubject: Hello\r\n\r\n${body}`)
  const { reached } = await server.expect(mails)
  const began = performance.now()
  let next = 0
  async function lane() {
    while (next < mails) {
      next += 1
      await transport.sendMail({ raw, envelope: { from: 'usher@bench.example', to: ['ana@bench.example'] } })
    }
  }
  await Promise.all([...Array.from({ length: CONNECTIONS }, lane), reached])
  transport.close()
  return Math.round((mails * 1_000) / (performance.now() - began))
}

/** Mails per second, from the start of the workers to the last mail at the server. */
async function sendFromQueue(server: MailServer, db: Database): Promise<number> {
  const queue = await openQueue({ db, log })
  const now = () => new Date()
  const deliverer = createDelivery({
    smtpUrl: `smtp://127.0.0.1:${server.port}`,
    mailFrom: 'Usher <usher@bench.example>',
    publicUrl: 'https://usher.bench.example',
    connections: CONNECTIONS,
    now,
    log,
  })
  const ids = await seed(db)
  await db.inTransaction((tx) =>
    queue.followUp(
      tx,
      ids.map((invitationId) => ({ kind: 'deliver', invitationId, generation: 1 })),
    ),
  )
  const { reached } = await server.expect(MAILS)
  const began = performance.now()
  const joinKey = Buffer.alloc(32, 7)
  const quiet = {
    postNotice: async () => {},
    showProgress: async () => {},
    showRequest: async () => {},
    showBooking: async () => {},
    showPause: async () => {},
    tell: async () => {},
    letGo: async () => {},
    directory: { meetWorkspace: async () => '', read: async () => ({ what: 'people' as const, lost: true as const }) },
    purge: async () => {},
    schedule: false,
  }
  const jobs = await startJobs({
    queue,
    db,
    joinKey,
    slipKey: joinKey,
    oneTimeKey: joinKey,
    sealKey: joinKey,
    letterKeys: { resetKey: joinKey, codeKey: joinKey },
    deliverer,
    ...quiet,
    now,
    log,
  })
  await reached
  const seconds = (performance.now() - began) / 1_000
  await jobs.stop({ withinMs: 10_000 })
  await checkAllSent(db)
  deliverer.close()
  await queue.close()
  return Math.round(MAILS / seconds)
}

async function checkAllSent(db: Database): Promise<void> {
  const { rows } = await db.pool.query(`SELECT count(*)::int AS sent FROM "Invitation" WHERE "status" = 'pending'`)
  if (rows[0]?.sent !== MAILS) throw new Error(`${rows[0]?.sent} of ${MAILS} mails were written down as sent`)
}

/** 10,000 waiting invitations of one organisation; gives their ids. */
async function seed(db: Database): Promise<string[]> {
  const [organisation, hub, inviter] = [newId(), newId(), newId()]
  const people = Array.from({ length: MAILS }, () => newId())
  const invitations = Array.from({ length: MAILS }, () => newId())
  await db.pool.query(
    `INSERT INTO "Organisation" ("id", "slackTeamId", "createdAt", "displayName", "terms", "messageAppendix")
     VALUES ($1, 'T0BENCH', now(), 'Northwind Trading', 'Be kind.', 'Questions? it@northwind.example')`,
    [organisation],
  )
  await db.pool.query(
    `INSERT INTO "Hub" ("id", "organisationId", "name", "isDefault", "createdAt") VALUES ($1, $2, 'People Ops', true, now())`,
    [hub, organisation],
  )
  await db.pool.query(
    `INSERT INTO "Person" ("id", "organisationId", "email", "emailKey", "firstName", "createdAt")
     SELECT id, $2, 'p' || n || '@bench.example', 'p' || n || '@bench.example', 'Ana', now()
     FROM unnest($1::uuid[]) WITH ORDINALITY AS p(id, n)`,
    [[inviter, ...people], organisation],
  )
  await db.pool.query(
    `INSERT INTO "Invitation" ("id", "organisationId", "hubId", "personId", "inviterId", "email", "userType", "role",
       "language", "note", "status", "createdAt", "queuedAt")
     SELECT i.id, $3, $4, i.person, $5, p."email", 'team_member', 'employee', 'en', 'Welcome to the team!', 'waiting',
       now(), now()
     FROM unnest($1::uuid[], $2::uuid[]) AS i(id, person) JOIN "Person" p ON p."id" = i.person`,
    [invitations, people, organisation, hub, inviter],
  )
  return invitations
}
