// What machines ask: does the process live, is it ready, how is it doing. The answers are given by app.ts.
import type { RequestHandler } from 'express'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { answer } from './answer.ts'
import type { Headers } from './headers.ts'

/** Whether a part is well; a text or an error says what is not. */
export type Check = () => Promise<true | string>

export type Health = {
  /** What /readyz asks, by the name that it shows. Each has two seconds. */
  checks: Record<'database' | 'queue' | 'migrations', Check>
  /** Jobs waiting in each queue. */
  queueCounts: () => Promise<{ queue: string; waiting: number }[]>
  /** Invitations in each status; a query whose cost is bounded. */
  invitationCounts: () => Promise<{ status: string; count: number }[]>
}

export type Observability = {
  /** Counts and times every request by its route, never by its address: addresses hold tokens. */
  observe: RequestHandler
  alive: RequestHandler
  ready: RequestHandler
  metrics: RequestHandler
}

const checkLimitMs = 2_000
// However often the metrics are fetched, the database is asked for its counts this often at most.
const countsAreFreshMs = 5_000

/** Makes the handlers. `now`: milliseconds of a clock that only goes forward. */
export function createObservability(
  health: Health,
  { headers, now = () => performance.now() }: { headers: Headers; now?: () => number },
): Observability {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 3],
    registers: [registry],
  })
  gauge(registry, {
    name: 'usher_queue_waiting',
    help: 'Jobs waiting in each queue',
    label: 'queue',
    read: fresh(now, async () => (await health.queueCounts()).map(({ queue, waiting }) => [queue, waiting])),
  })
  gauge(registry, {
    name: 'usher_invitations',
    help: 'Invitations in each status',
    label: 'status',
    read: fresh(now, async () => (await health.invitationCounts()).map(({ status, count }) => [status, count])),
  })
  const json = { ...headers, 'Content-Type': 'application/json; charset=utf-8' }

  return {
    observe(request, response, next) {
      const began = now()
      const route = routeOf(request.path)
      response.once('finish', () => {
        const method = knownMethods.has(request.method) ? request.method : 'other'
        durations.observe({ method, route, status: response.statusCode }, (now() - began) / 1000)
      })
      next()
    },
    alive(_request, response) {
      answer(response, { status: 200, headers: json, body: '{"alive":true}\n' })
    },
    async ready(_request, response) {
      const names = Object.keys(health.checks) as (keyof Health['checks'])[]
      const results = await Promise.all(names.map((name) => runCheck(health.checks[name])))
      const isReady = results.every((result) => result === true)
      const parts = Object.fromEntries(
        names.map((name, index) => [name, results[index] === true ? 'ok' : results[index]]),
      )
      const body = `${JSON.stringify({ ready: isReady, ...parts })}\n`
      answer(response, { status: isReady ? 200 : 503, headers: json, body })
    },
    async metrics(_request, response) {
      const body = await registry.metrics()
      answer(response, { status: 200, headers: { ...headers, 'Content-Type': registry.contentType }, body })
    },
  }
}

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
const knownPaths = new Set([
  '/slack/events',
  '/welcome',
  '/mailbox',
  '/sign-in',
  '/sign-in/next',
  '/forgot',
  '/forgot/sent',
  '/style.css',
  '/healthz',
  '/readyz',
  '/metrics',
])

/** The route that a path belongs to, from a short list: paths hold tokens, and anybody can invent paths. */
export function routeOf(path: string): string {
  if (path.startsWith('/join/')) return '/join/:token'
  if (path.startsWith('/register/')) return '/register/:token'
  if (path.startsWith('/reset/')) return '/reset/:token'
  if (path === '/account' || path.startsWith('/account/')) return '/account'
  if (path.startsWith('/activate/')) return '/activate/:code'
  if (path.startsWith('/sms/receipts/')) return '/sms/receipts/:about'
  if (/^\/scim\/v2(\/|$)/i.test(path)) return scimRouteOf(path)
  return knownPaths.has(path) ? path : 'other'
}

/** Only what stands here is named: behind it come ids, which are nobody's to see. */
function scimRouteOf(path: string): string {
  const kind = ['Users', 'Groups'].find((one) => path.toLowerCase().startsWith(`/scim/v2/${one.toLowerCase()}`))
  return kind ? `/scim/v2/${kind}` : '/scim/v2'
}

async function runCheck(check: Check): Promise<true | string> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('no answer within 2 seconds'), checkLimitMs)
  })
  try {
    return await Promise.race([check(), late])
  } catch {
    // The reason may name hosts and users: it belongs into the log, not to whoever asks.
    return 'not available'
  } finally {
    clearTimeout(timer)
  }
}

type Counts = [label: string, count: number][]

function gauge(
  registry: Registry,
  { name, help, label, read }: { name: string; help: string; label: string; read: () => Promise<Counts> },
): void {
  new Gauge({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    async collect() {
      this.reset()
      for (const [value, count] of await read()) this.set({ [label]: value }, count)
    },
  })
}

/** Reads again when the last reading is old. While the database is away there are no counts, but all other metrics. */
function fresh(now: () => number, read: () => Promise<Counts>): () => Promise<Counts> {
  let readAt = Number.NEGATIVE_INFINITY
  let counts: Promise<Counts> = Promise.resolve([])
  return () => {
    if (now() - readAt >= countsAreFreshMs) {
      readAt = now()
      counts = read().catch(() => [])
    }
    return counts
  }
}
