// Test files share a few processes, each of which loads the program once, on one throwaway PostgreSQL (test/setup). Node
// itself runs the files, as it runs the program. Their order is shuffled; the seed is printed, and SEED=… repeats it.
import { defineConfig, type TestUserConfig } from 'vitest/config'
import { WAIT_LIMIT } from './src/sandbox/wait-limit.ts'
import { ShuffledFiles } from './test/setup/shuffled-files.ts'

/** Puts another module in the place of one of the program's, so it needs a process of its own. */
const ALONE = ['test/languages/third-language.test.ts']

const everywhere: TestUserConfig = {
  pool: 'forks',
  // Limits for what hangs, not promises: on a busy machine everything takes several times as long.
  expect: { poll: { timeout: WAIT_LIMIT, interval: 20 } },
  testTimeout: 4 * WAIT_LIMIT,
  hookTimeout: 2 * WAIT_LIMIT,
}

// .ci/run counts what is in this file.
const results = process.env.TEST_RESULTS

export default defineConfig({
  test: {
    // They wait more than they work.
    maxWorkers: 3,
    sequence: { sequencer: ShuffledFiles },
    reporters: ['default', './test/setup/timings.ts', ...(results ? ['json'] : [])],
    ...(results ? { outputFile: { json: results } } : {}),
    projects: [
      {
        test: {
          ...everywhere,
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: ALONE,
          globalSetup: ['test/setup/global.ts'],
          isolate: false,
          experimental: { viteModuleRunner: false, nodeLoader: false },
        },
      },
      { test: { ...everywhere, name: 'alone', include: ALONE } },
    ],
  },
})
