// The sandbox's mailbox and phone: what the app sends arrives as it is, and what tests ask for goes wrong.
import { createServer, request, type Server } from 'node:http'
import { createTransport, type SendMailOptions } from 'nodemailer'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMailbox, type Mailbox } from '../../src/sandbox/mailbox/mailbox.ts'
import { createPhone, type Phone } from '../../src/sandbox/phone/phone.ts'

const mail: SendMailOptions = {
  from: '"Northwind Trading" <invitations@northwind.example>',
  to: 'ana@example.org',
  subject: 'Приглашение: you are invited',
  text: 'Open http://localhost/join/abc',
  html: '<html><head></head><body><a href="http://localhost/join/abc">Join</a></body></html>',
  messageId: '<inv-1.1@northwind.example>',
}

describe('the mailbox and the phone', () => {
  let mailbox: Mailbox
  let phone: Phone
  let server: Server
  let port: number

  beforeEach(async () => {
    mailbox = await createMailbox({ log: { info() {}, error() {} } })
    phone = createPhone()
    server = createServer((req, res) => {
      if (!mailbox.handleClient(req, res) && !phone.handleClient(req, res)) res.writeHead(404).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    port = address !== null && typeof address === 'object' ? address.port : 0
  })

  afterEach(async () => {
    await mailbox.close()
    await phone.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  /** `patience`: how long an answer is waited for, in ms; short where none will come. */
  function send(options: SendMailOptions = mail, patience = 60_000) {
    const transport = createTransport({ url: mailbox.smtpUrl, greetingTimeout: patience, socketTimeout: patience })
    return transport.sendMail(options).finally(() => transport.close())
  }

  function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
    return new Promise<{ status: number; body: string; headers: Record<string, unknown> }>((resolve, reject) => {
      const call = request({ port, host: '127.0.0.1', path, method, headers }, (res) => {
        let body = ''
        res.on('data', (chunk) => {
          body += chunk
        })
        res.on('end', () => resolve({ status: res.statusCode ?? 0, body, headers: res.headers }))
      })
      call.on('error', reject)
      call.end()
    })
  }

  it('keeps a mail with its envelope, its headers, its HTML and its plain text', async () => {
    await send()

    const [kept] = mailbox.messages
    expect(kept).toMatchObject({
      envelope: { from: 'invitations@northwind.example', to: ['ana@example.org'] },
      to: ['ana@example.org'],
      subject: 'Приглашение: you are invited',
      messageId: '<inv-1.1@northwind.example>',
      text: 'Open http://localhost/join/abc',
    })
    expect(kept?.html).toContain('<a href="http://localhost/join/abc">Join</a>')
    expect(kept?.headers.map(({ name }) => name)).toContain('Message-ID')
  })

  it('lets one wait for a mail, and takes one that is already there', async () => {
    const coming = mailbox.waitFor(({ to }) => to.includes('ana@example.org'))

    await send()

    await expect(coming).resolves.toMatchObject({ subject: 'Приглашение: you are invited' })
    await expect(mailbox.waitFor(({ to }) => to.includes('ana@example.org'))).resolves.toBe(await coming)
  })

  it('says what came instead when a mail does not come', async () => {
    await send()

    const waiting = mailbox.waitFor(({ to }) => to.includes('bob@example.org'), { limitMs: 20 })

    await expect(waiting).rejects.toThrow(/No mail .* 20 ms.*\n.*to ana@example.org: Приглашение/)
  })

  it('keeps the newest 500', async () => {
    const transport = createTransport({ url: mailbox.smtpUrl, pool: true, maxConnections: 5, maxMessages: Infinity })
    const numbers = Array.from({ length: 505 }, (_, index) => index)

    await Promise.all(numbers.map((index) => transport.sendMail({ ...mail, html: '', subject: `Mail ${index}` })))
    transport.close()

    expect(mailbox.messages).toHaveLength(500)
  })

  it('refuses the greeting, a recipient or the body as asked, as often as asked, and then works again', async () => {
    mailbox.faults.next('connect', { code: 421, text: 'Busy, come later' })
    await expect(send()).rejects.toMatchObject({ responseCode: 421 })

    mailbox.faults.next('rcpt', { code: 550, text: 'No such person' })
    await expect(send()).rejects.toMatchObject({ responseCode: 550, command: 'RCPT TO' })

    mailbox.faults.next('data', { code: 451, text: 'Try again' })
    mailbox.faults.next('data', { code: 554, text: 'Refused' }, { times: 2 })
    await expect(send()).rejects.toMatchObject({ responseCode: 451, command: 'DATA' })
    await expect(send()).rejects.toMatchObject({ responseCode: 554 })
    await expect(send()).rejects.toMatchObject({ responseCode: 554 })

    expect(mailbox.messages).toHaveLength(0)
    await send()
    expect(mailbox.messages).toHaveLength(1)
    expect(mailbox.faults.happened).toMatchObject({ connect: 1, rcpt: 1, data: 3, 'after-body': 0 })
  })

  it('refuses one of two recipients and takes the mail for the other', async () => {
    mailbox.faults.next('rcpt', { code: 550, text: 'No such person' })

    const sent = await send({ ...mail, to: ['ana@example.org', 'bob@example.org'] })

    expect(sent.rejected).toEqual(['ana@example.org'])
    expect(mailbox.messages[0]?.envelope.to).toEqual(['bob@example.org'])
  })

  it('cuts the connection or does not answer after the body: the mail is there, the sender cannot know', async () => {
    mailbox.faults.next('after-body', 'drop')
    await expect(send()).rejects.toThrow()
    expect(mailbox.messages).toHaveLength(1)

    mailbox.faults.next('after-body', 'hang')
    await expect(send(mail, 2_000)).rejects.toThrow(/imeout/)
    expect(mailbox.messages).toHaveLength(2)
  })

  it('cuts the connection or does not answer at the greeting and during the body: there is no mail', async () => {
    for (const stage of ['connect', 'data'] as const) {
      for (const fault of ['drop', 'hang'] as const) {
        mailbox.faults.next(stage, fault)
        await expect(send(mail, 1_000)).rejects.toThrow()
      }
    }

    expect(mailbox.messages).toHaveLength(0)
  })

  it('fails until it is told to stop', async () => {
    mailbox.faults.next('connect', { code: 421, text: 'Down' }, { times: Number.POSITIVE_INFINITY })
    await expect(send()).rejects.toMatchObject({ responseCode: 421 })
    await expect(send()).rejects.toMatchObject({ responseCode: 421 })

    mailbox.faults.clear()

    await expect(send()).resolves.toBeDefined()
  })

  it('lists the mails newest first and shows one, with links that open elsewhere and no script', async () => {
    await send()
    await send({ ...mail, subject: 'The second' })

    const list = JSON.parse((await ask('/api/mail')).body)
    const html = await ask(`/api/mail/${list.messages[0].id}/html`)

    expect(list.messages.map((entry: { subject: string }) => entry.subject)).toEqual(['The second', mail.subject])
    expect(JSON.parse((await ask(`/api/mail/${list.messages[0].id}`)).body)).toMatchObject({ subject: 'The second' })
    expect(html.body).toContain('<head><base target="_blank"></head>')
    expect(html.headers['content-security-policy']).toMatch(/default-src 'none'.*sandbox allow-popups/)
    expect((await ask('/api/mail/unknown')).status).toBe(404)
    expect((await ask('/api/mail', {}, 'DELETE')).status).toBe(405)
  })

  it('shows neither mails nor text messages to pages of other sites', async () => {
    for (const path of ['/api/mail', '/api/mail/stream', '/api/phone', '/api/phone/stream']) {
      expect((await ask(path, { host: 'evil.example' })).status).toBe(403)
      expect((await ask(path, { origin: 'https://evil.example' })).status).toBe(403)
      expect((await ask(path, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    }
  })

  it('tells the page of a new mail and a new text message at once', async () => {
    const seen = (path: string) =>
      new Promise<string>((resolve, reject) => {
        request({ port, host: '127.0.0.1', path }, (res) => {
          let text = ''
          res.on('data', (chunk) => {
            text += chunk
            if (text.includes('event: message')) resolve(text)
          })
          res.once('data', () => (path.includes('mail') ? send().catch(reject) : phone.receive(textMessage)))
        }).end()
      })
    const textMessage = { from: '+15550100', to: '+79051111111', body: 'Your code is 123456' }

    expect(await seen('/api/mail/stream')).toContain('"subject":"Приглашение: you are invited"')
    expect(await seen('/api/phone/stream')).toContain('Your code is 123456')
    await expect(phone.waitFor(({ to }) => to === '+79051111111')).resolves.toMatchObject(textMessage)
  })

  it('has no text messages at first', async () => {
    expect(JSON.parse((await ask('/api/phone')).body)).toEqual({ messages: [] })
  })
})
