// A mail that comes back in the sandbox: by a press on the page, or by an address that never takes any.
import { createServer, type Server } from 'node:http'
import { createTransport } from 'nodemailer'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readBounce } from '../../src/delivery/index.ts'
import { createMailbox, type Mailbox } from '../../src/sandbox/mailbox/mailbox.ts'
import { ID, INVITATION } from './samples.ts'

const SENDER = 'bounces@northwind.example'

let mailbox: Mailbox
let server: Server
let url = ''
beforeEach(async () => {
  mailbox = await createMailbox({ log: { info() {}, error() {} } })
  server = createServer((req, res) => {
    if (!mailbox.handleClient(req, res)) res.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}/api/mail`
})
afterEach(async () => {
  await mailbox.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

async function send(to: string): Promise<void> {
  const transport = createTransport({ url: mailbox.smtpUrl })
  const text = 'Open http://localhost/join/secret'
  await transport.sendMail({ from: SENDER, to, subject: 'Join us', text, messageId: ID })
  transport.close()
}

it('comes back as a bounce of its own, without its text, and is read as one', async () => {
  await send('ana@example.org')
  const [mail] = mailbox.messages

  const answer = await fetch(`${url}/${mail?.id}/bounce/full`, { method: 'POST' })

  expect(answer.status).toBe(200)
  const comeback = mailbox.messages[1]
  expect(comeback?.envelope).toEqual({ from: '', to: [SENDER] })
  expect(comeback?.raw).not.toContain('/join/')
  expect(await readBounce(Buffer.from(comeback?.raw ?? ''))).toMatchObject({
    kind: 'bounce',
    bounces: [{ invitationId: INVITATION, action: 'failed', problem: 'The mailbox is full (552 5.2.2).' }],
  })
})

it.each([
  ['bounce@example.org', 'failed', 'The mail server of example.org does not know this address (550 5.1.1).'],
  ['full+x@example.org', 'failed', 'The mailbox is full (552 5.2.2).'],
  [
    'delayed@example.org',
    'delayed',
    'The mail server of example.org has not taken the message yet; it is tried again (451 4.4.1).',
  ],
])('to %s comes back by itself', async (to, action, problem) => {
  await send(to)

  expect(await readBounce(Buffer.from(mailbox.messages[1]?.raw ?? ''))).toMatchObject({
    bounces: [{ action, problem }],
  })
})

it('to bounced@, and a bounce itself, do not', async () => {
  await send('bounced@example.org')
  await send('bounce@example.org')
  const comeback = mailbox.messages.findLast(({ envelope }) => envelope.from === '')
  await mailbox.bounce(comeback?.id ?? '', 'unknown')

  expect(mailbox.messages).toHaveLength(3)
})

it('is let back by pages of this machine alone, and only where it is there', async () => {
  await send('ana@example.org')
  const path = `${url}/${mailbox.messages[0]?.id}/bounce/unknown`

  expect((await fetch(path, { method: 'POST', headers: { origin: 'https://evil.example' } })).status).toBe(403)
  expect((await fetch(path)).status).toBe(404)
  expect((await fetch(path.replace('unknown', 'gently'), { method: 'POST' })).status).toBe(405)
  expect((await fetch(`${url}/no-such-mail/bounce/unknown`, { method: 'POST' })).status).toBe(404)
  expect(mailbox.messages).toHaveLength(1)
})
