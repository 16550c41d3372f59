// A list with people who have no e-mail address: each gets a text message or a slip, and all of it is told to the sender.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readListSlips } from '../../src/invitations/index.ts'
import { deriveKey } from '../../src/keys.ts'
import { changeSettings, queryRows, waitForQuiet } from '../journeys/acts.ts'
import { csv, fileIn, giveFile, passTheMinute, paste, send, sendToTheEnd } from '../journeys/list-acts.ts'
import { formBody, startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher

beforeAll(async () => {
  usher = await startUsher({ phone: true })
  await changeSettings(usher, { Countries: ['Germany (DE)'] })
})
beforeEach(async () => {
  await ada().view()?.close({ all: true })
})
afterAll(() => usher.stop())

const ada = () => usher.slack.as('UADA')

const invitedBy = (batch: string) =>
  queryRows(
    usher,
    `SELECT p."userName", i."channel"::text, i."mode"::text, i."status"::text FROM "Invitation" i
     JOIN "Person" p ON p."id" = i."personId" JOIN "Batch" b ON b."id" = i."batchId"
     WHERE b."fileName" = '${batch}' ORDER BY p."lastName"`,
  )

describe('a file of people with and without an e-mail address', () => {
  const rows = [
    'email,first name,last name,mobile,user name',
    'ana@example.org,Ana,Adler,,',
    ',Ben,Berg,+49 1512 3456701,',
    ',Cleo,Cohen,,cleo',
    ',Dora,Dahl,+1 201 555 0123,',
    ',Dora,Dahl,,cleo',
    ',,Eich,,',
  ].join('\n')

  it('says before it is sent how each gets in, and whom it leaves out', async () => {
    const preview = await giveFile(ada(), csv(rows, 'mixed.csv'))

    expect(preview.text).toContain('*4 people will be invited*')
    expect(preview.text).toContain('1 person by e-mail, 1 person by SMS, 2 people with a slip to print and hand over')
    expect(preview.text).toContain('Of the slips, 1 for people whose mobile number may be sent no text message')
    expect(preview.text).toContain('*2 rows will be left out*')
    expect(preview.text).toContain(
      'Line 6: “, Dora, Dahl, , cleo” This user name or mobile number stands in the list already',
    )
    expect(preview.text).toContain('Line 7: “, , Eich, ,” There is no e-mail address here.')
    await preview.close({ all: true })
  })

  it('undone within the minute, makes no slip and sends nothing', async () => {
    const progress = await send(ada(), await giveFile(ada(), csv(rows, 'undone.csv')))
    await ada().click(progress, 'Undo')
    await ada().waitForMessage(({ ts, text }) => ts === progress.ts && text.includes('taken back'))
    await passTheMinute(usher)
    await waitForQuiet(usher)

    expect((await invitedBy('undone.csv')).map((row) => row.status)).toEqual(Array(4).fill('revoked'))
    expect(await queryRows(usher, 'SELECT * FROM "SlipCode"')).toEqual([])
  })

  it('sent, goes out by e-mail and SMS, and the slips are a file in the thread, whose codes let people in', async () => {
    const end = await sendToTheEnd(usher, ada(), await giveFile(ada(), csv(`${rows}\n,Finn,Falk,,`, 'sent.csv')))
    const reply = await ada().waitForMessage((message) => message.thread_ts === end.ts && namesPdf(message.files))
    const url = String(reply.files?.find(({ name }) => String(name).endsWith('.pdf'))?.url_private)
    const answer = await fetch(url, { headers: { authorization: `Bearer ${usher.slack.botToken}` } })
    const pdf = Buffer.from(await answer.arrayBuffer())
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')

    expect(await invitedBy('sent.csv')).toEqual([
      { userName: null, channel: 'email', mode: 'link', status: 'pending' },
      { userName: 'ben.berg', channel: 'sms', mode: 'link', status: 'pending' },
      { userName: 'cleo', channel: 'slip', mode: 'link', status: 'pending' },
      { userName: 'dora.dahl', channel: 'slip', mode: 'link', status: 'pending' },
      { userName: 'finn.falk', channel: 'slip', mode: 'link', status: 'pending' },
    ])
    const codes = await codesOf('sent.csv')
    expect(new Set(codes).size).toBe(3)
    for (const code of codes) {
      const opened = await fetch(new URL('/activate', usher.app.url), { redirect: 'manual', ...formBody({ code }) })
      expect(opened.headers.get('location')).toMatch(/\/join\//)
    }
    expect(usher.phone.messages.map(({ to }) => to)).toContain('+4915123456701')
    expect(end.text).toContain('3 slips to print and hand over are in the thread.')
    expect(await fileIn(usher, ada(), end)).not.toContain('ana@example.org')
  })
})

describe('a list with one-time passwords', () => {
  it('gives everybody a user name and a password that signs them in', async () => {
    const form = { 'How they get in': 'With a one-time password' }
    const preview = await paste(ada(), 'Rosa Roth <rosa.roth@example.org>\nsven@example.org', form)
    expect(preview.text).toContain('each with a one-time password')
    await sendToTheEnd(usher, ada(), preview)

    const people = await queryRows(
      usher,
      `SELECT p."userName", i."mode"::text FROM "Invitation" i JOIN "Person" p ON p."id" = i."personId"
       WHERE i."mode" = 'credentials' ORDER BY p."userName"`,
    )
    expect(people).toEqual([
      { userName: 'rosa.roth', mode: 'credentials' },
      { userName: 'sven', mode: 'credentials' },
    ])
    const mail = await usher.mailbox.waitFor(({ to }) => to.includes('rosa.roth@example.org'))
    const password = /One-time password: (\S+)/.exec(mail.text)?.[1] ?? ''
    const answer = await fetch(new URL('/sign-in', usher.app.url), {
      redirect: 'manual',
      ...formBody({ name: 'rosa.roth', password }),
    })
    expect(answer.headers.get('location')).toMatch(/\/join\//)
  })
})

/** What stands on the slips of a list; the letters of a drawn file are pictures. */
async function codesOf(fileName: string): Promise<string[]> {
  const { id } = await usher.app.db.prisma.batch.findFirstOrThrow({ where: { fileName } })
  const slipKey = deriveKey('a secret for tests, and for tests alone', 'slip')
  const codes: string[] = []
  const c = { db: usher.app.db, now: () => usher.clock.now, slipKey }
  for await (const slips of readListSlips(c, id, 2)) codes.push(...slips.map(({ code }) => code))
  return codes
}

const namesPdf = (files: { name?: unknown }[] | undefined) =>
  (files ?? []).some(({ name }) => String(name).endsWith('.pdf'))
