// An address in front of a server that can be shut, opened again, or left open while nothing passes through it.
import { connect, createServer, type Server, type Socket } from 'node:net'

export type Door = {
  port: number
  /** Cuts every connection; new ones are refused. */
  shut(): Promise<void>
  open(): Promise<void>
  /** What is under way is never answered: as when a cable is pulled. Connections made after `open` are well. */
  freeze(): void
}

/** Opens a door on a free port of 127.0.0.1 to a server on another. */
export async function openDoor(behindPort: number): Promise<Door> {
  let sockets: { socket: Socket; frozen: boolean }[] = []
  let isFrozen = false
  let port = 0
  let server: Server | undefined

  function pass(socket: Socket): void {
    const pair = { socket, frozen: isFrozen }
    sockets.push(pair)
    const behind = connect(behindPort, '127.0.0.1')
    for (const [from, to] of [[socket, behind] as const, [behind, socket] as const]) {
      from.on('data', (chunk) => pair.frozen || to.write(chunk))
      from.on('close', () => pair.frozen || to.destroy())
      from.on('error', () => {})
    }
  }
  const door = {
    get port() {
      return port
    },
    async open() {
      isFrozen = false
      if (server) return
      const opened = createServer(pass)
      await new Promise<void>((resolve, reject) => {
        opened.once('error', reject)
        opened.listen(port, '127.0.0.1', resolve)
      })
      const address = opened.address()
      if (typeof address === 'object' && address) port = address.port
      server = opened
    },
    async shut() {
      for (const pair of sockets) pair.socket.destroy()
      sockets = []
      const closing = server
      server = undefined
      if (closing) await new Promise((resolve) => closing.close(resolve))
    },
    freeze() {
      isFrozen = true
      for (const pair of sockets) pair.frozen = true
    },
  }
  await door.open()
  return door
}
