// Which unfinished request has to go when there are too many: on a server of Node's, with a clock that the test sets.
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { type Bounds, boundUnfinishedRequests } from '../../src/unfinished-requests.ts'
import { beginIdle, beginRequest, type Held } from '../faults/held-requests.ts'
import { until } from '../journeys/acts.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** Answers a body with its length; /known has a token, and /refused is answered before its body is read. */
async function start(bounds: Partial<Bounds>) {
  const clock = { now: 0 }
  let ended = 0
  const read: Record<string, number> = {}
  const roomy = { bytes: 1_000_000, bodies: 100 }
  const unfinished = boundUnfinishedRequests({
    bounds: { strangers: roomy, known: roomy, idle: 100, ...bounds },
    onEnded: () => {
      ended += 1
    },
    now: () => clock.now,
  })
  const server = createServer((request, response) => {
    unfinished.watch(request, response)
    const path = request.url ?? ''
    if (path.startsWith('/refused')) return void response.end('refused')
    if (path.startsWith('/known')) unfinished.vouchFor(request)
    take(request, (length) => {
      read[path] = length
    }).then((text) => response.end(`${text.length} in all`))
  })
  server.on('connection', unfinished.admit)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  const begin = (path: string, declared = 100_000) => {
    const held = beginRequest(port, path, [`Content-Length: ${declared}`])
    closing.unshift(() => held.drop())
    return held
  }
  const send = async (held: Held, path: string, bytes: number) => {
    const whole = (read[path] ?? 0) + bytes
    await held.more('a'.repeat(bytes))
    await until(async () => expect(!held.isOpen() || read[path] === whole).toBe(true))
  }
  return { clock, port, begin, send, ended: () => ended }
}

function take(request: IncomingMessage, note: (length: number) => void): Promise<string> {
  let text = ''
  request.on('data', (part) => {
    text += part
    note(text.length)
  })
  note(0)
  return new Promise((resolve) => request.on('end', () => resolve(text)))
}

const isTurnedAway = async (held: Held) => {
  await until(async () => expect(held.isOpen()).toBe(false))
  expect(held.answer()).toMatch(/^HTTP\/1.1 503 .*\r\nRetry-After: 5\r\n/)
}

it('43: of bodies that move, the largest goes where they hold too much', async () => {
  const { begin, send, ended } = await start({ strangers: { bytes: 50_000, bodies: 10 } })
  const [small, large] = [begin('/small', 30_000), begin('/large')]
  await send(small, '/small', 20_000)
  await send(large, '/large', 29_000)
  await send(small, '/small', 1_500)
  await isTurnedAway(large)
  await send(small, '/small', 8_500)
  expect(await small.answered(/in all/)).toMatch(/30000 in all/)
  expect(ended()).toBe(1)
})

it('43: one that has stalled goes before a larger one that moves', async () => {
  const { clock, begin, send } = await start({ strangers: { bytes: 50_000, bodies: 10 } })
  const [stalled, moving] = [begin('/stalled'), begin('/moving', 45_000)]
  await send(stalled, '/stalled', 10_000)
  await send(moving, '/moving', 30_000)
  clock.now = 3_000
  await send(moving, '/moving', 15_000)
  await isTurnedAway(stalled)
  expect(await moving.answered(/in all/)).toMatch(/45000 in all/)
})

it('43: of too many, the one that stood still longest goes, and before it one that is answered', async () => {
  const { clock, begin, send } = await start({ strangers: { bytes: 1_000_000, bodies: 2 } })
  const old = begin('/old')
  await send(old, '/old', 1)
  clock.now = 1
  const young = begin('/young')
  await send(young, '/young', 1)
  clock.now = 2
  await send(old, '/old', 1)
  const refused = begin('/refused')
  await isTurnedAway(young)
  expect(await refused.answered(/refused$/)).toMatch(/^HTTP\/1.1 200/)
  const next = begin('/next')
  await until(async () => expect(refused.isOpen()).toBe(false))
  expect([old.isOpen(), next.isOpen()]).toEqual([true, true])
})

it('43: strangers never push out what has a known token, whose number is bounded for itself', async () => {
  const share = { bytes: 10_000, bodies: 10 }
  const { begin, send } = await start({ strangers: share, known: share })
  const known = begin('/known')
  await send(known, '/known', 9_000)
  const stranger = begin('/stranger')
  await send(stranger, '/stranger', 9_000)
  await send(stranger, '/stranger', 2_000)
  await isTurnedAway(stranger)
  expect(known.isOpen()).toBe(true)
  const another = begin('/known/another')
  await send(another, '/known/another', 2_000)
  await isTurnedAway(known)
  expect(another.isOpen()).toBe(true)
})

it('43: of connections without a request, the oldest goes', async () => {
  const { port, begin, send } = await start({ idle: 2 })
  const working = begin('/working', 10)
  await send(working, '/working', 5)
  const idle: ReturnType<typeof beginIdle>[] = []
  for (let index = 0; index < 3; index += 1) {
    const one = beginIdle(port)
    closing.unshift(one.drop)
    await one.opened
    idle.push(one)
  }
  await until(async () => expect(idle.map((one) => one.isOpen())).toEqual([false, true, true]))
  await send(working, '/working', 5)
  expect(await working.answered(/in all/)).toMatch(/10 in all/)
})

it('43: what follows a body that was answered before its end is the next request', async () => {
  const { begin } = await start({})
  const held = begin('/refused', 50_000)
  await held.answered(/refused$/)
  await held.more('a'.repeat(50_000))
  await held.more('POST /next HTTP/1.1\r\nHost: usher\r\nContent-Length: 3\r\n\r\nabc')
  expect(await held.answered(/in all/)).toMatch(/3 in all/)
})
