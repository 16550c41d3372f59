// The web server itself: it listens from the first moment, answers "starting" until the doors stand, and closes in order.
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { countByTheMinute } from './by-the-minute.ts'
import type { Log } from './collaborators.ts'
import { boundUnfinishedRequests } from './unfinished-requests.ts'

export type Front = {
  /** Where it listens, for this machine. */
  url: string
  /** From now on requests go to the doors. */
  serve: (listener: RequestListener) => void
  /** The request has shown a known token: while its body arrives, it isn't ended to make room for those without one. */
  vouchFor: (request: IncomingMessage) => void
  /** Takes no more requests, lets those that run end (for at most two seconds); safe to call twice. */
  close: () => Promise<void>
}

/** The port is taken, or may not be used; the message says what to do. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken'
}

/** How long running requests may take to end when the app stops, in ms. */
const GRACE = 2_000

/** A request has 30 seconds to arrive as a whole (Node: five minutes), 15 of them for its headers. Checked every 5. */
const TIMES = { requestTimeout: 30_000, headersTimeout: 15_000, connectionsCheckingInterval: 5_000 }
/** More are refused. Slack, proxies and directories keep some dozens open. */
const MOST_CONNECTIONS = 2_000

/** Begins to listen. Throws PortTaken. */
export async function openFront({
  port,
  host,
  log,
}: {
  port: number
  host: string | undefined
  log: Log
}): Promise<Front> {
  let serve: RequestListener = starting
  const count = countByTheMinute((ended) => log.warn(ended, 'Unfinished requests were ended to make room for others'))
  const unfinished = boundUnfinishedRequests({ onEnded: () => count('ended') })
  const server = createServer(TIMES, (request, response) => {
    unfinished.watch(request, response)
    serve(request, response)
  })
  server.maxConnections = MOST_CONNECTIONS
  server.on('connection', unfinished.admit)
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
    vouchFor: unfinished.vouchFor,
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
