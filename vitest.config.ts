import { defineConfig } from 'vitest/config'

// Set before the workers start, so that they and the processes they spawn all inherit it.
process.env.TZ = 'UTC'

/** Catches a hang and nothing else: no test may depend on how fast the machine is. In milliseconds. */
const hang = 180_000

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Judges over the whole suite what every function was allowed to do and did.
    globalSetup: ['test/support/permissions/suite.ts'],
    // Tests start servers and processes of their own: a process per test file keeps them apart.
    pool: 'forks',
    maxWorkers: 2,
    globals: false,
    allowOnly: false,
    testTimeout: hang,
    hookTimeout: hang,
    teardownTimeout: hang,
  },
})
