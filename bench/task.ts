/** The result of one run of a task in its own process. */
export interface Measured {
  /** Wall time of the measured part, after one warm-up, in seconds. */
  readonly seconds: number
  /** Peak memory of the process, in MB. */
  readonly peakMb: number
}

/** Runs the work once to warm up and once to measure, and prints the result. */
export async function measure(work: () => Promise<void> | void): Promise<void> {
  await work()
  const start = performance.now()
  await work()
  const measured: Measured = {
    seconds: (performance.now() - start) / 1_000,
    peakMb: process.resourceUsage().maxRSS / 1_000,
  }
  process.stdout.write(`${JSON.stringify(measured)}\n`)
}
