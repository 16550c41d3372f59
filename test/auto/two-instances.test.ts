// SECURITY 31 for the automatic invitations: two instances of the program on one database, an hour of passes, each asked
// for by both clocks at once, and an instance killed in the middle of most of them. Nobody is invited twice, nobody is
// forgotten, and no message leaves twice.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Database, newId, openDatabase } from '../../src/database/index.ts'
import { draftAutoRule, turnOnAutoRule } from '../../src/invitations/index.ts'
import { openQueue, type Queue } from '../../src/jobs/index.ts'
import { createLocalSlack, type LocalSlack } from '../../src/sandbox/slack/local-slack.ts'
import { buildManifest } from '../../src/slack/manifest.ts'
import { type MailServer, openMailServer } from '../faults/mail-server.ts'
import { type Program, pickPort, startProgram } from '../faults/programs.ts'
import { createDatabase, silentLog } from '../setup/database.ts'
import { PUBLIC_URL } from '../setup/usher.ts'
import { NOTHING_CHOSEN } from './auto-world.ts'

/** One every five minutes. */
const PASSES = 12
const NEWCOMERS = 150
/** What one kill may cost in messages: the mail server's connections at once. */
const MOST_EXTRA = 5
const ORIGIN = { origin: 'test' }

let made: Awaited<ReturnType<typeof createDatabase>>
let db: Database
let queue: Queue
let slack: LocalSlack
let mailServer: MailServer
let dataDir: string
const running: Program[] = []
let ports: number[]

beforeAll(async () => {
  made = await createDatabase()
  dataDir = mkdtempSync(join(tmpdir(), 'usher-two-'))
  mailServer = await openMailServer()
  ports = [await pickPort(), await pickPort()]
  slack = await createLocalSlack({
    appUrl: () => `http://127.0.0.1:${ports[0]}`,
    manifest: buildManifest({ url: PUBLIC_URL, command: '/invites' }),
  })
  running.push(await startOn(0), await startOn(1))
  db = await openDatabase({ url: made.url, dataDir: '', log: silentLog })
  queue = await openQueue({ db, log: silentLog })
  await slack.as('UADA').openHome()
  await slack.as('UADA').waitForHome()
})
afterAll(async () => {
  for (const program of running) await program.end('SIGKILL')
  await queue.close()
  await db.close()
  await slack.close()
  await mailServer.close()
  await made.drop()
  rmSync(dataDir, { recursive: true, force: true })
})

async function startOn(index: number): Promise<Program> {
  const program = startProgram({
    PORT: String(ports[index]),
    HOST: '127.0.0.1',
    PUBLIC_URL,
    DATABASE_URL: made.url,
    DATA_DIR: join(dataDir, String(index)),
    USHER_SECRET: 'a secret for tests, and for tests alone',
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    SMTP_URL: mailServer.url,
    MAIL_FROM: 'Usher <usher@example.test>',
  })
  await program.ready()
  return program
}

/** So many people who are due, by two statements; gives their addresses. */
async function bringInMany(pass: number, organisationId: string, groupIds: string[]): Promise<string[]> {
  const ids = Array.from({ length: NEWCOMERS }, () => newId())
  const emails = ids.map((_, index) => `p${pass}-${index}@example.org`)
  await db.pool.query(
    `INSERT INTO "Person" ("id", "organisationId", "email", "emailKey", "firstName", "employeeType", "startDate", "createdAt")
     SELECT id, $1, email, email, 'Ana', 'employee', '2020-01-01', now() FROM unnest($2::uuid[], $3::text[]) AS g(id, email)`,
    [organisationId, ids, emails],
  )
  // Everybody is in both groups.
  await db.pool.query(
    `INSERT INTO "GroupMembership" ("groupId", "personId")
     SELECT g, p FROM unnest($1::uuid[]) AS g CROSS JOIN unnest($2::uuid[]) AS p`,
    [groupIds, ids],
  )
  return emails
}

async function turnOn(): Promise<{ organisationId: string; groupIds: string[] }> {
  const { prisma } = db
  const owner = await prisma.person.findFirstOrThrow({ where: { slackUserId: 'UADA' } })
  const { organisationId, id: actorId } = owner
  const hub = await prisma.hub.findFirstOrThrow({ where: { organisationId } })
  const groupIds = [newId(), newId()]
  await prisma.group.createMany({
    data: groupIds.map((id, index) => ({
      ...{ id, organisationId, name: `Group ${index}`, externalId: `group ${index}`, createdAt: new Date() },
    })),
  })
  const c = { db, now: () => new Date() }
  const form = { ...NOTHING_CHOSEN, groupIds, hubId: hub.id, mostInPass: '5000' }
  const ruleId = await draftAutoRule(c, { organisationId, actorId, form, replacesId: null })
  await turnOnAutoRule(c, { organisationId, actorId, ruleId, ...ORIGIN })
  return { organisationId, groupIds }
}

const ask = async (statement: string) => (await db.pool.query<Record<string, unknown>>(statement)).rows

/** Both instances are given the pass at the same moment. */
async function askTwice(): Promise<string[]> {
  const ids = await Promise.all([1, 2].map(() => queue.boss.send('maintenance', { task: 'invite_due' })))
  return ids.flatMap((id) => id ?? [])
}

it('31: an hour of passes on two instances with kills: everybody is invited once, and written to once', async () => {
  const { organisationId, groupIds } = await turnOn()
  const everybody: string[] = []
  let kills = 0
  let cutShort = 0
  for (let pass = 0; pass < PASSES; pass += 1) {
    everybody.push(...(await bringInMany(pass, organisationId, groupIds)))
    const before = everybody.length - NEWCOMERS
    const jobs = await askTwice()
    if (pass % 4 !== 3) {
      // From the moment of the claim to the moment after the commit.
      const index = pass % 2
      await expect
        .poll(() => ask(`SELECT 1 FROM queue.job WHERE id = ANY('{${jobs}}') AND state <> 'created'`), {
          interval: 5,
        })
        .not.toEqual([])
      await new Promise((resolve) => setTimeout(resolve, pass * 12))
      await running[index]?.end('SIGKILL')
      kills += 1
      const [{ count } = { count: 0 }] = await ask(`SELECT count(*)::int AS count FROM "Invitation"`)
      if (Number(count) === before) cutShort += 1
      running[index] = await startOn(index)
    }
    // The next pass of the clock makes good what was cut short.
    const [, last = ''] = await askTwice()
    await expect
      .poll(() => ask(`SELECT state::text FROM queue.job WHERE id = '${last}'`), { interval: 20 })
      .toEqual([{ state: 'completed' }])
    const [{ count } = { count: 0 }] = await ask(`SELECT count(*)::int AS count FROM "Invitation"`)
    expect(count, `after pass ${pass}`).toBe(everybody.length)
  }

  const twice = await ask(`SELECT "personId" FROM "Invitation" GROUP BY "personId" HAVING count(*) > 1`)
  expect(twice).toEqual([])
  const [{ lists } = { lists: 0 }] = await ask(
    `SELECT count(*)::int AS lists FROM "Batch" b WHERE b."source" = 'auto' AND b."invited" = (SELECT count(*) FROM "Invitation" i
      WHERE i."batchId" = b."id")`,
  )
  expect(lists).toBe((await ask(`SELECT 1 FROM "Batch"`)).length)
  expect(kills).toBe(9)
  expect(cutShort, 'kills that met a pass before its end').toBeGreaterThan(0)

  // As if the minutes had passed.
  await ask(`UPDATE "Batch" SET "startsAt" = now()`)
  await ask(`UPDATE queue.job SET start_after = now() WHERE state = 'created' AND start_after > now()`)
  await expect
    .poll(() => ask(`SELECT 1 FROM "Invitation" WHERE "status" <> 'pending' LIMIT 1`), {
      interval: 200,
    })
    .toEqual([])
  expect(new Set(mailServer.recipients)).toEqual(new Set(everybody))
  expect(mailServer.recipients.length - everybody.length).toBeLessThanOrEqual(kills * MOST_EXTRA)
  expect(slack.complaints).toEqual([])
})
