// SECURITY 43: bodies that never end, on every route of the app as a program of its own: they take little memory and give
// it back, everybody else is answered meanwhile, and the log stays readable.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { until } from '../journeys/acts.ts'
import { makeToken, USER } from '../scim/directory.ts'
import { beginRequest, type Held } from './held-requests.ts'
import { createWorld, type Program, type World } from './programs.ts'

const METRICS_TOKEN = 'a1b2c3d4e5f6a7b8c9d0e1f2'
const AT_ONCE = 300
const MOST_GROWTH = 100
/** Of a body that comes slowly. */
const PIECES = 12
let world: World
let program: Program
let token: string

beforeAll(async () => {
  world = await createWorld()
  const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  // Each request of a flood comes from an address of its own: otherwise the limits of one address would keep most out.
  program = world.start({ METRICS_TOKEN, TRUST_PROXY: '1' }, scripts.start.match(/--\S+/g))
  await program.ready()
  token = await makeToken(world)
})
afterAll(() => world.close())

/** One of the app's own figures of memory, in MB. */
async function megabytes(name: 'process_resident_memory_bytes' | 'nodejs_external_memory_bytes'): Promise<number> {
  const headers = { authorization: `Bearer ${METRICS_TOKEN}`, connection: 'close' }
  const text = await (await fetch(`${world.url}/metrics`, { headers })).text()
  const [, bytes] = new RegExp(`^${name} (\\S+)$`, 'm').exec(text) ?? []
  if (bytes === undefined) throw new Error(`${name} is not among the metrics: ${text}`)
  return Number(bytes) / 1024 / 1024
}
const resident = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${program.pid}/status`, 'utf8'))?.[1]) / 1024

async function visit(path: string): Promise<number> {
  const response = await fetch(`${world.url}${path}`, { headers: { connection: 'close' } })
  await response.text()
  return response.status
}
const isServed = async () => {
  expect(await visit('/sign-in')).toBe(200)
  expect(await world.slack.as('UADA').command('/invites help')).toMatchObject({ status: 200 })
}

const seconds = () => Math.floor(Date.now() / 1000)
const form = 'Content-Type: application/x-www-form-urlencoded'
/** What a stranger can say without the signing secret: that it is wrong turns out at the end, which never comes. */
const signedWrongly = () => [form, `X-Slack-Request-Timestamp: ${seconds()}`, `X-Slack-Signature: v0=${'a'.repeat(64)}`]
const ofDirectory = () => ['Content-Type: application/scim+json', `Authorization: Bearer ${token}`]

let senders = 0
const sender = () => {
  senders += 1
  return `X-Forwarded-For: 10.${senders >> 16}.${(senders >> 8) & 255}.${senders & 255}`
}

/** Begins so many requests, each with all of its body but the end; `each` is called between them. */
async function flood(
  path: string,
  { headers, size, count = AT_ONCE, each }: Kind & { count?: number; each?: () => unknown },
): Promise<Held[]> {
  const half = Buffer.alloc(size / 2, 'a')
  const chunk = Buffer.concat([Buffer.from(`${size.toString(16)}\r\n`), half, half.subarray(1)])
  const held: Held[] = []
  const sent: Promise<void>[] = []
  for (let index = 0; index < count; index += 1) {
    const isChunked = index % 2 === 1
    const length = isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${size}`
    const request = beginRequest(world.port, path, [sender(), ...headers(), length])
    sent.push(request.more(isChunked ? chunk : chunk.subarray(-size + 1)))
    held.push(request)
    await each?.()
  }
  await Promise.all(sent)
  return held
}

type Kind = { headers: () => string[]; size: number }
const aForm: Kind = { headers: () => [form], size: 16_000 }
const ROUTES: [path: string, kind: Kind][] = [
  ['/slack/events', { headers: signedWrongly, size: 500_000 }],
  ['/slack/events', { headers: signedWrongly, size: 4_000_000 }],
  ['/slack/events', { headers: () => [form], size: 4_000_000 }],
  ['/join/token', aForm],
  ['/join/token', { ...aForm, size: 500_000 }],
  ['/register/token', aForm],
  ['/activate', aForm],
  ['/sign-in', aForm],
  ['/sign-in/next', aForm],
  ['/forgot', aForm],
  ['/reset/token', aForm],
  ['/account', aForm],
  ['/sms/receipts/1', aForm],
  ['/scim/v2/Users', { headers: ofDirectory, size: 1_000_000 }],
  ['/scim/v2/Groups', { headers: () => ['Content-Type: application/scim+json'], size: 1_000_000 }],
  ['/healthz', { ...aForm, size: 500_000 }],
  ['/metrics', { ...aForm, size: 500_000 }],
  ['/no-such-page', { ...aForm, size: 500_000 }],
]

it('43: three hundred unfinished bodies on every route take less than 100 MB in all, and give it back', async () => {
  // As after some hours of work.
  for (let index = 0; index < 200; index += 1) await Promise.all(['/sign-in', '/join/token', '/activate'].map(visit))
  await isServed()
  const [before, heldBefore] = [resident(), await megabytes('nodejs_external_memory_bytes')]
  let growth = 0
  const measure = () => {
    growth = Math.max(growth, resident() - before)
  }
  const held: Held[] = []
  // At its end the first once more: what the others took serves it again.
  for (const [path, kind] of [...ROUTES, ...ROUTES.slice(0, 1)]) {
    held.push(...(await flood(path, { ...kind, each: measure })))
    await isServed()
    measure()
    expect(growth, `MB after ${path}`).toBeLessThan(MOST_GROWTH)
  }
  // Those who sent them wait on, and are ended all the same.
  await until(async () => expect(held.filter((request) => request.isOpen())).toHaveLength(0))
  await until(async () => expect((await megabytes('nodejs_external_memory_bytes')) - heldBefore).toBeLessThan(5))
  expect(resident() - before).toBeLessThan(MOST_GROWTH)
})

it('43: what is slow but moves is answered in the midst of a flood, small or large', async () => {
  const ofSlack = JSON.stringify({ type: 'url_verification', challenge: 'still-here', padding: 'x'.repeat(100_000) })
  const at = seconds()
  const signed = [`X-Slack-Request-Timestamp: ${at}`, `X-Slack-Signature: ${world.slack.sign(ofSlack, at)}`]
  const ofScim = JSON.stringify({ schemas: [USER], userName: 'slow@example.org' }) + ' '.repeat(900_000)
  const slow = [
    { path: '/slack/events', headers: ['Content-Type: application/json', ...signed], body: ofSlack },
    { path: '/scim/v2/Users', headers: ofDirectory(), body: ofScim },
  ].map(({ path, headers, body }) => {
    const request = beginRequest(world.port, path, [sender(), ...headers, `Content-Length: ${body.length}`])
    const pieces = body.match(new RegExp(`.{1,${Math.ceil(body.length / PIECES)}}`, 'g')) ?? []
    return { request, pieces }
  })
  const held: Held[] = []
  const ended = () => held.filter((request) => !request.isOpen()).length
  for (let index = 0; index < PIECES; index += 1) {
    const before = ended()
    held.push(...(await flood('/slack/events', { headers: signedWrongly, size: 500_000, count: 20 })))
    // Room was made for this wave, too.
    await until(async () => expect(ended()).toBeGreaterThan(before))
    await Promise.all(slow.map(({ request, pieces }) => request.more(pieces.shift() ?? '')))
  }
  const [toSlack, toScim] = slow.map(({ request }) => request)
  expect(await toSlack?.answered(/still-here/)).toMatch(/^HTTP\/1.1 200 /)
  expect(await toScim?.answered(/slow@example.org/)).toMatch(/^HTTP\/1.1 201 /)
  for (const request of [...held, ...slow.map((one) => one.request)]) request.drop()
})

it('43: of Slack’s requests 512 kB are read and no more, and the answer says so', async () => {
  const body = 'a'.repeat(600_000)
  const plain = [sender(), ...signedWrongly(), `Content-Length: ${body.length}`]
  const chunked = [sender(), ...signedWrongly(), 'Transfer-Encoding: chunked']
  const whole = beginRequest(world.port, '/slack/events', plain)
  const begun = beginRequest(world.port, '/slack/events', plain)
  const unfinished = beginRequest(world.port, '/slack/events', chunked)
  void whole.more(body)
  void unfinished.more(`${(4_000_000).toString(16)}\r\n${body}`)
  for (const request of [whole, begun, unfinished]) {
    expect(await request.answered(/at most 512 kB/)).toMatch(/^HTTP\/1.1 413 /)
    request.drop()
  }
})

it('43: requests that Slack did not send are counted in one line a minute', async () => {
  const path = `${world.url}/slack/events`
  const before = program.lines.length
  const wrong = { 'x-slack-request-timestamp': String(seconds()), 'x-slack-signature': `v0=${'a'.repeat(64)}` }
  const old = { ...wrong, 'x-slack-request-timestamp': String(seconds() - 400) }
  for (const headers of [{}, wrong, old]) {
    for (let index = 0; index < 30; index += 1) {
      const answer = await fetch(path, { method: 'POST', headers, body: 'command=%2Finvites' })
      expect(answer.status).toBe(401)
      expect(await answer.text()).toMatch(/^[A-Z].+\.\n$/)
    }
  }
  const lines = program.lines.slice(before).filter((line) => !line.includes('Unfinished requests'))
  expect(lines.length).toBeLessThanOrEqual(1)
  const first = await program.saying(/Requests that Slack did not send were refused/)
  expect(JSON.parse(first)).toMatchObject({ level: 40, refused: expect.any(Object) })
})

it('43: bodies that were cut off are no faults of ours', async () => {
  for (const [path, kind] of ROUTES) for (const request of await flood(path, { ...kind, count: 4 })) request.drop()
  await isServed()
  expect(program.lines.filter((line) => /"level":(50|60)/.test(line))).toEqual([])
})
