// Files that are no lists, or are made to hurt (SECURITY.md, 24): each has its own code, and only a little of it is read.
import { deflateRawSync, gzipSync } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import { PIECE } from '../../src/people/file-text.ts'
import { PEOPLE_FILE_BYTES, readPeopleFile } from '../../src/people/people-file.ts'
import type { SeemsToBe, UnreadableReason } from '../../src/people/unreadable-list.ts'
import { fileOf, readAll, refusalOf, repeated } from './files.ts'

/** A row of a file holds at most twice a spreadsheet's cell; what is read beyond it is a matter of pieces. */
const MOST_READ = 2 * 2 * 32_767 + 3 * PIECE

/** One entry of a zip archive, as Excel and others begin theirs. */
function zipOf(name: string): Buffer {
  const head = Buffer.alloc(30)
  head.write('PK\x03\x04', 'latin1')
  head.writeUInt16LE(8, 8)
  head.writeUInt16LE(name.length, 26)
  return Buffer.concat([head, Buffer.from(name), deflateRawSync(Buffer.from('ana@x.org\n'.repeat(100)))])
}

describe('a file that is no list', () => {
  it.each<[SeemsToBe, Buffer]>([
    ['zip', zipOf('people.csv')],
    ['excel', zipOf('xl/workbook.xml')],
    ['excel', zipOf('[Content_Types].xml')],
    ['word', zipOf('word/document.xml')],
    ['excel', Buffer.from('d0cf11e0a1b11ae1', 'hex')],
    ['gzip', gzipSync('ana@x.org')],
    ['pdf', Buffer.from('%PDF-1.7\n')],
    ['picture', Buffer.from('89504e470d0a1a0a', 'hex')],
    ['rtf', Buffer.from('{\\rtf1 ana@x.org}')],
    ['xml', Buffer.from('<?xml version="1.0"?><people/>')],
    ['binary', Buffer.from('email\nana@x.org\0\n')],
    ['binary', Buffer.from(`email\n${'ana@x.org\n'.repeat(PIECE / 5)}bob@x.org\0\n`)],
  ])('seems to be %s', async (seems, content) => {
    expect(await refusalOf(fileOf(content))).toEqual({ code: 'not_text', detail: { seems } })
  })

  it.each([
    '<!DOCTYPE html><html><body>Sign in to Slack</body></html>',
    '\uFEFF\n\n  <html lang="en"><head>',
    '<?xml version="1.0"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml">',
  ])('is a web page: %s', async (page) => {
    expect(await refusalOf(fileOf(page))).toEqual({ code: 'web_page', detail: {} })
  })

  it('is not taken for a web page because it has angle brackets', async () => {
    expect((await readAll(fileOf('<ana@x.org>\n<bob@x.org>'))).rows).toHaveLength(2)
  })

  it.each(['', '\uFEFF', '\r\n\r\n', ' \t\n', ',,,\n , \n', 'email,name\n', 'email\n\n , \n'])(
    'is empty: %j',
    async (content) => {
      expect(await refusalOf(fileOf(content))).toEqual({ code: 'empty', detail: {} })
    },
  )

  const windows1251 = Buffer.concat([
    Buffer.from('email,name\nana@x.org,'),
    Buffer.from([0xc0, 0xed, 0xff, 0x20, 0xc8, 0xe2, 0xe0, 0xed, 0xee, 0xe2, 0xe0]),
  ])
  it.each<[string, Buffer]>([
    ['Windows-1251', windows1251],
    ['Windows-1252', Buffer.from('email,name\nana@x.org,Mu\xf1oz\nbob@x.org,M\xfcller', 'latin1')],
    ['UTF-16', Buffer.from('email\nana@x.org', 'utf16le')],
    ['UTF-32', Buffer.from('fffe000065000000', 'hex')],
    ['', Buffer.concat([Buffer.from('\uFEFFemail\nana@x.org', 'utf16le'), Buffer.from([0x00, 0xd8, 0x41, 0x00])])],
    ['', Buffer.from('email\nana@x.org\x80\x81', 'latin1')],
  ])('is in another encoding: %s', async (looksLike, content) => {
    expect(await refusalOf(fileOf(content))).toEqual({ code: 'encoding', detail: { looksLike } })
  })

  it('ends in the middle of a letter', async () => {
    const content = Buffer.from('email,name\nana@x.org,Аня')
    const reason = await refusalOf(fileOf(content.subarray(0, -1)))

    expect(reason?.code).toBe('encoding')
  })

  it.each([
    ['Last name,Department\nDiaz,HR', 'Last name, Department'],
    ['Кто\nАня', 'Кто'],
    [`${'x'.repeat(50)}\nana@x.org`, `${'x'.repeat(39)}…`],
  ])('has no column for addresses: %j', async (content, columns) => {
    expect(await refusalOf(fileOf(content))).toEqual({ code: 'no_email_column', detail: { columns } })
  })

  it.each([
    ['at the end', 'email,name\n\n\nana@x.org,"Ana\nbob@x.org,Bob\n', 4],
    ['closed by the next quote', 'email,name\nana@x.org,"Ana\nbob@x.org,"Bob"\n', 2],
    ['closed at a line’s beginning', 'name,email\n"Ana,ana@x.org\n"Bob",bob@x.org\n', 2],
  ])('has a quote that is not closed: %s', async (_, content, line) => {
    expect(await refusalOf(fileOf(content))).toEqual({ code: 'unclosed_quote', detail: { line } })
  })

  it('may have quotes in the middle of a cell, and line breaks behind a doubled one', async () => {
    const { rows } = await readAll(fileOf('email,name\na@x.org,Ana "Annie" Diaz\nb@x.org,"""Bob"",\nthe first"\n'))

    expect(rows.map(({ row }) => [row.firstName, row.lastName])).toEqual([
      ['Ana "Annie"', 'Diaz'],
      ['the first', '"Bob"'],
    ])
  })
})

describe('a file that is made to hurt', () => {
  const tooLong = (line: number): UnreadableReason => ({ code: 'cell_too_long', detail: { line, most: 32_767 } })
  const tenMegabytes = (text: string) =>
    repeated(text.repeat(1_000), Math.floor(PEOPLE_FILE_BYTES / 1_000 / text.length))

  it.each<[string, string, UnreadableReason]>([
    ['a cell of 10 MB', 'x', tooLong(2)],
    ['a cell of 10 MB in another script', 'я', tooLong(2)],
    ['10 MB of delimiters', ',', tooLong(2)],
    ['10 MB of empty cells', '"",', tooLong(2)],
    ['10 MB of quotes', '"', tooLong(2)],
    ['a quote that is never closed', 'a,b\n', { code: 'unclosed_quote', detail: { line: 2 } }],
  ])('is left after its first 200 kB: %s', async (name, text, reason) => {
    const start = name.startsWith('a quote') ? 'email,name\na@x.org,"' : 'email,name\n'
    const source = fileOf(start, tenMegabytes(text))

    expect(await refusalOf(source)).toEqual(reason)
    expect(source.taken).toBeLessThan(MOST_READ)
    expect(source.closed).toBe(true)
  })

  it('has a million rows: left soon after the 10,000th', async () => {
    const row = 'ana@example.org,Ana,Diaz\n'
    const source = fileOf('email,first name,last name\n', repeated(row, 1_000_000))

    expect(await refusalOf(source)).toEqual({ code: 'too_many_rows', detail: { most: 10_000, blank: false } })
    expect(source.taken).toBeLessThan(10_000 * row.length + 3 * PIECE)
    expect(source.closed).toBe(true)
  })

  it.each(['\n', '\r\n', ',,,\n'])('has millions of lines that say nothing: %j', async (blank) => {
    const source = fileOf('email\n', repeated(blank.repeat(1_000), 10_000))

    expect(await refusalOf(source)).toEqual({ code: 'too_many_rows', detail: { most: 100_000, blank: true } })
    expect(source.taken).toBeLessThan(100_000 * blank.length + 3 * PIECE)
  })

  it('is endless: left at the first byte too many', async () => {
    const source = fileOf(repeated('# \n'.repeat(100), 1_000_000))
    const refused = fileOf('email\n', repeated('a@x.org, and a note that nobody reads\n', 1_000_000))

    expect((await refusalOf(source))?.code).toBe('no_email_column')
    expect(await refusalOf(refused, { maxBytes: 100_000 })).toEqual({ code: 'too_large', detail: { most: 100_000 } })
    expect(refused.taken).toBeLessThan(100_100)
    expect(refused.closed).toBe(true)
  })

  it('of exactly the allowed bytes and rows is read', async () => {
    const text = `email\n${'ana@x.org\n'.repeat(100)}`

    expect((await readAll(fileOf(text), { maxBytes: text.length, maxRows: 100 })).rows).toHaveLength(100)
    expect((await refusalOf(fileOf(text), { maxBytes: text.length - 1 }))?.code).toBe('too_large')
    expect((await refusalOf(fileOf(text), { maxRows: 99 }))?.code).toBe('too_many_rows')
  })

  it('is never in memory whole: what was taken and not given yet is a chunk and some pieces', async () => {
    const row = `ana@example.org,${'n'.repeat(900)}\n`
    const source = fileOf('email,note\n', repeated(row, 9_000))
    let given = 0
    let most = 0
    for await (const { rows } of readPeopleFile(source)) {
      most = Math.max(most, source.taken - given * row.length)
      given += rows.length
    }

    expect(given).toBe(9_000)
    expect(most).toBeLessThan(500 * row.length + 3 * PIECE)
  })

  it('has rows of all lengths, and no error is made for any of them', async () => {
    const made = vi.spyOn(Error, 'captureStackTrace')
    const { rows } = await readAll(fileOf('email,name\n', 'a@x.org\nb@x.org,B\nc@x.org,C,\n'.repeat(100)))
    const errors = made.mock.calls.length
    made.mockRestore()

    expect(rows.filter(({ problem }) => !problem)).toHaveLength(300)
    expect(errors).toBe(0)
  })

  it('has cells that grow when they are made comparable, in every column', async () => {
    const cell = 'ﷺ'.repeat(5_000)
    const header = 'email,first name,last name,mobile,department,location,employee type,start date,groups,active'
    const { rows } = await readAll(fileOf(`${header}\n${repeatedRow(cell, 6)}`))

    expect(rows.map(({ problem }) => problem?.code)).toEqual(['address_malformed'])
  })

  const repeatedRow = (cell: string, times: number) => `${Array.from({ length: times }, () => cell).join(',')}\n`
})
