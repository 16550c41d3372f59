// A file as it arrives, made text: in pieces of one size, counted, decoded, its line breaks made one kind. At most one
// piece is in memory.
import { type Encoding, encodingOf, ensureNoMarkup, refuseOtherEncoding } from './file-kind.ts'
import { UnreadableList } from './unreadable-list.ts'

/** Bytes that are handled without a break: some milliseconds' work, whatever they are. */
export const PIECE = 16 * 1024

/**
 * Gives the text piece by piece, with the bytes read so far. Throws UnreadableList `too_large` as soon as more than
 * `maxBytes` came, `empty`, `not_text`, `web_page` and `encoding`.
 */
export async function* readText(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<{ text: string; bytes: number }> {
  let decode: ((piece: Uint8Array, more: boolean) => string) | undefined
  let seen = false
  let afterReturn = false
  let bytes = 0
  for await (const piece of inPieces(source, maxBytes)) {
    bytes += piece.length
    const isFirst = decode === undefined
    decode ??= decoder(encodingOf(piece))
    const decoded = decode(piece, true)
    const fresh = isFirst ? decoded.replace(/^\uFEFF+/, '') : decoded
    if (isFirst) ensureNoMarkup(fresh)
    if (fresh.includes('\0')) throw new UnreadableList({ code: 'not_text', detail: { seems: 'binary' } })
    seen ||= /\S/.test(fresh)
    // A CR LF may be cut in two: its CR was a line break already.
    const text = afterReturn && fresh.startsWith('\n') ? fresh.slice(1) : fresh
    if (fresh !== '') afterReturn = fresh.endsWith('\r')
    yield { text: text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text, bytes }
  }
  decode?.(new Uint8Array(0), false)
  if (!seen) throw new UnreadableList({ code: 'empty', detail: {} })
}

/** A decoder that takes nothing for granted: what is malformed is refused, never replaced. */
function decoder(encoding: Encoding): (piece: Uint8Array, more: boolean) => string {
  const text = new TextDecoder(encoding, { fatal: true })
  return (piece, more) => {
    try {
      return text.decode(piece, { stream: more })
    } catch {
      // Thrown for malformed bytes alone; which encoding it looks like says more than the decoder's own words.
      if (encoding !== 'utf-8') throw new UnreadableList({ code: 'encoding', detail: { looksLike: '' } })
      return refuseOtherEncoding(piece)
    }
  }
}

/** The same bytes in pieces of PIECE bytes, however they arrive: 10 MB at once, or one by one. */
async function* inPieces(source: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  const room = new Uint8Array(PIECE)
  let filled = 0
  let total = 0
  for await (const arrived of source) {
    total += arrived.length
    if (total > maxBytes) throw new UnreadableList({ code: 'too_large', detail: { most: maxBytes } })
    let taken = 0
    while (taken < arrived.length) {
      const part = arrived.subarray(taken, taken + PIECE - filled)
      room.set(part, filled)
      filled += part.length
      taken += part.length
      if (filled === PIECE) {
        yield room
        filled = 0
      }
    }
  }
  if (filled > 0) yield room.subarray(0, filled)
}
