// Which sign stands between the cells of a file: found from its first lines, quotes respected.
import { columnOf } from './columns.ts'

export type Delimiter = ',' | ';' | '\t'

const DELIMITERS: Delimiter[] = ['\t', ';', ',']
const LINES = 20

/**
 * Gives the delimiter that the beginning of a file uses. `sep=;` in the first line, as Excel writes it, decides; else
 * the sign that makes known columns of the first line, else the one that cuts most lines into equally many cells.
 */
export function delimiterOf(start: string): Delimiter {
  const lines = firstLines(start)
  const [header = ''] = lines
  const said = DELIMITERS.find((delimiter) => isSeparatorLine(header, delimiter))
  if (said) return said
  const ranked = DELIMITERS.map((delimiter) => {
    const widths = lines.map((line) => cut(line, delimiter).length)
    const [first = 1] = widths
    return {
      delimiter,
      known: first > 1 ? cut(header, delimiter).filter((cell) => columnOf(cell)).length : 0,
      alike: first > 1 ? widths.filter((width) => width === first).length : 0,
      width: Math.max(...widths, 1),
    }
  })
  ranked.sort((a, b) => b.known - a.known || b.alike - a.alike || b.width - a.width)
  const [best] = ranked
  return best && best.width > 1 ? best.delimiter : ','
}

/** Excel's own first line: "sep=;". */
export function isSeparatorLine(line: string, delimiter: Delimiter): boolean {
  return line.trim().replaceAll('"', '').toLowerCase() === `sep=${delimiter}`.trim() && line.includes(delimiter)
}

/** The first lines that say something; a line break in quotes ends none. */
function firstLines(start: string): string[] {
  const lines: string[] = []
  let from = 0
  let quoted = false
  for (let at = 0; at <= start.length && lines.length < LINES; at += 1) {
    const sign = start[at]
    if (sign === '"') quoted = !quoted
    if (at < start.length && (quoted || sign !== '\n')) continue
    const line = start.slice(from, at)
    if (line.trim() !== '') lines.push(line)
    from = at + 1
  }
  return lines
}

function cut(line: string, delimiter: Delimiter): string[] {
  const cells = ['']
  let quoted = false
  for (const sign of line) {
    if (sign === '"') quoted = !quoted
    else if (sign === delimiter && !quoted) cells.push('')
    else cells[cells.length - 1] += sign
  }
  return cells
}
