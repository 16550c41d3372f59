// One invitation through the form, 8 at once: the form sent, until Slack hears that row, audit event and delivery are
// committed. Beside it the same rows in one transaction, written by bare pg.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'pg'
import type { Figure } from './figure.ts'
import { type LoadResult, sendLoad } from './http-load.ts'
import { makeInviters } from './support/inviters.ts'
import { median, percentile } from './support/percentile.ts'
import { formRequest } from './support/slack-request.ts'
import { type Scene, withUsher } from './support/with-usher.ts'

const AT_ONCE = 8
const ROUNDS = 3
const INVITATIONS = 600
const WARM_UP = 100

type Rows = { organisation: string; hub: string; inviter: string }

export function run(): Promise<Figure[]> {
  return withUsher(async (scene) => {
    const rows = await findRows(scene)
    const inviterOf = await makeInviters(scene, (1 + ROUNDS) * (WARM_UP + INVITATIONS))
    const pool = new Pool({ connectionString: scene.databaseUrl, max: AT_ONCE })
    scene.closeLater(() => pool.end())
    const rounds: { usher: LoadResult; bare: LoadResult }[] = []
    for (let round = 0; round <= ROUNDS; round += 1) {
      // As a database that lives has it: an empty one plans for a few rows.
      await scene.query('ANALYZE')
      const bare = await writeBare(pool, rows)
      rounds.push({ bare, usher: await invite(scene, { round, hub: rows.hub, inviterOf }) })
    }
    // The first warms up what is measured.
    return figuresOf(rounds.slice(1))
  })
}

async function findRows({ query }: Scene): Promise<Rows> {
  const [rows] = await query<Rows>(`SELECT o."id" AS organisation, h."id" AS hub, p."id" AS inviter
    FROM "Organisation" o JOIN "Hub" h ON h."organisationId" = o."id" JOIN "Person" p ON p."organisationId" = o."id"
    WHERE p."slackUserId" IS NOT NULL LIMIT 1`)
  if (!rows) throw new Error('Nobody is there who could invite')
  return rows
}

async function invite(
  scene: Scene,
  { round, hub, inviterOf }: { round: number; hub: string; inviterOf: (invitation: number) => string },
): Promise<LoadResult> {
  const count = WARM_UP + INVITATIONS
  const journeys = Array.from({ length: count }, (_, index) => {
    const email = `ana.${round}.${index}@bench.example`
    const userId = inviterOf(round * count + index)
    return [{ request: formRequest({ email, hubId: hub, userId }), status: 200 }]
  })
  const result = await sendLoad({ port: scene.port, connections: AT_ONCE, journeys, warmUp: WARM_UP })
  await untilAllSent(scene, (round + 1) * count)
  return result
}

/** A refused form is answered with 200 too: what counts is what is committed, and in the mail. */
async function untilAllSent({ query }: Scene, count: number): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const [made] = await query<{ all: number; sent: number }>(`SELECT count(*)::int AS all,
      count(*) FILTER (WHERE "status" = 'pending')::int AS sent FROM "Invitation" WHERE "submissionKey" IS NOT NULL`)
    if (made?.all !== count) throw new Error(`${made?.all} of ${count} invitations were made`)
    if (made.sent === count) return
    if (tries === 1_000) throw new Error(`${made.sent} of ${count} invitations were sent`)
    await sleep(20)
  }
}

/** A person, an invitation, an audit event and a job in one transaction: nothing is read, checked or signed. */
async function writeBare(pool: Pool, { organisation, hub, inviter }: Rows): Promise<LoadResult> {
  const times: number[] = []
  let next = 0
  async function writeOne(): Promise<void> {
    const [person, invitation, event] = [randomUUID(), randomUUID(), randomUUID()]
    const address = `${person}@bare.example`
    const client = await pool.connect()
    try {
      await client.query('BEGIN')
      await client.query({
        name: 'person',
        text: `INSERT INTO "Person" ("id", "organisationId", "email", "emailKey", "createdAt")
          VALUES ($1, $2, $3, $3, now())`,
        values: [person, organisation, address],
      })
      await client.query({
        name: 'invitation',
        text: `INSERT INTO "Invitation" ("id", "organisationId", "hubId", "personId", "inviterId", "email", "userType",
            "role", "language", "status", "createdAt", "queuedAt")
          VALUES ($1, $2, $3, $4, $5, $6, 'team_member', 'employee', 'en', 'pending', now(), now())`,
        values: [invitation, organisation, hub, person, inviter, address],
      })
      await client.query({
        name: 'event',
        text: `INSERT INTO "AuditEvent" ("id", "organisationId", "at", "act", "actorId", "actorName", "subjectKind",
            "subjectId", "subjectName", "origin", "after")
          VALUES ($1, $2, now(), 'invitation.asked', $3, 'Ada', 'invitation', $4, $5, 'slack', $6)`,
        values: [event, organisation, inviter, invitation, address, { hub: 'Main hub' }],
      })
      // To a queue that nobody works on.
      await client.query({
        name: 'job',
        text: `INSERT INTO queue.job (name, data) VALUES ('dead', $1)`,
        values: [{ invitationId: invitation, generation: 1 }],
      })
      await client.query('COMMIT')
    } finally {
      client.release()
    }
  }
  async function lane(): Promise<void> {
    while (next < INVITATIONS) {
      next += 1
      const began = performance.now()
      await writeOne()
      times.push(performance.now() - began)
    }
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  const perSecond = Math.round((INVITATIONS * 1_000) / (performance.now() - began))
  const at = (share: number) => Math.round(percentile(times, share) * 10) / 10
  return { perSecond, p50: at(0.5), p99: at(0.99) }
}

function figuresOf(rounds: { usher: LoadResult; bare: LoadResult }[]): Figure[] {
  const beside = (part: keyof LoadResult, name: string, reach: string): Figure => {
    const value = median(rounds.map(({ usher }) => usher[part]))
    const limit = median(rounds.map(({ bare }) => bare[part]))
    return { name, value, unit: part === 'perSecond' ? '/s' : 'ms', limit, ratio: value / limit, reach }
  }
  const name = `One invitation through the form, ${AT_ONCE} at once`
  return [
    beside('perSecond', name, '430 a second (twice the 200 to 230 of better-auth’s organisation plugin)'),
    beside('p99', `${name}, 99 of 100 within`, 'at most 45 ms'),
    beside('p50', `${name}, half within`, ''),
  ]
}
