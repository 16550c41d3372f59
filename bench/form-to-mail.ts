// From the form that is sent to the mail at the mail server, one at a time on a machine that has nothing else to do.
// Beside it what such a way takes at least: a committed row that notifies a listener, and a ready-made mail.
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTransport } from 'nodemailer'
import { Client } from 'pg'
import type { Figure } from './figure.ts'
import { makeInviters } from './support/inviters.ts'
import { percentile } from './support/percentile.ts'
import { formRequest } from './support/slack-request.ts'
import { type Scene, withUsher } from './support/with-usher.ts'

const MAILS = 100
const WARM_UP = 20
/** Long enough for everything that follows an invitation to be over, in ms. */
const PAUSE = 100
const GIVEN_UP = 20_000

export function run(): Promise<Figure[]> {
  return withUsher(async (scene) => {
    const [hub] = await scene.query<{ id: string }>('SELECT "id" FROM "Hub"')
    const inviterOf = await makeInviters(scene, WARM_UP + MAILS)
    const bare = await openBareWay(scene)
    const socket = connect({ port: scene.port, host: '127.0.0.1', noDelay: true })
    scene.closeLater(() => socket.destroy())
    await once(socket, 'connect')
    socket.resume()
    const times: number[] = []
    const limits: number[] = []
    for (let mail = 0; mail < WARM_UP + MAILS; mail += 1) {
      const email = `ana.${mail}@bench.example`
      const request = formRequest({ email, hubId: hub?.id ?? '', userId: inviterOf(mail) })
      limits.push(await timeOf(scene, bare))
      times.push(await timeOf(scene, () => socket.write(request)))
    }
    return [0.5, 0.99].map((share) => {
      const value = Math.round(percentile(times.slice(WARM_UP), share) * 10) / 10
      const limit = Math.round(percentile(limits.slice(WARM_UP), share) * 10) / 10
      const name = `Form sent to mail at the server, idle, ${share === 0.5 ? 'half' : '99 of 100'} within`
      return { name, value, unit: 'ms', limit, ratio: value / limit, reach: share === 0.5 ? '' : 'at most 50 ms' }
    })
  })
}

async function timeOf({ expectMails }: Scene, send: () => unknown): Promise<number> {
  await sleep(PAUSE)
  const { came } = await expectMails(1)
  const began = performance.now()
  send()
  const outcome = await Promise.race([came, sleep(GIVEN_UP, 'late', { ref: false })])
  if (outcome === 'late') throw new Error('A mail did not come')
  return performance.now() - began
}

async function openBareWay({ databaseUrl, mailPort, query, closeLater }: Scene): Promise<() => unknown> {
  await query('CREATE TABLE bench_row (id int)')
  const transport = createTransport({ host: '127.0.0.1', port: mailPort, ignoreTLS: true, pool: true })
  closeLater(() => transport.close())
  const listener = new Client({ connectionString: databaseUrl })
  await listener.connect()
  closeLater(() => listener.end())
  await listener.query('LISTEN bench')
  const envelope = { from: 'usher@bench.example', to: ['ana@bench.example'] }
  const raw = `From: usher@bench.example\r\nTo: ana@bench.example\r\n\r\n${'A line.\r\n'.repeat(300)}`
  listener.on('notification', () => transport.sendMail({ raw, envelope }))
  return () => query(`WITH row AS (INSERT INTO bench_row VALUES (1)) SELECT pg_notify('bench', '')`)
}
