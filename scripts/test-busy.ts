// The whole suite on a machine that has no time: one endless loop for each of its processors beside it.
import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'

const loops = Array.from({ length: availableParallelism() }, () => new Worker('for (;;);', { eval: true }))
console.log(`Busy: ${loops.length} endless loops run beside the tests.`)
const script = fileURLToPath(new URL('test.ts', import.meta.url))
const { status } = spawnSync(process.execPath, [script, ...process.argv.slice(2)], { stdio: 'inherit' })
process.exit(status ?? 1)
