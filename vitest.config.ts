// Tests run in separate processes, three at a time (they wait more than they work), on one throwaway PostgreSQL (test/setup).
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// Two hundred processes load the same packages: what one has compiled serves the others, and the programs that they start.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'usher-compiled')

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/setup/global.ts'],
    pool: 'forks',
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 90_000,
  },
})
