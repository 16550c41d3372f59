// What the mail servers of the world send back, and what enemies do, read: src/delivery/bounces.
import { describe, expect, it } from 'vitest'
import { createBounceReader, MOST_READ, readBounce } from '../../src/delivery/index.ts'
import * as samples from './samples.ts'

const { INVITATION, ID, crlf, dsn, report } = samples

const read = (message: string | Buffer) => readBounce(Buffer.from(message))

async function bounceIn(message: string | Buffer) {
  const reading = await read(message)
  if (reading.kind !== 'bounce') throw new Error(`it was read as ${reading.kind}`)
  const [bounce, ...more] = reading.bounces
  if (!bounce || more.length > 0) throw new Error(`${reading.bounces.length} recipients`)
  return bounce
}

const failed = (...fields: string[]) =>
  dsn(['Reporting-MTA: dns; x', '', 'Final-Recipient: rfc822; ana@example.org', 'Action: failed', ...fields])

describe('a bounce', () => {
  it.each([
    ['Postfix', samples.postfix, 'failed', 'The mail server of example.org does not know this address (550 5.1.1).'],
    [
      'Postfix, after days',
      samples.postfixExpired,
      'failed',
      'The mail server of example.org could not be reached in time (4.4.1).',
    ],
    [
      'Postfix, meanwhile',
      samples.postfixDelayed,
      'delayed',
      'The mail server of example.org has not taken the message yet; it is tried again (4.4.1).',
    ],
    ['Gmail', samples.gmail, 'failed', 'The mail server of example.org does not know this address (550 5.1.1).'],
    [
      'Microsoft 365',
      samples.exchange,
      'failed',
      'The mail server of example.org does not know this address (550 5.1.10).',
    ],
    ['Exim', samples.exim, 'failed', 'The mail server of example.org does not take this message from us (550 5.7.1).'],
    [samples.qmail, samples.qmail, 'failed', 'The mail server of example.org does not know this address (550 5.1.1).'],
    [
      'Yahoo',
      samples.yahoo,
      'failed',
      "The mail server of example.org refused the message (Remote host said: 554 delivery error: dd This user doesn't have a yahoo.com account [-5] - mta1001 …).",
    ],
  ])('of %s says which message, to whom, and why', async (_name, sample, action, problem) => {
    const bounce = await bounceIn(sample)

    expect(bounce).toMatchObject({ invitationId: INVITATION, generation: 2, action, problem })
    expect(bounce.addresses.map((address) => address.toLowerCase())).toContain('ana@example.org')
  })

  it('of a message that was passed on does not tell where to', async () => {
    const { addresses, problem } = await bounceIn(samples.exchangeForwarded)

    expect(addresses).toEqual(['ana@example.org', 'ana.private@elsewhere.example'])
    expect(problem).toBe('The mailbox is full (552 5.2.2).')
    expect(
      (await bounceIn(samples.exchangeForwarded.replaceAll('5.2.2', '5.1.1').replace('552 ', '550 '))).problem,
    ).toBe('The mail server that it was passed on to does not know this address (550 5.1.1).')
  })

  it.each([
    ['5.2.1', 'The mailbox does not take mail (5.2.1).'],
    ['5.1.2', 'The domain of this address does not take mail (5.1.2).'],
    ['5.3.4', 'The message is too large for the mailbox (5.3.4).'],
    ['4.2.0', 'The mail server of example.org did not take the message in all the time it was tried (4.2.0).'],
    ['5.0.0', 'The mail server of example.org refused the message (5.0.0).'],
  ])('with the status %s has words of its own', async (status, problem) => {
    expect((await bounceIn(failed(`Status: ${status}`))).problem).toBe(problem)
  })

  it('with a status that says nothing takes the one in the answer', async () => {
    const message = failed('Status: 5.0.0', 'Diagnostic-Code: smtp; 550 5.1.1 unknown')

    expect((await bounceIn(message)).problem).toContain('does not know this address (550 5.1.1)')
  })

  it('of a reminder is one of its invitation', async () => {
    const message = failed('Status: 5.1.1').replaceAll('.2@usher', '.2.r1@usher')

    expect(await bounceIn(message)).toMatchObject({ invitationId: INVITATION, generation: 2 })
  })

  it('that returns nothing is known by the id of its envelope', async () => {
    const message = report(
      [],
      [
        {
          type: 'message/delivery-status',
          lines: [
            `Original-Envelope-Id: ${INVITATION}.7`,
            '',
            'Final-Recipient: rfc822; ana@example.org',
            'Action: failed',
            'Status: 5.1.1',
          ],
        },
      ],
    )

    expect(await bounceIn(message)).toMatchObject({ invitationId: INVITATION, generation: 7 })
  })

  it('with signs of an address written out (+2B) is read with them and without', async () => {
    const message = failed('Status: 5.1.1').replace('ana@example.org', 'ana+2Bwork@example.org')

    expect((await bounceIn(message)).addresses).toEqual(['ana+2Bwork@example.org', 'ana+work@example.org'])
  })

  it('says nothing of the link that came back with it', async () => {
    const message = failed(
      'Status: 5.x',
      'Diagnostic-Code: smtp; refused https://usher.example.com/join/secret-token because',
    )

    expect(JSON.stringify(await read(message))).not.toContain('secret-token')
  })

  it('of somebody else’s message is foreign', async () => {
    expect(await read(samples.postfix.replaceAll(ID, '<somebody@example.net>'))).toEqual({ kind: 'foreign' })
  })
})

describe('what is no bounce', () => {
  it.each([
    ['an out-of-office note', samples.outOfOffice, 'automatic'],
    ['a read receipt', samples.readReceipt, 'automatic'],
    ['news that a message was passed on', samples.success, 'automatic'],
    ['a letter', samples.letter, 'other'],
  ])('%s is left alone', async (_name, sample, kind) => {
    expect(await read(sample)).toEqual({ kind })
  })

  it('somebody who quotes a bounce in a letter sends a letter', async () => {
    const quoted = samples.qmail.split('\r\n').map((line) => `> ${line}`)

    expect(await read(crlf(['From: a@b.example', 'Subject: look', '', ...quoted]))).toEqual({ kind: 'other' })
  })
})

describe('a malicious message', () => {
  const deep = (depth: number) =>
    crlf([
      'Content-Type: multipart/mixed; boundary=b0',
      '',
      ...Array.from({ length: depth }, (_, n) => [
        `--b${n}`,
        `Content-Type: multipart/mixed; boundary=b${n + 1}`,
        '',
      ]).flat(),
    ])

  it('nested a hundred deep is unreadable', async () => {
    expect(await read(deep(100))).toEqual({ kind: 'unreadable' })
  })

  it('with bounces in a bounce, a hundred deep, is read at its outermost alone', async () => {
    let message = samples.postfix
    for (let depth = 0; depth < 100; depth++) {
      message = report([], [{ type: 'message/rfc822', lines: [message] }], `outer${depth}`)
    }

    expect((await read(message)).kind).toBe('other')
  })

  it('of ten megabytes is read at its beginning, where what counts stands', async () => {
    const large = Buffer.concat([
      Buffer.from(samples.postfix.replace('--b1_report--', '')),
      Buffer.alloc(10_000_000, 'x'),
    ])

    expect(large.length).toBeGreaterThan(MOST_READ)
    expect(await bounceIn(large)).toMatchObject({ invitationId: INVITATION })
  })

  it('that takes too long is unreadable, and holds nothing up', async () => {
    const head = Buffer.from('Content-Type: multipart/report; boundary=never\r\n\r\n')
    const impatient = createBounceReader({ limit: 5 })
    const reader = createBounceReader()

    expect(await impatient.read(Buffer.concat([head, Buffer.alloc(1_000_000, '--never\r\n\r\nx\r\n')]))).toEqual({
      kind: 'unreadable',
    })
    expect((await reader.read(Buffer.from(samples.postfix))).kind).toBe('bounce')
    expect((await reader.read(Buffer.from(samples.letter))).kind).toBe('other')
    await reader.close()
    expect((await reader.read(Buffer.from(samples.gmail))).kind).toBe('bounce')
    await reader.close()
  })

  it.each([
    [
      'a charset that there is not',
      samples.qmail.replace('Subject:', 'Content-Type: text/plain; charset=klingon-7\r\nSubject:'),
    ],
    ['bytes that are no letters', samples.postfix.replace('User unknown', '\u00ff\u00fe\u0000User')],
    ['base64 that is none', samples.letter.replace('Subject:', 'Content-Transfer-Encoding: base64\r\nSubject:')],
    ['nothing at all', ''],
    ['only line ends', '\r\n'.repeat(10_000)],
    ['only dashes', `Subject: x\r\n\r\n${'-'.repeat(60_000)}`],
    ['only angle brackets', `X-Failed-Recipients: ${'a@b,'.repeat(5_000)}\r\n\r\n${'<a@b'.repeat(10_000)}`],
    [
      'spaces in place of ids',
      crlf([
        'From: x@y.example',
        `References: ${' '.repeat(50_000)}`,
        '',
        '--- Below this line',
        ` ${' '.repeat(50_000)}x`,
      ]),
    ],
  ])('with %s is read without a throw', async (_name, message) => {
    await expect(readBounce(Buffer.from(message, 'latin1'))).resolves.toHaveProperty('kind')
  })

  it('of HTML alone is no bounce, and with a named recipient one without a message of ours', async () => {
    const html = crlf(['Content-Type: text/html', '', `<p>&lt;ana@example.org&gt;: 550 5.1.1</p> ${ID}`])

    expect(await read(html)).toEqual({ kind: 'other' })
    expect(await read(`X-Failed-Recipients: ana@example.org\r\n${html}`)).toEqual({ kind: 'foreign' })
  })

  it('with a thousand recipients is read for twenty', async () => {
    const groups = Array.from({ length: 1_000 }, (_, n) => [
      `Final-Recipient: rfc822; p${n}@example.org`,
      'Action: failed',
      '',
    ])
    const reading = await read(dsn(groups.flat()))

    expect(reading.kind === 'bounce' && reading.bounces).toHaveLength(20)
  })
})
