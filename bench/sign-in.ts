// Signing in (form sent, password verified, session and audit event committed), beside nothing but the verifying; and what
// the time of an answer gives away: of a name (known, unknown and paused) at the sign-in and for a forgotten password, and of
// the code of a slip.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createPasswordHasher } from '../src/accounts/index.ts'
import type { Database } from '../src/database/index.ts'
import type { Figure } from './figure.ts'
import { httpRequest, type LoadResult, sendLoad } from './http-load.ts'
import { openWebApp, type WebApp } from './open-web-app.ts'
import { codeOfNobody, makeDeadSlips } from './support/dead-slips.ts'
import { median } from './support/percentile.ts'

const ROUNDS = 3
const SIGN_INS = 400
const WARM_UP = 100
const VERIFIES = 200
const CONNECTIONS = 8
const TRIES = 300
const PAIR_WARM_UP = 40
/** What follows an answer is over by then, in ms. */
const PAUSE = 25
const PASSWORD = 'seven green lanterns'

const known = (number: number) => `known${String(number).padStart(6, '0')}@bench.example`
const paused = (number: number) => `paused${String(number).padStart(5, '0')}@bench.example`
const unknown = (number: number) => `nobody${String(number).padStart(5, '0')}@bench.example`

export async function run(): Promise<Figure[]> {
  const app = await openWebApp(0)
  try {
    await makeAccounts(app.db)
    return [...(await measureSignIn(app.port)), ...(await measureNames(app))]
  } finally {
    await app.close()
  }
}

/** The best of a few rounds, the verifying measured before each: the machine may have other work for a while. */
async function measureSignIn(port: number): Promise<Figure[]> {
  await signIn(port, { from: 0, count: WARM_UP })
  const rounds: (LoadResult & { limit: number })[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const limit = await measureVerifying()
    rounds.push({ limit, ...(await signIn(port, { from: WARM_UP + round * SIGN_INS, count: SIGN_INS })) })
  }
  const [best] = rounds.sort((a, b) => b.perSecond - a.perSecond)
  const { perSecond = 0, p99 = 0, limit = 1 } = best ?? {}
  const name = 'Sign-in'
  return [
    { name, value: perSecond, unit: '/s', limit, ratio: perSecond / limit, reach: '100 a second' },
    { name: `${name}, 99 of 100 within`, value: p99, unit: 'ms', reach: 'at most 150 ms at 8 at once' },
  ]
}

function signIn(port: number, { from, count }: { from: number; count: number }): Promise<LoadResult> {
  const journeys = Array.from({ length: count }, (_, index) => [
    { request: signInRequest(known(from + index), PASSWORD), status: 303 },
  ])
  return sendLoad({ port, connections: CONNECTIONS, journeys })
}

const signInRequest = (name: string, password: string) =>
  httpRequest('POST', '/sign-in', { name, password, language: 'en' })
const activateRequest = (code = '') => httpRequest('POST', '/activate', { code, language: 'en' })
const forgotRequest = (name: string) => httpRequest('POST', '/forgot', { name, language: 'en' })

/** argon2id alone, as many at once as the app allows itself. Gives verifications a second. */
async function measureVerifying(): Promise<number> {
  const { hash, verify } = createPasswordHasher({ waiting: VERIFIES })
  const made = await hash(PASSWORD)
  const began = performance.now()
  await Promise.all(Array.from({ length: VERIFIES }, () => verify(made, PASSWORD)))
  return Math.round((VERIFIES * 1_000) / (performance.now() - began))
}

type Side = { name: string; request: (round: number) => string; status: number }

async function measureNames({ port, db }: WebApp): Promise<Figure[]> {
  const slips = await makeDeadSlips(db, PAIR_WARM_UP + TRIES)
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  const wrong = 'nine yellow umbrellas'
  const offset = WARM_UP + ROUNDS * SIGN_INS
  const signIns: Side[] = [
    { name: 'known', request: (round) => signInRequest(known(offset + round), wrong), status: 422 },
    { name: 'unknown', request: (round) => signInRequest(unknown(round), wrong), status: 422 },
    { name: 'paused', request: (round) => signInRequest(paused(round), PASSWORD), status: 422 },
  ]
  const forgotten: Side[] = [
    { name: 'known', request: (round) => forgotRequest(known(offset + round)), status: 303 },
    { name: 'unknown', request: (round) => forgotRequest(unknown(round)), status: 303 },
    { name: 'paused', request: (round) => forgotRequest(paused(round)), status: 303 },
  ]
  const activations: Side[] = [
    { name: 'revoked', request: (round) => activateRequest(slips.revoked[round]), status: 422 },
    { name: 'unknown', request: () => activateRequest(codeOfNobody()), status: 422 },
    { name: 'expired', request: (round) => activateRequest(slips.expired[round]), status: 422 },
  ]
  const figures = [
    await compare(socket, 'Sign-in, whoever the name is', signIns),
    await compare(socket, 'Forgotten password, whoever the name is', forgotten),
    await compare(socket, 'Activation, whatever is wrong with the code', activations),
  ]
  socket.destroy()
  return figures
}

/** Every order in turn: what one of them leaves behind to be done must not always be another's to wait for. */
const ORDERS = [
  [0, 1, 2],
  [2, 1, 0],
  [1, 2, 0],
  [0, 2, 1],
  [2, 0, 1],
  [1, 0, 2],
]

async function compare(socket: Socket, what: string, sides: Side[]): Promise<Figure> {
  const times = new Map(sides.map(({ name }): [string, number[]] => [name, []]))
  for (let round = 0; round < PAIR_WARM_UP + TRIES; round += 1) {
    for (const index of ORDERS[round % ORDERS.length] ?? []) {
      const side = sides[index]
      if (!side) continue
      await sleep(PAUSE)
      const took = await timeOf(socket, side.request(round), side.status)
      if (round >= PAIR_WARM_UP) times.get(side.name)?.push(took)
    }
  }
  const medians = [...times].map(([name, took]) => ({ name, ms: median(took) }))
  const all = medians.map(({ ms }) => ms)
  const apart = (Math.max(...all) / Math.min(...all) - 1) * 100
  const told = medians.map(({ name, ms }) => `${name} ${ms.toFixed(2)} ms`).join(', ')
  return {
    name: `${what}: medians apart (${told})`,
    value: Math.round(apart * 10) / 10,
    unit: '%',
    reach: 'at most 5 %',
  }
}

/** Sends a request, and gives how long its answer took to come whole, in ms. */
async function timeOf(socket: Socket, request: string, status: number): Promise<number> {
  const began = performance.now()
  socket.write(request)
  let text = ''
  while (!isWhole(text)) {
    const [part] = (await once(socket, 'data')) as [Buffer]
    text += part.toString('latin1')
  }
  const took = performance.now() - began
  if (!text.startsWith(`HTTP/1.1 ${status}`)) throw new Error(`Answered with ${text.slice(0, 12)}`)
  return took
}

function isWhole(text: string): boolean {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd === -1) return false
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? '0')
  return text.length >= headEnd + 4 + length
}

/** One hash for all of them: making so many would take a minute, and verifying one costs the same. */
async function makeAccounts({ pool }: Database): Promise<void> {
  const hash = await createPasswordHasher().hash(PASSWORD)
  const count = WARM_UP + ROUNDS * SIGN_INS + PAIR_WARM_UP + TRIES
  await pool.query(
    `INSERT INTO "Person" ("id", "organisationId", "email", "emailKey", "firstName", "lastName", "createdAt")
      SELECT gen_random_uuid(), o."id", made.email, made.email, 'Ana', 'Diaz', now() FROM "Organisation" o, (
        SELECT 'known' || lpad(n::text, 6, '0') || '@bench.example' AS email FROM generate_series(0, $1::int - 1) n
        UNION ALL
        SELECT 'paused' || lpad(n::text, 5, '0') || '@bench.example' FROM generate_series(0, $1::int - 1) n) made`,
    [count],
  )
  await pool.query(
    `INSERT INTO "Account" ("id", "organisationId", "personId", "status", "passwordHash", "termsVersion",
        "termsAgreedAt", "termsAgreedFrom", "createdAt")
      SELECT gen_random_uuid(), p."organisationId", p."id",
        (CASE WHEN p."email" LIKE 'paused%' THEN 'inactive' ELSE 'active' END)::"AccountStatus", $1, o."termsVersion",
        now(), 'a benchmark', now()
      FROM "Person" p JOIN "Organisation" o ON o."id" = p."organisationId" WHERE p."email" LIKE '%@bench.example'`,
    [hash],
  )
  await pool.query('ANALYZE')
}
