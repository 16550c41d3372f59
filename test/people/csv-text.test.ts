// CSV that Usher writes: nothing in it runs in a spreadsheet (SECURITY.md, 23), and it is read back as it was.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCutter } from '../../src/people/csv-lines.ts'
import { csvFile, csvLine, withoutApostrophes } from '../../src/people/csv-text.ts'
import { fileOf, readAll } from './files.ts'

async function cellsOf(text: string, delimiter: ',' | ';' | '\t' = ','): Promise<string[][]> {
  const cutter = createCutter(delimiter)
  const lines = [...(await cutter.cut(text.replaceAll('\r\n', '\n'))), ...(await cutter.end())]
  return lines.map(({ cells }) => cells)
}

/** What a spreadsheet would make of a file: its cells as they are, without our reading of apostrophes. */
function asSpreadsheet(text: string, delimiter: string): string[] {
  const cells = ['']
  let quoted = false
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charAt(at)
    const cell = cells.at(-1) ?? ''
    if (quoted && sign === '"' && text[at + 1] === '"') {
      cells[cells.length - 1] = `${cell}"`
      at += 1
    } else if (sign === '"' && (quoted || cell === '')) quoted = !quoted
    else if (!quoted && (sign === delimiter || sign === '\n' || sign === '\r')) cells.push('')
    else cells[cells.length - 1] = cell + sign
  }
  return cells
}

const RUNS = /^[\s"']*[=+\-@＝＋－＠]/u
const isRun = (cell: string) => RUNS.test(cell) && !/^[\s"]*'/.test(cell)

describe('a cell', () => {
  it.each([
    ['Ana', 'Ana'],
    ['Ana Diaz', 'Ana Diaz'],
    ['ana@example.org', 'ana@example.org'],
    ['Diaz, Ana', '"Diaz, Ana"'],
    ['the "A"', '"the ""A"""'],
    ['a\r\nb\rc', '"a\nb\nc"'],
    [' Ana', '" Ana"'],
    ['', '""'],
    ["O'Neil", '"O\'Neil"'],
    ['=1+1', '"\'=1+1"'],
    ['+7 905 111-11-11', '"\'+7 905 111-11-11"'],
    ['-2', '"\'-2"'],
    ['@SUM(A1)', '"\'@SUM(A1)"'],
    ['\t=1', '"\'\t\'=1"'],
    ['\r=1', '"\'\n\'=1"'],
    ['  =1', '"\'  =1"'],
    ['"=1', '"\'""=1"'],
    ["'=1", '"\'\'=1"'],
    ['＝1', '"\'＝1"'],
    ['x;=HYPERLINK("http://a.example")', '"x;\'=HYPERLINK(""http://a.example"")"'],
    ['a, b; c', '"a, b; c"'],
  ])('%j is written %s', (cell, written) => {
    expect(csvLine([cell])).toBe(`${written}\r\n`)
  })

  it.each(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])('that begins with %j is defused', (sign) => {
    for (const before of ['', ' ', '"', "'", ' "', '\u00a0', '\u200b']) {
      const written = csvLine([`${before}${sign}cmd|' /C calc'!A0`])

      expect(written.startsWith('"\'')).toBe(true)
    }
  })

  it('gets its apostrophes back exactly', () => {
    const nasty = fc.array(fc.constantFrom("'", '=', '@', ' ', '"', ',', ';', '\t', '\n', 'a', '-', '＝'), {
      maxLength: 12,
    })
    fc.assert(
      fc.property(nasty, (signs) => {
        const cell = signs.join('')
        const written = csvLine([cell]).slice(0, -2)
        const bare = written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written

        expect(withoutApostrophes(bare)).toBe(cell)
      }),
      { numRuns: 3_000 },
    )
  })

  it('of apostrophes, spaces or separators by the hundred thousand is written in one pass', () => {
    for (const sign of ["'", ' ', '"', ',', '\t', '\n', ' \n', "';"]) {
      expect(withoutApostrophes(sign.repeat(100_000)).length + csvLine([sign.repeat(100_000)]).length).toBeGreaterThan(
        0,
      )
    }
  })
})

describe('a file', () => {
  const cell = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc
      .array(fc.constantFrom('=', '+', '@', "'", '"', ',', ';', '\n', '\r\n', ' ', 'Ana', 'é'), { maxLength: 8 })
      .map((parts) => parts.join('')),
  )
  // NUL is in no text file; a lone CR becomes a line break like any other.
  const clean = (text: string) => text.replaceAll('\0', '').replaceAll(/\r\n?/g, '\n')

  it('is read back as it was written', async () => {
    const lines = fc.array(fc.array(cell.map(clean), { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(lines, async (cells) => {
        expect(await cellsOf(cells.map(csvLine).join(''))).toEqual(cells)
      }),
      { numRuns: 300 },
    )
  })

  it('runs in no spreadsheet, whichever delimiter it takes', () => {
    const cells = fc.array(cell, { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(cells, (line) => {
        for (const delimiter of [',', ';', '\t']) {
          expect(asSpreadsheet(csvLine(line), delimiter).filter(isRun)).toEqual([])
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('of people is read back by the reader of people', async () => {
    const name = fc.string({ unit: 'grapheme', maxLength: 20 })
    const people = fc.array(fc.record({ local: fc.stringMatching(/^[a-z]{1,8}$/), name, department: name }), {
      minLength: 1,
      maxLength: 20,
    })
    const tidy = (text: string) =>
      text
        .normalize('NFC')
        .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
        .trim()
    await fc.assert(
      fc.asyncProperty(people, async (all) => {
        const lines = all.map((person) => [`${person.local}@x.org`, clean(person.name), clean(person.department)])
        const { rows } = await readAll(fileOf(csvFile([['email', 'first name', 'department'], ...lines])))

        expect(rows.map(({ row }) => [row.address?.written, row.firstName, row.departmentName])).toEqual(
          lines.map(([address = '', ...names]) => [address, ...names.map(tidy)]),
        )
      }),
      { numRuns: 200 },
    )
  })

  it('begins with the mark that says UTF-8', () => {
    expect(csvFile([['email'], ['ana@x.org']])).toBe('\uFEFFemail\r\nana@x.org\r\n')
  })
})
