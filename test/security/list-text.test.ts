// SECURITY 19, 21, 23, 24 for lists: whatever stands in a file or in a name is shown as text, defused in what goes out,
// and never breaks a modal.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { addUnit, queryRows } from '../journeys/acts.ts'
import {
  csv,
  fileIn,
  giveFile,
  giveImport,
  openList,
  paste,
  send,
  sendToTheEnd,
  waitForEnd,
} from '../journeys/list-acts.ts'
import { startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher

beforeAll(async () => {
  usher = await startUsher()
  await usher.slack.as('UADA').openHome()
  await usher.slack.as('UADA').waitForHome()
})
afterEach(async () => {
  await ada().view()?.close({ all: true })
  // Slack would have refused nothing of what the app showed.
  expect(usher.slack.complaints).toEqual([])
})
afterAll(() => usher.stop())

const ada = () => usher.slack.as('UADA')

const NASTY = [
  '<!channel> come here',
  '<@UADA>',
  '<https://evil.example|your bank>',
  'Tom & Jerry &lt;3',
  '*bold* _it_ ~no~ `code`',
  '\u202Egnp.exe\u202C',
  '😀'.repeat(300),
  'x'.repeat(10_000),
  '\'; DROP TABLE "Person"; --',
  '{"a": {{name}} #{7*7} %s',
]

/** Every mrkdwn text that stands in blocks. */
function marked(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const own = 'type' in value && value.type === 'mrkdwn' && 'text' in value ? [String(value.text)] : []
  return [...own, ...Object.values(value).flatMap(marked)]
}

function expectHarmless(blocks: unknown): void {
  const texts = marked(blocks).join('\n')
  expect(texts).not.toMatch(/<[!@#h]/)
  expect(texts).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/)
  expect(texts).not.toContain('& Jerry')
}

describe('19: nasty text', () => {
  it('in rows of a file is shown as text in the second step, the confirmation and the file', async () => {
    const rows = NASTY.map((text) => `"${text.replaceAll('"', '""')}"`)
    const preview = await giveFile(ada(), csv(`email\nfine19@example.org\n${rows.join('\n')}\n`))
    expectHarmless(preview.blocks)
    expect(preview.text).toContain('1 person will be invited')
    expect(preview.text).toContain('“&lt;!channel&gt; come here”')
    const done = await sendToTheEnd(usher, ada(), preview)
    expectHarmless(done.blocks)
    expect(done.text).not.toMatch(/<[!@#h]/)
    expect(await fileIn(usher, ada(), done)).toContain('<!channel> come here')
  })

  it('in names is kept, shown in the mail as text, and cut or refused where it is too long', async () => {
    const rows = NASTY.map((text, at) => `name${at}@example.org,"${text.replaceAll('"', '""')}"`)
    const preview = await giveFile(ada(), csv(`email,first name\n${rows.join('\n')}\n`))
    expectHarmless(preview.blocks)
    expect(preview.text).toContain('8 people will be invited')
    expect(preview.text).toContain('2 malformed')
    expect(preview.text).toContain('The first name is too long')
    await sendToTheEnd(usher, ada(), preview)
    const mail = await usher.mailbox.waitFor(({ to }) => to.includes('name2@example.org'))
    expect(mail.html ?? '').not.toContain('href="https://evil.example')
  })

  it('in pasted text is counted and shown as text, half characters and NUL included', async () => {
    const pasted = `half\uD83D name <odd19@example.org>\n<!channel>\n\0\uDC00broken@\n${'<'.repeat(500)}`
    const form = await openList(ada())
    await form.fill({ Addresses: pasted })
    const counted = await ada().waitForView((view) => view.text.includes('1 address recognised'))
    expectHarmless(counted.blocks)
    await ada().view()?.close({ all: true })
    const preview = await paste(ada(), pasted)
    expectHarmless(preview.blocks)
    expect(preview.text).toContain('1 person will be invited')
    await preview.click('Back')
    expect((await ada().waitForView('list_form')).text).toContain('1 address recognised')
  })

  it('in the names of a file, of a hub and of groups is text', async () => {
    await addUnit(usher, 'hub', '<!here> & <https://evil.example|Hub>')
    const file = csv('email,groups\nhub19@example.org,"<!channel>; *all*"\nno\n', '<!channel> & <b>.csv')
    const preview = await giveFile(ada(), file, { Hub: '<!here> & <https://evil.example|Hub>' })
    expectHarmless(preview.blocks)
    await preview.click('Back')
    expectHarmless((await ada().waitForView('list_form')).blocks)
    await ada().view()?.close({ all: true })
    const progress = await send(ada(), await giveFile(ada(), file, { Hub: '<!here> & <https://evil.example|Hub>' }))
    expectHarmless(progress.blocks)
    expect(progress.text).not.toMatch(/<[!@#h]/)
  })
})

describe('21: addresses in lists', () => {
  it('with line breaks, several mailboxes, quoted local parts and 10 kB are malformed, never sent to', async () => {
    const rows = [
      '"vic@example.org\r\nBcc: all@example.org"',
      '"Name <a21@example.org> <c21@example.org>"',
      '"""quoted local""@example.org"',
      `${'x'.repeat(10_000)}@example.org`,
      'a21@[127.0.0.1]',
      'full21＠example.org',
      'ana21@exаmple.org',
    ]
    const preview = await giveFile(ada(), csv(`email\n${rows.join('\n')}\n`))
    expect(preview.text).toContain('2 people will be invited')
    expect(preview.text).toContain('5 malformed')
    await sendToTheEnd(usher, ada(), preview)
    const mail = await usher.mailbox.waitFor(({ envelope }) => envelope.to.some((to) => to.startsWith('ana21@')))
    expect(mail.envelope.to).toHaveLength(1)
    const recipients = usher.mailbox.messages.flatMap(({ envelope }) => envelope.to)
    expect(recipients.filter((to) => /all@|a21@|c21@|vic/.test(to) && !to.startsWith('ana21@'))).toEqual([])
  })
})

describe('23: the file of what was left out', () => {
  it('runs in no spreadsheet, and is read back by the form as it was', async () => {
    const cells = ['=1+1', '+1', '-1', '@SUM(A1)', "  =cmd|' /C calc'!A0", '"=1', '\t=1', '＝1+1']
    const rows = cells.map((cell, at) => `bad${at}@,"${cell.replaceAll('"', '""')}"`)
    const done = await sendToTheEnd(
      usher,
      ada(),
      await giveFile(ada(), csv(`email,first name\nok23@example.org,Ok\n${rows.join('\n')}`)),
    )
    const file = await fileIn(usher, ada(), done)
    for (const line of file.split('\r\n').slice(1)) {
      for (const cell of line.match(/"(?:[^"]|"")*"|[^,]+/g) ?? []) {
        expect(cell.replace(/^"/, '').replaceAll('""', '"')).not.toMatch(/^[\s"]*[=+\-@＝]/u)
      }
    }
    const mended = file.replaceAll(/^bad(\d)@/gm, 'good$1@example.org')
    const preview = await giveImport(ada(), csv(mended))
    expect(preview.text).toContain('8 people will be brought in')
    const { ts } = await send(ada(), preview)
    await waitForEnd(ada(), ts)
    const names = await queryRows(
      usher,
      `SELECT "firstName" FROM "Person" WHERE "emailKey" LIKE 'good%@example.org' ORDER BY "emailKey"`,
    )
    expect(names.map(({ firstName }) => firstName)).toEqual([
      '=1+1',
      '+1',
      '-1',
      '@SUM(A1)',
      "=cmd|' /C calc'!A0",
      '"=1',
      '=1',
      '＝1+1',
    ])
  })
})

describe('24: files made to hurt', () => {
  it.each([
    ['a cell of 9 MB', `email\n"${'a'.repeat(9 * 1024 * 1024)}"\n`, 'a cell holds at most 32,767 characters'],
    ['a million lines', 'a@b.example\n'.repeat(800_000), 'more than 10,000 people'],
    ['a million blank lines', '\n'.repeat(1_000_000), 'more than 100,000 empty lines'],
    ['a million columns', `email${','.repeat(1_000_000)}\n`, ''],
    ['a quote that never ends', `email\n"ana@example.org\n${'x\n'.repeat(200_000)}`, 'is not closed'],
  ])('%s: in words, and the process stays small', async (_, content, words) => {
    const before = process.memoryUsage().rss
    const form = await giveFile(ada(), csv(content))
    expect(form.callbackId).toBe('list_form')
    if (words) expect(form.text).toContain(words)
    expect(form.text).not.toContain('Something went wrong on our side')
    // The test itself holds the file several times (made, stored, sent).
    expect((process.memoryUsage().rss - before) / 1024 / 1024).toBeLessThan(64 + 5 * (content.length / 1024 / 1024))
  })
})
