// The mailbox by IMAP (RFC 3501), as much of it as somebody needs who looks for new mail: sign in, open the INBOX,
// search, fetch, mark as read. Real enough for a real client, on this machine alone.
import { createServer, type Socket } from 'node:net'
import type { Fault } from './faults.ts'
import { type Command, createCommandReader, numbersIn, quoted } from './imap-syntax.ts'

/** One mail of a user's INBOX. */
export type Entry = { uid: number; bytes: Buffer; isRead: boolean }

export type ImapServer = {
  port: number
  close(): void
}

export type ImapOptions = {
  /** The one password, for every user. */
  password: string
  /** The mails of a user, oldest first. */
  entriesOf: (user: string) => Entry[]
  markRead: (uid: number) => void
  /** What shall go wrong next at a sign-in or a fetch. */
  take: (stage: 'imap-sign-in' | 'imap-fetch') => Fault | undefined
  /** A number that is another one after each start. */
  uidValidity: number
}

/** Starts on a free port of 127.0.0.1. */
export async function createImapServer(options: ImapOptions): Promise<ImapServer> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // Whoever hangs up is gone; without a listener that would end the process.
    socket.on('error', () => {})
    serve(socket, options)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The IMAP server has no port')
  return {
    port: address.port,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

const CAPABILITIES = 'IMAP4rev1 UIDPLUS'

function serve(socket: Socket, options: ImapOptions): void {
  let user: string | undefined
  let isOpen = false
  const say = (line: string) => socket.write(`${line}\r\n`)

  /** True when the conversation was answered by a fault, or deliberately was not. */
  function fail(tag: string, fault: Fault | undefined): boolean {
    if (fault === 'drop') socket.destroy()
    else if (fault !== undefined && fault !== 'hang') say(`${tag} NO ${fault.text}`)
    return fault !== undefined
  }

  function signIn({ tag, args }: Command): string | undefined {
    if (fail(tag, options.take('imap-sign-in'))) return undefined
    const [name = '', password] = args
    if (password !== options.password) return 'NO [AUTHENTICATIONFAILED] The user name or the password is wrong'
    user = name
    return 'OK signed in'
  }

  function open({ args }: Command): string {
    if (args[0]?.toUpperCase() !== 'INBOX') return 'NO [NONEXISTENT] There is no such folder'
    const entries = options.entriesOf(user ?? '')
    say(`* ${entries.length} EXISTS`)
    say('* 0 RECENT')
    say('* FLAGS (\\Seen)')
    say('* OK [PERMANENTFLAGS (\\Seen)] may be changed')
    say(`* OK [UIDVALIDITY ${options.uidValidity}] stays while the sandbox runs`)
    say(`* OK [UIDNEXT ${(entries.at(-1)?.uid ?? 0) + 1}] comes next`)
    isOpen = true
    return 'OK [READ-WRITE] open'
  }

  function search({ args }: Command): string {
    const keys = args.map((key) => key.toUpperCase())
    const set = keys.indexOf('UID')
    const entries = options.entriesOf(user ?? '')
    const wanted = set === -1 ? undefined : numbersIn(keys[set + 1] ?? '', entries.at(-1)?.uid ?? 0)
    const found = entries.filter(
      ({ uid, isRead }) => !(keys.includes('UNSEEN') && isRead) && (wanted === undefined || wanted(uid)),
    )
    say(`* SEARCH${found.map(({ uid }) => ` ${uid}`).join('')}`)
    return 'OK searched'
  }

  function chosen(set: string): { entry: Entry; place: number }[] {
    const entries = options.entriesOf(user ?? '')
    const wanted = numbersIn(set, entries.at(-1)?.uid ?? 0)
    return entries.map((entry, index) => ({ entry, place: index + 1 })).filter(({ entry }) => wanted(entry.uid))
  }

  function fetch({ tag, args }: Command): string | undefined {
    if (fail(tag, options.take('imap-fetch'))) return undefined
    const [set = '', ...items] = args
    const asked = items.join(' ')
    const part = /BODY(?:\.PEEK)?\[\](?:<(\d+)\.(\d+)>)?/i.exec(asked)
    for (const { entry, place } of chosen(set)) {
      socket.write(`* ${place} FETCH (UID ${entry.uid} FLAGS (${entry.isRead ? '\\Seen' : ''})`)
      if (part) {
        const from = Number(part[1] ?? 0)
        const bytes = part[2] === undefined ? entry.bytes : entry.bytes.subarray(from, from + Number(part[2]))
        socket.write(` BODY[]${part[1] === undefined ? '' : `<${from}>`} {${bytes.length}}\r\n`)
        socket.write(bytes)
      }
      say(')')
    }
    return 'OK fetched'
  }

  function store({ args }: Command): string {
    const [set = '', how = '', flags = ''] = args
    if (!/^\+FLAGS/i.test(how) || !/\\Seen/i.test(flags)) return 'NO only \\Seen can be added here'
    for (const { entry, place } of chosen(set)) {
      options.markRead(entry.uid)
      say(`* ${place} FETCH (UID ${entry.uid} FLAGS (\\Seen))`)
    }
    return 'OK stored'
  }

  function answer(command: Command): string | undefined {
    switch (command.name) {
      case 'CAPABILITY':
        say(`* CAPABILITY ${CAPABILITIES}`)
        return 'OK that is all'
      case 'NOOP':
        return 'OK'
      case 'LOGIN':
        return signIn(command)
      case 'LOGOUT':
        say('* BYE')
        say(`${command.tag} OK`)
        socket.end()
        return undefined
    }
    if (user === undefined) return 'BAD sign in first'
    if (command.name === 'LIST' || command.name === 'LSUB') {
      const isRoot = (command.args[1] ?? '') === ''
      say(`* ${command.name} (${isRoot ? '\\Noselect' : ''}) "/" ${isRoot ? quoted('') : 'INBOX'}`)
      return 'OK listed'
    }
    if (command.name === 'SELECT' || command.name === 'EXAMINE') return open(command)
    if (!isOpen) return 'BAD open a folder first'
    if (command.name === 'UID SEARCH') return search(command)
    if (command.name === 'UID FETCH') return fetch(command)
    if (command.name === 'UID STORE') return store(command)
    return 'BAD not known here'
  }

  const read = createCommandReader({
    // The client waits for this before it sends what it announced.
    ready: () => say('+ go on'),
    command: (command) => {
      const words = answer(command)
      if (words !== undefined && !socket.destroyed) say(`${command.tag} ${words}`)
    },
  })
  socket.on('data', read)
  say(`* OK [CAPABILITY ${CAPABILITIES}] Sandbox mailbox`)
}
