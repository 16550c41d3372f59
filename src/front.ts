// The web server itself: it listens from the first moment, answers "starting" until the doors stand, and closes in order.
import { createServer, type RequestListener } from 'node:http'

export type Front = {
  /** Where it listens, for this machine. */
  url: string
  /** From now on requests go to the doors. */
  serve: (listener: RequestListener) => void
  /** Takes no more requests, lets those that run end (for at most two seconds); safe to call twice. */
  close: () => Promise<void>
}

/** The port is taken, or may not be used; the message says what to do. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken'
}

/** How long running requests may take to end when the app stops, in ms. */
const GRACE = 2_000

/** Begins to listen. Throws PortTaken. */
export async function openFront({ port, host }: { port: number; host: string | undefined }): Promise<Front> {
  let serve: RequestListener = starting
  const server = createServer((request, response) => serve(request, response))
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(inWords(error, port)))
    server.listen({ port, host }, resolve)
  })
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  let closing: Promise<void> | undefined
  return {
    url: `http://127.0.0.1:${bound}`,
    serve: (listener) => {
      serve = listener
    },
    close: () => {
      closing ??= new Promise<void>((resolve) => {
        const impatience = setTimeout(() => server.closeAllConnections(), GRACE)
        server.close(() => {
          clearTimeout(impatience)
          resolve()
        })
        server.closeIdleConnections()
      })
      return closing
    },
  }
}

const starting: RequestListener = (request, response) => {
  const isAlive = request.url === '/healthz'
  response.writeHead(isAlive ? 200 : 503, { 'Content-Type': 'text/plain; charset=utf-8', 'Retry-After': '2' })
  response.end(isAlive ? 'alive\n' : 'Usher is starting. Try again in a moment.\n')
}

function inWords(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new PortTaken(
      `Port ${port} is taken, perhaps by an Usher that runs already. Stop that program, or give this one another port: PORT=${port + 1} npm start`,
      { cause: error },
    )
  }
  if (error.code === 'EACCES') {
    return new PortTaken(`Port ${port} may not be used by this user. Take one from 1024 on: PORT=3000 npm start`, {
      cause: error,
    })
  }
  return error
}
