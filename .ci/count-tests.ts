/**
 * Prints `tests: N passed, N failed` from the file that vitest's JSON reporter wrote, and exits with 1 unless tests ran
 * and all of them passed. A test file that could not be loaded counts as one failure, and so does a run that never came
 * to write its results.
 */

import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'

const report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
})

function count(path: string): { passed: number; failed: number } {
  if (!existsSync(path)) return { passed: 0, failed: 1 }
  const { numPassedTests, numFailedTests, testResults } = report.parse(JSON.parse(readFileSync(path, 'utf8')))
  const unloaded = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  return { passed: numPassedTests, failed: numFailedTests + unloaded.length }
}

const { passed, failed } = count(process.argv[2] ?? '')
console.log(`tests: ${passed} passed, ${failed} failed`)
process.exitCode = passed > 0 && failed === 0 ? 0 : 1
