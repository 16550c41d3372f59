// Headers, the pages around the sign-up, and what machines ask.
import { afterEach, describe, expect, it } from 'vitest'
import { startWeb, type TestWeb } from './web-server.ts'

let web: TestWeb
afterEach(() => web.close())

describe('headers', () => {
  it('let no script, frame, cache, referrer or index near a page', async () => {
    web = await startWeb()
    for (const path of ['/join/live-token', '/join/dead', '/welcome', '/nowhere', '/broken']) {
      const { headers } = await web.ask(path)
      expect(headers).toMatchObject({
        'content-security-policy':
          "default-src 'none';style-src 'self';img-src 'self';form-action 'self';frame-ancestors 'none';base-uri 'none'",
        'referrer-policy': 'same-origin',
        'cache-control': 'no-store',
        'x-robots-tag': 'noindex, nofollow',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'content-type': 'text/html; charset=utf-8',
      })
      expect(headers['x-powered-by']).toBeUndefined()
      expect(headers['set-cookie']).toBeUndefined()
    }
  })

  it('ask browsers to stay with https where Usher is reached by https', async () => {
    web = await startWeb()
    expect((await web.open()).headers['strict-transport-security']).toBeUndefined()
    await web.close()
    web = await startWeb({ publicUrl: 'https://usher.example.com' })
    expect((await web.open()).headers['strict-transport-security']).toBe('max-age=31536000')
  })
})

describe('the stylesheet and the icon', () => {
  it('are kept for good under the address that the pages name', async () => {
    web = await startWeb()
    const [, address = ''] = (await web.open()).body.match(/rel="stylesheet" href="([^"]+)"/) ?? []
    const sheet = await web.ask(address)
    expect(sheet.status).toBe(200)
    expect(sheet.headers['content-type']).toBe('text/css; charset=utf-8')
    expect(sheet.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect((await web.ask('/style.css?v=older')).headers['cache-control']).toBe('no-cache')
    const icon = await web.ask('/favicon.svg')
    expect([icon.status, icon.headers['content-type']]).toEqual([200, 'image/svg+xml'])
    expect((await web.ask('/favicon.ico')).status).toBe(200)
  })
})

describe('pages without a form', () => {
  it('say where to go from an address that does not exist', async () => {
    web = await startWeb()
    for (const path of ['/', '/nowhere', '/Join/live-token', '//evil.example']) {
      const { status, body } = await web.ask(path)
      expect(status).toBe(404)
      expect(body).toContain('There is no such page')
      expect(body).not.toContain('evil.example')
    }
  })

  it('the welcome can be loaded again and again, and holds nothing about anybody', async () => {
    web = await startWeb()
    const first = await web.ask('/welcome?language=en')
    const second = await web.ask('/welcome')
    expect(first.status).toBe(200)
    expect(first.body).toBe(second.body)
    expect(first.body).not.toContain('Acme')
  })
})

describe('health', () => {
  it('healthz says that the process lives', async () => {
    web = await startWeb()
    const { status, body } = await web.ask('/healthz')
    expect([status, JSON.parse(body)]).toEqual([200, { alive: true }])
  })

  it('readyz names each part, and is red with any of them, without saying more than that', async () => {
    const health = {
      check: async () => ({ database: true, queue: true, migrations: true }) as const,
      queueCounts: async () => [],
      invitationCounts: async () => [],
    }
    web = await startWeb({ health })
    const green = await web.ask('/readyz')
    expect(green.status).toBe(200)
    expect(JSON.parse(green.body)).toEqual({ ready: true, database: 'ok', queue: 'ok', migrations: 'ok' })
    await web.close()
    web = await startWeb({
      health: { ...health, check: async () => ({ database: true, queue: true, migrations: 'behind' }) },
    })
    const red = await web.ask('/readyz')
    expect(red.status).toBe(503)
    expect(JSON.parse(red.body)).toEqual({ ready: false, database: 'ok', queue: 'ok', migrations: 'behind' })
    await web.close()
    const gone = async () => {
      throw new Error('password of usher@db.internal refused')
    }
    web = await startWeb({ health: { ...health, check: gone } })
    const away = 'not available'
    const { body } = await web.ask('/readyz')
    expect(JSON.parse(body)).toEqual({ ready: false, database: away, queue: away, migrations: away })
  })

  it('metrics count requests by route, queues and invitations', async () => {
    web = await startWeb()
    await web.open()
    await web.open('dead')
    await web.ask('/wp-admin/setup.php')
    await web.ask('/join/live-token', { method: 'PROPFIND' })
    const { headers, body } = await web.ask('/metrics')
    expect(headers['content-type']).toContain('text/plain')
    expect(body).toContain('http_request_duration_seconds_count{method="GET",route="/join/:token",status="200"} 1')
    expect(body).toContain('http_request_duration_seconds_count{method="GET",route="/join/:token",status="404"} 1')
    expect(body).toContain('http_request_duration_seconds_count{method="GET",route="other",status="404"} 1')
    expect(body).toContain('http_request_duration_seconds_count{method="other",route="/join/:token",status="405"} 1')
    expect(body).toContain('usher_queue_waiting{queue="deliver"} 2')
    expect(body).toContain('usher_invitations{status="pending"} 5')
    expect(body).toContain('nodejs_eventloop_lag_seconds')
    expect(body).not.toContain('wp-admin')
  })

  it('metrics go on without counts while the database is away', async () => {
    const gone = async () => {
      throw new Error('gone')
    }
    web = await startWeb({
      health: { check: gone, queueCounts: gone, invitationCounts: gone },
    })
    const { status, body } = await web.ask('/metrics')
    expect(status).toBe(200)
    expect(body).toContain('process_cpu_seconds_total')
  })
})
