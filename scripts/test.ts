// Everything that must hold: types, lint, then all tests; what each took at the end. Arguments go to vitest.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const require = createRequire(import.meta.url)

/** The program that a package brings under a name, for Node to run. */
function programOf(packageName: string, name: string): string {
  const file = require.resolve(`${packageName}/package.json`)
  const { bin } = require(file) as { bin: string | Record<string, string> }
  return join(dirname(file), typeof bin === 'string' ? bin : (bin[name] ?? ''))
}

type Step = { name: string; seconds: number; code: number }

/** Runs one program to its end, its output between ours. */
async function run(name: string, program: string, args: string[]): Promise<Step> {
  const start = performance.now()
  const child = spawn(process.execPath, [program, ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  const code = await new Promise<number>((resolve) => {
    child.once('error', () => resolve(1))
    child.once('close', (ended) => resolve(ended ?? 1))
  })
  return { name, seconds: (performance.now() - start) / 1000, code }
}

const steps = [
  await run('types', programOf('typescript', 'tsc'), ['--noEmit']),
  await run('lint', programOf('@biomejs/biome', 'biome'), ['check', '.']),
]
// Tests of code that does not compile say nothing new.
if (steps.every(({ code }) => code === 0)) {
  steps.push(await run('tests', programOf('vitest', 'vitest'), ['run', ...process.argv.slice(2)]))
}
console.log(steps.map(({ name, seconds }) => `${name} ${seconds.toFixed(0)} s`).join(', '))
process.exit(steps.find(({ code }) => code !== 0)?.code ?? 0)
