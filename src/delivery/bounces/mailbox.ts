// The mailbox that bounces come into, read by IMAP: one connection for one visit, one message in memory at a time.
import { createHash } from 'node:crypto'
import type { ImapFlow, ImapFlowOptions } from 'imapflow'
import { MOST_READ } from './read-returned.ts'

export type OpenMailbox = {
  /** Changes when the server has numbered its messages anew. */
  uidValidity: bigint
  /** The lowest `most` numbers above `uid` whose messages nobody has read. */
  unreadAfter(uid: number, most: number): Promise<number[]>
  /** The beginning of a message; undefined when it is gone. Does not mark it as read. */
  read(uid: number): Promise<Uint8Array | undefined>
  markRead(uid: number): Promise<void>
}

export type BounceMailbox = {
  /** The same for the same folder of the same user, and nothing that can be read out of it. */
  key: string
  /** Signs in, opens the folder for `work`, and leaves. Throws MailboxAway, and what `work` throws. */
  visit(work: (mailbox: OpenMailbox) => Promise<void>): Promise<void>
  /** Whether it can be read, with words for an admin where not. */
  verify(): Promise<{ ok: true } | { ok: false; problem: string }>
}

/** The mailbox cannot be read now; the message says why, without its address or password. */
export class MailboxAway extends Error {
  override name = 'MailboxAway'
}

export type BounceMailboxOptions = {
  /** `imaps://user:password@host:993/INBOX`; `imap://` means STARTTLS, but on this very machine. */
  url: string
  /** How long to wait for a connection, and for any answer, in ms. */
  timeouts?: { connection: number; answer: number }
}

const TIMEOUTS = { connection: 15_000, answer: 60_000 }
const LOCAL_HOSTS = ['localhost', '127.0.0.1', '[::1]']

/** Connects to nothing before the first visit. */
export function createBounceMailbox({ url, timeouts = TIMEOUTS }: BounceMailboxOptions): BounceMailbox {
  const place = readUrl(url)
  const { folder, options } = place

  async function visit(work: (mailbox: OpenMailbox) => Promise<void>): Promise<void> {
    // Loaded only where bounces are read, so that no start waits for it.
    const library = await import('imapflow')
    const client = new library.ImapFlow({
      ...options,
      connectionTimeout: timeouts.connection,
      greetingTimeout: timeouts.connection,
      socketTimeout: timeouts.answer,
      maxLiteralSize: MOST_READ * 2,
      disableAutoIdle: true,
      clientInfo: { name: 'Usher' },
      // It would write addresses and answers; what matters is in the errors.
      logger: false,
    })
    // A connection that breaks says so here as well; without a listener that would end the process.
    client.on('error', () => {})
    try {
      const opened = await asAway(open(client, folder))
      await work(opened)
      await client.logout().catch(() => {})
    } finally {
      client.close()
    }
  }

  return {
    key: place.key,
    visit,
    async verify() {
      try {
        await visit(async () => {})
        return { ok: true }
      } catch (error) {
        if (!(error instanceof MailboxAway)) throw error
        return { ok: false, problem: error.message }
      }
    },
  }
}

function readUrl(text: string) {
  const url = new URL(text)
  const isLocal = LOCAL_HOSTS.includes(url.hostname)
  const secure = url.protocol === 'imaps:'
  const user = decodeURIComponent(url.username)
  const folder = decodeURIComponent(url.pathname.slice(1)) || 'INBOX'
  const options: ImapFlowOptions = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 993 : 143) : Number(url.port),
    secure,
    ...(secure ? {} : { doSTARTTLS: !isLocal }),
    auth: { user, pass: decodeURIComponent(url.password) },
  }
  const key = createHash('sha256')
    .update(JSON.stringify([options.host, options.port, user, folder]))
    .digest('hex')
  return { folder, options, key }
}

async function open(client: ImapFlow, folder: string): Promise<OpenMailbox> {
  await client.connect()
  const { uidValidity } = await client.mailboxOpen(folder)
  return {
    uidValidity,
    async unreadAfter(uid, most) {
      const found = await asAway(client.search({ seen: false, uid: `${uid + 1}:*` }, { uid: true }))
      if (!found) throw new MailboxAway('The IMAP server could not be searched.')
      // "5:*" names the last message even where its number is lower.
      const unread = found.filter((number) => number > uid)
      return unread.sort((a, b) => a - b).slice(0, most)
    },
    async read(uid) {
      const message = await asAway(
        client.fetchOne(String(uid), { uid: true, source: { start: 0, maxLength: MOST_READ } }, { uid: true }),
      )
      return (message || undefined)?.source
    },
    async markRead(uid) {
      await asAway(client.messageFlagsAdd(String(uid), ['\\Seen'], { uid: true }))
    },
  }
}

/** Whatever goes wrong with the mailbox is said in words that hold no secret. */
async function asAway<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw new MailboxAway(wordsFor(error))
  }
}

const WORDS: Record<string, string> = {
  ENOTFOUND: 'The name of the IMAP server cannot be found.',
  EAI_AGAIN: 'Names of machines cannot be looked up now.',
  ECONNREFUSED: 'The IMAP server cannot be reached: nothing listens there.',
  CONNECT_TIMEOUT: 'The IMAP server does not answer.',
  GREETING_TIMEOUT: 'The IMAP server does not answer.',
  UPGRADE_TIMEOUT: 'The IMAP server does not answer.',
  ETIMEOUT: 'The IMAP server does not answer.',
  ETIMEDOUT: 'The IMAP server does not answer.',
  ETHROTTLE: 'The IMAP server asks to be left alone for a while.',
}

function wordsFor(error: unknown): string {
  if (!(error instanceof Error)) return 'The IMAP server could not be read.'
  const field = (name: string): unknown => Object.entries(error).find(([key]) => key === name)?.[1]
  if (field('authenticationFailed') === true) return 'The IMAP server refused our sign-in.'
  if (field('mailboxMissing') === true) return 'The IMAP server has no such folder.'
  const code = field('code')
  const isAboutTls = field('tlsFailed') === true || (typeof code === 'string' && /CERT|SSL|TLS|SELF_SIGNED/.test(code))
  if (isAboutTls) return 'A secure connection to the IMAP server could not be made.'
  return (typeof code === 'string' ? WORDS[code] : undefined) ?? 'The connection to the IMAP server was lost.'
}
