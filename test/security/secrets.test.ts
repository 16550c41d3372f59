// After a whole run, every secret of it is searched for in everything that was written (SECURITY, 9).
import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describe as describeError } from '../../src/create-log.ts'
import { openBrowser, resetPath, signedIn, signIn } from '../journeys/account-acts.ts'
import {
  changeSettings,
  invitationOf,
  invite,
  inviteAndGetLink,
  mailTo,
  openQueueOf,
  openStory,
  PASSWORD,
  queryRows,
  runExpiry,
  signUp,
  waitForStatus,
} from '../journeys/acts.ts'
import { DAY, linkIn, PUBLIC_URL, startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
const secrets = new Map<string, string>()

beforeAll(async () => {
  usher = await startUsher()
  await live()
})
afterAll(() => usher.stop())

function keepLink(name: string, link: string): string {
  const token = link.slice(`${PUBLIC_URL}/join/`.length)
  secrets.set(`the token of ${name}`, token)
  // The signature alone, as bytes, is as good as the token.
  secrets.set(`the signature of ${name}`, Buffer.from(token, 'base64url').subarray(16).toString('hex'))
  return link
}

/** A whole run, with everything that can go wrong in it. */
async function live(): Promise<void> {
  const ada = usher.slack.as('UADA')
  secrets.set('a password', PASSWORD)
  secrets.set('a refused password', 'sunflower against rain')
  secrets.set('the bot token', usher.slack.botToken)
  secrets.set('the signing secret', usher.slack.signingSecret)
  secrets.set('USHER_SECRET', String(usher.env.USHER_SECRET))
  await changeSettings(usher, { 'Notification channel': 'people-ops' })

  const link = keepLink('Ana', await inviteAndGetLink(usher, 'ana@example.org'))
  await usher.visit(link)
  await usher.visit(`${link}x`)
  await usher.visit(link, { method: 'PUT' })
  // Refused, too large, broken, and from another site.
  await signUp(usher, link, { password: 'sunflower against rain', firstName: '', termsAgreed: 'no' })
  await signUp(usher, link, { password: 'sunflower against rain', junk: 'x'.repeat(20_000) })
  const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: `{"password":"${PASSWORD}"` }
  await usher.visit(link, json)
  const foreign = { method: 'POST', headers: { origin: 'https://evil.example' }, body: `password=${PASSWORD}` }
  await usher.visit(link, foreign)
  expect((await signUp(usher, link)).status).toBe(303)
  await signUp(usher, link)
  await ada.waitForMessage('Ana Diaz (ana@example.org) joined', { channel: 'people-ops' })

  // Signed in, refused, forgotten, changed: and a form of which the database knows nothing.
  const browser = await signedIn(usher, 'ana@example.org')
  secrets.set('a session', browser.cookies.get('__Host-usher_session') ?? '')
  secrets.set('what a browser is known by', browser.cookies.get('__Host-usher_known') ?? '')
  secrets.set('a new password', 'eleven silver kettles')
  await signIn(openBrowser(usher), 'ana@example.org', 'sunflower against rain')
  await signIn(openBrowser(usher), 'nine-secret-umbrellas', PASSWORD)
  secrets.set('a password in the wrong field', 'nine-secret-umbrellas')
  await browser.post('/account/mobile', { mobile: '+44 7400 123456', oldPassword: 'sunflower against rain' })
  await openBrowser(usher).post('/forgot', { name: 'ana@example.org', language: 'en' })
  const reset = await resetPath(usher, 'ana@example.org', 2)
  secrets.set('the token of a new password', reset.slice('/reset/'.length))
  await openBrowser(usher).post(reset, { password: 'sunflower' })
  await openBrowser(usher).post(reset, { password: 'eleven silver kettles' })
  expect((await signIn(openBrowser(usher), 'ana@example.org', 'eleven silver kettles')).location).toBe('/account')

  // A mail that fails for good, one that fails for a while, and one of which nobody knows.
  usher.mailbox.faults.next('rcpt', { code: 550, text: 'No such user' })
  await invite(usher, 'gone@example.org')
  await waitForStatus(usher, 'gone@example.org', 'error')
  const story = await openStory(ada, 'gone@example.org')
  await story.click('Try again')
  keepLink('Gil', linkIn(await mailTo(usher, 'gone@example.org')))
  await waitForStatus(usher, 'gone@example.org', 'pending')
  usher.mailbox.faults.next('after-body', 'drop')
  await invite(usher, 'doubt@example.org')
  keepLink('Dot', linkIn(await mailTo(usher, 'doubt@example.org')))

  // A sign-up in which the database fails: a fault, with its reference number.
  const failing = keepLink('Fay', await inviteAndGetLink(usher, 'fault@example.org'))
  await queryRows(usher, 'ALTER TABLE "Account" RENAME TO "Elsewhere"')
  const fault = await signUp(usher, failing)
  expect(fault.status).toBe(500)
  faultPage = await fault.text()
  await queryRows(usher, 'ALTER TABLE "Elsewhere" RENAME TO "Account"')

  // Slack in trouble: its library's errors hold whole requests.
  usher.slack.faults.next('views.open', { kind: 'status', status: 500 })
  await ada.command('/invites trouble@example.org', { channel: 'DADA' })
  await ada.waitForMessage('Slack did not take our answer', { channel: 'DADA' })
  usher.slack.faults.next('chat.postMessage', { kind: 'error', error: 'internal_error' })
  expect((await signUp(usher, failing)).status).toBe(303)
  await ada.waitForMessage('(fault@example.org) joined', { channel: 'DADA' })
  await ada.waitForMessage('(fault@example.org) joined', { channel: 'people-ops' })

  const revoked = keepLink('Rex', await inviteAndGetLink(usher, 'revoked@example.org'))
  await (await openStory(ada, 'revoked@example.org')).click('Revoke')
  await waitForStatus(usher, 'revoked@example.org', 'revoked')
  await usher.visit(revoked)
  await ada.openHome()
  await ada.waitForHome()
  metrics = await (await usher.visit(`${PUBLIC_URL}/metrics`)).text()

  const queue = await openQueueOf(usher)
  usher.clock.pass(8 * DAY)
  await runExpiry(usher, queue)
  await queue.close()
  expect((await invitationOf(usher, 'gone@example.org')).status).toBe('expired')
  await ada.waitForMessage('The invitation of *gone@example.org* into *Main hub* expired', { channel: 'people-ops' })
}

let faultPage = ''
let metrics = ''

function expectNoSecretIn(where: string, written: string): void {
  expect(written.length, `${where} was not written at all`).toBeGreaterThan(0)
  for (const [name, secret] of secrets) {
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64'), hashOf(secret)]) {
      expect(written.includes(form), `${name} stands in ${where}`).toBe(false)
    }
  }
}

/** A plain hash of a password is as good as the password. */
function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

it('SECURITY 9: no row of any table, the queue’s among them, holds a secret', async () => {
  const tables = await queryRows(
    usher,
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  )
  const names = tables.map(({ name }) => String(name))
  expect(names).toContain('queue.job')
  expect(names).toContain('public."AuditEvent"')
  let rows = 0
  for (const name of names) {
    for (const { row } of await queryRows(usher, `SELECT t::text AS row FROM ${name} t`)) {
      expectNoSecretIn(name, String(row))
      rows += 1
    }
  }
  expect(rows).toBeGreaterThan(30)
})

it('SECURITY 9: no line of the log holds a secret, nor does the error behind it', () => {
  const lines = usher.log.map(({ text, details }) => {
    const shown = Object.entries(details).map(([key, value]) => [key, key === 'err' ? describeError(value) : value])
    return `${text} ${inspect(Object.fromEntries(shown), { depth: 12, maxStringLength: null })}`
  })
  expect(lines.join('\n')).toContain('A web request failed')
  expect(lines.join('\n')).toContain('Slack did not do what it was asked')
  expectNoSecretIn('the log', lines.join('\n'))
  // And no invitee's address of a link: the log knows ids.
  expect(lines.join('\n')).not.toContain('/join/A')
})

it('SECURITY 9: no call of Slack’s Web API, and no message or view there, holds a secret', () => {
  expect(usher.slack.requests.length).toBeGreaterThan(10)
  expectNoSecretIn('the calls of Slack', JSON.stringify(usher.slack.requests))
  const channels = [...usher.slack.channels().map(({ id }) => id), 'DADA']
  expectNoSecretIn('Slack’s messages', JSON.stringify(channels.map((id) => usher.slack.messages(id))))
})

it('SECURITY 9: neither the metrics nor the page of a fault hold a secret', () => {
  expect(metrics).toContain('route="/join/:token"')
  expectNoSecretIn('the metrics', metrics)
  expectNoSecretIn('the page of a fault', faultPage)
})

it('SECURITY 9: a token stands in its own mail and nowhere else', () => {
  for (const [name, secret] of secrets) {
    const holders = usher.mailbox.messages.filter(({ text, html, raw }) => [text, html, raw].join().includes(secret))
    expect(holders.length, name).toBe(name.startsWith('the token') ? 1 : 0)
  }
})
