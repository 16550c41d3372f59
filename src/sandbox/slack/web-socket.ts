// The server's side of a WebSocket (RFC 6455), as far as Socket Mode needs it: text both ways, pings answered, closing.
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

export interface WebSocketConnection {
  send(text: string): void
  /** Says goodbye and waits for the other side's. */
  close(): void
  /** Cuts the line. */
  terminate(): void
}

export interface WebSocketListener {
  message(text: string): void
  /** Once, however it ended. */
  closed(): void
}

const handshakeSuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const largest = 4 * 1024 * 1024
const opcodes = { continuation: 0, text: 1, close: 8, ping: 9, pong: 10 }

interface Frame {
  isLast: boolean
  opcode: number
  payload: Buffer
}

/** Accepts an upgrade to a WebSocket. Gives undefined, with the request refused, when it is none. */
export function acceptWebSocket(
  { request, socket, head }: { request: IncomingMessage; socket: Duplex; head: Buffer },
  listener: WebSocketListener,
): WebSocketConnection | undefined {
  const key = request.headers['sec-websocket-key']
  if (request.headers.upgrade?.toLowerCase() !== 'websocket' || !key) {
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
    return undefined
  }
  const accept = createHash('sha1').update(`${key}${handshakeSuffix}`).digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  )
  let isClosing = false
  const write = (opcode: number, payload: Buffer) => {
    if (!socket.destroyed && !socket.writableEnded) socket.write(frameOf(opcode, payload))
  }
  const close = (payload: Buffer = Buffer.from([0x03, 0xe8])) => {
    if (isClosing) return
    isClosing = true
    write(opcodes.close, payload)
  }

  let unread: Buffer = head
  let parts: Buffer[] = []
  const take = ({ isLast, opcode, payload }: Frame) => {
    if (opcode === opcodes.ping) write(opcodes.pong, payload)
    else if (opcode === opcodes.close) {
      close(payload)
      socket.end()
    } else if (opcode === opcodes.text || opcode === opcodes.continuation) {
      parts.push(payload)
      if (!isLast) return
      const text = Buffer.concat(parts).toString('utf8')
      parts = []
      listener.message(text)
    }
  }
  const read = () => {
    for (;;) {
      const found = readFrame(unread)
      if (found === undefined) return
      unread = unread.subarray(found.length)
      take(found.frame)
    }
  }
  socket.on('data', (chunk: Buffer) => {
    unread = Buffer.concat([unread, chunk])
    if (unread.length > largest) socket.destroy()
    else read()
  })
  // "close" follows.
  socket.on('error', () => {})
  socket.once('end', () => socket.end())
  socket.once('close', () => listener.closed())
  read()
  return {
    send: (text) => write(opcodes.text, Buffer.from(text)),
    close: () => close(),
    terminate: () => socket.destroy(),
  }
}

/** The first whole frame and how many bytes it took; undefined while it is not all there. */
function readFrame(bytes: Buffer): { frame: Frame; length: number } | undefined {
  if (bytes.length < 2) return undefined
  const first = bytes.readUInt8(0)
  const second = bytes.readUInt8(1)
  const short = second & 0x7f
  const start = short < 126 ? 2 : short === 126 ? 4 : 10
  if (bytes.length < start) return undefined
  const size = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  // A client masks everything that it sends.
  const isMasked = (second & 0x80) !== 0
  const body = start + (isMasked ? 4 : 0)
  if (bytes.length < body + size) return undefined
  const payload = Buffer.from(bytes.subarray(body, body + size))
  if (isMasked) {
    const mask = bytes.subarray(start, body)
    for (let index = 0; index < size; index += 1) payload[index] = (payload[index] ?? 0) ^ (mask[index % 4] ?? 0)
  }
  return { frame: { isLast: (first & 0x80) !== 0, opcode: first & 0x0f, payload }, length: body + size }
}

function frameOf(opcode: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10)
  head.writeUInt8(0x80 | opcode, 0)
  head.writeUInt8(payload.length < 126 ? payload.length : payload.length < 65_536 ? 126 : 127, 1)
  if (head.length === 4) head.writeUInt16BE(payload.length, 2)
  if (head.length === 10) head.writeBigUInt64BE(BigInt(payload.length), 2)
  return Buffer.concat([head, payload])
}
