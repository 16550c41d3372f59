// A list of 10,000: confirmed until everything is committed, beside the bare rows and jobs by `unnest`; and what else
// the program does meanwhile: acks while such a list is read, invited and mailed, and the memory that this takes.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { fromPrisma } from 'pg-boss'
import { type Database, inSqlTransaction, migrate, newId, openDatabase } from '../src/database/index.ts'
import { confirmList, prepareList } from '../src/invitations/index.ts'
import { openQueue, type Queue } from '../src/jobs/index.ts'
import { readRecipients, rowsOfRecipients } from '../src/people/index.ts'
import type { Figure } from './figure.ts'
import { sendLoad } from './http-load.ts'
import { makeDataFolder } from './support/data-folder.ts'
import { median } from './support/percentile.ts'
import { commandRequest, listConfirmation, listRequest } from './support/slack-request.ts'
import { type Scene, withUsher } from './support/with-usher.ts'

const ROWS = 10_000
const CHUNK = 1_000
const ROUNDS = 4
const AT_ONCE = 32
const BURSTS_EVERY = 200
const LARGEST_FILE = 10 * 1024 * 1024
const MEGABYTE = 1024 * 1024
const log = { debug() {}, info() {}, warn() {}, error: console.error }

export async function run(): Promise<Figure[]> {
  return [...(await measureCommit()), ...(await withUsher(measureMeanwhile))]
}

type Ids = { organisationId: string; hubId: string; actorId: string }

async function measureCommit(): Promise<Figure[]> {
  const folder = await makeDataFolder()
  const db = await openDatabase({ dataDir: folder.path, log })
  await migrate(db.url)
  const queue = await openQueue({ db, log })
  try {
    const ids = await seed(db)
    const ours: { ms: number; block: number }[] = []
    const bare: number[] = []
    for (let round = 0; round <= ROUNDS; round += 1) {
      // As a database that lives has it: an empty one plans for a few rows.
      await db.pool.query('ANALYZE')
      const batchId = await draft(db, ids, round)
      ours.push(await timed(() => confirm(db, queue, { ...ids, batchId })))
      bare.push((await timed(() => writeBare(db, queue, { ...ids, round }))).ms)
      // Yesterday's: a day holds no more people of one inviter.
      await db.pool.query(`UPDATE "Batch" SET "confirmedAt" = "confirmedAt" - interval '2 days'`)
    }
    // The first warms up what is measured.
    const value = median(ours.slice(1).map(({ ms }) => ms))
    const limit = median(bare.slice(1))
    const block = median(ours.slice(1).map((one) => one.block))
    const name = '10,000 confirmed until rows, audit events and jobs are committed'
    return [
      {
        ...{ name: `${name} (limit: bare rows and jobs)`, value, unit: 'ms', limit, ratio: value / limit },
        reach: 'at most 600 ms',
      },
      { name: 'Longest block of the event loop meanwhile', value: block, unit: 'ms', reach: 'at most 30 ms' },
    ]
  } finally {
    await queue.close()
    await db.close()
    await folder.remove()
  }
}

async function seed(db: Database): Promise<Ids> {
  const [organisationId, hubId, actorId] = [newId(), newId(), newId()]
  await db.pool.query(
    `INSERT INTO "Organisation" ("id", "slackTeamId", "createdAt", "displayName", "terms")
     VALUES ($1, 'T0BENCH', now(), 'Northwind Trading', 'Be kind.')`,
    [organisationId],
  )
  await db.pool.query(
    `INSERT INTO "Hub" ("id", "organisationId", "name", "isDefault", "createdAt") VALUES ($1, $2, 'People', true, now())`,
    [hubId, organisationId],
  )
  await db.pool.query(
    `INSERT INTO "Person" ("id", "organisationId", "email", "emailKey", "role", "createdAt")
     VALUES ($1, $2, 'ada@bench.example', 'ada@bench.example', 'corporate_admin', now())`,
    [actorId, organisationId],
  )
  return { organisationId, hubId, actorId }
}

async function draft(db: Database, { organisationId, hubId, actorId }: Ids, round: number): Promise<string> {
  const text = Array.from({ length: ROWS }, (_, at) => `Ana Diaz <r${round}.${at}@bench.example>`).join('\n')
  const rows = rowsOfRecipients(readRecipients(text))
  const chunks = Array.from({ length: ROWS / CHUNK }, (_, at) => rows.slice(at * CHUNK, (at + 1) * CHUNK))
  const { batchId } = await prepareList(
    { db, now: () => new Date(), canText: false },
    {
      ...{ organisationId, actorId, source: 'file', pasted: '', fileName: 'people.csv', rows: chunks },
      choices: {
        ...{ hubId, userType: 'team_member', role: 'employee', departmentId: null, locationId: null },
        ...{ language: null, note: 'Welcome to the team!', sendInvitations: true },
      },
    },
  )
  return batchId
}

async function confirm(db: Database, queue: Queue, ids: Ids & { batchId: string }): Promise<void> {
  const { organisationId, actorId, batchId } = ids
  const c = { db, followUp: queue.followUp, letGo: async () => {}, now: () => new Date() }
  await confirmList(c, { organisationId, actorId, batchId, origin: 'bench' })
}

/** The limit: people, invitations and jobs and nothing else, nothing asked and nothing told. */
async function writeBare(
  db: Database,
  queue: Queue,
  { organisationId, hubId, actorId, round }: Ids & { round: number },
): Promise<void> {
  await inSqlTransaction(db, async (tx) => {
    for (let from = 0; from < ROWS; from += CHUNK) {
      const people = Array.from({ length: CHUNK }, () => newId())
      const invitations = people.map(() => newId())
      const emails = people.map((_, at) => `b${round}.${from + at}@bench.example`)
      await tx.$executeRaw`
        INSERT INTO "Person" ("id", "organisationId", "email", "emailKey", "firstName", "lastName", "createdAt",
          "invitationStatus")
        SELECT "id", ${organisationId}::uuid, "email", "email", 'Ana', 'Diaz', now(), 'waiting'
        FROM unnest(${people}::uuid[], ${emails}::text[]) AS g("id", "email")`
      await tx.$executeRaw`
        INSERT INTO "Invitation" ("id", "organisationId", "hubId", "personId", "inviterId", "email", "userType",
          "role", "language", "status", "createdAt", "queuedAt")
        SELECT "id", ${organisationId}::uuid, ${hubId}::uuid, "person", ${actorId}::uuid, "email", 'team_member',
          'employee', 'en', 'waiting', now(), now()
        FROM unnest(${invitations}::uuid[], ${people}::uuid[], ${emails}::text[]) AS g("id", "person", "email")`
      const jobs = invitations.map((invitationId) => ({ data: { invitationId, generation: 1 }, startAfter: 60 }))
      await queue.boss.insert('deliver', jobs, { db: fromPrisma(tx) })
    }
  })
}

async function timed(work: () => Promise<void>): Promise<{ ms: number; block: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  await sleep(5)
  delay.reset()
  const began = performance.now()
  await work()
  const ms = performance.now() - began
  await sleep(5)
  delay.disable()
  return { ms, block: delay.max / 1e6 }
}

async function measureMeanwhile(scene: Scene): Promise<Figure[]> {
  const [hub] = await scene.query<{ id: string }>(`SELECT "id" FROM "Hub" LIMIT 1`)
  const hubId = hub?.id ?? ''
  await ackFor(scene, 40)
  const idle = await ackFor(scene, 20)
  await sleep(1_000)
  const rest = await memoryOf(scene)
  const reading = await watchMemory(scene, () => readFile(scene, hubId, 'large', LARGEST_FILE / ROWS - 1))
  const memory = await watchMemory(scene, async () => {
    const batchId = await readFile(scene, hubId, 'quiet', 40)
    await deliver(scene, batchId)
  })
  await scene.query(`UPDATE "Batch" SET "confirmedAt" = "confirmedAt" - interval '2 days'`)
  const busy = { isOver: false }
  const journey = (async () => {
    const batchId = await readFile(scene, hubId, 'busy', 40)
    await deliver(scene, batchId)
    busy.isOver = true
  })()
  const acks: number[] = []
  while (!busy.isOver) acks.push((await ackFor(scene, 5)).p99)
  await journey
  const worst = Math.max(...acks)
  return [
    {
      name: 'Ack of /invites in bursts of 32 while 10,000 are read, invited and mailed, 99 of 100 within (limit: idle)',
      ...{ value: worst, unit: 'ms', limit: idle.p99, ratio: worst / idle.p99 },
      reach: 'at most 100 ms',
    },
    {
      name: 'Memory (RSS) while 10,000 are read, invited and mailed',
      value: memory.rss,
      unit: 'MB',
      reach: 'at most 300 MB',
    },
    {
      name: 'Growth of the heap while a file of 10 MB is read',
      value: Math.max(0, reading.heap - rest.heap),
      unit: 'MB',
      reach: 'at most 64 MB',
    },
  ]
}

function ackFor({ port }: Scene, bursts: number) {
  const journeys = Array.from({ length: bursts * AT_ONCE }, () => [{ request: commandRequest(), status: 200 }])
  return sendLoad({ port, connections: AT_ONCE, journeys, burstsEvery: BURSTS_EVERY })
}

const send = ({ port }: Scene, request: string) =>
  sendLoad({ port, connections: 1, journeys: [[{ request, status: 200 }]] })

/** Gives a file of 10,000 rows to the form; resolves with the draft when it was read. */
async function readFile(scene: Scene, hubId: string, prefix: string, rowBytes: number): Promise<string> {
  const fileUrl = `http://127.0.0.1:${scene.slackPort}/files-pri/${ROWS}/${Math.floor(rowBytes)}/${prefix}`
  const drafts = () =>
    scene.query<{ id: string }>(`SELECT "id" FROM "Batch" WHERE "status" = 'draft' AND "good" = ${ROWS}`)
  const before = new Set((await drafts()).map(({ id }) => id))
  await send(scene, listRequest({ fileUrl, hubId }))
  for (;;) {
    const made = (await drafts()).find(({ id }) => !before.has(id))
    if (made) return made.id
    await sleep(50)
  }
}

/** Confirms a draft, lets its minute pass, and resolves when the last mail is at the mail server. */
async function deliver(scene: Scene, batchId: string): Promise<void> {
  const { came } = await scene.expectMails(ROWS)
  await send(scene, listConfirmation(batchId))
  for (;;) {
    const [batch] = await scene.query<{ status: string }>(`SELECT "status" FROM "Batch" WHERE "id" = '${batchId}'`)
    if (batch?.status === 'confirmed') break
    await sleep(50)
  }
  await scene.query(`UPDATE "Batch" SET "startsAt" = now() WHERE "id" = '${batchId}'`)
  await scene.query(`UPDATE queue.job SET start_after = now() WHERE state = 'created' AND start_after > now()`)
  await came
}

type Memory = { rss: number; heap: number }

/** The program's own figures, in MB. */
async function memoryOf({ port }: Scene): Promise<Memory> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  const gauge = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1] ?? 0) / MEGABYTE
  const heap = gauge('nodejs_heap_size_used_bytes') + gauge('nodejs_external_memory_bytes')
  return { rss: gauge('process_resident_memory_bytes'), heap }
}

/** The most that was seen while something ran. */
async function watchMemory(scene: Scene, work: () => Promise<unknown>): Promise<Memory> {
  const most = await memoryOf(scene)
  const running = { isOver: false }
  const watching = (async () => {
    while (!running.isOver) {
      const now = await memoryOf(scene)
      most.rss = Math.max(most.rss, now.rss)
      most.heap = Math.max(most.heap, now.heap)
      await sleep(20)
    }
  })()
  await work()
  running.isOver = true
  await watching
  return most
}
