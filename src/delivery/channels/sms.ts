// SMS by Twilio's official library: one request a message, which says where the receipt goes.
import type { Twilio } from 'twilio'
import type { RequestOptions } from 'twilio/lib/base/RequestClient.js'
import type { Log } from '../../collaborators.ts'
import type { Outcome } from '../outcome.ts'
import { outcomeOfSmsError, type SmsError } from '../sms/outcome.ts'

export type SmsOptions = {
  accountSid: string
  authToken: string
  /** A number (E.164), a messaging service (MG…), or a name of up to eleven characters. */
  from: string
  /** Another address than Twilio's own, for the sandbox and tests. */
  apiUrl: string | undefined
  log: Log
  /** For an answer, in ms: 20,000. */
  timeoutMs?: number
}

/** One text message; `receiptUrl`: where Twilio tells what became of it. */
export type TextMessage = { to: string; body: string; receiptUrl: string | undefined }

/** `url`: the address that it was sent to, as Twilio was told it. `said`: every field of it. */
export type SmsReceipt = { url: string; signature: string; said: Record<string, string> }

export type SmsChannel = {
  /** Hands one message over and says what became of it. Never throws for what the other side does. */
  send(message: TextMessage): Promise<Outcome>
  /** Whether our account would be let in: sends nothing. */
  verify(): Promise<{ ok: true } | { ok: false; problem: string }>
  /** Whether a receipt comes from Twilio: its signature is over the address that it was sent to, and all that it says. */
  isGenuine(receipt: SmsReceipt): Promise<boolean>
}

const E164 = /^\+[1-9]\d{6,14}$/
const TIMEOUT = 20_000

/** Connects to nothing, and loads nothing of the library, before the first message. */
export function createSmsChannel(options: SmsOptions): SmsChannel {
  const { accountSid, authToken, from, log } = options
  let loaded: Promise<Twilio> | undefined
  const client = () => {
    loaded ??= loadClient(options)
    return loaded
  }
  const sender = from.startsWith('MG') ? { messagingServiceSid: from } : { from }
  return {
    async send({ to, body, receiptUrl }) {
      if (!E164.test(to)) return { kind: 'permanent', problem: 'This number cannot be sent a text message.' }
      const receipt = receiptUrl ? { statusCallback: receiptUrl } : {}
      try {
        const message = await (await client()).messages.create({ to, body, ...sender, ...receipt })
        return { kind: 'handed', answer: `Twilio: ${message.status}` }
      } catch (error) {
        const read = asSmsError(error)
        const outcome = outcomeOfSmsError(read)
        // Neither the number nor the text: the library's own error holds both.
        log.debug({ outcome, ...read }, 'A text message could not be handed over')
        return outcome
      }
    },
    async verify() {
      try {
        await (await client()).api.v2010.accounts(accountSid).fetch()
        return { ok: true }
      } catch (error) {
        const outcome = outcomeOfSmsError(asSmsError(error))
        return { ok: false, problem: outcome.kind === 'handed' ? '' : outcome.problem }
      }
    },
    async isGenuine({ url, signature, said }) {
      const { validateRequest } = (await import('twilio')).default
      return validateRequest(authToken, signature, url, said)
    },
  }
}

/** The library takes a fifth of a second to load: only who sends text messages waits for it. */
async function loadClient({ accountSid, authToken, apiUrl, timeoutMs = TIMEOUT }: SmsOptions): Promise<Twilio> {
  const twilio = (await import('twilio')).default
  const base = apiUrl?.replace(/\/+$/, '')
  /** The library's own client, which asks another address where one is set, and is led nowhere else. */
  class RedirectedClient extends twilio.RequestClient {
    override request<Data>(asked: RequestOptions<Data>) {
      const uri = base ? asked.uri.replace(/^https:\/\/[^/]+/, base) : asked.uri
      return super.request<Data>({ ...asked, uri, allowRedirects: false })
    }
  }
  const httpClient = new RedirectedClient({ timeout: timeoutMs, keepAlive: true, autoRetry: false })
  return twilio(accountSid, authToken, { accountSid, httpClient })
}

function asSmsError(error: unknown): SmsError {
  if (typeof error !== 'object' || error === null) return {}
  const status = 'status' in error && typeof error.status === 'number' ? error.status : undefined
  const code =
    'code' in error && (typeof error.code === 'number' || typeof error.code === 'string') ? error.code : undefined
  return { status, code }
}
