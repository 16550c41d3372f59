// How long a registration link's page takes to answer for an address that has an account, one that was invited, and one
// that nobody knows: nobody may learn from the time which it was.
import { type Database, newId } from '../src/database/index.ts'
import { makeRegisterToken, REGISTER_PURPOSE } from '../src/invitations/index.ts'
import { deriveKey } from '../src/keys.ts'
import type { Figure } from './figure.ts'
import { openWebApp, type WebApp } from './open-web-app.ts'

const TRIES = 500
const WARM_UP = 60
/** More links than one, because twenty requests in a minute pause a link. */
const ASKS_PER_LINK = 15
const KINDS = ['known', 'pending', 'unknown'] as const
type Kind = (typeof KINDS)[number]
// Each kind comes as often behind each other: what is worked out after an answer burdens the next one.
const ORDERS: Kind[][] = [
  ['known', 'pending', 'unknown'],
  ['pending', 'known', 'unknown'],
  ['unknown', 'known', 'pending'],
  ['known', 'unknown', 'pending'],
  ['pending', 'unknown', 'known'],
  ['unknown', 'pending', 'known'],
]

export async function run(): Promise<Figure[]> {
  const app = await openWebApp(1)
  try {
    const rounds = TRIES + WARM_UP
    const tokens = await seed(app, rounds)
    const times: Record<Kind, number[]> = { known: [], pending: [], unknown: [] }
    for (let round = 0; round < rounds; round += 1) {
      for (const [place, kind] of (ORDERS[round % ORDERS.length] ?? []).entries()) {
        const token = tokens[Math.floor((round * KINDS.length + place) / ASKS_PER_LINK)] ?? ''
        const took = await ask(app, token, `${kind}${round}@bench.example`)
        if (round >= WARM_UP) times[kind].push(took)
      }
    }
    const medians = KINDS.map((kind) => median(times[kind]))
    const apart = (Math.max(...medians) / Math.min(...medians) - 1) * 100
    const name = 'Giving an address to a registration link'
    return [
      ...KINDS.map((kind, index) => ({
        name: `${name}: ${kind}, median`,
        value: medians[index] ?? 0,
        unit: 'ms',
        reach: 'the same for all',
      })),
      { name: `${name}: the medians are apart by`, value: apart, unit: '%', reach: 'at most 5 %' },
    ]
  } finally {
    await app.close()
  }
}

async function ask({ port }: WebApp, token: string, email: string): Promise<number> {
  const began = performance.now()
  const answer = await fetch(`http://127.0.0.1:${port}/register/${token}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ email, language: 'en' }).toString(),
  })
  await answer.arrayBuffer()
  const took = performance.now() - began
  if (answer.status !== 303) throw new Error(`Answered with ${answer.status}, not 303`)
  return took
}

function median(times: number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
}

/** Links enough, people with accounts, and people with open invitations; gives the links' tokens. */
async function seed({ db, secret }: WebApp, people: number): Promise<string[]> {
  const count = Math.ceil((people * KINDS.length) / ASKS_PER_LINK)
  const { organisationId, inviterId } = await db.prisma.invitation.findFirstOrThrow()
  await db.prisma.person.update({ where: { id: inviterId }, data: { role: 'corporate_admin' } })
  const ids = Array.from({ length: count }, () => newId())
  await db.pool.query(
    `INSERT INTO "Hub" ("id", "organisationId", "name", "createdAt")
     SELECT id, $2, 'Hub ' || n, now() FROM unnest($1::uuid[]) WITH ORDINALITY AS h(id, n)`,
    [ids, organisationId],
  )
  // The hub's id is the link's too: nothing else is called by it.
  await db.pool.query(
    `INSERT INTO "RegistrationLink" ("id", "organisationId", "hubId", "userType", "role", "isOn", "ownerId", "createdAt")
     SELECT id, $2, id, 'external_member', 'employee', true, $3, now() FROM unnest($1::uuid[]) AS h(id)`,
    [ids, organisationId, inviterId],
  )
  const accounts = await addPeople(db, { organisationId, kind: 'known', count: people })
  await db.pool.query(
    `INSERT INTO "Account" ("id", "organisationId", "personId", "passwordHash", "termsVersion", "termsAgreedAt",
       "termsAgreedFrom", "createdAt") SELECT p, $2, p, '', 1, now(), '', now() FROM unnest($1::uuid[]) AS p`,
    [accounts, organisationId],
  )
  const invited = await addPeople(db, { organisationId, kind: 'pending', count: people })
  // In every hub in which the bench asks for them.
  await db.pool.query(
    `INSERT INTO "Invitation" ("id", "organisationId", "hubId", "personId", "inviterId", "email", "userType", "role",
       "language", "status", "createdAt", "queuedAt", "sentAt")
     SELECT gen_random_uuid(), $3, ($2::uuid[])[hubs.n], p.id, $4, 'pending@bench.example', 'external_member',
       'employee', 'en', 'pending', now(), now(), now()
     FROM unnest($1::uuid[]) WITH ORDINALITY AS p(id, n)
     CROSS JOIN LATERAL (SELECT ((p.n - 1) * 3 / ${ASKS_PER_LINK} + 1)::int AS n) AS hubs`,
    [invited, ids, organisationId, inviterId],
  )
  await db.pool.query('ANALYZE')
  const key = deriveKey(secret, REGISTER_PURPOSE)
  return ids.map((id) => makeRegisterToken(key, { organisationId, id, generation: 1 }))
}

async function addPeople(
  db: Database,
  { organisationId, kind, count }: { organisationId: string; kind: Kind; count: number },
): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId())
  await db.pool.query(
    `INSERT INTO "Person" ("id", "organisationId", "email", "emailKey", "createdAt")
     SELECT id, $2, $3 || (n - 1) || '@bench.example', $3 || (n - 1) || '@bench.example', now()
     FROM unnest($1::uuid[]) WITH ORDINALITY AS p(id, n)`,
    [ids, organisationId, kind],
  )
  return ids
}
