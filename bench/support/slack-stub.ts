// Slack's Web API in a process of its own, as cheap as one can be: everything succeeds. It counts the calls of each
// method, and answers a method's name on its IPC channel with that count. Its file host has CSV files of any size:
// /files-pri/<rows>/<bytes of a row>/<prefix>.
import { createServer } from 'node:http'
import { TEAM_ID, USER_ID } from './slack-request.ts'

const user = { id: USER_ID, name: 'ada', is_owner: true, is_admin: true, profile: { real_name: 'Ada Lovelace' } }
const answers: Record<string, object> = {
  'auth.test': { team_id: TEAM_ID, team: 'Northwind Trading', user_id: 'U0BOT', bot_id: 'B0BOT' },
  'users.info': { user },
  'views.open': { view: { id: 'V0FORM' } },
  'views.update': { view: { id: 'V0FORM' } },
}
const bodies = new Map(Object.entries(answers).map(([method, answer]) => [method, bodyOf(answer)]))
const other = bodyOf({ channel: 'D0ADA', ts: '1.1', message_ts: '1.1' })
const counts = new Map<string, number>()

function bodyOf(answer: object): Buffer {
  return Buffer.from(JSON.stringify({ ok: true, ...answer }))
}

function fileOf(path: string): Buffer {
  const [, , rows, bytes, prefix] = path.split('/')
  const lines = Array.from({ length: Number(rows) }, (_, at) => {
    const line = `${prefix}${at}@bench.example,Ana ${at},Diaz,,`
    return line.padEnd(Number(bytes) - 1, 'x')
  })
  return Buffer.from(`email,first name,last name,mobile,remarks\n${lines.join('\n')}\n`)
}

const server = createServer((request, response) => {
  if (request.url?.startsWith('/files-pri/')) {
    response.writeHead(200, { 'Content-Type': 'text/csv' }).end(fileOf(request.url))
    return
  }
  const method = request.url?.split('/').at(-1) ?? ''
  request.resume()
  request.once('end', () => {
    counts.set(method, (counts.get(method) ?? 0) + 1)
    const body = bodies.get(method) ?? other
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length })
    response.end(body)
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') process.send?.({ port: address.port })
})
process.on('message', ({ method }: { method: string }) => process.send?.(counts.get(method) ?? 0))
process.on('disconnect', () => process.exit(0))
