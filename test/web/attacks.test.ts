// What is tried against the sign-up page (SECURITY 5, 6, 8, 9, 10), as far as the door decides.
import { afterEach, describe, expect, it } from 'vitest'
import { Refusal, Refusals } from '../../src/refusal.ts'
import { goodForm, startWeb, type TestWeb } from './web-server.ts'

let web: TestWeb
afterEach(() => web.close())

describe('SECURITY 5: looking changes nothing', () => {
  it('fifty GET, HEAD and prefetch requests accept nothing, and the page holds no script', async () => {
    web = await startWeb()
    const prefetch: Record<string, string> = { 'Sec-Purpose': 'prefetch', Purpose: 'prefetch' }
    const sent = Array.from({ length: 50 }, (_, index) => ({
      method: index % 2 ? 'HEAD' : 'GET',
      headers: index % 3 ? prefetch : {},
    }))
    const answers = await Promise.all(sent.map((one) => web.open('live-token', one)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(web.accepted).toEqual([])
    expect(answers[0]?.body).not.toMatch(/<script|javascript:|\son\w+=|http-equiv/i)
  })

  it('HEAD says what GET would, without a body', async () => {
    web = await startWeb()
    const [get, head] = await Promise.all([web.open(), web.open('live-token', { method: 'HEAD' })])
    expect(head.body).toBe('')
    expect({ ...head.headers, date: '' }).toEqual({ ...get.headers, date: '' })
  })

  it('other methods are refused', async () => {
    web = await startWeb()
    for (const method of ['PUT', 'DELETE', 'PATCH']) {
      const { status, headers } = await web.open('live-token', { method })
      expect([status, headers.allow]).toEqual([405, 'GET, HEAD, POST'])
    }
    expect(web.accepted).toEqual([])
  })
})

describe('SECURITY 6: what is not asked for is not read', () => {
  it('drops another address, role, hub, status or id from the body', async () => {
    web = await startWeb()
    const more = {
      email: 'eve@evil.example',
      role: 'corporate_admin',
      hubId: '1',
      personId: '2',
      userType: 'hub_admin',
    }
    await web.send({ ...goodForm, ...more, __proto__: 'x', 'form[password]': 'x', constructor: 'x' })
    const expected = ['firstName', 'lastName', 'mobile', 'password', 'shown', 'termsAgreed', 'termsVersion']
    expect(Object.keys(web.accepted[0]?.form ?? {}).sort()).toEqual(expected)
  })
})

describe('SECURITY 8: dead links look the same', () => {
  const dead = ['unknown', 'x'.repeat(64), 'x'.repeat(2_000), '%E0%A4%A', '..%2f..', 'live-token/more', '%00', '']

  it('by GET and by POST: one status, one body, one set of headers', async () => {
    web = await startWeb()
    const answers = await Promise.all(dead.flatMap((token) => [web.open(token), web.send(goodForm, { token })]))
    const [first, ...others] = answers.map(({ status, headers, body }) => ({ status, body, ...headers, date: '' }))
    expect(first?.status).toBe(404)
    for (const other of others) expect(other).toEqual(first)
    expect(web.logged).toEqual([])
  })

  it('also where the core finds out only when the form is sent', async () => {
    web = await startWeb({
      accept: async () => {
        throw new Refusals([new Refusal('link_dead')])
      },
    })
    const [opened, sent] = await Promise.all([web.open('unknown'), web.send(goodForm)])
    expect({ ...sent.headers, date: '', body: sent.body }).toEqual({ ...opened.headers, date: '', body: opened.body })
  })

  it('in the language of the browser', async () => {
    web = await startWeb()
    const { body } = await web.open('unknown', { headers: { 'Accept-Language': 'ru' } })
    expect(body).toContain('Эта ссылка не работает')
  })
})

describe('SECURITY 9: tokens and passwords stay where they are', () => {
  it('neither is in the log or the metrics after an error, nor in an answer', async () => {
    web = await startWeb({
      accept: async () => {
        throw new Error('the database is gone')
      },
    })
    const { body } = await web.send(goodForm)
    await web.send({ ...goodForm, junk: 'x'.repeat(20_000) })
    const metrics = await web.ask('/metrics')
    const written = [body, JSON.stringify(web.logged), metrics.body].join('\n')
    expect(written).not.toContain('live-token')
    expect(written).not.toContain(goodForm.password)
    expect(metrics.body).toContain('route="/join/:token"')
  })
})

describe('SECURITY 10: nothing that a request says leads anybody elsewhere', () => {
  const lies = {
    Host: 'evil.example',
    'X-Forwarded-Host': 'evil.example',
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-For': '198.51.100.9',
    Forwarded: 'host=evil.example;for=198.51.100.9',
  }

  it('Host and X-Forwarded-* are in no page and no redirect, and no address of a client', async () => {
    web = await startWeb()
    const opened = await web.open('live-token', { headers: lies })
    expect(opened.status).toBe(200)
    expect(opened.body).not.toContain('evil.example')
    const { headers } = await web.send(goodForm, { headers: lies })
    expect(headers.location).toBe('/welcome?language=en')
    expect(web.accepted[0]?.from).toBe('127.0.0.1')
  })

  it('a proxy is believed where the setting names it', async () => {
    web = await startWeb({ trustProxy: 1 })
    await web.send(goodForm, { headers: { 'X-Forwarded-For': '203.0.113.1, 198.51.100.9' } })
    expect(web.accepted[0]?.from).toBe('198.51.100.9')
  })

  it('next, redirect and a language that is none are ignored', async () => {
    web = await startWeb()
    const query = '?next=https://evil.example&redirect=//evil.example&return_to=/x'
    const body = new URLSearchParams({ ...goodForm, next: '//evil.example', language: '//evil.example' }).toString()
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const sent = await web.ask(`/join/live-token${query}`, { method: 'POST', headers, body })
    expect(sent.headers.location).toBe('/welcome?language=en')
    const { body: page } = await web.ask('/welcome?language=evil.example&next=//evil.example')
    expect(page).not.toContain('evil.example')
  })
})

describe('forms of other sites', () => {
  it.each<Record<string, string>>([
    { 'Sec-Fetch-Site': 'cross-site' },
    { Origin: 'https://evil.example' },
    { Origin: 'http://localhost:3001' },
  ])('are refused: %o', async (headers) => {
    web = await startWeb()
    const { status, body } = await web.send(goodForm, { headers })
    expect(status).toBe(403)
    expect(body).toContain('The form came from another site')
    expect(web.accepted).toEqual([])
  })

  it.each<Record<string, string>>([
    {},
    { Origin: 'null', 'Sec-Fetch-Site': 'same-origin' },
    { Origin: 'http://localhost:3000', 'Sec-Fetch-Site': 'same-origin' },
  ])('are not taken for ours: %o', async (headers) => {
    web = await startWeb()
    expect((await web.send(goodForm, { headers })).status).toBe(303)
  })
})

describe('floods', () => {
  it('forms past the limit are answered in words, with the time to wait; opening has a limit of its own', async () => {
    web = await startWeb({ limits: { send: 2, open: 4 } })
    const sent = [await web.send(goodForm), await web.send(goodForm), await web.send(goodForm)]
    expect(sent.map(({ status }) => status)).toEqual([303, 303, 429])
    expect(sent[2]?.body).toContain('Please wait a moment')
    expect(Number(sent[2]?.headers['retry-after'])).toBeGreaterThan(0)
    expect(web.accepted).toHaveLength(2)
    const opened = []
    for (let count = 0; count < 5; count += 1) opened.push((await web.open()).status)
    expect(opened).toEqual([200, 200, 200, 200, 429])
  })

  it('another X-Forwarded-For each time does not help', async () => {
    web = await startWeb({ limits: { send: 2 } })
    const statuses = []
    for (let count = 0; count < 3; count += 1) {
      statuses.push((await web.send(goodForm, { headers: { 'X-Forwarded-For': `203.0.113.${count}` } })).status)
    }
    expect(statuses).toEqual([303, 303, 429])
  })

  it('a body over 16 kB, with a thousand fields, or broken, is answered in words', async () => {
    web = await startWeb()
    const large = await web.send({ ...goodForm, firstName: 'x'.repeat(17_000) })
    expect([large.status, large.headers.connection]).toEqual([413, 'close'])
    expect(large.body).toContain('The form could not be read')
    const many = await web.send(Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`f${index}`, '1'])))
    expect(many.status).toBe(413)
    const strange = await web.send(goodForm, {
      headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-7' },
    })
    expect(strange.status).toBe(415)
    expect(web.accepted).toEqual([])
    expect(web.logged).toEqual([])
  })
})
