import { defineConfig } from 'vitest/config'

// Set before the workers start, so that they and the processes they spawn all inherit it.
process.env.TZ = 'UTC'

/** The same as in `test/support/hang.ts`, which says why. */
const hangMs = 180_000
/** A test may wait several times, so that a wait that hangs says what for. */
const testTimeout = 3 * hangMs

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Judge over the whole suite what every function was allowed to do and did, and count syntheses.
    globalSetup: ['test/support/permissions/suite.ts', 'test/support/syntheses.ts'],
    // Tests start servers and processes of their own: a process per test file keeps them apart.
    pool: 'forks',
    maxWorkers: 2,
    globals: false,
    allowOnly: false,
    testTimeout,
    hookTimeout: testTimeout,
    teardownTimeout: hangMs,
    expect: { poll: { timeout: hangMs } },
  },
})
