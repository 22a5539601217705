import { writeFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Seen, seenId } from '../../lambdas/core/poll/live/seen.ts'
import { encodeState, stateFrom } from '../../lambdas/core/poll/live/state.ts'
import { apiUrlVariable } from '../../lambdas/functions/poller/env.ts'
import { type LocalRun, startLocal } from '../../local/run.ts'
import { exampleAnthropicKey, startAnthropicServer } from '../../simulators/anthropic/activity.ts'
import { exampleGithubToken, startGithubAuditServer } from '../../simulators/github/audit.ts'
import type { ProviderSimulator } from '../../simulators/shared/provider-simulator.ts'
import { type Figure, figure, median } from '../figure.ts'
import { cpuMs, hasProc, peakMb } from '../process-facts.ts'
import { type StoreCalls, storeCallCounter } from '../store-calls.ts'

/**
 * Cost of polling and speed of catching up: the functions' real bundles in their own processes against simulated
 * providers, with a minute of simulated time between two runs.
 */
const minuteMs = 60_000
/** Idle runs before the measured ones: the first sweeps wait until the rows of a new stream have settled in the lake. */
const unsettledRuns = 8
/** Runs of the measured hour: it holds what every hour has once, a sweep, the row of the idle runs, a look at the jobs. */
const idleRuns = 60
/** Simulated time passed, in milliseconds. */
let passed = 0

/** Calls of one run, or of all runs in an hour. */
type Calls = StoreCalls & { readonly requests: number }

/** The calls to count, each with its limit for a run that finds nothing, and for an hour of such runs with its sweeps. */
const limits: Readonly<Record<keyof Calls, { readonly run: number; readonly hour: number; readonly unit: string }>> = {
  puts: { run: 1, hour: 70, unit: 'PUT' },
  gets: { run: 3, hour: 200, unit: 'GET' },
  lists: { run: 1, hour: 6, unit: 'LIST' },
  sends: { run: 1, hour: 4, unit: 'sends' },
  requests: { run: 1, hour: 70, unit: 'requests' },
}

interface Provider {
  readonly name: string
  readonly server: ProviderSimulator
  readonly credential: string
  /** The provider's limit, in requests per minute. */
  readonly perMinute: number
  /** Minutes of catching up to measure. */
  readonly minutes: number
}

const folder = await mkdtemp(join(tmpdir(), 'auditlake-polling-'))
const startAt = Date.now() - 6 * 86_400_000
const quiet = { startAt, lateShare: 0, eventsPerMinute: 0 }
const providers: readonly Provider[] = [
  {
    name: 'github-audit',
    server: await startGithubAuditServer(quiet),
    credential: exampleGithubToken,
    perMinute: 1_750 / 60,
    minutes: 20,
  },
  {
    name: 'anthropic-activity',
    server: await startAnthropicServer({ ...quiet, recordsRequests: false, largestPage: 100 }),
    credential: exampleAnthropicKey,
    perMinute: 600,
    minutes: 4,
  },
]
const config = join(folder, 'settings.yaml')
await writeFile(
  config,
  `sources:
  - {id: github-audit, type: github-audit, label: Bench, name: example-org, startAt: '${new Date(startAt).toISOString().slice(0, 10)}'}
  - {id: anthropic-activity, type: anthropic-activity, label: Bench, startAt: '${new Date(startAt).toISOString().slice(0, 10)}'}
`,
)
const run = await startLocal({
  config,
  dataDir: join(folder, 'data'),
  simulators: false,
  prepare: (sources) => {
    for (const source of sources) {
      const url = providers.find(({ name }) => name === source.id)?.server.url
      if (url !== undefined) source.function.surroundings.variables[apiUrlVariable] = url
    }
  },
})
try {
  for (const schedule of run.schedules.values()) schedule.stop()
  const figures: Figure[] = [stateSize()]
  for (const provider of providers) {
    run.gateway.secrets.fill(run.ready.secrets[provider.name] ?? '', provider.credential)
    figures.push(...(await idle(run, provider)), await catchUp(run, provider))
  }
  for (const one of figures) if (!Number.isNaN(one.value)) console.log(JSON.stringify(one))
} finally {
  await run.stop()
  for (const { server } of providers) await server.stop()
  await rm(folder, { recursive: true })
}

/** An hour of warm runs that find nothing new. */
async function idle(local: LocalRun, provider: Provider): Promise<Figure[]> {
  const { name, server } = provider
  const pool = local.functionNamed(name)
  for (let n = 0; n < unsettledRuns; n++) {
    await pass(local, provider)
    await tick(local, provider)
  }
  const calls: Calls[] = []
  const cpu: number[] = []
  const pid = pool.pids[0] ?? 0
  // Resets the peak, so that the start of the process does not count.
  if (hasProc) writeFileSync(`/proc/${pid}/clear_refs`, '5')
  const storeCalls = storeCallCounter(local.faults, name)
  for (let n = 0; n < idleRuns; n++) {
    await pass(local, provider)
    const [askedBefore, cpuBefore] = [server.requests.length, cpuMs(pid)]
    await tick(local, provider)
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
async function catchUp(local: LocalRun, provider: Provider): Promise<Figure> {
  const { server, perMinute, minutes } = provider
  const backlog = Math.ceil(perMinute * (minutes + 4) * 100 * 1.3)
  await control(server, { insert: [{ count: backlog, agoMs: 3 * 3_600_000, spreadMs: 2 * 3_600_000 }] })
  // Uses up the budget gathered so far.
  for (let n = 0; n < 2; n++) {
    await tick(local, provider)
    await pass(local, provider)
  }
  const before = server.requests.length
  for (let n = 0; n < minutes; n++) {
    await tick(local, provider)
    await pass(local, provider)
  }
  const rate = (server.requests.length - before) / minutes
  return figure(
    `catch-up-${provider.name}`,
    rate,
    'requests/min',
    perMinute,
    "catching up, against the provider's limit",
  )
}

async function tick(local: LocalRun, { name }: Provider): Promise<void> {
  const outcome = await local.schedules.get(name)?.tick()
  if (!outcome?.ok) throw new Error(`${name}: ${JSON.stringify(outcome)}`)
}

/** Advances the provider and the functions by a minute. */
async function pass(local: LocalRun, { server }: Provider): Promise<void> {
  passed += minuteMs
  local.shiftClock(passed)
  await control(server, { time: Date.now() + passed })
}

async function control(server: ProviderSimulator, order: object): Promise<void> {
  const answer = await fetch(`${server.url}/_control`, { method: 'POST', body: JSON.stringify(order) })
  if (!answer.ok) throw new Error(await answer.text())
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
