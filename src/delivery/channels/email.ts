// E-mail: a few connections to the mail server, kept open, each message handed over as ready-made bytes.
import { createTransport } from 'nodemailer'
import addressparser from 'nodemailer/lib/addressparser'
import type { Log } from '../../collaborators.ts'
import { type Outcome, outcomeOfAnswer, outcomeOfError, type Phase, type SendError } from '../outcome.ts'
import { renderHtml, renderText } from '../wording/index.ts'
import type { Channel } from './channel.ts'
import { rawMessage } from './raw-message.ts'
import { SingleBody } from './single-body.ts'

export type EmailOptions = {
  /** `smtp://` or `smtps://`, with user and password where the server wants them. */
  smtpUrl: string
  /** The sender, `Name <address>` or the address alone. */
  mailFrom: string
  /** To whom messages come back that cannot be delivered: the sender's address where it is not said. */
  returnPath?: string | undefined
  publicUrl: string
  /** Connections at once. */
  connections: number
  /** How long to wait, in ms, for a connection, for the greeting, and for any other answer. */
  timeouts?: { connection: number; greeting: number; answer: number }
  now: () => Date
  log: Log
}

// nodemailer would make one or several addresses of a text that is none; the core normalises long before, so this never
// refuses what a person typed.
const ONE_ADDRESS = /^[^\s\p{Cc}\p{Cf}<>,;]+@[^\s\p{Cc}\p{Cf}<>,;@]+$/u

const NOTIFY: ('failure' | 'delay')[] = ['failure', 'delay']

const TIMEOUTS = { connection: 10_000, greeting: 10_000, answer: 60_000 }

/** Throws when `mailFrom` holds no address. */
export function createEmailChannel(options: EmailOptions): Channel {
  const { now, log } = options
  const timeouts = options.timeouts ?? TIMEOUTS
  const from = readSender(options.mailFrom)
  const host = messageIdHost(options.publicUrl, from.address)
  const transport = createTransport({
    url: options.smtpUrl,
    pool: true,
    maxConnections: options.connections,
    maxMessages: Number.POSITIVE_INFINITY,
    // A connection that the server closed while it was idle is replaced once; all else is for the queue to decide.
    maxRequeues: 1,
    connectionTimeout: timeouts.connection,
    dnsTimeout: timeouts.connection,
    greetingTimeout: timeouts.greeting,
    socketTimeout: timeouts.answer,
    // Before the server does, and before our own time-out for an answer.
    idleTimeout: Math.min(30_000, timeouts.answer / 2),
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  // nodemailer tells of an idle connection that broke; without a listener that would end the process.
  transport.on('error', (error) => log.warn({ reason: error.code }, 'A connection to the mail server broke'))

  const underWay = new WeakMap<Buffer, { phase: Phase }>()
  // Streams instead of nodemailer's own reading of `raw`: twice as fast, and the phase is known.
  transport.use('stream', (mail, done) => {
    const { raw } = mail.data
    const progress = Buffer.isBuffer(raw) ? underWay.get(raw) : undefined
    if (Buffer.isBuffer(raw) && progress !== undefined && mail.message !== undefined) {
      Object.assign(mail.message, {
        createReadStream: () => {
          progress.phase = 'envelope'
          return new SingleBody(raw, () => {
            progress.phase = 'body'
          })
        },
      })
    }
    done()
  })

  return {
    async send({ to, invitationId, generation, reminder }, letter) {
      if (!ONE_ADDRESS.test(to)) return { kind: 'permanent', problem: 'This address cannot be used for e-mail.' }
      const messageId = `<${invitationId}.${generation}${reminder ? `.r${reminder}` : ''}@${host}>`
      const body = rawMessage({
        from,
        to: { name: '', address: to },
        messageId,
        date: now(),
        language: letter.language,
        subject: letter.subject,
        text: renderText(letter),
        html: renderHtml(letter),
      })
      const progress: { phase: Phase } = { phase: 'connecting' }
      underWay.set(body, progress)
      try {
        const envelope = { from: options.returnPath ?? from.address, to: [to] }
        // Servers that know of it (RFC 3461) say in a bounce which message it was, and send back no text with a link.
        const dsn = { id: messageId.slice(1, messageId.indexOf('@')), return: 'headers', recipient: to } as const
        return outcomeOfAnswer(
          await transport.sendMail({ messageId, raw: body, envelope, dsn: { ...dsn, notify: NOTIFY } }),
        )
      } catch (error) {
        const outcome = outcomeOfError(asSendError(error), progress.phase)
        log.debug({ outcome, ...asSendError(error), response: undefined }, 'A mail could not be handed over')
        return outcome
      }
    },
    async verify() {
      try {
        await transport.verify()
        return { ok: true }
      } catch (error) {
        return { ok: false, problem: problemOf(outcomeOfError(asSendError(error), 'connecting')) }
      }
    },
    close: () => transport.close(),
  }
}

function problemOf(outcome: Outcome): string {
  return outcome.kind === 'handed' ? '' : outcome.problem
}

function readSender(mailFrom: string): { name: string; address: string } {
  const [first] = addressparser(mailFrom, { flatten: true })
  if (first === undefined || !first.address.includes('@')) throw new Error('MAIL_FROM must hold an e-mail address')
  return { name: first.name, address: first.address }
}

/** The right side of a Message-ID: the host that people know us by, where it is one. */
function messageIdHost(publicUrl: string, senderAddress: string): string {
  const { hostname } = new URL(publicUrl)
  const isPublicName = hostname.includes('.') && !/^[\d.]+$/.test(hostname) && !hostname.startsWith('[')
  return isPublicName ? hostname : senderAddress.slice(senderAddress.lastIndexOf('@') + 1)
}

function asSendError(error: unknown): SendError {
  if (!(error instanceof Error)) return {}
  return {
    code: textOf(error, 'code'),
    command: textOf(error, 'command'),
    response: textOf(error, 'response'),
    responseCode: 'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : undefined,
  }
}

function textOf(error: Error, field: string): string | undefined {
  const value = Object.entries(error).find(([key]) => key === field)?.[1]
  return typeof value === 'string' ? value : undefined
}
