import { hangMs } from './hang.ts'

/**
 * Runs of the tests that change valid input at random. `FUZZ_RUNS=500000 npx vitest run FILE` tries as many others;
 * `FUZZ_SEED` repeats those of a seed. By default they are the same each time, so that a change is judged by its own
 * merits.
 * @param usual runs by default
 * @returns parameters of `fc.assert`
 */
export function fuzzed(what: string, usual: number): { readonly numRuns: number; readonly seed: number } {
  const { FUZZ_RUNS, FUZZ_SEED } = process.env
  const numRuns = Number(FUZZ_RUNS ?? usual)
  const seed = Number(FUZZ_SEED ?? (FUZZ_RUNS === undefined ? 20_261_128 : Date.now() % 2 ** 31))
  console.log(`${what}: ${numRuns} at random, FUZZ_SEED=${seed}`)
  return { numRuns, seed }
}

/** The limit of a test that computes all the time, and catches hangs only: ten times what a slow machine takes. */
export const computingLimit = 10 * hangMs

/** The limit of a test with random changes: many others than the usual ones may take hours. */
export const fuzzLimit = { timeout: process.env.FUZZ_RUNS === undefined ? computingLimit : 0 }
