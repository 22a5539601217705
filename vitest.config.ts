import { defineConfig } from 'vitest/config'

// Set before the workers start, so that they and the processes they spawn all inherit it.
process.env.TZ = 'UTC'

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
    testTimeout: 20_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
  },
})
