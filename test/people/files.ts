// Files of people for tests: made in memory, given in pieces of any size, counted as they are taken.
import { type PeopleChunk, type PeopleFileOptions, readPeopleFile } from '../../src/people/people-file.ts'
import type { ReadRow } from '../../src/people/person-row.ts'
import { UnreadableList, type UnreadableReason } from '../../src/people/unreadable-list.ts'

export type Source = AsyncIterable<Uint8Array> & { taken: number; closed: boolean }

/** A file from texts and bytes, endless ones too: `taken` says how many bytes were asked for, `closed` that it was let go. */
export function fileOf(...parts: (string | Uint8Array | Iterable<string>)[]): Source {
  const source: Source = {
    taken: 0,
    closed: false,
    async *[Symbol.asyncIterator]() {
      try {
        for (const part of parts) {
          for (const piece of typeof part === 'string' || part instanceof Uint8Array ? [part] : part) {
            const bytes = Buffer.from(piece)
            source.taken += bytes.length
            yield bytes
          }
        }
      } finally {
        source.closed = true
      }
    },
  }
  return source
}

/** The same text again and again. */
export function* repeated(text: string, times: number): Generator<string> {
  for (let time = 0; time < times; time += 1) yield text
}

export type ReadFile = Pick<PeopleChunk, 'hasHeader' | 'ignoredColumns' | 'bytes'> & { rows: ReadRow[] }

/** Everything in a file. */
export async function readAll(source: AsyncIterable<Uint8Array>, options?: PeopleFileOptions): Promise<ReadFile> {
  const file: ReadFile = { rows: [], hasHeader: false, ignoredColumns: [], bytes: 0 }
  for await (const { rows, ...about } of readPeopleFile(source, options)) {
    file.rows.push(...rows)
    Object.assign(file, about)
  }
  return file
}

/** Why a file cannot be read; undefined when it can. */
export async function refusalOf(
  source: AsyncIterable<Uint8Array>,
  options?: PeopleFileOptions,
): Promise<UnreadableReason | undefined> {
  try {
    await readAll(source, options)
  } catch (error) {
    if (error instanceof UnreadableList) return error.reason
    throw error
  }
  return undefined
}
