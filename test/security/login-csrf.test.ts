// SECURITY 47: no page of another site signs anybody in, or sends any other form of ours.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { goodForm, startWeb, type TestWeb } from '../web/web-server.ts'

let web: TestWeb
beforeAll(async () => {
  web = await startWeb({ publicUrl: 'https://usher.example.test', limits: { send: 1000, ask: 1000, open: 1000 } })
})
afterAll(() => web.close())

const OURS = 'https://usher.example.test'
const FORMS = [
  '/sign-in',
  '/sign-in/next',
  '/forgot',
  '/reset/token',
  '/account/password',
  '/account/sign-out',
  '/join/live-token',
  '/register/live-token',
  '/activate',
]

const foreign: Record<string, Record<string, string>> = {
  'Origin null': { Origin: 'null' },
  'Origin null from a sandboxed frame': { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' },
  'no Origin, across sites': { 'Sec-Fetch-Site': 'cross-site' },
  'no Origin, from a sister site': { 'Sec-Fetch-Site': 'same-site' },
  'a sister site without a fetch header': { Origin: 'https://wiki.example.test' },
  'a sister site': { Origin: 'https://wiki.example.test', 'Sec-Fetch-Site': 'same-site' },
  'another site': { Origin: 'https://evil.example' },
  'another site that says it is the same': { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'same-origin' },
  'our name by http': { Origin: 'http://usher.example.test' },
  'our name on another port': { Origin: 'https://usher.example.test:8443' },
  'our name as a part of another': { Origin: 'https://usher.example.test.evil.example' },
  'our Origin, across sites': { Origin: OURS, 'Sec-Fetch-Site': 'cross-site' },
  'an old browser on another site': { Referer: 'https://evil.example/?https://usher.example.test/' },
  'an Origin that is none': { Origin: 'usher.example.test' },
}

it.each(Object.entries(foreign))('47: a form is refused on every page: %s', async (_what, headers) => {
  for (const path of FORMS) {
    const body = new URLSearchParams({ name: 'eve', ...goodForm }).toString()
    const sent = { 'Content-Type': 'application/x-www-form-urlencoded', ...headers }
    const answer = await web.ask(path, { method: 'POST', headers: sent, body })
    expect(answer.status, path).toBe(403)
    expect(answer.body, path).toContain('The form came from another site')
    expect(answer.headers['set-cookie'], path).toBeUndefined()
  }
  expect(web.accepted).toEqual([])
})

const own: Record<string, Record<string, string>> = {
  'a browser of today': { Origin: OURS, 'Sec-Fetch-Site': 'same-origin' },
  'a browser without fetch headers': { Origin: OURS },
  'a browser that hides the origin even from its own site': { Origin: 'null', 'Sec-Fetch-Site': 'same-origin' },
  'a page that was restored': { 'Sec-Fetch-Site': 'none' },
  'an old browser': { Referer: `${OURS}/join/live-token` },
  'a program': {},
}

it.each(Object.entries(own))('47: a form of ours is taken: %s', async (_what, headers) => {
  expect((await web.send(goodForm, { headers })).status).toBe(303)
})
