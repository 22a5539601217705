import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startLocal } from '../../local/run.ts'
import { print } from '../figure.ts'
import { hasProc, treePssMb } from '../process-facts.ts'

/** Memory of the whole run: the shipped settings, which have every type of source, with all simulators. */
const limitMb = 1_000
/** Two periods of the schedules, in seconds. */
const seconds = 130

if (hasProc) {
  const dataDir = await mkdtemp(join(tmpdir(), 'auditlake-memory-'))
  const run = await startLocal({ dataDir, simulators: true })
  try {
    let peak = 0
    const end = Date.now() + seconds * 1_000
    while (Date.now() < end) {
      peak = Math.max(peak, treePssMb(process.pid))
      await sleep(2_000)
    }
    const idle = [...run.functions.values()].filter(({ pids }) => pids.length === 0).length
    const what = `the most memory of ${run.functions.size - idle} functions, gateway and simulators together`
    print('local-run-memory', peak, 'MB', limitMb, what)
  } finally {
    await run.stop()
    await rm(dataDir, { recursive: true })
  }
}
