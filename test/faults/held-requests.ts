// Requests that are begun and not ended, written by hand: no client of HTTP would send them.
import { connect } from 'node:net'
import { until } from '../journeys/acts.ts'

export type Held = {
  /** What was answered so far. */
  answer(): string
  isOpen(): boolean
  /** Sends more of the body; resolves when the system has taken it, or nobody is there to take it. */
  more(part: string | Buffer): Promise<void>
  /** Resolves with the whole answer, once `pattern` is in it; throws when the connection ends without. */
  answered(pattern: RegExp): Promise<string>
  drop(): void
}

/** Opens a connection and says nothing. */
export function beginIdle(port: number) {
  const socket = connect(port, '127.0.0.1')
  let isOpen = true
  socket.on('error', () => {})
  socket.on('end', () => socket.end())
  socket.on('close', () => {
    isOpen = false
  })
  const opened = new Promise<void>((resolve) => socket.once('connect', () => resolve()))
  // Without a reader its end would not be seen.
  socket.resume()
  return { opened, isOpen: () => isOpen, drop: () => socket.destroy() }
}

/** Sends the head of a POST request; `headers` as lines. */
export function beginRequest(port: number, path: string, headers: string[]): Held {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  let isOpen = true
  socket.on('data', (part) => {
    text += part.toString()
  })
  socket.on('error', () => {})
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      isOpen = false
      resolve()
    })
  })
  socket.write([`POST ${path} HTTP/1.1`, 'Host: usher', ...headers, '', ''].join('\r\n'))
  return {
    answer: () => text,
    isOpen: () => isOpen,
    more: (part) => Promise.race([closed, new Promise<void>((resolve) => socket.write(part, () => resolve()))]),
    answered: (pattern) =>
      until(async () => {
        if (pattern.test(text)) return text
        throw new Error(`${pattern} was not answered, but (${isOpen ? 'open' : 'closed'}): ${text}`)
      }),
    drop: () => socket.destroy(),
  }
}
