// After sign-ups with second factors, every code, key and token of them is searched for in everything that was written
// (SECURITY, 9).
import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describe as describeError } from '../../src/create-log.ts'
import { changeSettings, mailTo, PASSWORD, queryRows, waitForQuiet } from '../journeys/acts.ts'
import { agreed, codeIn, codesOn, inviteAndOpen, keyOn, shownBy } from '../journeys/factor-acts.ts'
import { startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
/** What nobody may find, by its name; and codes of six digits, which stand in figures by chance, as whole words. */
const secrets = new Map<string, string>()
const codes = new Map<string, string>()

beforeAll(async () => {
  usher = await startUsher()
  await changeSettings(usher, { 'Second factor': true })
  secrets.set('the password', PASSWORD)
  const app = await inviteAndOpen(usher, 'app@example.org')
  await app.browser.begin()
  secrets.set('the token of a passage', app.browser.cookie().replace('__Host-usher_join=', ''))
  const key = keyOn(await app.browser.send({ step: 'choose', kind: 'app' }))
  secrets.set('the key of an app', key)
  codes.set('a wrong code', shownBy(usher, key, 900))
  await app.browser.send({ step: 'prove', code: shownBy(usher, key, 900) })
  codes.set('the code of an app', shownBy(usher, key))
  const page = await app.browser.send({ step: 'prove', code: shownBy(usher, key) })
  for (const [index, code] of codesOn(page).entries()) {
    secrets.set(`recovery code ${index}`, code)
    secrets.set(`recovery code ${index} without its dash`, code.replace('-', ''))
  }
  await app.browser.send({ step: 'kept', codesKept: 'yes' })
  await app.browser.send(agreed)

  // The database fails in the middle: a fault, with everything that was sent in its request.
  const mail = await inviteAndOpen(usher, 'mail@example.org')
  await mail.browser.begin()
  secrets.set('the token of another passage', mail.browser.cookie().replace('__Host-usher_join=', ''))
  await mail.browser.send({ step: 'choose', kind: 'email' })
  const code = codeIn((await mailTo(usher, 'mail@example.org', 2)).text)
  codes.set('the code of a mail', code)
  await queryRows(usher, 'ALTER TABLE "OneTimeCode" RENAME TO "Elsewhere"')
  expect((await mail.browser.send({ step: 'prove', code })).status).toBe(500)
  await queryRows(usher, 'ALTER TABLE "Elsewhere" RENAME TO "OneTimeCode"')
  await mail.browser.send({ step: 'prove', code })
  await waitForQuiet(usher)
})
afterAll(() => usher.stop())

function expectNoSecretIn(where: string, written: string): void {
  expect(written.length, `${where} was not written at all`).toBeGreaterThan(0)
  for (const [name, secret] of secrets) {
    for (const form of [secret, Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('hex')]) {
      expect(written.includes(form), `${name} stands in ${where}`).toBe(false)
    }
  }
  for (const [name, code] of codes) {
    expect(new RegExp(`(?<![\\w.-])${code}(?![\\w-])`).test(written), `${name} stands in ${where}`).toBe(false)
  }
}

it('SECURITY 9: no row of any table, the queue’s among them, holds a code, a key or a token', async () => {
  const tables = await queryRows(
    usher,
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  )
  const names = tables.map(({ name }) => String(name))
  for (const name of ['"Letter"', '"OneTimeCode"', '"SecondFactor"', '"RecoveryCode"', '"Passage"']) {
    expect(names).toContain(`public.${name}`)
    expect(await queryRows(usher, `SELECT 1 FROM ${name} LIMIT 1`), name).toHaveLength(1)
  }
  for (const name of names) {
    for (const { row } of await queryRows(usher, `SELECT t::text AS row FROM ${name} t`)) {
      expectNoSecretIn(name, String(row))
    }
  }
})

it('SECURITY 9: no line of the log, and no error behind one', () => {
  const lines = usher.log.map(({ text, details }) => {
    const shown = Object.entries(details).map(([name, value]) => [name, name === 'err' ? describeError(value) : value])
    return `${text} ${inspect(Object.fromEntries(shown), { depth: 12, maxStringLength: null })}`
  })

  expect(lines.join('\n')).toContain('A web request failed')
  expectNoSecretIn('the log', lines.join('\n'))
})

it('SECURITY 9: nothing in Slack', () => {
  expectNoSecretIn('the calls of Slack', JSON.stringify(usher.slack.requests))
})

it('SECURITY 9: a code stands in its own mail and nowhere else', () => {
  const holders = usher.mailbox.messages.filter(({ text }) => text.includes(codes.get('the code of a mail') ?? '?'))

  expect(holders.map(({ envelope }) => envelope.to)).toEqual([['mail@example.org']])
  for (const [name, secret] of secrets) {
    expect(
      usher.mailbox.messages.some(({ raw }) => raw.includes(secret)),
      name,
    ).toBe(false)
  }
})
