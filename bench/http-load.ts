// A visitor without a browser, in a process of its own: sends requests over connections that are kept, one after
// another on each, and counts. It speaks HTTP by itself, so that it takes as little of the machine as it can.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** Each journey is a list of whole requests; each request must be answered with the status that it expects. */
export type Load = {
  port: number
  connections: number
  journeys: { request: string; status: number }[][]
  /** So many journeys at the beginning are not counted. */
  warmUp?: number
  /** All connections begin at once, and again so many ms after the last of them ended. */
  burstsEvery?: number
}

/** Journeys a second, and how long one takes from its first byte to its last, in milliseconds. */
export type LoadResult = { perSecond: number; p50: number; p99: number }

const self = fileURLToPath(import.meta.url)

/** Sends the load from a new process. Throws when any answer has another status than it should. */
export async function sendLoad(load: Load): Promise<LoadResult> {
  const child = fork(self, ['--visit'])
  child.send(load)
  const [result] = await Promise.race([once(child, 'message'), once(child, 'exit')])
  child.disconnect()
  if (typeof result !== 'object' || result === null) throw new Error('The load was not sent to its end')
  if ('problem' in result) throw new Error(String(result.problem))
  return result
}

/** A whole request, as it goes over the wire. */
export function httpRequest(method: 'GET' | 'POST', path: string, form?: Record<string, string>): string {
  const head = `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nAccept-Language: en\r\n`
  if (!form) return `${head}\r\n`
  const body = new URLSearchParams(form).toString()
  return `${head}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}

async function visit({ port, connections, journeys, warmUp = 0, burstsEvery }: Load): Promise<LoadResult> {
  const times: number[] = []
  let next = 0
  let began = performance.now()
  const lanes = Array.from({ length: connections }, () => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    return { socket, answers: statusesOf(socket) }
  })
  async function goOnce({ socket, answers }: (typeof lanes)[number]): Promise<void> {
    if (next === warmUp) began = performance.now()
    const isCounted = next >= warmUp
    const journey = journeys[next++] ?? []
    const started = performance.now()
    for (const { request, status } of journey) {
      socket.write(request)
      const { value } = await answers.next()
      if (value !== status) throw new Error(`Answered with ${value}, not ${status}`)
    }
    if (isCounted) times.push(performance.now() - started)
  }
  async function goOn(lane: (typeof lanes)[number]): Promise<void> {
    while (next < journeys.length) await goOnce(lane)
  }
  if (burstsEvery === undefined) await Promise.all(lanes.map(goOn))
  else {
    while (next < journeys.length) {
      await Promise.all(lanes.map(goOnce))
      await sleep(burstsEvery)
    }
  }
  const seconds = (performance.now() - began) / 1_000
  for (const { socket } of lanes) socket.destroy()
  times.sort((a, b) => a - b)
  const at = (share: number) => Math.round((times[Math.floor(times.length * share)] ?? 0) * 10) / 10
  return { perSecond: Math.round(times.length / seconds), p50: at(0.5), p99: at(0.99) }
}

async function* statusesOf(socket: Socket): AsyncGenerator<number> {
  let text = ''
  for await (const part of socket) {
    text += part.toString('latin1')
    const end = endOfAnswer(text)
    if (end === undefined) continue
    yield Number(text.slice(9, 12))
    text = text.slice(end)
  }
}

/** Where the first answer ends; undefined while it has not come whole. */
function endOfAnswer(text: string): number | undefined {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd === -1) return undefined
  const head = text.slice(0, headEnd)
  if (/\r\ntransfer-encoding: chunked/i.test(head)) {
    const lastChunk = text.indexOf('\r\n0\r\n\r\n', headEnd + 2)
    return lastChunk === -1 ? undefined : lastChunk + 7
  }
  const end = headEnd + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? '0')
  return text.length < end ? undefined : end
}

if (process.argv.includes('--visit')) {
  process.once('message', (load: Load) => {
    visit(load).then(
      (result) => process.send?.(result),
      (error) => process.send?.({ problem: String(error) }),
    )
  })
}
