// OUT, to a file: the last audit seal of each day, one line each, only appended to.
import { appendFile, readFile } from 'node:fs/promises'
import type { AppendAnchor } from '../audit/index.ts'

/**
 * Appends to the file at `path`, which is made where it is missing; its folder has to be there. A line that is in it
 * already is left, so that a run that was cut short can be repeated. Throws what the file system says.
 */
export function createAnchorFile(path: string): AppendAnchor {
  return async (line) => {
    const text = await readFile(path, 'utf8').catch(missingAsEmpty)
    if (text.split('\n').includes(line)) return
    // A line that was cut off in the middle by a crash must not swallow the next.
    const start = text === '' || text.endsWith('\n') ? '' : '\n'
    await appendFile(path, `${start}${line}\n`, { mode: 0o640, flush: true })
  }
}

function missingAsEmpty(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
  throw error
}
