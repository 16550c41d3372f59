// Opening a sign-up page, beside a bare node:http server that sends the same bytes and does nothing else.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Figure } from './figure.ts'
import { httpRequest, type LoadResult, sendLoad } from './http-load.ts'
import { openWebApp } from './open-web-app.ts'

const PAGES = 15_000
const LINKS = 2_000
const CONNECTIONS = 8

export async function run(): Promise<Figure[]> {
  const app = await openWebApp(LINKS)
  try {
    const paths = Array.from({ length: PAGES }, (_, index) => `/join/${app.tokens[index % LINKS]}`)
    const page = await fetch(`http://127.0.0.1:${app.port}${paths[0]}`)
    const bare = await measureBare(Buffer.from(await page.arrayBuffer()), paths)
    // Once to warm up.
    await open(app.port, paths.slice(0, 3_000))
    const { perSecond, p99 } = await open(app.port, paths)
    const limit = bare.perSecond
    const name = 'Opening a sign-up page'
    return [
      { name, value: perSecond, unit: '/s', limit, ratio: perSecond / limit, reach: '3,000 a second' },
      { name: `${name}, 99 of 100 within`, value: p99, unit: 'ms', limit: bare.p99, reach: 'at most 20 ms' },
    ]
  } finally {
    await app.close()
  }
}

function open(port: number, paths: string[]): Promise<LoadResult> {
  const journeys = paths.map((path) => [{ request: httpRequest('GET', path), status: 200 }])
  return sendLoad({ port, connections: CONNECTIONS, journeys })
}

async function measureBare(body: Buffer, paths: string[]): Promise<LoadResult> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': body.length })
    response.end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  try {
    return await open(port, paths)
  } finally {
    server.close()
    server.closeAllConnections()
  }
}
