// `npm run bench`: every benchmark in a process of its own, one after the other; `npm run bench -- ack start` runs only
// these. It measures and does not judge: it fails only when a benchmark could not run.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import type { Figure } from './figure.ts'
import { type Machine, readMachine } from './support/machine.ts'
import { isReached, tableOf } from './support/verdict.ts'

const BENCHMARKS = [
  'ack',
  'invite',
  'form-to-mail',
  'csv',
  'lists-commit',
  'auto',
  'directory',
  'mails',
  'sign-up',
  'sign-in',
  'open-page',
  'links',
  'lists',
  'enumeration',
  'start',
]
const RESULTS = new URL('results.json', import.meta.url)

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !BENCHMARKS.includes(name))
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}. There are: ${BENCHMARKS.join(', ')}.`)
  process.exit(1)
}
const machine = await readMachine()
console.log(`${inWords(machine)}\n`)
const figures: Figure[] = []
const failed: string[] = []
for (const name of asked.length > 0 ? asked : BENCHMARKS) {
  console.log(`Measuring ${name} …`)
  const measured = await runAlone(name)
  if (measured) figures.push(...measured)
  else failed.push(name)
}
if (figures.length > 0) console.log(`\n${tableOf(figures)}\n`)
if (failed.length > 0) {
  console.error(`Could not run: ${failed.join(', ')}. What went wrong stands above.`)
  process.exit(1)
}
if (asked.length === 0) {
  const kept = figures.map((figure) => ({ ...figure, reached: isReached(figure) }))
  const results = { date: new Date().toISOString(), machine, figures: kept }
  await writeFile(RESULTS, `${JSON.stringify(results, null, 2)}\n`)
  console.log('Written to bench/results.json.')
}

/** Its figures; undefined when it did not come to its end. */
async function runAlone(name: string): Promise<Figure[] | undefined> {
  const child = fork(new URL('support/run-one.ts', import.meta.url), [name])
  let measured: Figure[] | undefined
  child.once('message', (message: Figure[]) => {
    measured = message
  })
  await once(child, 'exit')
  return measured
}

function inWords({ cpu, cores, memoryGiB, node, postgresql, loadBefore }: Machine): string {
  const versions = `Node ${node}, PostgreSQL ${postgresql}`
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB; ${versions}; load before: ${loadBefore}`
}
