// A mail server whose pace the test sets, on a port of the test's choice, which counts what it took.
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { SMTPServer } from 'smtp-server'

export type MailServer = {
  url: string
  /** The recipient of each message that was taken, in their order. */
  recipients: string[]
  /** How long each message takes from now on, in ms. */
  pace(ms: number): void
  /** Resolves when so many were taken. */
  took(count: number): Promise<void>
  /** Resolves when nobody is connected any more, and what they had sent is taken. */
  quiet(): Promise<void>
  close(): Promise<void>
}

/** Opens the server on this port of 127.0.0.1, or on a free one. */
export async function openMailServer({ port = 0 } = {}): Promise<MailServer> {
  const recipients: string[] = []
  const waiting = new Set<() => void>()
  const sockets = new Set<Socket>()
  let inHand = 0
  let pause = 0
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    disableReverseLookup: true,
    closeTimeout: 1,
    onData(stream, session, callback) {
      stream.resume()
      stream.on('end', () => {
        inHand += 1
        setTimeout(() => {
          inHand -= 1
          recipients.push(...session.envelope.rcptTo.map(({ address }) => address))
          callback(null, 'taken')
          for (const look of waiting) look()
        }, pause)
      })
    },
  })
  server.on('error', () => {})
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!holds()) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
    })
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => {
      sockets.delete(socket)
      for (const look of waiting) look()
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server.server, 'listening')
  const address = server.server.address()
  const bound = typeof address === 'object' && address ? address.port : 0
  return {
    url: `smtp://127.0.0.1:${bound}`,
    recipients,
    pace(ms) {
      pause = ms
    },
    took: (count) => until(() => recipients.length >= count),
    quiet: () => until(() => sockets.size === 0 && inHand === 0),
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
