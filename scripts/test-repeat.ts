// Runs test files again and again, each time in another order: npm run test:repeat -- 10 test/people/mobile.test.ts
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const [times, ...files] = process.argv.slice(2)
const count = Number(times)
if (!Number.isInteger(count) || count < 1 || files.length === 0) {
  console.error('Say how often and which files: npm run test:repeat -- 10 test/people/mobile.test.ts')
  process.exit(2)
}
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
let failed = 0
for (let turn = 1; turn <= count; turn += 1) {
  const run = spawnSync(process.execPath, [vitest, 'run', ...files], { stdio: 'inherit' })
  if (run.status !== 0) failed += 1
  console.log(`Turn ${turn} of ${count}: ${run.status === 0 ? 'passed' : 'FAILED'}`)
}
console.log(`${count - failed} of ${count} turns passed`)
process.exit(failed === 0 ? 0 : 1)
