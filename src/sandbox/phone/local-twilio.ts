// Twilio as the sandbox has it: emulate's local Twilio, and in front of it a door that shows every message on the phone and
// lets it arrive, as a network would.
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export type LocalTwilio = {
  accountSid: string
  authToken: string
  from: string
  /** Where the app is to send its requests. */
  apiUrl: string
  close(): Promise<void>
}

export type LocalTwilioOptions = {
  /** Hears of every message that Twilio took. */
  receive: (message: { from: string; to: string; body: string }) => void
  log: { error: (details: object, text: string) => void }
}

const ACCOUNT = { sid: `AC${'0'.repeat(32)}`, auth_token: 'a token of the sandbox alone', friendly_name: 'Sandbox' }
const FROM = '+15005550006'
/** A number that ends so is switched off: what is sent there is not delivered. */
const OFF = /0000$/

/** Opens both, each on a free port of this machine. */
export async function createLocalTwilio({ receive, log }: LocalTwilioOptions): Promise<LocalTwilio> {
  const { createEmulator } = await import('emulate')
  const port = await freePort()
  const emulator = await createEmulator({
    service: 'twilio',
    port,
    seed: { twilio: { account: ACCOUNT, phone_numbers: [{ phone_number: FROM, friendly_name: 'Usher' }] } },
  })
  const authorization = `Basic ${Buffer.from(`${ACCOUNT.sid}:${ACCOUNT.auth_token}`).toString('base64')}`

  async function arrive(sid: string, to: string): Promise<void> {
    const told = OFF.test(to) ? { Status: 'undelivered' } : { Status: 'delivered' }
    await fetch(`http://127.0.0.1:${port}/_twilio/simulate/message-status`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams({ MessageSid: sid, ...told }),
    })
  }

  const server = createServer(async (request, response) => {
    try {
      const body = await readAll(request)
      const { authorization: given, 'content-type': type } = request.headers
      const answer = await fetch(`http://127.0.0.1:${port}${request.url}`, {
        method: request.method ?? 'GET',
        headers: { ...(given ? { authorization: given } : {}), ...(type ? { 'content-type': type } : {}) },
        ...(body === '' ? {} : { body }),
      })
      const text = await answer.text()
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' })
      response.end(text)
      if (request.method !== 'POST' || answer.status !== 201) return
      const { sid, to, from, body: said } = JSON.parse(text) as Record<'sid' | 'to' | 'from' | 'body', string>
      if (!OFF.test(to)) receive({ from, to, body: said })
      await arrive(sid, to)
    } catch (error) {
      log.error({ err: error }, 'The local Twilio failed')
      if (!response.headersSent) response.writeHead(500).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port: door } = server.address() as AddressInfo
  return {
    accountSid: ACCOUNT.sid,
    authToken: ACCOUNT.auth_token,
    from: FROM,
    apiUrl: `http://127.0.0.1:${door}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await emulator.close()
    },
  }
}

async function readAll(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces).toString('utf8')
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
