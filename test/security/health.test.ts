// SECURITY 42: /readyz and /metrics: however many strangers ask, the database is asked once, and they learn next to nothing.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createInsiderCheck } from '../../src/web/insiders.ts'
import { startUsher, type Usher } from '../setup/usher.ts'
import { startWeb } from '../web/web-server.ts'

const TOKEN = 'a-token-for-the-monitoring'
const STRANGER = { 'x-forwarded-for': '203.0.113.7' }
const SHOWN = { authorization: `Bearer ${TOKEN}` }
let usher: Usher

beforeAll(async () => {
  usher = await startUsher({ env: { METRICS_TOKEN: TOKEN } })
})
afterAll(() => usher.stop())

const ask = (path: string, headers: Record<string, string> = {}) => fetch(`${usher.app.url}${path}`, { headers })

it('42: four hundred strangers at once cost one database query, and turn nothing red', async () => {
  const { pool } = usher.app.db
  const asked: string[] = []
  const query = pool.query.bind(pool)
  const textOf = (given: unknown) =>
    typeof given === 'object' && given !== null && 'text' in given ? given.text : given
  const spy = vi.spyOn(pool, 'query').mockImplementation((...given: Parameters<typeof pool.query>) => {
    asked.push(String(textOf(given[0])))
    return query(...given)
  })
  // An answer counts for a second, and a busy machine may take longer for four hundred.
  const stopped = performance.now()
  vi.spyOn(performance, 'now').mockReturnValue(stopped)
  const answers = await Promise.all(Array.from({ length: 400 }, () => ask('/readyz', STRANGER)))
  vi.mocked(performance.now).mockRestore()
  spy.mockRestore()
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  // The queue looks for work at its own pace.
  expect(asked.filter((text) => /transaction_read_only|_prisma_migrations|queue\.version/.test(text))).toHaveLength(1)
})

it('42: one check runs at a time, and its answer counts for a second', async () => {
  let [checks, now] = [0, 0]
  let end = () => {}
  const hangs = new Promise<void>((resolve) => {
    end = resolve
  })
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  const web = await startWeb({
    health: {
      check: async () => {
        checks += 1
        if (checks === 1) await hangs
        return { database: checks < 3 || 'gone', queue: true, migrations: true }
      },
      queueCounts: async () => [],
      invitationCounts: async () => [],
    },
  })
  const first = Array.from({ length: 20 }, () => web.ask('/readyz'))
  await web.ask('/healthz')
  end()
  for (const { status } of await Promise.all(first)) expect(status).toBe(200)
  expect(checks).toBe(1)
  now = 999
  await web.ask('/readyz')
  expect(checks).toBe(1)
  now = 1000
  await web.ask('/readyz')
  expect(checks).toBe(2)
  now = 2000
  expect((await web.ask('/readyz')).status).toBe(503)
  vi.restoreAllMocks()
  await web.close()
})

it('42: strangers learn whether it is ready and no more; this machine and the token see the parts', async () => {
  expect(await (await ask('/readyz', STRANGER)).json()).toEqual({ ready: true })
  const parts = { ready: true, database: 'ok', queue: 'ok', migrations: 'ok' }
  expect(await (await ask('/readyz')).json()).toEqual(parts)
  expect(await (await ask('/readyz', { ...STRANGER, ...SHOWN })).json()).toEqual(parts)
})

it('42: the metrics are refused in words to whoever comes through a proxy without the token', async () => {
  const forwarded = [
    STRANGER,
    { forwarded: 'for=127.0.0.1' },
    { 'x-real-ip': '127.0.0.1' },
    { via: '1.1 proxy' },
    { ...STRANGER, authorization: `Bearer ${TOKEN}x` },
    { ...STRANGER, authorization: TOKEN },
    { 'x-forwarded-for': '127.0.0.1' },
  ]
  for (const headers of forwarded) {
    const answer = await ask('/metrics', headers as Record<string, string>)
    expect(answer.status, JSON.stringify(headers)).toBe(403)
    expect(await answer.text()).toContain('METRICS_TOKEN')
  }
  for (const headers of [{}, { ...STRANGER, ...SHOWN }]) {
    const answer = await ask('/metrics', headers)
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('http_request_duration_seconds')
  }
})

it('42: what counts is the connection: another machine is none of ours, with or without headers', () => {
  const isInsider = createInsiderCheck(undefined)
  const from = (remoteAddress: string | undefined, headers = {}) => isInsider({ socket: { remoteAddress }, headers })
  for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) expect(from(address), address).toBe(true)
  for (const address of [
    '10.0.0.1',
    '203.0.113.7',
    '::ffff:10.0.0.1',
    '2001:db8::1',
    '127.0.0.1.example',
    '',
    undefined,
  ]) {
    expect(from(address), String(address)).toBe(false)
  }
  expect(from('10.0.0.1', { authorization: 'Bearer undefined' })).toBe(false)
  expect(from('127.0.0.1', { 'x-forwarded-for': '127.0.0.1' })).toBe(false)
})
