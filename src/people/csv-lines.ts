// Text in pieces, cut into lines of cells by csv-parse, with what it leaves to its callers: where a line begins, how much
// one may hold, and which quote was not closed.
import { CsvError, type Parser, parse } from 'csv-parse'
import { withoutApostrophes } from './csv-text.ts'
import { type Delimiter, isSeparatorLine } from './delimiter.ts'
import { UnreadableList } from './unreadable-list.ts'

/** As many characters as a cell of a spreadsheet holds. */
const CELL_LENGTH = 32_767
const RECORD_LENGTH = 2 * CELL_LENGTH

/** `line` is where it begins, from 1. */
export type Line = { cells: string[]; line: number }

/** Takes text piece by piece and gives the lines that it ends; `end` gives the last one, if no line break ended it. */
export type Cutter = { cut(text: string): Promise<Line[]>; end(): Promise<Line[]> }

/** Cuts text into lines of cells. Throws UnreadableList `unclosed_quote` and `cell_too_long`. */
export function createCutter(delimiter: Delimiter): Cutter {
  let lines: Line[] = []
  /** Where the last line that was read to its end ended, and how much came since. */
  let endedAt = 0
  let since = 0
  const parser: Parser = parse({
    delimiter,
    record_delimiter: '\n',
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: RECORD_LENGTH,
    raw: true,
    // With `raw` a record comes together with how it was written.
    on_record: (read: string[] | { record: string[]; raw: string }, context) => {
      const { record: cells, raw } = Array.isArray(read) ? { record: read, raw: '' } : read
      const line = endedAt + 1
      endedAt = context.lines
      since = 0
      // csv-parse makes an error, 80 µs' work, for every record that is not as long as the first, allowed or not. With
      // none counted each is the first.
      Object.assign(parser.info, { records: 0 })
      ensureQuotesClosed(cells, raw, line)
      const tooLong = cells.some((cell) => cell.length > CELL_LENGTH)
      if (tooLong) throw new UnreadableList({ code: 'cell_too_long', detail: { line, most: CELL_LENGTH } })
      if (line > 1 || !isSeparatorLine(cells.join(delimiter), delimiter)) {
        lines.push({ cells: cells.map(withoutApostrophes), line })
      }
      return null
    },
  })
  // Every error comes back from the write that caused it as well.
  parser.on('error', () => {})
  parser.resume()
  const refuseRecord = (): never => {
    const line = endedAt + 1
    // A quote that is not closed takes the following lines into its cell.
    if (parser.info.lines > line) throw new UnreadableList({ code: 'unclosed_quote', detail: { line } })
    throw new UnreadableList({ code: 'cell_too_long', detail: { line, most: CELL_LENGTH } })
  }
  const settle = (error: Error | null | undefined): Line[] => {
    if (error) {
      if (!(error instanceof CsvError)) throw error
      if (error.code === 'CSV_QUOTE_NOT_CLOSED') {
        throw new UnreadableList({ code: 'unclosed_quote', detail: { line: endedAt + 1 } })
      }
      if (error.code === 'CSV_MAX_RECORD_SIZE') refuseRecord()
      throw error
    }
    const cut = lines
    lines = []
    return cut
  }
  return {
    async cut(text) {
      since += text.length
      const error = await new Promise<Error | null | undefined>((done) => parser.write(text, done))
      // Empty cells have no size of their own: ten million delimiters are one row.
      if (!error && since > 2 * RECORD_LENGTH) refuseRecord()
      return settle(error)
    },
    async end() {
      const error = await new Promise<Error | null | undefined>((done) => {
        parser.once('error', done)
        parser.end(() => done(null))
      })
      return settle(error)
    },
  }
}

/** A cell that begins with a quote and goes over lines was closed in the middle of another one: `"Ana⏎"Bob",…`. */
function ensureQuotesClosed(cells: string[], raw: string, line: number): void {
  for (const cell of cells) {
    if (!cell.startsWith('"') || !cell.includes('\n')) continue
    if (raw.includes(`"${cell.replaceAll('"', '""')}"`)) continue
    throw new UnreadableList({ code: 'unclosed_quote', detail: { line } })
  }
}
