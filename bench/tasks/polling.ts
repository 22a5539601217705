import { writeFileSync } from 'node:fs'
import { Seen, seenId } from '../../lambdas/core/poll/live/seen.ts'
import { encodeState, stateFrom } from '../../lambdas/core/poll/live/state.ts'
import { type Figure, figure, median } from '../figure.ts'
import { type PolledProvider, PolledRun } from '../polled-run.ts'
import { cpuMs, hasProc, peakMb } from '../process-facts.ts'
import { type StoreCalls, storeCallCounter } from '../store-calls.ts'

/**
 * Cost of polling and speed of catching up: the functions' real bundles in their own processes against simulated
 * providers, with a minute of simulated time between two runs.
 */
/**
 * Idle runs before the measured ones: the first sweeps wait until the rows of a new stream have settled in the lake.
 */
const unsettledRuns = 8
/**
 * Runs of the measured hour: it holds what every hour has once, a sweep, the row of the idle runs, a look at the jobs.
 */
const idleRuns = 60
/** Calls of one run, or of all runs in an hour. */
type Calls = Pick<StoreCalls, 'puts' | 'gets' | 'lists' | 'sends'> & { readonly requests: number }

/**
 * The calls to count, each with its limit for a run that finds nothing, and for an hour of such runs with its sweeps.
 */
const limits: Readonly<Record<keyof Calls, { readonly run: number; readonly hour: number; readonly unit: string }>> = {
  puts: { run: 1, hour: 70, unit: 'PUT' },
  gets: { run: 3, hour: 200, unit: 'GET' },
  lists: { run: 1, hour: 6, unit: 'LIST' },
  sends: { run: 1, hour: 4, unit: 'sends' },
  requests: { run: 1, hour: 70, unit: 'requests' },
}

/** Each provider's limit, in requests per minute, and the minutes of catching up to measure. */
const rates: Readonly<Record<PolledProvider['name'], { readonly perMinute: number; readonly minutes: number }>> = {
  'github-audit': { perMinute: 1_750 / 60, minutes: 20 },
  'anthropic-activity': { perMinute: 600, minutes: 4 },
}

const polled = await PolledRun.start()
try {
  const figures: Figure[] = [stateSize()]
  for (const provider of polled.providers) figures.push(...(await idle(provider)), await catchUp(provider))
  for (const one of figures) if (!Number.isNaN(one.value)) console.log(JSON.stringify(one))
} finally {
  await polled.stop()
}

/** An hour of warm runs that find nothing new. */
async function idle({ name, server }: PolledProvider): Promise<Figure[]> {
  const pool = polled.run.functionNamed(name)
  for (let n = 0; n < unsettledRuns; n++) {
    await polled.pass()
    await polled.tick(name)
  }
  const calls: Calls[] = []
  const cpu: number[] = []
  const pid = pool.pids[0] ?? 0
  // Resets the peak, so that the start of the process does not count.
  if (hasProc) writeFileSync(`/proc/${pid}/clear_refs`, '5')
  const storeCalls = storeCallCounter(polled.run.faults, name)
  for (let n = 0; n < idleRuns; n++) {
    await polled.pass()
    const [askedBefore, cpuBefore] = [server.requests.length, cpuMs(pid)]
    await polled.tick(name)
    calls.push({ ...storeCalls(), requests: server.requests.length - askedBefore })
    cpu.push(cpuMs(pid) - cpuBefore)
  }
  return [
    ...callFigures(name, calls),
    figure(`idle-cpu-${name}`, median(cpu), 'ms', 300, 'processor time of an idle run, against its limit'),
    figure(`idle-memory-${name}`, peakMb(pid), 'MB', 256, 'the most memory its process held, against its limit'),
  ]
}

function callFigures(name: string, runs: readonly Calls[]): Figure[] {
  const kinds = ['puts', 'gets', 'lists', 'sends', 'requests'] as const
  return kinds.flatMap((kind) => {
    const { run, hour, unit } = limits[kind]
    const counts = runs.map((calls) => calls[kind])
    const sum = counts.reduce((a, b) => a + b, 0)
    return [
      figure(`idle-${kind}-${name}`, median(counts), unit, run, 'of an idle run, against its limit'),
      figure(`idle-hour-${kind}-${name}`, sum, unit, hour, 'of an idle hour with its sweeps, against its limit'),
    ]
  })
}

/** An endless backlog: requests per minute against the provider's limit. */
async function catchUp(provider: PolledProvider): Promise<Figure> {
  const { name, server } = provider
  const { perMinute, minutes } = rates[name]
  const backlog = Math.ceil(perMinute * (minutes + 4) * 100 * 1.3)
  await polled.control(provider, { insert: [{ count: backlog, agoMs: 3 * 3_600_000, spreadMs: 2 * 3_600_000 }] })
  // Uses up the budget gathered so far.
  for (let n = 0; n < 2; n++) {
    await polled.tick(name)
    await polled.pass()
  }
  const before = server.requests.length
  for (let n = 0; n < minutes; n++) {
    await polled.tick(name)
    await polled.pass()
  }
  const rate = (server.requests.length - before) / minutes
  return figure(`catch-up-${name}`, rate, 'requests/min', perMinute, "catching up, against the provider's limit")
}

function stateSize(): Figure {
  const seen = new Seen()
  const now = Date.now()
  for (let n = 0; n < 100_000; n++) seen.add(seenId(`id-${n}`), now - (n % 2_400) * 1_000)
  const state = {
    ...stateFrom({ startAt: now, low: now, lookBackMs: 0, rate: { perHour: 1_750, periodSeconds: 3_600 } }, now),
    seen,
  }
  return figure(
    'poll-state',
    encodeState(state).length / 1e6,
    'MB',
    2,
    'state with 100,000 remembered ids, against its limit',
  )
}
