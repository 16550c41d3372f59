// Do the tests notice when a line that keeps people out is broken? Breaks one such line at a time in a copy of the
// project, runs the tests that should notice, and counts: npm run mutants, or npm run mutants -- rights links
// A word chooses a kind (a file in test/mutants) or entries with this word in their sentence or file.
import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Mutant, problemsOf, readMutants } from './mutants-table.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')

/** Not part of the copy. The generated database client is. */
const LEFT_OUT = ['.git', 'node_modules', 'data', 'coverage', 'bench']
/** How long a test of the copy waits for what never comes, in ms: most mutants are noticed by that. */
const WAIT_LIMIT = 20_000
/** For one run of tests, in ms. Past it something hangs, and that is no answer. */
const MOST = 20 * 60_000

const words = process.argv.slice(2).map((word) => word.toLowerCase())
const table = readMutants(root)
const problems = problemsOf(root, table)
if (problems.length > 0) stop(`The table does not fit the code (test/mutants):\n${problems.join('\n')}`)
const kinds = new Set(table.map(({ kind }) => kind))
const isMeant = ({ kind, what, file }: Mutant) =>
  words.length === 0 ||
  words.some((word) => (kinds.has(word) ? word === kind : `${what} ${file}`.toLowerCase().includes(word)))
const mutants = table.filter(isMeant)
if (mutants.length === 0) stop('No entry of the table has one of these words.')

const place = mkdtempSync(join(tmpdir(), 'usher-mutants-'))
const copy = join(place, 'usher')
let running: ChildProcess | undefined
process.on('exit', () => {
  running?.kill()
  rmSync(place, { recursive: true, force: true })
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))
makeCopy()

const counts = { caught: 0, survived: 0, known: 0, broken: 0 }
for (const group of groupsOf(mutants)) {
  const [first] = group
  if (!first) continue
  // A test that is red without a mutant says nothing about one.
  const unbroken = await runTests(first)
  if (unbroken.outcome !== 'passed') {
    counts.broken += group.length
    tell('ERROR', `${first.tests.join(', ')} without a mutant: ${unbroken.words}`, unbroken.seconds)
    continue
  }
  for (const mutant of group) await tryMutant(mutant)
}

const { caught, survived, known, broken } = counts
console.log(`\n${caught} of ${mutants.length} caught`)
if (known > 0) console.log(`${known} survived as it must (docs/security/mutants.md)`)
if (survived > 0) console.log(`${survived} SURVIVED: no test notices`)
if (broken > 0) console.log(`${broken} could not be judged`)
process.exit(survived + broken === 0 ? 0 : 1)

function stop(text: string): never {
  console.error(text)
  process.exit(2)
}

function tell(verdict: string, text: string, seconds: number): void {
  console.log(`${verdict.padEnd(9)} ${text} (${seconds.toFixed(0)} s)`)
}

function makeCopy(): void {
  const isCopied = (path: string) => !LEFT_OUT.includes(relative(root, path)) && basename(path) !== '.DS_Store'
  cpSync(root, copy, { recursive: true, filter: isCopied })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction')
  const limit = join(copy, 'src', 'sandbox', 'wait-limit.ts')
  const text = readFileSync(limit, 'utf8')
  const shorter = text.replace(/WAIT_LIMIT = [\d_]+/, `WAIT_LIMIT = ${WAIT_LIMIT}`)
  if (shorter === text) stop('src/sandbox/wait-limit.ts has no WAIT_LIMIT any more.')
  writeFileSync(limit, shorter)
}

/** Those that the same tests are to notice stand together, so that these tests run once without a mutant. */
function groupsOf(all: Mutant[]): Mutant[][] {
  return [...Map.groupBy(all, ({ tests, only }) => JSON.stringify([tests.toSorted(), only])).values()]
}

async function tryMutant(mutant: Mutant): Promise<void> {
  const { kind, what, file, find, replace, survives } = mutant
  const path = join(copy, file)
  const before = readFileSync(path, 'utf8')
  // By a function, because a text to put in may hold "$&".
  writeFileSync(
    path,
    before.replaceAll('\r\n', '\n').replace(find, () => replace),
  )
  const { outcome, words: said, seconds } = await runTests(mutant)
  writeFileSync(path, before)
  if (outcome === 'failed') {
    counts.caught += 1
    tell('caught', `${kind}: ${what} → ${said}`, seconds)
    if (survives !== undefined) console.log('          The table says that it survives.')
  } else if (outcome === 'nothing') {
    counts.broken += 1
    tell('ERROR', `${kind}: ${what} ${said}`, seconds)
  } else if (survives !== undefined) {
    counts.known += 1
    tell('known', `${kind}: ${what} ${survives}`, seconds)
  } else {
    counts.survived += 1
    tell('SURVIVED', `${kind}: ${what} ${file}`, seconds)
  }
}

type Ran = { outcome: 'passed' | 'failed' | 'nothing'; words: string; seconds: number }

/** Runs the tests of an entry in the copy. `failed`: a test ran and was red. `nothing`: that cannot be said. */
async function runTests({ tests, only }: Pick<Mutant, 'tests' | 'only'>): Promise<Ran> {
  const results = join(place, 'results.json')
  rmSync(results, { force: true })
  const begun = performance.now()
  const more = only === undefined ? [] : ['-t', only]
  const output = await run(['run', ...tests, '--maxWorkers=1', '--bail=1', ...more], results)
  const seconds = (performance.now() - begun) / 1000
  return { ...judge(results, output), seconds }
}

function run(args: string[], results: string): Promise<string> {
  return new Promise((resolve) => {
    const env = { ...process.env, TEST_RESULTS: results, NO_COLOR: '1' }
    const child = spawn(process.execPath, [vitest, ...args], { cwd: copy, env, timeout: MOST, killSignal: 'SIGKILL' })
    running = child
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (output += part))
    child.once('error', (error) => resolve(error.message))
    child.once('close', () => resolve(output))
  })
}

type Results = { testResults: { message: string; assertionResults: { status: string; fullName: string }[] }[] }

function judge(results: string, output: string): Omit<Ran, 'seconds'> {
  let files: Results['testResults']
  try {
    files = (JSON.parse(readFileSync(results, 'utf8')) as Results).testResults
  } catch {
    return { outcome: 'nothing', words: `ended without results:\n${output.slice(-2_000)}` }
  }
  const tests = files.flatMap(({ assertionResults }) => assertionResults)
  const red = tests.find(({ status }) => status === 'failed')
  if (red) return { outcome: 'failed', words: red.fullName.trim() }
  // A file that did not load, or whose preparation failed: whatever that is, no test has noticed.
  const message = files.map((file) => file.message).find((text) => text !== '')
  if (message !== undefined) return { outcome: 'nothing', words: `no test ran: ${message.slice(0, 500)}` }
  if (!tests.some(({ status }) => status === 'passed')) return { outcome: 'nothing', words: 'no test ran' }
  return { outcome: 'passed', words: '' }
}
