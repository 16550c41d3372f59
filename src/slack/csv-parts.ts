// A long CSV as files of a bounded size, one in memory at a time; each begins with the header.

export type CsvPart = { content: Buffer; isFirst: boolean; isLast: boolean }

/** Cuts between chunks of whole lines. The first chunk is the header; a part is at most `most` bytes and one chunk. */
export async function* inParts(chunks: AsyncIterable<string>, most: number): AsyncGenerator<CsvPart> {
  let header: Buffer | undefined
  let held: Buffer[] = []
  let bytes = 0
  let isFirst = true
  for await (const chunk of chunks) {
    const piece = Buffer.from(chunk)
    if (header === undefined) {
      header = piece
      continue
    }
    if (bytes > 0 && header.length + bytes + piece.length > most) {
      yield { content: Buffer.concat([header, ...held]), isFirst, isLast: false }
      held = []
      bytes = 0
      isFirst = false
    }
    held.push(piece)
    bytes += piece.length
  }
  if (header) yield { content: Buffer.concat([header, ...held]), isFirst, isLast: true }
}
