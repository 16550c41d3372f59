// CSV that Usher writes: read by any spreadsheet, run by none, and read back by people-file.ts as it was.

/** Put in front of a file, it tells a spreadsheet that the file is UTF-8. */
export const BYTE_ORDER_MARK = '\uFEFF'

// A cell that begins like a formula is run by a spreadsheet (CWE-1236), also behind spaces and quotes, also when the
// spreadsheet takes another sign for its delimiter and so begins a cell in the middle of ours. The apostrophe in front
// of it says "text" (OWASP, CSV Injection). It is put there by a rule that can be turned round exactly: what may stand
// between the apostrophe and the sign contains the apostrophe itself, so a text that had one gets a second one.
const BETWEEN = '[\\p{Z}\\p{Cf}"\'`´“”„«»‘’]*'
const RUN = '=+\\-@＝＋－＠﹢﹣﹦﹫\\t'
const AT_START = `(?=${BETWEEN}[${RUN}\\n])`
const IN_THE_MIDDLE = `(?=${BETWEEN}[${RUN}])`
const BEFORE_RISK = new RegExp(`(?<=^)${AT_START}|(?<=[,;\\t\\n])${IN_THE_MIDDLE}`, 'gu')
const APOSTROPHE = new RegExp(`(?<=^)'${AT_START}|(?<=[,;\\t\\n])'${IN_THE_MIDDLE}`, 'gu')
const NEEDS_NO_QUOTES = /^[\p{L}\p{N}_.@+:()/-]+(?: [\p{L}\p{N}_.@+:()/-]+)*$/u

/**
 * One line of a CSV file, CR LF at its end: commas between, quotes doubled, line breaks inside a cell made LF, and
 * nothing that a spreadsheet would run.
 */
export function csvLine(cells: string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

/** A whole file: the byte order mark and a line each. */
export function csvFile(lines: string[][]): string {
  return BYTE_ORDER_MARK + lines.map(csvLine).join('')
}

/** Takes the apostrophes off again that csvLine put in; every other text stays as it is. */
export function withoutApostrophes(cell: string): string {
  return cell.includes("'") ? cell.replaceAll(APOSTROPHE, '') : cell
}

function csvCell(text: string): string {
  const safe = text.replaceAll(/\r\n?/g, '\n').replaceAll(BEFORE_RISK, "'")
  return NEEDS_NO_QUOTES.test(safe) ? safe : `"${safe.replaceAll('"', '""')}"`
}
