// A CSV file of people, read as it arrives: rows in chunks, never more of the file in memory than a piece and a row.
import { setImmediate } from 'node:timers/promises'
import { type Columns, readColumns } from './columns.ts'
import { type Cutter, createCutter, type Line } from './csv-lines.ts'
import { delimiterOf } from './delimiter.ts'
import { readText } from './file-text.ts'
import { type ReadRow, readPersonRow } from './person-row.ts'
import { UnreadableList } from './unreadable-list.ts'

export type PeopleChunk = {
  rows: ReadRow[]
  /** Read of the file so far. */
  bytes: number
  hasHeader: boolean
  /** The columns that are not read, as they are called. */
  ignoredColumns: string[]
}

export type PeopleFileOptions = {
  /** Those that the organization sends text messages to: a number without + has to be of one of them. */
  countries?: readonly string[]
  /** Bytes; 10 MB. */
  maxBytes?: number
  /** People; 10,000. */
  maxRows?: number
  /** Rows that are handed over at a time; 500. */
  chunk?: number
}

export const PEOPLE_FILE_BYTES = 10 * 1024 * 1024
export const PEOPLE_FILE_ROWS = 10_000

/** Rows that are judged before others have their turn: a few milliseconds' work. */
const ROWS_WITHOUT_BREAK = 100
/** So many lines that say nothing for each row that may say something. */
const BLANK_LINES_PER_ROW = 10

/**
 * Reads a file: UTF-8 or, with its mark, UTF-16; comma, semicolon or tab; with a header or with addresses alone. Rows
 * with a problem are given with it. Throws UnreadableList when the file as a whole cannot be used, also after chunks
 * were given: whoever calls keeps nothing then. The source is closed in every case; its own errors are thrown on.
 */
export async function* readPeopleFile(
  source: AsyncIterable<Uint8Array>,
  { countries = [], maxBytes = PEOPLE_FILE_BYTES, maxRows = PEOPLE_FILE_ROWS, chunk = 500 }: PeopleFileOptions = {},
): AsyncGenerator<PeopleChunk> {
  let columns: Columns | undefined
  let rows: ReadRow[] = []
  let count = 0
  let blank = 0
  let read = 0
  const about = () => ({ hasHeader: columns?.hasHeader ?? false, ignoredColumns: columns?.ignored ?? [] })
  for await (const { lines, bytes } of readLines(source, maxBytes)) {
    read = bytes
    for (const { cells, line } of lines) {
      if (cells.every((cell) => cell.trim() === '')) {
        blank += 1
        if (blank > maxRows * BLANK_LINES_PER_ROW) refuseRows(maxRows * BLANK_LINES_PER_ROW, true)
        continue
      }
      if (!columns) {
        columns = readColumns(cells)
        if (columns.hasHeader) continue
      }
      count += 1
      if (count > maxRows) refuseRows(maxRows, false)
      rows.push(readPersonRow(cells, { line, columns, countries }))
      // A piece may hold thousands of rows with hardly anything in them.
      if (count % ROWS_WITHOUT_BREAK === 0) await setImmediate()
      if (rows.length === chunk) {
        yield { rows, bytes: read, ...about() }
        rows = []
      }
    }
    await setImmediate()
  }
  if (count === 0) throw new UnreadableList({ code: 'empty', detail: {} })
  if (rows.length > 0) yield { rows, bytes: read, ...about() }
}

/** The lines of the file, cut into cells, as many as a piece of it holds. */
async function* readLines(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<{ lines: Line[]; bytes: number }> {
  let cutter: Cutter | undefined
  let bytes = 0
  for await (const piece of readText(source, maxBytes)) {
    bytes = piece.bytes
    cutter ??= createCutter(delimiterOf(piece.text))
    yield { lines: await cutter.cut(piece.text), bytes }
  }
  if (cutter) yield { lines: await cutter.end(), bytes }
}

function refuseRows(most: number, blank: boolean): never {
  throw new UnreadableList({ code: 'too_many_rows', detail: { most, blank } })
}
