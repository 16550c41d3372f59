// The e-mail channel against a real mail server that does everything wrong (SECURITY 21, 26).
import { createServer } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createDelivery, type Deliverer } from '../../src/delivery/index.ts'
import { createMailbox, type Mailbox } from '../../src/sandbox/mailbox/mailbox.ts'
import { silentLog } from '../setup/database.ts'
import { aDelivery } from './a-delivery.ts'

const sendTime = new Date('2026-11-20T12:00:00Z')
let mailbox: Mailbox
const opened: Deliverer[] = []

function open(over: Partial<Parameters<typeof createDelivery>[0]> = {}): Deliverer {
  const deliverer = createDelivery({
    smtpUrl: mailbox.smtpUrl,
    mailFrom: 'Usher <usher@northwind.example>',
    publicUrl: 'https://invites.northwind.example/',
    // Longer than a busy machine needs: only the tests of "no answer" are impatient.
    timeouts: { connection: 10_000, greeting: 10_000, answer: 10_000 },
    now: () => sendTime,
    log: silentLog,
    ...over,
  })
  opened.push(deliverer)
  return deliverer
}

/** For servers that never answer: the test waits as long as this does. */
const IMPATIENT = { timeouts: { connection: 2_000, greeting: 300, answer: 300 } }

let count = 0
function nextDelivery() {
  count += 1
  return aDelivery({ invitationId: `01990000-0000-7000-8000-${String(count).padStart(12, '0')}` })
}

beforeAll(async () => {
  mailbox = await createMailbox({ log: silentLog })
})
afterEach(() => {
  mailbox.faults.clear()
  for (const deliverer of opened.splice(0)) deliverer.close()
})
afterAll(() => mailbox.close())

describe('an invitation by e-mail', () => {
  test('arrives as it was written, with one link made from PUBLIC_URL', async () => {
    const delivery = { ...nextDelivery(), generation: 3, note: 'Welcome!' }

    const sent = await open().send(delivery)

    expect(sent).toMatchObject({ kind: 'handed', expiresAt: new Date('2026-11-27T12:00:00Z') })
    const messageId = `<${delivery.invitationId}.3@invites.northwind.example>`
    const mail = await mailbox.waitFor((one) => one.messageId === messageId)
    expect(mail).toMatchObject({
      envelope: { from: 'usher@northwind.example', to: ['ana@example.org'] },
      from: '"Usher" <usher@northwind.example>',
      to: ['ana@example.org'],
      subject: 'Max Weber invites you to People Ops at Northwind Trading',
    })
    const link = `https://invites.northwind.example/join/${delivery.token}`
    expect(mail.html).toContain(`href="${link}"`)
    expect(mail.text.match(/https?:\S+/g)).toEqual([link])
    const headers = new Map(mail.headers.map(({ name, value }) => [name.toLowerCase(), value]))
    expect(headers.get('auto-submitted')).toBe('auto-generated')
    expect(headers.get('content-language')).toBe('en')
    expect(headers.get('date')).toBe('Fri, 20 Nov 2026 12:00:00 +0000')
  })

  test('tells somebody who was added, and leads to the sign-in page alone', async () => {
    const delivery = { ...nextDelivery(), kind: 'addition' as const }
    await open().send(delivery)
    const mail = await mailbox.waitFor((one) => one.messageId.includes(delivery.invitationId))
    expect(mail.text).toContain('there is nothing to do')
    expect(mail.text.match(/https?:\S+/g)).toEqual(['https://invites.northwind.example/sign-in'])
    expect(mail.text).not.toContain(delivery.token)
  })

  test('without a public host the Message-ID bears the sender’s domain', async () => {
    const delivery = nextDelivery()
    await open({ publicUrl: 'http://localhost:3000' }).send(delivery)
    await mailbox.waitFor((one) => one.messageId === `<${delivery.invitationId}.1@northwind.example>`)
  })

  test('goes to one address, whatever is written in it (SECURITY 21)', async () => {
    const before = mailbox.messages.length
    for (const to of [
      'ana@example.org\r\nRCPT TO:<all@example.org>',
      'a@b.example> <c@d.example',
      'a@b.example\nBcc: x@y.example',
    ]) {
      expect(await open().send({ ...nextDelivery(), to })).toMatchObject({ kind: 'permanent' })
    }
    expect(mailbox.messages.length).toBe(before)
  })

  test('many use the same few connections', async () => {
    const deliverer = open({ connections: 2 })
    const outcomes = await Promise.all(Array.from({ length: 40 }, () => deliverer.send(nextDelivery())))
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array.from({ length: 40 }, () => 'handed'))
  })
})

describe('SECURITY 26: faults of the mail server', () => {
  const refusals = [
    { stage: 'connect', code: 421, kind: 'temporary', serverWide: true },
    { stage: 'connect', code: 554, kind: 'temporary', serverWide: true },
    { stage: 'rcpt', code: 450, kind: 'temporary', serverWide: false },
    { stage: 'rcpt', code: 452, kind: 'temporary', serverWide: false },
    { stage: 'rcpt', code: 550, kind: 'permanent' },
    { stage: 'data', code: 451, kind: 'temporary', serverWide: false },
    { stage: 'data', code: 552, kind: 'permanent' },
    { stage: 'data', code: 554, kind: 'permanent' },
  ] as const
  for (const { stage, code, ...expected } of refusals) {
    test(`${stage} ${code}: ${expected.kind}, and the next message goes through`, async () => {
      mailbox.faults.next(stage, { code, text: 'not today' })
      const deliverer = open({ connections: 1 })
      expect(await deliverer.send(nextDelivery())).toMatchObject(expected)
      expect(await deliverer.send(nextDelivery())).toMatchObject({ kind: 'handed' })
    })
  }

  test('dropped in place of the greeting, again and again: temporary, server-wide', async () => {
    mailbox.faults.next('connect', 'drop', { times: 10 })
    expect(await open().send(nextDelivery())).toMatchObject({ kind: 'temporary', serverWide: true })
  })

  test('no greeting: temporary, server-wide', async () => {
    mailbox.faults.next('connect', 'hang', { times: 10 })
    expect(await open(IMPATIENT).send(nextDelivery())).toMatchObject({ kind: 'temporary', serverWide: true })
  })

  test('dropped after RCPT: temporary', async () => {
    mailbox.faults.next('rcpt', 'drop', { times: 10 })
    expect(await open().send(nextDelivery())).toMatchObject({ kind: 'temporary', serverWide: false })
  })

  test('no answer to RCPT: temporary, server-wide', async () => {
    mailbox.faults.next('rcpt', 'hang', { times: 10 })
    expect(await open(IMPATIENT).send(nextDelivery())).toMatchObject({ kind: 'temporary', serverWide: true })
  })

  for (const fault of ['drop', 'hang'] as const) {
    test(`${fault === 'drop' ? 'dropped' : 'no answer'} after the body: uncertain, and sent once only`, async () => {
      mailbox.faults.next('after-body', fault)
      const delivery = nextDelivery()
      const deliverer = open(fault === 'hang' ? IMPATIENT : {})
      expect(await deliverer.send(delivery)).toMatchObject({ kind: 'uncertain' })
      expect(mailbox.messages.filter((mail) => mail.messageId.includes(delivery.invitationId))).toHaveLength(1)
    })
  }

  test('refused: temporary, server-wide', async () => {
    const deliverer = open({ smtpUrl: `smtp://127.0.0.1:${await freePort()}` })
    expect(await deliverer.send(nextDelivery())).toEqual({
      kind: 'temporary',
      problem: 'The mail server cannot be reached.',
      serverWide: true,
      expiresAt: new Date('2026-11-27T12:00:00Z'),
    })
    expect(await deliverer.verify()).toEqual({ ok: false, problem: 'The mail server cannot be reached.' })
  })

  test('all is well: verify says so and sends nothing', async () => {
    const before = mailbox.messages.length
    expect(await open().verify()).toEqual({ ok: true })
    expect(mailbox.messages.length).toBe(before)
  })
})

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return address !== null && typeof address === 'object' ? address.port : 1
}
