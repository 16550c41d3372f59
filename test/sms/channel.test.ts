// The SMS channel against emulate's Twilio, and against one that misbehaves.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSmsChannel } from '../../src/delivery/channels/sms.ts'
import { laterProblem, outcomeOfSmsError } from '../../src/delivery/sms/outcome.ts'
import { createLocalTwilio, type LocalTwilio } from '../../src/sandbox/phone/local-twilio.ts'
import { createPhone } from '../../src/sandbox/phone/phone.ts'
import { silentLog } from '../setup/database.ts'

const message = { to: '+4915123456789', body: 'Hello', receiptUrl: undefined }
const phone = createPhone()
let twilio: LocalTwilio
const servers: Server[] = []

beforeAll(async () => {
  twilio = await createLocalTwilio({ receive: phone.receive, log: silentLog })
})
afterAll(async () => {
  await twilio.close()
  for (const server of servers) server.closeAllConnections()
  await phone.close()
})

const open = (over: Partial<Parameters<typeof createSmsChannel>[0]> = {}) =>
  createSmsChannel({ ...twilio, log: silentLog, ...over })

/** A Twilio that answers every request so. */
async function answering(status: number, body: object): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  return listening(server)
}

async function listening(server: Server): Promise<string> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('a text message', () => {
  it('is handed to Twilio, and arrives on the phone', async () => {
    expect(await open().send(message)).toEqual({ kind: 'handed', answer: 'Twilio: queued' })

    expect(await phone.waitFor(({ to }) => to === message.to)).toMatchObject({ body: 'Hello', from: twilio.from })
  })

  it('SECURITY 25: goes to E.164 numbers alone', async () => {
    for (const to of ['4915123456789', '+49 151', 'ana@example.org', '+49151234567890123', '', '+0151234567']) {
      expect(await open().send({ ...message, to }), to).toMatchObject({ kind: 'permanent' })
    }
  })

  it('waits where our account is refused: that is nobody’s fault who is invited', async () => {
    expect(await open({ authToken: 'another token' }).send(message)).toMatchObject({
      kind: 'temporary',
      serverWide: true,
    })
    expect(await open({ authToken: 'another token' }).verify()).toMatchObject({ ok: false })
    expect(await open().verify()).toEqual({ ok: true })
  })

  it('waits where Twilio cannot be reached', async () => {
    expect(await open({ apiUrl: 'http://127.0.0.1:1' }).send(message)).toEqual({
      kind: 'temporary',
      problem: 'Twilio cannot be reached.',
      serverWide: true,
    })
  })

  it('may have been sent where Twilio never answers', async () => {
    const silent = createServer(() => {})
    expect(await open({ apiUrl: await listening(silent), timeoutMs: 100 }).send(message)).toMatchObject({
      kind: 'uncertain',
    })
  })

  it('is led to no other address', async () => {
    const elsewhere: string[] = []
    const thief = await listening(
      createServer((request, response) => {
        elsewhere.push(request.headers.authorization ?? '')
        response.writeHead(201).end('{}')
      }),
    )
    const redirecting = await listening(
      createServer((_request, response) => response.writeHead(307, { location: thief }).end()),
    )
    const outcome = await open({ apiUrl: redirecting }).send(message)

    expect(outcome.kind).not.toBe('handed')
    expect(elsewhere).toEqual([])
  })

  it.each([
    [400, { code: 21211, status: 400, message: 'Invalid To' }, 'permanent'],
    [400, { code: 21614, status: 400, message: 'Not mobile' }, 'permanent'],
    [400, { code: 21610, status: 400, message: 'STOP' }, 'permanent'],
    [403, { code: 21408, status: 403, message: 'Region' }, 'temporary'],
    [401, { code: 20003, status: 401, message: 'Authenticate' }, 'temporary'],
    [429, { code: 20429, status: 429, message: 'Too many' }, 'temporary'],
    [503, { code: 20503, status: 503, message: 'Away' }, 'temporary'],
    [500, {}, 'temporary'],
  ] as const)('answered with %i %o is %o', async (status, body, kind) => {
    const outcome = await open({ apiUrl: await answering(status, body) }).send(message)

    expect(outcome).toMatchObject({ kind })
    expect(JSON.stringify(outcome)).not.toContain(message.to)
  })
})

describe('what a member reads of it', () => {
  it('is a whole sentence for every code, known or not', () => {
    for (const code of [21211, 21610, 30002, 99999, undefined]) {
      const outcome = outcomeOfSmsError({ status: 400, code })
      expect('problem' in outcome && outcome.problem).toMatch(/^[A-Z].*\.$/)
    }
    for (const code of [30003, 30005, 12345, undefined]) expect(laterProblem(code)).toMatch(/^[A-Z].*\.$/)
  })
})
