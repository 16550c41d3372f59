// The automatic invitations over 100,000 people in 200 groups: a pass with nobody to invite, and one with 1,000, until
// everything is committed; beside one look into the index, and beside the bare rows and jobs.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Client } from 'pg'
import { fromPrisma } from 'pg-boss'
import { type Database, inSqlTransaction, migrate, newId, openDatabase } from '../src/database/index.ts'
import { openQueue, type Queue } from '../src/jobs/index.ts'
import type { Figure } from './figure.ts'
import { makeDataFolder } from './support/data-folder.ts'
import { median } from './support/percentile.ts'

const PEOPLE = 100_000
const GROUPS = 200
const DUE = 1_000
const ROUNDS = 5
const ORGANISATION = '00000000-0000-7000-8000-000000000001'
const HUB = '00000000-0000-7000-8001-000000000001'
const RULE = '00000000-0000-7000-8002-000000000001'
const OWNER = '00000000-0000-7000-9000-000000000000'
const log = { debug() {}, info() {}, warn() {}, error: console.error }

const person = (number: string) => `('00000000-0000-7000-9000-' || lpad((${number})::text, 12, '0'))::uuid`
const group = (number: string) => `('00000000-0000-7000-a000-' || lpad((${number})::text, 12, '0'))::uuid`

// Half were invited, with an invitation each; of the others some begin later, some are not categorised, some are in none
// of the rule's groups, and some are without a start date: nobody is due, and nobody is ruled out by one look alone.
const SEED = [
  `SET session_replication_role = replica`,
  `INSERT INTO "Organisation" ("id", "slackTeamId", "createdAt", "displayName", "terms", "timeZone")
   VALUES ('${ORGANISATION}', 'TBENCH', now(), 'Northwind Trading', 'Be kind.', 'Europe/Berlin')`,
  `INSERT INTO "Hub" ("id", "organisationId", "name", "isDefault", "createdAt")
   VALUES ('${HUB}', '${ORGANISATION}', 'People', true, now())`,
  `INSERT INTO "Person" ("id", "organisationId", "email", "emailKey", "role", "createdAt")
   VALUES ('${OWNER}', '${ORGANISATION}', 'ada@bench.example', 'ada@bench.example', 'corporate_admin', now())`,
  `INSERT INTO "Group" ("id", "organisationId", "externalId", "name", "createdAt")
   SELECT ${group('n')}, '${ORGANISATION}', 'group ' || n, 'Group ' || n, now() FROM generate_series(0, ${GROUPS - 1}) n`,
  `INSERT INTO "Person" ("id", "organisationId", "email", "emailKey", "firstName", "lastName", "employeeType", "startDate",
     "invitationStatus", "createdAt")
   SELECT ${person('p')}, '${ORGANISATION}', e, e, 'Ana', 'Diaz ' || p, CASE WHEN p % 10 = 6 THEN NULL ELSE 'employee'::"EmployeeType" END,
     CASE p % 10 WHEN 5 THEN current_date + 400 WHEN 7 THEN NULL ELSE current_date - p % 900 END,
     CASE WHEN p % 10 < 5 THEN 'accepted'::"InvitationStatus" END, now()
   FROM generate_series(1, ${PEOPLE}) p, lateral (SELECT 'p' || p || '@bench.example') AS x(e)`,
  `INSERT INTO "Invitation" ("id", "organisationId", "hubId", "personId", "inviterId", "email", "userType", "role", "language",
     "status", "createdAt", "queuedAt")
   SELECT gen_random_uuid(), '${ORGANISATION}', '${HUB}', "id", '${OWNER}', "email", 'team_member', 'employee', 'en', 'accepted',
     now(), now() FROM "Person" WHERE "invitationStatus" IS NOT NULL`,
  // Two groups each; those of the rule are the first half, and every tenth and ninth of ten is only in the second half.
  `INSERT INTO "GroupMembership" ("groupId", "personId")
   SELECT ${group(`(p + k * 37) % ${GROUPS / 2} + CASE WHEN p % 10 >= 8 THEN ${GROUPS / 2} ELSE 0 END`)}, ${person('p')}
   FROM generate_series(1, ${PEOPLE}) p, generate_series(0, 1) k`,
  `INSERT INTO "AutoRule" ("id", "organisationId", "status", "hubId", "userType", "role", "ownerId", "mostInPass", "consent",
     "consentedAt", "createdAt")
   VALUES ('${RULE}', '${ORGANISATION}', 'on', '${HUB}', 'team_member', 'employee', '${OWNER}', 5000, true, now(), now())`,
  `INSERT INTO "AutoRuleGroup" ("ruleId", "groupId")
   SELECT '${RULE}', ${group('n')} FROM generate_series(0, ${GROUPS / 2 - 1}) n`,
]

export async function run(): Promise<Figure[]> {
  const folder = await makeDataFolder()
  const db = await openDatabase({ dataDir: folder.path, log })
  await migrate(db.url)
  const queue = await openQueue({ db, log })
  try {
    await seed(db.url)
    return await measure(db, queue)
  } finally {
    await queue.close()
    await db.close()
    await folder.remove()
  }
}

/** By a connection of its own, because some of the statements take longer than the app would wait for one. */
async function seed(url: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    for (const statement of SEED) await client.query(statement)
    await client.query('VACUUM ANALYZE')
  } finally {
    await client.end()
  }
}

type Passed = { ms: number; invited: number; memory: number }

/** The passes run in a process of their own, under the limits of `npm start`: its memory is theirs. */
async function openPasses(
  url: string,
): Promise<{ run: (expected: number) => Promise<Passed>; stop: () => Promise<void> }> {
  const execArgv = ['--max-old-space-size=256', '--max-semi-space-size=8']
  const child = fork(new URL('support/auto-pass.ts', import.meta.url), [url, RULE], { execArgv })
  const ended = once(child, 'exit')
  await once(child, 'message')
  return {
    async run(expected) {
      const answer = once(child, 'message')
      child.send('run')
      const [passed]: Passed[] = await answer
      if (passed?.invited !== expected) throw new Error(`${passed?.invited} were invited, not ${expected}`)
      return passed
    },
    async stop() {
      child.disconnect()
      await ended
    },
  }
}

async function measure(db: Database, queue: Queue): Promise<Figure[]> {
  const passes = await openPasses(db.url)
  const idle: number[] = []
  for (let round = 0; round <= ROUNDS * 4; round += 1) idle.push((await passes.run(0)).ms)
  const look = await timesOf(() => lookIntoIndex(db))
  const busy: Passed[] = []
  const bare: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const people = await makeDue(db, round)
    busy.push(await passes.run(DUE))
    bare.push(await timeOf(() => writeBare(db, queue, people)))
  }
  await passes.stop()
  // The first warms up what is measured.
  const nobody = median(idle.slice(1))
  const seconds = median(busy.slice(1).map(({ ms }) => ms)) / 1_000
  const limit = median(bare.slice(1)) / 1_000
  return [
    {
      name: 'An automatic pass over 100,000 people in 200 groups, nobody to invite (limit: one look into its index)',
      ...{ value: nobody, unit: 'ms', limit: median(look), ratio: nobody / median(look) },
      reach: 'at most 500 ms',
    },
    {
      name: 'The same with 1,000 to invite, until everything is committed (limit: bare rows and jobs)',
      ...{ value: seconds, unit: 's', limit, ratio: seconds / limit },
      reach: 'at most 5 s',
    },
    {
      name: 'Memory (RSS) meanwhile',
      value: Math.max(...busy.map(({ memory }) => memory)),
      unit: 'MB',
      reach: 'at most 256 MB',
    },
  ]
}

async function timesOf(work: () => Promise<unknown>): Promise<number[]> {
  await work()
  const times: number[] = []
  for (let round = 0; round < ROUNDS * 4; round += 1) times.push(await timeOf(work))
  return times
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** Those who can become due and have begun, by the index alone. */
function lookIntoIndex({ pool }: Database): Promise<unknown> {
  return pool.query({
    name: 'bench-index',
    text: `SELECT count(*) FROM "Person" WHERE "organisationId" = $1 AND "isActive" AND "employeeType" IS NOT NULL
      AND "emailKey" IS NOT NULL AND "invitationStatus" IS NULL AND "accountStatus" IS NULL
      AND coalesce("startDate", 'infinity'::date) <= current_date`,
    values: [ORGANISATION],
  })
}

/** A thousand of those who begin later begin today; gives as many others, for the bare rows. */
async function makeDue({ pool }: Database, round: number): Promise<string[]> {
  const chosen = (from: number) => `SELECT "id" FROM "Person" WHERE "startDate" > current_date
    ORDER BY "id" OFFSET ${from} LIMIT ${DUE}`
  const { rows } = await pool.query<{ id: string }>(chosen(ROUNDS * DUE))
  const due = await pool.query(`UPDATE "Person" SET "startDate" = current_date WHERE "id" IN (${chosen(0)})`)
  if (due.rowCount !== DUE || rows.length !== DUE) throw new Error(`round ${round} has too few people`)
  await pool.query('ANALYZE "Person"')
  return rows.map(({ id }) => id)
}

/** The limit: invitations and jobs and nothing else, nothing asked and nothing told. */
async function writeBare(db: Database, queue: Queue, people: string[]): Promise<void> {
  await inSqlTransaction(db, async (tx) => {
    const invitations = people.map(() => newId())
    await tx.$executeRaw`
      INSERT INTO "Invitation" ("id", "organisationId", "hubId", "personId", "inviterId", "email", "userType", "role",
        "language", "status", "createdAt", "queuedAt")
      SELECT "id", ${ORGANISATION}::uuid, ${HUB}::uuid, "person", ${OWNER}::uuid, '', 'team_member', 'employee', 'en',
        'waiting', now(), now()
      FROM unnest(${invitations}::uuid[], ${people}::uuid[]) AS g("id", "person")`
    const jobs = invitations.map((invitationId) => ({ data: { invitationId, generation: 1 }, startAfter: 60 }))
    await queue.boss.insert('deliver', jobs, { db: fromPrisma(tx) })
  })
}
