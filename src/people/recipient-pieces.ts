// One pasted line, cut into what stands between commas and the like, each a row of words, quoted texts and texts in
// angle brackets. Every character is looked at a fixed number of times, whatever is pasted.

export type Piece = {
  kind: 'word' | 'quoted' | 'angle'
  /** Without the quotes or brackets. */
  text: string
}

/** What stands between two separators; `after` is the separator in front of it. */
export type Part = { after: string; pieces: Piece[] }

const SEPARATOR = /[,;\t，；、]/u
const SPACE = /\s/u

/** Cuts one line. Only separators, spaces and paired quotes and brackets are left out. */
export function cutLine(line: string): Part[] {
  let part: Part = { after: '', pieces: [] }
  const parts = [part]
  const closing = { '"': closingSign(line, '"'), '<': closingSign(line, '>') }
  let wordFrom = -1
  const endWord = (at: number) => {
    if (wordFrom !== -1) part.pieces.push({ kind: 'word', text: line.slice(wordFrom, at) })
    wordFrom = -1
  }
  for (let at = 0; at < line.length; at += 1) {
    const sign = line.charAt(at)
    if (SEPARATOR.test(sign)) {
      endWord(at)
      // Nothing between two separators is no part; a tab among them makes the line a row of a spreadsheet.
      if (part.pieces.length > 0) {
        part = { after: sign, pieces: [] }
        parts.push(part)
      } else if (part.after !== '\t') part.after = sign
    } else if (SPACE.test(sign)) {
      endWord(at)
    } else if (sign === '<' || (sign === '"' && wordFrom === -1)) {
      const close = closing[sign].after(at)
      const inside = close === -1 ? '' : line.slice(at + 1, close)
      if (close === -1 || (sign === '<' && inside.includes('<'))) {
        if (wordFrom === -1) wordFrom = at
        continue
      }
      endWord(at)
      part.pieces.push({ kind: sign === '<' ? 'angle' : 'quoted', text: inside.trim() })
      at = close
    } else if (wordFrom === -1) wordFrom = at
  }
  endWord(line.length)
  return parts
}

/** Where the next such sign stands. Remembers it, so that "<<<<<<" does not search the rest of the line each time. */
function closingSign(line: string, sign: string): { after(at: number): number } {
  let known = -2
  return {
    after(at) {
      if (known === -1 || known > at) return known
      known = line.indexOf(sign, at + 1)
      return known
    },
  }
}
