// SECURITY 29: a database that is not there at the start, comes later, refuses, hangs, or only reads.
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DatabaseUnreachable, openDatabase } from '../../src/database/index.ts'
import { createDatabase, silentLog } from '../setup/database.ts'

let database: Awaited<ReturnType<typeof createDatabase>>
const servers: Server[] = []

beforeEach(async () => {
  database = await createDatabase()
})
afterEach(async () => {
  for (const server of servers.splice(0)) server.close()
  await database.drop()
})

/** A door to the database that can be shut: an address of its own, behind which connections stop going anywhere. */
async function openDoor(port = 0) {
  const target = new URL(database.url)
  const behindPort = Number(target.port)
  const sockets: Socket[] = []
  let frozen = false
  const server = createServer((socket) => {
    const behind = connect(behindPort, target.hostname)
    sockets.push(socket, behind)
    for (const [from, to] of [[socket, behind] as const, [behind, socket] as const]) {
      from.on('data', (chunk) => frozen || to.write(chunk))
      from.on('close', () => to.destroy())
      from.on('error', () => {})
    }
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.address()
  target.port = String(typeof address === 'object' && address ? address.port : 0)
  return {
    url: target.href,
    port: Number(target.port),
    freeze: () => {
      frozen = true
    },
    async shut() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const open = (url: string, waitMs: number) => openDatabase({ url, dataDir: '', log: silentLog, waitMs })

test('it is waited for, and opened when it comes', async () => {
  const door = await openDoor()
  await door.shut()
  const opening = open(door.url, 10_000)
  setTimeout(() => openDoor(door.port), 500)
  const db = await opening
  await db.ping()
  await db.close()
})

test('after the wait it is said in words that hold no password', async () => {
  const door = await openDoor()
  await door.shut()
  const { password } = new URL(database.url)
  const refusal = await open(door.url, 300).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(DatabaseUnreachable)
  expect(String(refusal)).toMatch(
    /The database at 127\.0\.0\.1:\d+\/\w+ cannot be reached after 0 seconds: .*ECONNREFUSED/,
  )
  expect(String(refusal)).not.toContain(password)
})

test('a wrong password or name is said at once: waiting would not help', async () => {
  const wrongPassword = new URL(database.url)
  wrongPassword.password = 'wrong'
  await expect(open(wrongPassword.href, 30_000)).rejects.toThrow(/password authentication failed/)
  const wrongName = new URL(database.url)
  wrongName.pathname = '/nowhere'
  await expect(open(wrongName.href, 30_000)).rejects.toThrow(/database "nowhere" does not exist/)
  await expect(open('postgresql://', 200)).rejects.toThrow(DatabaseUnreachable)
})

test('it goes away in the middle and comes back: asked again, it answers, without a restart', async () => {
  const door = await openDoor()
  const db = await open(door.url, 1_000)
  await db.ping()
  await door.shut()
  await expect(db.ping()).rejects.toThrow(DatabaseUnreachable)
  await expect(db.prisma.organisation.count()).rejects.toThrow()
  await expect(db.inTransaction((tx) => tx.organisation.count())).rejects.toThrow()
  await openDoor(door.port)
  await db.ping()
  expect(await db.prisma.organisation.count()).toBe(0)
  await db.close()
})

test('a database that hangs is told from one that answers', async () => {
  const door = await openDoor()
  const db = await open(door.url, 1_000)
  await db.ping()
  door.freeze()
  await expect(db.ping()).rejects.toThrow(/did not answer within 2 seconds/)
  await door.shut()
  await db.close()
})

test('a database that only reads is not ready', async () => {
  const reading = new URL(database.url)
  reading.searchParams.set('options', '-c default_transaction_read_only=on')
  const db = await open(reading.href, 1_000)
  await expect(db.ping()).rejects.toThrow(/read-only/)
  await db.close()
})
