// The table of mutants: test/mutants/*.txt, one file for each kind. Pure but for reading them.
//
// An entry is a sentence that says what the change breaks, and lines below it, up to the next empty line:
//   in FILE          the file that is changed
//   - TEXT           what stands there, exactly once in the file; several lines are one text
//   + TEXT           what stands there instead; without such a line nothing does
//   by FILE          a test file that has to notice; any number of them
//   only PATTERN     the names of the tests to run, where the files have many more (a regular expression)
//   survives REASON  no test can notice, and why
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Mutant = {
  kind: string
  what: string
  file: string
  find: string
  replace: string
  tests: string[]
  only: string | undefined
  survives: string | undefined
}

export const TABLE = join('test', 'mutants')

/** Reads the whole table, or throws with the place of the first entry that is no entry. */
export function readMutants(root: string): Mutant[] {
  const files = readdirSync(join(root, TABLE)).filter((name) => name.endsWith('.txt'))
  return files.sort().flatMap((name) => {
    const entries = readFileSync(join(root, TABLE, name), 'utf8').split(/\r?\n(?:\r?\n)+/)
    const kind = name.replace('.txt', '')
    return entries.filter((entry) => entry.trim() !== '').map((entry) => readMutant(kind, entry.trimEnd()))
  })
}

function readMutant(kind: string, entry: string): Mutant {
  const [what = '', ...lines] = entry.split(/\r?\n/)
  const after = (mark: string) =>
    lines.flatMap((line) => (line.startsWith(`${mark} `) ? [line.slice(mark.length + 1)] : []))
  const unknown = lines.find((line) => !/^(in|by|only|survives|-|\+) /.test(line))
  const [file] = after('in')
  const tests = after('by')
  const find = after('-').join('\n')
  if (unknown !== undefined || file === undefined || find === '' || tests.length === 0) {
    throw new Error(`${kind}: “${what}” ${unknown === undefined ? 'has no file, text or test' : `has “${unknown}”`}`)
  }
  const [only] = after('only')
  const [survives] = after('survives')
  return { kind, what, file, find, replace: after('+').join('\n'), tests, only, survives }
}

/** What is wrong with the entries as the files are now: a text that is not there exactly once, a test that is not there. */
export function problemsOf(root: string, mutants: Mutant[]): string[] {
  return mutants.flatMap(({ kind, what, file, find, tests }) => {
    const text = readIfThere(join(root, file))
    const count = text === undefined ? 0 : text.split(find).length - 1
    return [
      ...(count === 1 ? [] : [`its text stands ${count} times in ${file}, not once`]),
      ...tests.filter((test) => readIfThere(join(root, test)) === undefined).map((test) => `there is no ${test}`),
    ].map((problem) => `${kind}: “${what}” ${problem}`)
  })
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replaceAll('\r\n', '\n')
  } catch {
    return undefined
  }
}
