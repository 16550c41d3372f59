// Requests whose bodies are still arriving, on every route, and connections without a request: together they may hold
// only so much memory. A genuine body is here within milliseconds; those that are kept open are ended to make room.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

type Most = { bytes: number; bodies: number }
export type Bounds = {
  strangers: Most
  /** Requests with a known token: a flood of strangers doesn't reach them. */
  known: Most
  /** Connections on which no request is under way. */
  idle: number
}
const MB = 1024 * 1024
const usualBounds: Bounds = {
  strangers: { bytes: 8 * MB, bodies: 256 },
  known: { bytes: 16 * MB, bodies: 64 },
  idle: 512,
}

/** A body that hasn't moved for so long goes before those that move, in ms. */
const STALLED = 3_000
const BUSY = 'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'

type Share = { most: Most; open: Set<Body> }
type Body = {
  request: IncomingMessage
  response: ServerResponse
  share: Share
  parts: Buffer[]
  bytes: number
  movedAt: number
}

export type UnfinishedRequests = {
  /** Call with each new connection. */
  admit: (socket: Socket) => void
  /** Call with each request, before anything reads its body. */
  watch: (request: IncomingMessage, response: ServerResponse) => void
  /** Call when a request has shown a known token. */
  vouchFor: (request: IncomingMessage) => void
}

/** `onEnded`: called for each request that was ended to make room. `now`: ms of a clock that only goes forward. */
export function boundUnfinishedRequests({
  bounds = usualBounds,
  onEnded = () => {},
  now = () => performance.now(),
}: {
  bounds?: Bounds
  onEnded?: () => void
  now?: () => number
} = {}): UnfinishedRequests {
  const strangers: Share = { most: bounds.strangers, open: new Set() }
  const known: Share = { most: bounds.known, open: new Set() }
  const bodies = new WeakMap<IncomingMessage, Body>()
  const idle = new Set<Socket>()

  function keepIdle(socket: Socket): void {
    idle.add(socket)
    const [longest] = idle
    if (!longest || idle.size <= bounds.idle) return
    idle.delete(longest)
    longest.destroy()
  }

  function makeRoom({ open, most }: Share): void {
    for (;;) {
      const body = pickSurplus([...open], { most, at: now() })
      if (!body) return
      open.delete(body)
      turnAway(body)
      onEnded()
    }
  }

  function meter(body: Body): void {
    const { request, response, parts } = body
    // Node hands every part to `push`, no matter what reads the body, or whether anything does.
    const push = request.push
    request.push = (part: Buffer | null, ...more) => {
      if (part === null) {
        body.share.open.delete(body)
        parts.length = 0
        return push.call(request, part, ...more)
      }
      body.movedAt = now()
      if (isThrownAway(request)) {
        release(body)
        freeAtOnce(part)
        return true
      }
      parts.push(part)
      body.bytes += part.length
      const wantsMore = push.call(request, part, ...more)
      makeRoom(body.share)
      return wantsMore
    }
    // Before Node's own listener, which would let the rest pass by `push`.
    response.prependOnceListener('finish', () => {
      if (request.complete) return
      release(body)
      request.read(0)
      request.resume()
    })
    request.once('close', () => {
      body.share.open.delete(body)
      release(body)
    })
  }

  return {
    admit(socket) {
      socket.once('close', () => idle.delete(socket))
      keepIdle(socket)
    },
    watch(request, response) {
      const { socket } = request
      idle.delete(socket)
      response.once('close', () => {
        if (!socket.destroyed) keepIdle(socket)
      })
      if (!hasBody(request)) return
      const body: Body = { request, response, share: strangers, parts: [], bytes: 0, movedAt: now() }
      bodies.set(request, body)
      strangers.open.add(body)
      meter(body)
      makeRoom(strangers)
    },
    vouchFor(request) {
      const body = bodies.get(request)
      if (!body?.share.open.delete(body)) return
      body.share = known
      known.open.add(body)
      makeRoom(known)
    },
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

function isThrownAway(request: IncomingMessage): boolean {
  return request.readableFlowing === true && request.listenerCount('data') === 0
}

/** Gives back what a body that will never be whole, or that nobody wants to read, has taken up. */
function release(body: Body): void {
  for (const part of body.parts) freeAtOnce(part)
  body.parts.length = 0
  body.bytes = 0
}

/** Left to the garbage collector, the parts of a flood would pile up to many times the bounds before it comes by. */
function freeAtOnce({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}

/**
 * The body that has to go, if any. If there are too many: an answered one, else the one that has stood still longest. If
 * they hold too much: the one that has stood still longest if it has stalled, else the largest. So a slow body that moves
 * outlives a flood of others, and a small one outlives large ones.
 */
function pickSurplus(open: Body[], { most, at }: { most: Most; at: number }): Body | undefined {
  if (open.length > most.bodies) return open.reduce((one, other) => (lastMove(other) < lastMove(one) ? other : one))
  if (open.reduce((sum, { bytes }) => sum + bytes, 0) <= most.bytes) return undefined
  const holding = open.filter(({ bytes }) => bytes > 0)
  const stillest = holding.reduce((one, other) => (other.movedAt < one.movedAt ? other : one))
  if (at - stillest.movedAt >= STALLED) return stillest
  return holding.reduce((one, other) => (other.bytes > one.bytes ? other : one))
}

function lastMove({ response, movedAt }: Body): number {
  return response.writableEnded ? Number.NEGATIVE_INFINITY : movedAt
}

function turnAway({ request: { socket }, response }: Body): void {
  // As Node ends requests that take too long: what their handlers still write goes nowhere, and is no error.
  if (!response.headersSent) socket.write(BUSY)
  socket.destroy()
}
