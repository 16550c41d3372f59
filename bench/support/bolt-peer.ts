// What the ack is measured beside: Bolt with one handler that does nothing but acknowledge, or that first writes one
// row. Arguments: the address of the database for the row; none for the empty handler.
import { App, ExpressReceiver } from '@slack/bolt'
import { Pool } from 'pg'
import { SIGNING_SECRET } from './slack-request.ts'

const [url] = process.argv.slice(2)
const pool = url ? new Pool({ connectionString: url, max: 10 }) : undefined
await pool?.query('CREATE TABLE IF NOT EXISTS bench_receipt (key text PRIMARY KEY, at timestamptz NOT NULL)')

const receiver = new ExpressReceiver({ signingSecret: SIGNING_SECRET })
const app = new App({ receiver, convoStore: false, authorize: async () => ({ botToken: 'xoxb-bench' }) })
app.command('/invites', async ({ ack, body }) => {
  await pool?.query({
    name: 'receipt',
    text: 'INSERT INTO bench_receipt (key, at) VALUES ($1, now())',
    values: [body.trigger_id],
  })
  await ack()
})
const server = await app.start({ port: 0, host: '127.0.0.1' })
const address = server.address()
if (address !== null && typeof address === 'object') process.send?.({ port: address.port })
process.on('disconnect', () => process.exit(0))
