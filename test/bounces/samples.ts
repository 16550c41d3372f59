// What comes back to us, as the mail servers of the world write it: made up after their documented formats, with the
// fields and the oddities of each. `ID` is a message of ours to ana@example.org.

export const INVITATION = '0198f2a0-1111-7000-8000-00000000a11a'
export const ID = `<${INVITATION}.2@usher.example.com>`
const HEAD = [
  'From: Usher <usher@example.com>',
  'To: ana@example.org',
  'Subject: Max invites you',
  `Message-ID: ${ID}`,
  'Auto-Submitted: auto-generated',
]

export const crlf = (lines: string[]) => lines.join('\r\n')

type Part = { type: string; lines: string[] }

/** A multipart/report with these parts. */
export function report(head: string[], parts: Part[], boundary = 'b1_report'): string {
  return crlf([
    ...head,
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
    '',
    'This is a MIME-encapsulated message.',
    '',
    ...parts.flatMap(({ type, lines }) => [`--${boundary}`, `Content-Type: ${type}`, '', ...lines, '']),
    `--${boundary}--`,
    '',
  ])
}

/** The usual three parts; `status` are the groups of the middle one. */
export function dsn(status: string[], { head = [], returned = HEAD }: { head?: string[]; returned?: string[] } = {}) {
  return report(
    ['From: MAILER-DAEMON@mx.example.net', 'To: bounces@example.com', 'Subject: Returned mail', ...head],
    [
      { type: 'text/plain; charset=us-ascii', lines: ['Your message could not be delivered.'] },
      { type: 'message/delivery-status', lines: status },
      { type: 'message/rfc822', lines: [...returned, '', 'Open https://usher.example.com/join/secret-token'] },
    ],
  )
}

export const postfix = report(
  [
    'Return-Path: <>',
    'From: MAILER-DAEMON@mail.example.com (Mail Delivery System)',
    'Subject: Undelivered Mail Returned to Sender',
    'To: bounces@example.com',
    'Auto-Submitted: auto-replied',
  ],
  [
    {
      type: 'text/plain; charset=us-ascii',
      lines: [
        'This is the mail system at host mail.example.com.',
        '',
        '<ana@example.org>: host mx.example.org said: 550',
      ],
    },
    {
      type: 'message/delivery-status',
      lines: [
        'Reporting-MTA: dns; mail.example.com',
        'X-Postfix-Queue-ID: 4F1C21A0B7',
        'X-Postfix-Sender: rfc822; bounces@example.com',
        'Arrival-Date: Thu, 26 Nov 2026 09:00:00 +0000 (UTC)',
        '',
        'Final-Recipient: rfc822; ana@example.org',
        'Original-Recipient: rfc822;ana@example.org',
        'Action: failed',
        'Status: 5.1.1',
        'Remote-MTA: dns; mx.example.org',
        'Diagnostic-Code: smtp; 550 5.1.1 <ana@example.org>: Recipient address rejected:',
        '    User unknown in virtual mailbox table',
      ],
    },
    { type: 'text/rfc822-headers', lines: HEAD },
  ],
)

/** Given up after five days: "failed", though the status is one of those that pass. */
export const postfixExpired = dsn([
  'Reporting-MTA: dns; mail.example.com',
  '',
  'Final-Recipient: rfc822; ana@example.org',
  'Action: failed',
  'Status: 4.4.1',
  'Diagnostic-Code: X-Postfix; connect to mx.example.org[192.0.2.1]:25: Connection timed out',
])

export const postfixDelayed = dsn([
  'Reporting-MTA: dns; mail.example.com',
  '',
  'Final-Recipient: rfc822; ana@example.org',
  'Action: delayed',
  'Status: 4.4.1',
  'Diagnostic-Code: X-Postfix; connect to mx.example.org[192.0.2.1]:25: Connection timed out',
  'Will-Retry-Until: Tue, 1 Dec 2026 09:00:00 +0000 (UTC)',
])

export const gmail = report(
  [
    'X-Failed-Recipients: ana@example.org',
    'Auto-Submitted: auto-replied',
    'From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>',
    `In-Reply-To: ${ID}`,
    `References: ${ID}`,
    'Subject: Delivery Status Notification (Failure)',
  ],
  [
    {
      type: 'multipart/related; boundary="inner"',
      lines: ['--inner', 'Content-Type: text/html; charset=UTF-8', '', '<h1>Address not found</h1>', '--inner--'],
    },
    {
      type: 'message/delivery-status',
      lines: [
        'Reporting-MTA: dns; googlemail.com',
        'Arrival-Date: Thu, 26 Nov 2026 01:00:00 -0800 (PST)',
        'X-Original-Message-ID: <somebody-elses@example.net>',
        '',
        'Final-Recipient: rfc822; ana@example.org',
        'Action: failed',
        'Status: 5.1.1',
        'Remote-MTA: dns; mx.example.org. (192.0.2.7, the server for the domain example.org.)',
        'Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.',
        ' 550 5.1.1 https://support.google.com/mail/?p=NoSuchUser - gsmtp',
        'Last-Attempt-Date: Thu, 26 Nov 2026 01:00:01 -0800 (PST)',
      ],
    },
    { type: 'message/rfc822', lines: [...HEAD, '', 'Dear Ana'] },
  ],
)

export const exchange = report(
  ['From: postmaster@example.org', 'Subject: Undeliverable: Max invites you', `In-Reply-To: ${ID}`],
  [
    { type: 'text/html; charset="us-ascii"', lines: ['<p>Your message to ana@example.org couldn’t be delivered.</p>'] },
    {
      type: 'message/delivery-status',
      lines: [
        'Reporting-MTA: dns;AM0PR0202MB3412.eurprd02.prod.outlook.com',
        'Received-From-MTA: dns;mail.example.com',
        '',
        'Final-Recipient: rfc822;Ana@Example.ORG',
        'Action: failed',
        'Status: 5.1.10',
        'Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup',
      ],
    },
    { type: 'message/rfc822', lines: [...HEAD, 'Content-Type: text/plain', '', 'Dear Ana'] },
  ],
)

/** Passed on by a rule of hers; where to is nobody's business but hers. */
export const exchangeForwarded = dsn([
  'Reporting-MTA: dns;mx.example.org',
  '',
  'Original-Recipient: rfc822;ana@example.org',
  'Final-Recipient: rfc822;ana.private@elsewhere.example',
  'Action: failed',
  'Status: 5.2.2',
  'Diagnostic-Code: smtp;552 5.2.2 Mailbox full',
])

export const exim = crlf([
  'Return-path: <>',
  'X-Failed-Recipients: ana@example.org',
  'Auto-Submitted: auto-replied',
  'From: Mail Delivery System <Mailer-Daemon@mail.example.com>',
  'To: bounces@example.com',
  'Subject: Mail delivery failed: returning message to sender',
  '',
  'This message was created automatically by mail delivery software.',
  '',
  'A message that you sent could not be delivered to one or more of its',
  'recipients. This is a permanent error. The following address(es) failed:',
  '',
  '  ana@example.org',
  '    host mx.example.org [192.0.2.7]',
  '    SMTP error from remote mail server after RCPT TO:<ana@example.org>:',
  '    550 5.7.1 Message rejected as spam',
  '',
  '------ This is a copy of the message, including all the headers. ------',
  '',
  ...HEAD,
  '',
  'Dear Ana',
])

export const qmail = crlf([
  'Return-Path: <>',
  'From: MAILER-DAEMON@mail.example.com',
  'Subject: failure notice',
  '',
  'Hi. This is the qmail-send program at mail.example.com.',
  "I'm afraid I wasn't able to deliver your message to the following addresses.",
  "This is a permanent error; I've given up. Sorry it didn't work out.",
  '',
  '<ana@example.org>:',
  '192.0.2.7 does not like recipient.',
  'Remote host said: 550 sorry, no mailbox here by that name (#5.1.1)',
  'Giving up on 192.0.2.7.',
  '',
  '--- Below this line is a copy of the message.',
  '',
  'Return-Path: <bounces@example.com>',
  ...HEAD,
  '',
  'Dear Ana',
])

export const yahoo = crlf([
  'From: MAILER-DAEMON@yahoo.com',
  'To: bounces@example.com',
  'Subject: Failure Notice',
  'Content-Type: text/plain; charset=us-ascii',
  '',
  'Sorry, we were unable to deliver your message to the following address.',
  '',
  '<ana@example.org>:',
  "Remote host said: 554 delivery error: dd This user doesn't have a yahoo.com account [-5] - mta1001",
  '[BODY]',
  '',
  '--- Below this line is a copy of the message.',
  '',
  ...HEAD,
  '',
  'Dear Ana',
])

export const success = dsn([
  'Reporting-MTA: dns; x',
  '',
  'Final-Recipient: rfc822; ana@example.org',
  'Action: relayed',
  'Status: 2.0.0',
])

export const outOfOffice = crlf([
  'From: Ana Diaz <ana@example.org>',
  'To: usher@example.com',
  'Subject: Automatic reply: Max invites you',
  `In-Reply-To: ${ID}`,
  'Auto-Submitted: auto-replied',
  '',
  'I am away until Monday. My mailbox may be full: 552 5.2.2.',
])

export const readReceipt = crlf([
  'From: Ana Diaz <ana@example.org>',
  `References: ${ID}`,
  'Content-Type: multipart/report; report-type=disposition-notification; boundary=r',
  '',
  '--r',
  'Content-Type: message/disposition-notification',
  '',
  'Final-Recipient: rfc822; ana@example.org',
  'Disposition: manual-action/MDN-sent-manually; displayed',
  '--r--',
])

export const letter = crlf([
  'From: Ana <ana@example.org>',
  `In-Reply-To: ${ID}`,
  'Subject: Re: hello',
  '',
  'Who are you?',
])
