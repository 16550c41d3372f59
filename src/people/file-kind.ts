// What the first bytes of a file say of it: text in which encoding, or something that is no list.
import { type SeemsToBe, UnreadableList } from './unreadable-list.ts'

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be'

const BEGINNINGS: [SeemsToBe, number[]][] = [
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['zip', [0x50, 0x4b, 0x05, 0x06]],
  ['pdf', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  // The file of Office before 2007: Excel's, as a rule, where a list is meant.
  ['excel', [0xd0, 0xcf, 0x11, 0xe0]],
  ['gzip', [0x1f, 0x8b]],
  ['picture', [0x89, 0x50, 0x4e, 0x47]],
  ['picture', [0xff, 0xd8, 0xff]],
  ['picture', [0x47, 0x49, 0x46, 0x38]],
  ['rtf', [0x7b, 0x5c, 0x72, 0x74, 0x66]],
  ['zip', [0x37, 0x7a, 0xbc, 0xaf]],
  ['zip', [0x52, 0x61, 0x72, 0x21]],
]

/** Gives the encoding that the first kilobytes of a file tell. Throws UnreadableList for what is no text. */
export function encodingOf(start: Uint8Array): Encoding {
  const bytes = Buffer.from(start.buffer, start.byteOffset, start.length)
  for (const [seems, beginning] of BEGINNINGS) {
    if (beginning.every((byte, index) => bytes[index] === byte)) {
      throw new UnreadableList({ code: 'not_text', detail: { seems: seems === 'zip' ? kindOfZip(bytes) : seems } })
    }
  }
  const mark = bytes.toString('hex', 0, 4)
  if (mark === 'fffe0000' || mark === '0000feff') refuseEncoding('UTF-32')
  if (mark.startsWith('fffe')) return 'utf-16le'
  if (mark.startsWith('feff')) return 'utf-16be'
  if (!mark.startsWith('efbbbf')) refuseZeros(bytes)
  return 'utf-8'
}

/** Refuses what is text but no list. Takes the beginning of the text. */
export function ensureNoMarkup(text: string): void {
  const start = text.slice(0, 1_000).trimStart().toLowerCase()
  const isXml = start.startsWith('<?xml')
  if (/^<(!doctype\s+html|html[\s>]|head[\s>]|body[\s>])/.test(start) || (isXml && start.includes('<html'))) {
    throw new UnreadableList({ code: 'web_page', detail: {} })
  }
  if (isXml) throw new UnreadableList({ code: 'not_text', detail: { seems: 'xml' } })
}

/** Text in another encoding has no zeros, except UTF-16 without its mark: there every other byte is one. */
function refuseZeros(bytes: Buffer): void {
  if (!bytes.includes(0)) return
  let zeros = 0
  for (const byte of bytes) if (byte === 0) zeros += 1
  if (zeros > bytes.length * 0.3 && zeros < bytes.length * 0.6) refuseEncoding('UTF-16')
  throw new UnreadableList({ code: 'not_text', detail: { seems: 'binary' } })
}

/** Always throws: the encoding that bytes which are not UTF-8 seem to have, by what usually stands in lists. */
export function refuseOtherEncoding(bytes: Uint8Array): never {
  let single = 0
  let inWords = 0
  for (let at = 0; at < bytes.length; at += 1) {
    if (!isLetterOutsideAscii(bytes[at])) continue
    if (isLetterOutsideAscii(bytes[at - 1]) || isLetterOutsideAscii(bytes[at + 1])) inWords += 1
    else single += 1
  }
  if (single + inWords === 0) refuseEncoding('')
  // Cyrillic words are whole rows of such bytes; in the languages of western Europe they stand alone.
  refuseEncoding(inWords > single ? 'Windows-1251' : 'Windows-1252')
}

const isLetterOutsideAscii = (byte: number | undefined) => byte !== undefined && byte >= 0xc0

function refuseEncoding(looksLike: string): never {
  throw new UnreadableList({ code: 'encoding', detail: { looksLike } })
}

function kindOfZip(bytes: Buffer): SeemsToBe {
  if (bytes.includes('xl/')) return 'excel'
  if (bytes.includes('word/')) return 'word'
  if (bytes.includes('mimetypeapplication/vnd.oasis')) return 'open_document'
  // Excel's newest files begin with a list of contents of several kilobytes, packed.
  return bytes.includes('[Content_Types].xml') ? 'excel' : 'zip'
}
