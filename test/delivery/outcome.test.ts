// What each answer of a mail server means, as a table (SECURITY 26).
import { describe, expect, test } from 'vitest'
import {
  type Outcome,
  outcomeOfAnswer,
  outcomeOfError,
  type Phase,
  type SendError,
} from '../../src/delivery/outcome.ts'

type Row = [what: string, error: SendError, phase: Phase, kind: string, problem: string]

const rcpt = { code: 'EENVELOPE', command: 'RCPT TO' }
const data = { code: 'EMESSAGE', command: 'DATA' }

const table: Row[] = [
  [
    'refused',
    { code: 'ESOCKET', command: 'CONN' },
    'connecting',
    'temporary, server-wide',
    'The mail server cannot be reached.',
  ],
  [
    'no such host',
    { code: 'EDNS', command: 'CONN' },
    'connecting',
    'temporary, server-wide',
    'The mail server’s name cannot be found. Check SMTP_URL.',
  ],
  [
    'no greeting',
    { code: 'ETIMEDOUT', command: 'CONN' },
    'connecting',
    'temporary, server-wide',
    'The mail server does not answer.',
  ],
  [
    'TLS',
    { code: 'ETLS', command: 'CONN' },
    'connecting',
    'temporary, server-wide',
    'A secure connection to the mail server could not be made.',
  ],
  [
    'greeting 421',
    { code: 'EPROTOCOL', command: 'CONN', responseCode: 421, response: '421 4.3.2 shutting down' },
    'connecting',
    'temporary, server-wide',
    'The mail server is not available now (421 4.3.2).',
  ],
  [
    'greeting 554',
    { code: 'EPROTOCOL', command: 'CONN', responseCode: 554, response: '554 go away' },
    'connecting',
    'temporary, server-wide',
    'The mail server does not let us in (554: go away).',
  ],
  [
    'sign-in refused',
    { code: 'EAUTH', command: 'AUTH PLAIN', responseCode: 535, response: '535 no, not with hunter2' },
    'connecting',
    'temporary, server-wide',
    'The mail server refused our sign-in (535). Check SMTP_URL.',
  ],
  [
    'no sign-in data',
    { code: 'EAUTH', command: 'API' },
    'connecting',
    'temporary, server-wide',
    'The mail server refused our sign-in. Check SMTP_URL.',
  ],
  [
    'sender refused',
    { code: 'EENVELOPE', command: 'MAIL FROM', responseCode: 550, response: '550 5.7.1 not you' },
    'envelope',
    'temporary, server-wide',
    'The mail server refuses our sender address (550 5.7.1). Check MAIL_FROM.',
  ],
  [
    'RCPT 421',
    { ...rcpt, responseCode: 421, response: '421 4.7.0 slow down' },
    'envelope',
    'temporary, server-wide',
    'The mail server is not available now (421 4.7.0).',
  ],
  [
    'RCPT 450',
    { ...rcpt, responseCode: 450, response: '450 4.2.0 greylisted' },
    'envelope',
    'temporary',
    'The mail server does not take mail for this address now (450 4.2.0).',
  ],
  [
    'RCPT 452 mailbox full',
    { ...rcpt, responseCode: 452, response: '452 4.2.2 full' },
    'envelope',
    'temporary',
    'The mailbox is full (452 4.2.2).',
  ],
  [
    'RCPT 503',
    { ...rcpt, responseCode: 503, response: '503 bad sequence' },
    'envelope',
    'temporary',
    'The address was refused (503: bad sequence).',
  ],
  [
    'RCPT 550',
    { ...rcpt, responseCode: 550, response: '550 5.1.1 no such user' },
    'envelope',
    'permanent',
    'The mail server does not know this address (550 5.1.1).',
  ],
  [
    'RCPT 550 without a status',
    { ...rcpt, responseCode: 550, response: '550 no such user' },
    'envelope',
    'permanent',
    'The mail server does not know this address (550: no such user).',
  ],
  [
    'RCPT 550 relaying',
    { ...rcpt, responseCode: 550, response: '550 5.7.1 relaying denied' },
    'envelope',
    'permanent',
    'The mail server does not send to this address for us (550 5.7.1).',
  ],
  [
    'RCPT 556 no such domain',
    { ...rcpt, responseCode: 556, response: '556 5.1.2 no such domain' },
    'envelope',
    'permanent',
    'The domain of this address does not take mail (556 5.1.2).',
  ],
  [
    'RCPT 553',
    { ...rcpt, responseCode: 553, response: '553 no' },
    'envelope',
    'permanent',
    'The address was refused (553: no).',
  ],
  [
    'invalid recipient, found by nodemailer',
    { code: 'EENVELOPE', command: 'API' },
    'envelope',
    'permanent',
    'This address cannot be used for e-mail.',
  ],
  [
    'DATA 451',
    { ...data, responseCode: 451, response: '451 4.3.0 later' },
    'body',
    'temporary',
    'The mail server could not take the message now (451 4.3.0).',
  ],
  [
    'DATA 552',
    { ...data, responseCode: 552, response: '552 5.3.4 too big' },
    'body',
    'permanent',
    'The message is too large for the mailbox (552 5.3.4).',
  ],
  [
    'DATA 554',
    { ...data, responseCode: 554, response: '554 5.7.1 spam' },
    'body',
    'permanent',
    'The mail server refused the message (554 5.7.1).',
  ],
  [
    'DATA 421',
    { ...data, responseCode: 421, response: '421 4.3.2 bye' },
    'body',
    'temporary, server-wide',
    'The mail server is not available now (421 4.3.2).',
  ],
  [
    'dropped before the body',
    { code: 'ECONNECTION', command: 'CONN' },
    'envelope',
    'temporary',
    'The mail server closed the connection.',
  ],
  [
    'silent before the body',
    { code: 'ETIMEDOUT', command: 'CONN' },
    'envelope',
    'temporary, server-wide',
    'The mail server does not answer.',
  ],
  [
    'dropped after the body',
    { code: 'ECONNECTION', command: 'CONN' },
    'body',
    'uncertain',
    'The connection was lost after the message had been given to the mail server. It may have been sent.',
  ],
  [
    'reset after the body',
    { code: 'ESOCKET', command: 'CONN' },
    'body',
    'uncertain',
    'The connection was lost after the message had been given to the mail server. It may have been sent.',
  ],
  [
    'no answer after the body',
    { code: 'ETIMEDOUT', command: 'CONN' },
    'body',
    'uncertain',
    'The mail server took the message but did not answer in time. It may have been sent.',
  ],
  ['anything unknown before the body', {}, 'envelope', 'temporary', 'The connection to the mail server was lost.'],
]

function kindOf(outcome: Outcome): string {
  return outcome.kind === 'temporary' && outcome.serverWide ? 'temporary, server-wide' : outcome.kind
}

describe('SECURITY 26: what a fault of the mail server means', () => {
  for (const [what, error, phase, kind, problem] of table) {
    test(`${what}: ${kind}`, () => {
      const outcome = outcomeOfError(error, phase)
      expect(kindOf(outcome)).toBe(kind)
      expect(outcome).toMatchObject({ problem })
    })
  }

  test('the server took the message', () => {
    expect(outcomeOfAnswer({ response: '250 2.0.0 queued as 12345' })).toEqual({
      kind: 'handed',
      answer: '250 2.0.0 queued as 12345',
    })
  })

  test('two recipients with one refused: the refusal counts, although nodemailer resolves', () => {
    const refused = { ...rcpt, responseCode: 550, response: '550 5.1.1 no such user' }
    expect(outcomeOfAnswer({ response: '250 queued', rejectedErrors: [refused] })).toMatchObject({ kind: 'permanent' })
  })

  test('no link, no control character and no endless text of a server comes through', () => {
    const response = `550 see https://evil.example/join/abc and www.evil.example\r\n\u202e${'x'.repeat(5_000)}`
    const outcome = outcomeOfError({ ...rcpt, responseCode: 550, response }, 'envelope')
    expect(outcome).toMatchObject({ problem: expect.not.stringMatching(/evil|join|[\p{Cc}\u202e]/u) })
    expect(JSON.stringify(outcome).length).toBeLessThan(300)
  })
})
