// What machines ask: does the process live, is it ready, how is it doing. The answers are given by app.ts.
import type { RequestHandler } from 'express'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { answer } from './answer.ts'
import type { Headers } from './headers.ts'
import { createInsiderCheck } from './insiders.ts'

/** What /readyz looks at. */
export type Part = 'database' | 'queue' | 'migrations'

export type Health = {
  /** Whether each part is well, or what is not. Has two seconds; throws where nothing answers. */
  check: () => Promise<Record<Part, true | string>>
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
// However many ask, one check runs at a time, and its answer counts this long.
const answerIsFreshMs = 1_000
// However often the metrics are fetched, the database is asked for its counts this often at most.
const countsAreFreshMs = 5_000

/** Makes the handlers. `now`: milliseconds of a clock that only goes forward. */
export function createObservability(
  health: Health,
  {
    headers,
    metricsToken,
    now = () => performance.now(),
  }: { headers: Headers; metricsToken?: string | undefined; now?: () => number },
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
  const ask = shared(now, health.check)
  const isInsider = createInsiderCheck(metricsToken)
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
    async ready(request, response) {
      const parts = await ask()
      const isReady = Object.values(parts).every((state) => state === 'ok')
      // What is not well is for those who run Usher; a load balancer needs the status alone.
      const body = `${JSON.stringify({ ready: isReady, ...(isInsider(request) ? parts : {}) })}\n`
      answer(response, { status: isReady ? 200 : 503, headers: json, body })
    },
    async metrics(request, response) {
      if (!isInsider(request)) {
        return answer(response, {
          status: 403,
          headers: { ...headers, 'Content-Type': 'text/plain; charset=utf-8' },
          body: NOT_AN_INSIDER,
        })
      }
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

const NOT_AN_INSIDER =
  'Metrics are for this machine, or for requests with the token of METRICS_TOKEN (Authorization: Bearer …).\n'

type Parts = Record<Part, string>
const all = (state: string): Parts => ({ database: state, queue: state, migrations: state })

/**
 * One check for all who ask: whoever comes while it runs waits for the same answer, and whoever comes in the second after
 * it is told what it found. A check that hangs is not begun again before it has ended.
 */
function shared(now: () => number, check: Health['check']): () => Promise<Parts> {
  let running: Promise<Parts> | undefined
  let asking: Promise<Parts> | undefined
  let last: { parts: Parts; until: number } | undefined

  async function ask(): Promise<Parts> {
    running ??= runCheck(check).finally(() => {
      running = undefined
    })
    const parts = await orLate(running)
    last = { parts, until: now() + answerIsFreshMs }
    asking = undefined
    return parts
  }

  return async () => {
    if (last && now() < last.until) return last.parts
    asking ??= ask()
    return asking
  }
}

async function runCheck(check: Health['check']): Promise<Parts> {
  try {
    const { database, queue, migrations } = await check()
    const inWords = (state: true | string) => (state === true ? 'ok' : state)
    return { database: inWords(database), queue: inWords(queue), migrations: inWords(migrations) }
  } catch {
    // The reason may name hosts and users: it belongs into the log, not to whoever asks.
    return all('not available')
  }
}

async function orLate(running: Promise<Parts>): Promise<Parts> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Parts>((resolve) => {
    timer = setTimeout(() => resolve(all('no answer within 2 seconds')), checkLimitMs)
  })
  try {
    return await Promise.race([running, late])
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
