// What the run took, at its end: each kind of test by itself, and the ten slowest files.
import type { Reporter, TestModule } from 'vitest/node'

const SLOWEST = 10
/** A file is of the first kind whose folder it is in; "unit" are all others. */
const KINDS = {
  browser: 'test/browser/',
  faults: 'test/faults/',
  security: 'test/security/',
  journeys: 'test/journeys/',
}

type Timed = { file: string; kind: string; ms: number }

function timed(module: TestModule): Timed {
  const file = module.relativeModuleId
  const kind = Object.entries(KINDS).find(([, folder]) => file.startsWith(folder))?.[0] ?? 'unit'
  const { collectDuration, setupDuration, duration } = module.diagnostic()
  return { file, kind, ms: collectDuration + setupDuration + duration }
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

export default class Timings implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const files = modules.map(timed).sort((one, other) => other.ms - one.ms)
    if (files.length < SLOWEST) return
    const kinds = [...Object.keys(KINDS), 'unit'].map((kind) => {
      const own = files.filter((file) => file.kind === kind)
      return `${kind} ${seconds(own.reduce((sum, { ms }) => sum + ms, 0))} in ${own.length} files`
    })
    console.log(`\nTime by kind, several files at a time: ${kinds.join(', ')}`)
    console.log(`The ${SLOWEST} slowest files:`)
    for (const { file, ms } of files.slice(0, SLOWEST)) console.log(`${seconds(ms).padStart(9)}  ${file}`)
  }
}
