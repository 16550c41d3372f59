// SECURITY 51: whoever has the whole database but not USHER_SECRET can neither sign in nor rewrite the audit log unseen.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SEAL_PURPOSE, sealEvents } from '../../src/audit/index.ts'
import type { Queue } from '../../src/jobs/index.ts'
import { deriveKey } from '../../src/keys.ts'
import { readSealable, sealWithoutKey, tamper } from '../audit/events.ts'
import { openBrowser, resetPath, signedIn, signIn } from '../journeys/account-acts.ts'
import {
  changeSettings,
  inviteAndGetLink,
  openQueueOf,
  PASSWORD,
  queryRows,
  runTask,
  signUp,
  waitForQuiet,
} from '../journeys/acts.ts'
import { codesOn, keyOn, shownBy } from '../journeys/factor-acts.ts'
import { DAY, PUBLIC_URL, startUsher, type Usher } from '../setup/usher.ts'

const program = fileURLToPath(new URL('../../src/cli/index.ts', import.meta.url))
const GUESS = 'what the thief guesses that the secret is'
const folder = mkdtempSync(join(tmpdir(), 'usher-thief-'))
const file = join(folder, 'anchors')
let usher: Usher
let queue: Queue
let organisationId: string

beforeAll(async () => {
  const endless = 1_000_000
  usher = await startUsher({
    env: { AUDIT_ANCHOR_FILE: file },
    webLimits: { open: endless, send: endless, ask: endless },
  })
  queue = await openQueueOf(usher)
  organisationId = (await usher.app.db.prisma.organisation.findFirstOrThrow()).id
})
afterAll(async () => {
  await queue.close()
  await usher.stop()
  rmSync(folder, { recursive: true })
})

/** Every text in every row of every table, also within JSON. */
async function steal(): Promise<string[]> {
  const tables = await queryRows(
    usher,
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  )
  const texts = new Set<string>()
  const take = (value: unknown): void => {
    if (typeof value === 'string') texts.add(value)
    else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) take(part)
  }
  for (const { name } of tables) {
    for (const { row } of await queryRows(usher, `SELECT to_jsonb(t) AS row FROM ${name} t`)) take(row)
  }
  return [...texts]
}

describe('51: whoever has read the whole database', () => {
  let stolen: string[]
  let appKey: string
  let codes: string[]
  let reset: string

  beforeAll(async () => {
    await inviteAndGetLink(usher, 'open@example.org')
    const link = await inviteAndGetLink(usher, 'ana@example.org')
    expect((await signUp(usher, link)).status).toBe(303)
    await openBrowser(usher).post('/forgot', { name: 'ana@example.org', language: 'en' })
    reset = await resetPath(usher, 'ana@example.org', 2)
    const browser = await signedIn(usher, 'ana@example.org')
    await browser.post('/account/factors', { step: 'act', act: 'add app', oldPassword: PASSWORD })
    appKey = keyOn({ text: (await browser.get('/account/factors')).body, status: 200, setCookie: '' })
    const kept = await browser.post('/account/factors', { step: 'prove', code: shownBy(usher, appKey) })
    codes = codesOn({ text: kept.body, status: 200, setCookie: '' })
    // And one that is on its way in: the code of the app is asked for.
    expect((await signIn(openBrowser(usher), 'ana@example.org')).location).toBe('/sign-in/next')
    await waitForQuiet(usher)
    stolen = await steal()
  })

  it('51: finds no session: nothing in it opens an account as a cookie', async () => {
    expect(stolen.length).toBeGreaterThan(100)
    expect(await usher.app.db.prisma.session.count()).toBeGreaterThan(0)
    for (const text of stolen.filter((value) => /^[\x21-\x7e]{16,200}$/.test(value))) {
      const browser = openBrowser(usher)
      for (const name of ['__Host-usher_session', '__Host-usher_sign_in', '__Host-usher_known'])
        browser.cookies.set(name, text.replaceAll(/[;,"\\ ]/g, ''))
      expect((await browser.get('/account')).location, text).toBe('/sign-in')
      expect((await browser.get('/sign-in/next')).location, text).toBe('/sign-in?over')
    }
  })

  it('51: finds no link: nothing in it, alone or after an id, opens an invitation or sets a password', async () => {
    expect((await openBrowser(usher).get(reset)).status).toBe(200)
    expect(stolen.some((text) => text.includes(reset.slice('/reset/'.length)))).toBe(false)
    const ids = [
      await usher.app.db.prisma.invitation.findFirstOrThrow({ where: { email: 'open@example.org' } }),
      await usher.app.db.prisma.passwordReset.findFirstOrThrow(),
    ].map(({ id }) => Buffer.from(id.replaceAll('-', ''), 'hex'))
    const secrets = stolen.filter((text) => /^[\w+/=-]{20,100}$/.test(text))
    const tokens = secrets.flatMap((text) => [
      text,
      ...ids.map((id) => Buffer.concat([id, Buffer.from(text, 'base64url').subarray(0, 16)]).toString('base64url')),
    ])
    expect(tokens.length).toBeGreaterThan(30)
    for (const token of tokens) {
      expect((await usher.visit(`${PUBLIC_URL}/join/${token}`)).status, token).toBe(404)
      expect((await usher.visit(`${PUBLIC_URL}/reset/${token}`)).status, token).toBe(404)
    }
  })

  it('51: finds neither the password nor the key of the app nor a recovery code', () => {
    expect(codes).toHaveLength(10)
    for (const secret of [PASSWORD, appKey, Buffer.from(appKey).toString('base64url'), ...codes])
      expect(stolen.filter((text) => text.includes(secret))).toEqual([])
  })
})

describe('51: whoever writes into the whole database', () => {
  /** What an operator runs, with the settings of this Usher and perhaps others. */
  function verify(more: string[] = [], settings: NodeJS.ProcessEnv = {}): { status: number | null; stdout: string } {
    const env = { ...process.env, ...usher.env, ...settings }
    return spawnSync(process.execPath, [program, 'audit', 'verify', ...more], { env, encoding: 'utf8' })
  }
  const withoutAnchors = { AUDIT_ANCHOR_FILE: undefined }
  let posted: string

  beforeAll(async () => {
    const ada = usher.slack.as('UADA')
    await changeSettings(usher, { 'Notification channel': 'people-ops' })
    await runTask(usher, queue, 'seal')
    usher.clock.pass(2 * DAY)
    await runTask(usher, queue, 'anchor')
    const message = await ada.waitForMessage('Audit log, last seal of', { channel: 'people-ops' })
    posted = /\d+:[0-9a-f]{64}/.exec(message.text ?? '')?.[0] ?? ''
    await changeSettings(usher, { 'Days until an invitation expires': '14' })
    await runTask(usher, queue, 'seal')
  })

  it('51: what nobody touched is proved, against the file and against the message in the channel', () => {
    expect(readFileSync(file, 'utf8')).toContain(posted)
    const { status, stdout } = verify(['--noted', posted])
    expect(stdout).toContain('Every seal was made with the key from USHER_SECRET.')
    expect(stdout).toContain('The seal you noted is in its place.')
    expect(stdout).toContain(`1 of 1 anchor in ${file} is in the chain.`)
    expect(status).toBe(0)
  })

  it('51: who changes an event and works out every hash again, without a key or with another, is found at once', async () => {
    const seals = await usher.app.db.prisma.auditSeal.findMany()
    const restore = () => usher.app.db.prisma.auditSeal.createMany({ data: seals })
    const { db } = usher.app
    const [victim] = await readSealable(db, organisationId)
    const originals = [victim?.actorName, victim?.id]
    await tamper(db, `UPDATE "AuditEvent" SET "actorName" = 'Eve' WHERE "id" = '${victim?.id}'`)
    expect(verify([], withoutAnchors)).toMatchObject({ status: 1, stdout: expect.stringContaining('BROKEN at place') })
    // In the order of the seals that were there: nothing but the hashes shows it.
    const order = new Map(seals.map(({ eventId, sequence }) => [eventId, Number(sequence)]))
    const events = (await readSealable(db, organisationId)).filter(({ id }) => order.has(id))
    events.sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0))
    await tamper(db, 'DELETE FROM "AuditSeal"')
    await sealWithoutKey(db, events)
    expect(verify([], withoutAnchors)).toMatchObject({ status: 1, stdout: expect.stringContaining('BROKEN') })
    await tamper(db, 'DELETE FROM "AuditSeal"')
    const thief = { db, now: () => usher.clock.now, followUp: async () => {}, sealKey: deriveKey(GUESS, SEAL_PURPOSE) }
    await sealEvents(thief, { everything: true })
    expect(verify([], withoutAnchors)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('BROKEN at place 1'),
    })
    // Back to what it was.
    await tamper(db, 'DELETE FROM "AuditSeal"')
    await tamper(db, `UPDATE "AuditEvent" SET "actorName" = '${originals[0]}' WHERE "id" = '${originals[1]}'`)
    await restore()
    expect(verify()).toMatchObject({ status: 0 })
  })

  it('51: who lets Usher seal a changed log again is found by the file, by the message, and by the time of the seals', async () => {
    const { db } = usher.app
    const [victim] = await readSealable(db, organisationId)
    await tamper(db, `UPDATE "AuditEvent" SET "actorName" = 'Eve' WHERE "id" = '${victim?.id}'`)
    await tamper(db, 'DELETE FROM "AuditSeal"')
    await runTask(usher, queue, 'seal_all')
    const blind = verify([], withoutAnchors)
    expect(blind.stdout).toMatch(/\d+ events, from place 1 on, were sealed more than two hours late\./)
    expect(blind.stdout).toContain('Not checked: whether the end was cut off')
    expect(verify()).toMatchObject({ status: 1, stdout: expect.stringContaining(`BROKEN: the seal ${posted}`) })
    expect(verify(['--noted', posted], withoutAnchors)).toMatchObject({ status: 1 })
  })

  it('51: who takes the keys away and lets Usher go on cannot do so unseen either: it is told in the channel', async () => {
    const { db } = usher.app
    const events = await readSealable(db, organisationId)
    await tamper(db, 'DELETE FROM "AuditSeal"')
    await sealWithoutKey(db, events)
    expect(verify([], withoutAnchors)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('None of the seals was made with the key'),
    })
    await runTask(usher, queue, 'seal')
    await usher.slack.as('UADA').waitForMessage('Audit log, first seal made with a key', { channel: 'people-ops' })
    const { stdout } = verify([], withoutAnchors)
    expect(stdout).toContain(`Seals 1 to ${events.length} were made without a key`)
    expect(verify()).toMatchObject({ status: 1, stdout: expect.stringContaining(`BROKEN: the seal ${posted}`) })
  })
})
