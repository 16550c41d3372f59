// The sandbox's mailbox: a real SMTP server on a free port of this machine. The app sends to it as to any other mail
// server; people read the mails beside the local Slack, tests with `waitFor`.
import { randomInt, randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import { COMEBACKS, type Comeback, comebackFrom, writeComeback } from './comeback.ts'
import { createMailFaults, type Fault, type MailFaults } from './faults.ts'
import { createImapServer } from './imap-server.ts'
import { createInbox } from './inbox.ts'
import { isLocalRequest, refuseForeign, sendJson } from './local-only.ts'
import { type Mail, readMail, summarizeMail } from './mail.ts'

const CAPACITY = 500
const MAX_MESSAGE_BYTES = 25 * 1024 * 1024

type Log = { info: (data: object, text: string) => void; error: (data: object, text: string) => void }

/** What the mailbox knows of a mail beside what the mail says. */
type Arrival = { uid: number; bytes: Buffer; isRead: boolean; envelopeId: string }

export type Mailbox = {
  /** `smtp://127.0.0.1:<port>` */
  smtpUrl: string
  /** Where somebody's mails can be read by IMAP: `imap://user:password@127.0.0.1:<port>/INBOX`. */
  imapUrl(address: string): string
  /** Lets a mail come back to its sender, as a bounce of its own; false when there is no such mail any more. */
  bounce(id: string, kind: Comeback): Promise<boolean>
  /** The last 500 mails, oldest first. */
  readonly messages: readonly Mail[]
  /** The first mail that matches, also one that is already there; throws after `limitMs`, naming what came. */
  waitFor(predicate: (mail: Mail) => boolean, options?: { limitMs?: number }): Promise<Mail>
  /** What the server does wrong, for tests. */
  faults: MailFaults
  /**
   * GET /api/mail, /api/mail/stream, /api/mail/:id, /api/mail/:id/html, POST /api/mail/:id/bounce/:kind; false when the
   * path is none of them.
   */
  handleClient(req: IncomingMessage, res: ServerResponse): boolean
  /** Cuts every connection and stops. */
  close(): Promise<void>
}

/** Starts the mail server on a free port of 127.0.0.1. Throws what listening throws. */
export async function createMailbox({ log }: { log: Log }): Promise<Mailbox> {
  const { faults, take } = createMailFaults()
  const inbox = createInbox<Mail>({
    capacity: CAPACITY,
    noun: 'mail',
    describe: (mail) => `to ${mail.envelope.to.join(', ')}: ${mail.subject}`,
    summarize: summarizeMail,
  })
  const sockets = new Map<number, Socket>()

  // Carries out a fault; true when the conversation has been answered (or deliberately has not).
  function fail(fault: Fault | undefined, session: SMTPServerSession, callback: (error: Error) => void): boolean {
    if (fault === undefined) return false
    if (fault === 'drop') sockets.get(session.remotePort)?.destroy()
    else if (fault !== 'hang') callback(Object.assign(new Error(fault.text), { responseCode: fault.code }))
    return true
  }

  let lastUid = 0
  const arrivals = new WeakMap<Mail, Arrival>()

  /** Takes a message into the mailbox, and lets it come back where its address does so by itself. */
  async function keep(bytes: Buffer, envelope: Mail['envelope'], envelopeId: string): Promise<void> {
    const mail = await readMail(bytes, { id: randomUUID(), receivedAt: Date.now(), envelope })
    lastUid += 1
    arrivals.set(mail, { uid: lastUid, bytes, isRead: false, envelopeId })
    inbox.add(mail)
    const kind = comebackFrom(envelope.to[0] ?? '')
    if (kind) await sendBack(mail, kind)
  }

  async function sendBack(mail: Mail, kind: Comeback): Promise<void> {
    const { from, to } = mail.envelope
    // A bounce has no sender, so that none is ever answered by another.
    if (from === '') return
    const envelopeId = arrivals.get(mail)?.envelopeId ?? ''
    const comeback = writeComeback(mail, { recipient: to[0] ?? '', kind, envelopeId, at: new Date() })
    await keep(comeback, { from: '', to: [from] }, '')
  }

  async function bounce(id: string, kind: Comeback): Promise<boolean> {
    const mail = inbox.messages.find((message) => message.id === id)
    if (mail) await sendBack(mail, kind)
    return mail !== undefined
  }

  const password = randomUUID()
  const imap = await createImapServer({
    password,
    entriesOf: (user) =>
      inbox.messages.filter((mail) => mail.envelope.to.includes(user)).flatMap((mail) => arrivals.get(mail) ?? []),
    markRead: (uid) => {
      for (const mail of inbox.messages) {
        const arrival = arrivals.get(mail)
        if (arrival?.uid === uid) arrival.isRead = true
      }
    },
    take,
    uidValidity: randomInt(1, 2 ** 31),
  })

  const server = new SMTPServer({
    banner: 'Sandbox mailbox',
    authOptional: true,
    allowInsecureAuth: true,
    hideSTARTTLS: true,
    hideDSN: false,
    disableReverseLookup: true,
    size: MAX_MESSAGE_BYTES,
    closeTimeout: 1,
    onAuth: (auth, _session, callback) => callback(null, { user: auth.username ?? 'sandbox' }),
    onConnect: (session, callback) => {
      if (!fail(take('connect'), session, callback)) callback()
    },
    onRcptTo: (_address, session, callback) => {
      if (!fail(take('rcpt'), session, callback)) callback()
    },
    onData: (stream, session, callback) => {
      const early = take('data')
      if (early === 'drop') {
        fail(early, session, callback)
        return
      }
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('error', (error: Error) => callback(error))
      stream.on('end', () => {
        if (fail(early, session, callback)) return
        if (stream.sizeExceeded) {
          callback(Object.assign(new Error('The message is larger than 25 MB'), { responseCode: 552 }))
          return
        }
        const { mailFrom, rcptTo } = session.envelope
        const envelope = { from: mailFrom ? mailFrom.address : '', to: rcptTo.map((entry) => entry.address) }
        keep(Buffer.concat(chunks), envelope, session.envelope.dsn?.envid ?? '').then(
          () => {
            const late = take('after-body')
            if (!fail(late, session, callback)) callback(null, 'The message is in the mailbox')
          },
          (error: Error) => {
            log.error({ err: error }, 'the mailbox could not read a message')
            callback(Object.assign(new Error('The message cannot be read'), { responseCode: 554 }))
          },
        )
      })
    },
  })
  // Connections cut by a client or by a fault arrive here; without a listener they would end the process.
  server.on('error', (error: Error) => log.info({ err: error }, 'a connection to the mailbox broke'))
  server.server.on('connection', (socket: Socket) => {
    const port = socket.remotePort ?? 0
    sockets.set(port, socket)
    socket.on('close', () => {
      if (sockets.get(port) === socket) sockets.delete(port)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      server.server.off('error', reject)
      resolve()
    })
  })
  const address = server.server.address()
  if (address === null || typeof address === 'string') throw new Error('The mailbox has no port')

  function handleClient(req: IncomingMessage, res: ServerResponse): boolean {
    const path = (req.url ?? '').split('?')[0] ?? ''
    const match = /^\/api\/mail(?:\/([\w-]+)(\/html|\/bounce\/\w+)?)?$/.exec(path)
    if (match === null) return false
    const [, id, more] = match
    const kind = COMEBACKS.find((name) => more === `/bounce/${name}`)
    if (!isLocalRequest(req)) refuseForeign(res)
    else if (req.method === 'POST' && id && kind) void answerBounce(res, bounce(id, kind))
    else if (req.method !== 'GET') sendJson(res, 405, { error: 'Mails can only be read here.' })
    else if (id === undefined) sendJson(res, 200, { messages: inbox.messages.map(summarizeMail).reverse() })
    else if (id === 'stream') inbox.stream(res)
    else {
      const mail = inbox.messages.find((message) => message.id === id)
      if (mail === undefined) sendJson(res, 404, { error: 'This mail is no longer in the mailbox.' })
      else if (more === undefined) sendJson(res, 200, mail)
      else if (more === '/html') sendMailHtml(res, mail)
      else sendJson(res, 404, { error: 'A mail cannot come back like this.' })
    }
    return true
  }

  return {
    smtpUrl: `smtp://127.0.0.1:${address.port}`,
    imapUrl: (user) => `imap://${encodeURIComponent(user)}:${password}@127.0.0.1:${imap.port}/INBOX`,
    bounce,
    messages: inbox.messages,
    waitFor: inbox.waitFor,
    faults,
    handleClient,
    close() {
      inbox.close()
      imap.close()
      for (const socket of sockets.values()) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

async function answerBounce(res: ServerResponse, bounced: Promise<boolean>): Promise<void> {
  if (await bounced) sendJson(res, 200, { ok: true })
  else sendJson(res, 404, { error: 'This mail is no longer in the mailbox.' })
}

// A mail is somebody else's page: it gets no script, no forms and no origin of its own; its links open in a new tab.
function sendMailHtml(res: ServerResponse, mail: Mail): void {
  res.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; img-src data: http: https:; base-uri 'none'; form-action 'none'; " +
      "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox",
  })
  const base = '<base target="_blank">'
  const head = /<head(\s[^>]*)?>/i
  res.end(head.test(mail.html) ? mail.html.replace(head, (tag) => tag + base) : base + mail.html)
}
