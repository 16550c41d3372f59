// The mailbox of bounces, read by IMAP: what is read, what is left, and what happens when it is away.
import { createTransport } from 'nodemailer'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type BounceMailbox, createBounceMailbox, createBounceReader, MOST_READ } from '../../src/delivery/index.ts'
import type { BouncePlace } from '../../src/invitations/index.ts'
import { createBounceWork } from '../../src/jobs/bounces.ts'
import { createMailbox, type Mailbox } from '../../src/sandbox/mailbox/mailbox.ts'
import * as samples from './samples.ts'

const TO = 'bounces@example.com'
const BEGINNING: BouncePlace = { uidValidity: 0n, lastUid: 0, troubles: 0, nextLookAt: null }

let server: Mailbox
let mailbox: BounceMailbox
let place = BEGINNING
let clock = new Date('2026-11-26T12:00:00Z')
let recorded: string[] = []
let log: { level: string; details: object; text: string }[] = []

beforeEach(async () => {
  server = await createMailbox({ log: { info() {}, error() {} } })
  mailbox = createBounceMailbox({ url: server.imapUrl(TO) })
  place = BEGINNING
  clock = new Date('2026-11-26T12:00:00Z')
  recorded = []
  log = []
})
afterEach(() => server.close())

/** Delivers a message as any mail server does: by SMTP. */
async function arrive(raw: string | Buffer): Promise<void> {
  const transport = createTransport({ url: server.smtpUrl })
  await transport.sendMail({ raw, envelope: { from: '', to: [TO] } })
  transport.close()
}

function work(changes: { mailbox?: BounceMailbox; record?: () => Promise<'failed' | 'noted' | 'unmatched'> } = {}) {
  const write = (level: string) => (details: object, text: string) => void log.push({ level, details, text })
  return createBounceWork({
    mailbox: changes.mailbox ?? mailbox,
    reader: createBounceReader(),
    steps: {
      readPlace: async () => place,
      keepPlace: async (_key, kept) => {
        place = kept
      },
      recordBounce: async ({ invitationId, action }) => {
        const verdict = (await changes.record?.()) ?? 'failed'
        recorded.push(`${invitationId} ${action}`)
        return verdict
      },
    },
    now: () => clock,
    random: () => 0.5,
    log: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
  })
}

async function unread(): Promise<number[]> {
  let found: number[] = []
  await mailbox.visit(async (open) => {
    found = await open.unreadAfter(0, 100)
  })
  return found
}

describe('the mailbox of bounces', () => {
  it('is read once: bounces are marked as read, what people wrote is left to people', async () => {
    const reader = work()
    await arrive(samples.letter)
    await arrive(samples.postfix)
    await arrive(samples.outOfOffice)
    await arrive(samples.postfixDelayed)
    await arrive(samples.postfix.replaceAll(samples.ID, '<somebody@example.net>'))

    await reader.run()
    await reader.run()

    expect(recorded).toEqual([`${samples.INVITATION} failed`, `${samples.INVITATION} delayed`])
    expect(await unread()).toEqual([1, 3])
    expect(log).toEqual([
      {
        level: 'info',
        details: { other: 1, failed: 2, automatic: 1, foreign: 1 },
        text: 'Mail that came back was read',
      },
    ])
  })

  it('is read in pages, from where reading stood', async () => {
    for (let count = 0; count < 5; count++) await arrive(samples.postfix)
    await mailbox.visit(async (open) => {
      expect(await open.unreadAfter(0, 2)).toEqual([1, 2])
      expect(await open.unreadAfter(2, 2)).toEqual([3, 4])
      expect(await open.unreadAfter(4, 2)).toEqual([5])
      // "6:*" names the last one, although it is lower.
      expect(await open.unreadAfter(5, 2)).toEqual([])
    })
  })

  it('is read from its beginning when the server has numbered its messages anew', async () => {
    await arrive(samples.postfix)
    place = { ...BEGINNING, uidValidity: 1n, lastUid: 900 }

    await work().run()

    expect(recorded).toHaveLength(1)
    expect(place.lastUid).toBe(1)
  })

  it('gives of a message of ten megabytes one', async () => {
    await arrive(Buffer.concat([Buffer.from(samples.postfix), Buffer.alloc(10_000_000, `${'x'.repeat(74)}\r\n`)]))
    let length = 0
    await mailbox.visit(async (open) => {
      length = (await open.read(1))?.length ?? 0
    })

    await work().run()

    expect(length).toBe(MOST_READ)
    expect(recorded).toHaveLength(1)
  })

  it('keeps what was not recorded: a message is read again when the database was away', async () => {
    await arrive(samples.letter)
    await arrive(samples.postfix)
    const away = work({ record: () => Promise.reject(new Error('the database is away')) })

    await expect(away.run()).rejects.toThrow('the database is away')
    expect(place.lastUid).toBe(1)
    await work().run()

    expect(recorded).toEqual([`${samples.INVITATION} failed`])
    expect(await unread()).toEqual([1])
  })

  it('begins no message any more when the program ends', async () => {
    await arrive(samples.postfix)
    const ending = work()

    ending.stop()
    await ending.run()

    expect(recorded).toEqual([])
    await work().run()
    expect(recorded).toHaveLength(1)
  })
})

describe('a mailbox that is away', () => {
  it('is left alone with growing pauses, warned of once, and read when it is back', async () => {
    const reader = work()
    await arrive(samples.postfix)
    server.faults.next('imap-sign-in', { code: 0, text: 'not now' }, { times: 3 })

    const pauses: number[] = []
    for (let tries = 0; tries < 3; tries++) {
      await reader.run()
      pauses.push((place.nextLookAt?.getTime() ?? 0) - clock.getTime())
      // Too early: nobody asks.
      await reader.run()
      clock = place.nextLookAt ?? clock
    }
    await reader.run()

    expect(pauses).toEqual([5_000, 10_000, 20_000])
    expect(server.faults.happened['imap-sign-in']).toBe(3)
    expect(recorded).toHaveLength(1)
    expect(place).toMatchObject({ troubles: 0, nextLookAt: null })
    expect(log.filter(({ level }) => level !== 'debug').map(({ level, text }) => `${level}: ${text}`)).toEqual([
      'warn: The bounce mailbox cannot be read and is left alone for a while',
      'info: Mail that came back was read',
      'info: The bounce mailbox is back',
    ])
  })

  it('in the middle keeps what was read before', async () => {
    await arrive(samples.letter)
    await arrive(samples.postfix)
    const reader = work()
    await reader.run()
    await arrive(samples.postfix)
    server.faults.next('imap-fetch', 'drop')

    await reader.run()
    expect(place).toMatchObject({ lastUid: 2, troubles: 1 })
    clock = place.nextLookAt ?? clock
    await reader.run()

    expect(recorded).toHaveLength(2)
  })

  it.each([
    [
      'with another password',
      (url: string) => url.replace(/:[^:@]+@/, ':a-wrong-word@'),
      'The IMAP server refused our sign-in.',
    ],
    ['without that folder', (url: string) => url.replace('INBOX', 'Nope'), 'The IMAP server has no such folder.'],
    [
      'where nothing listens',
      () => `imaps://u:hidden-word@127.0.0.1:1/INBOX`,
      'The IMAP server cannot be reached: nothing listens there.',
    ],
    [
      'that speaks no TLS',
      (url: string) => url.replace('imap:', 'imaps:'),
      'A secure connection to the IMAP server could not be made.',
    ],
  ])('%s says so, and no secret', async (_name, change, problem) => {
    const url = change(server.imapUrl(TO))
    const away = createBounceMailbox({ url })

    expect(await away.verify()).toEqual({ ok: false, problem })
    await work({ mailbox: away }).run()

    expect(JSON.stringify(log)).not.toContain(decodeURIComponent(new URL(url).password))
    expect(JSON.stringify(log)).not.toContain(TO)
  })

  it('and one that is there says so too', async () => {
    expect(await mailbox.verify()).toEqual({ ok: true })
  })
})
