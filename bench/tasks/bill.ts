import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { postDelivery, signDelivery } from '../../simulators/github/webhooks.ts'
import { webhookPayloads } from '../events.ts'
import { median, print } from '../figure.ts'
import { PolledRun } from '../polled-run.ts'
import { callPrices, estimates, monthHours, prices } from '../prices.ts'
import { type StoreCalls, storeCallCounter } from '../store-calls.ts'

/**
 * What a month costs on AWS, from requests counted here: two webhook and two polled sources without an event, and a
 * million webhook events in one table, spread evenly.
 */
const unsettledMinutes = 10
const idleMinutes = 60
/** Three merges, one every twenty minutes. */
const busyMinutes = 60
/** Of a million a month. */
const eventsPerMinute = Math.ceil(1e6 / (monthHours * 60))

const functions = ['github-audit', 'anthropic-activity', 'janitor', 'writer', 'github-webhook', 'merger']
const scheduled = ['github-audit', 'anthropic-activity', 'janitor', 'writer']
/** Memory of the merger, and its room below /tmp beyond what is free, in GB. */
const mergerGB = { memory: 3_008 / 1_024, disk: 9.5 }
/** How long each run of the merger took, in seconds. */
let mergerRuns: number[] = []

const kinds = Object.keys(callPrices) as (keyof StoreCalls)[]

/** What docs/cost.md rests on: calls of an idle minute, and of an event. */
const limits: Readonly<Record<keyof StoreCalls, { readonly idle: number; readonly event: number }>> = {
  puts: { idle: 2.6, event: 0.1 },
  lists: { idle: 2.8, event: 0.01 },
  gets: { idle: 10, event: 0.16 },
  sends: { idle: 0.1, event: 1.01 },
  receives: { idle: 3.4, event: 0.25 },
  removes: { idle: 0.05, event: 0.15 },
  secrets: { idle: 0.5, event: 0.02 },
}

const polled = await PolledRun.start(
  '  - {id: hooks, type: github-webhook, label: Bench}\n  - {id: notebooks, type: hex-webhook, label: Bench}\n',
)
const counters = functions.map((name) => storeCallCounter(polled.run.faults, name))
try {
  for (let minute = 0; minute < unsettledMinutes; minute++) await idleMinute()
  const idle = await counted(idleMinutes, idleMinute)
  printIdle(idle)
  const quiet = await counted(busyMinutes, quietMinute)
  const busy = await counted(busyMinutes, busyMinute)
  printMillion(busy, quiet)
} finally {
  await polled.stop()
}

interface Counted {
  readonly calls: StoreCalls
  /** Bytes that the functions logged. */
  readonly logBytes: number
  /** Names of metrics with their dimensions. */
  readonly metrics: ReadonlySet<string>
  /** Time that merges took, in seconds. */
  readonly mergeSeconds: number
}

async function idleMinute(): Promise<void> {
  await polled.pass()
  for (const name of scheduled) await polled.tick(name)
  await runMerger()
}

/** Only what the events cause: the rest is the idle month. */
async function busyMinute(): Promise<void> {
  const { url = '', secretId = '' } = polled.run.ready.webhooks.hooks ?? {}
  const secret = polled.run.gateway.secrets.current(secretId)
  for (const text of webhookPayloads(eventsPerMinute).toString().trim().split('\n')) {
    const { ok } = await postDelivery(url, signDelivery({ event: 'push', payload: JSON.parse(text), secret }))
    if (!ok) throw new Error('a webhook was refused')
  }
  await polled.pass()
  await polled.tick('writer')
  await planAndMerge()
}

/** The part of a busy minute that costs something without an event too. */
async function quietMinute(): Promise<void> {
  await polled.pass()
  await planAndMerge()
}

async function planAndMerge(): Promise<void> {
  await polled.tick('janitor')
  await runMerger()
}

async function runMerger(): Promise<void> {
  const start = performance.now()
  await polled.tick('merger')
  mergerRuns.push((performance.now() - start) / 1_000)
}

/** Counts minutes of all functions. */
async function counted(minutes: number, minute: () => Promise<void>): Promise<Counted> {
  for (const counter of counters) counter()
  mergerRuns = []
  const before = await logs()
  for (let n = 0; n < minutes; n++) await minute()
  const all = counters.map((counter) => counter())
  const logged = [...(await logs())].map(([name, text]) => text.slice(before.get(name)?.length ?? 0))
  return {
    calls: callsBy((kind) => all.reduce((total, calls) => total + calls[kind], 0)),
    logBytes: logged.join('').length,
    // Most runs find nothing to merge.
    mergeSeconds: mergerRuns.reduce((sum, seconds) => sum + Math.max(0, seconds - median(mergerRuns)), 0),
    metrics: new Set(logged.flatMap((text) => text.split('\n')).flatMap(metricsIn)),
  }
}

function callsBy(count: (kind: keyof StoreCalls) => number): StoreCalls {
  return Object.fromEntries(kinds.map((kind) => [kind, count(kind)])) as Record<keyof StoreCalls, number>
}

/** What each function has logged. */
async function logs(): Promise<ReadonlyMap<string, string>> {
  // Lines are written a moment after they were logged.
  await sleep(500)
  const folder = join(polled.dataDir, 'logs')
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}

function metricsIn(line: string): string[] {
  if (!line.includes('"_aws"')) return []
  const { source = '', service, _aws } = JSON.parse(line.slice(line.indexOf('{')))
  const names: { Name: string }[] = _aws.CloudWatchMetrics.flatMap(({ Metrics }: { Metrics: unknown }) => Metrics)
  return names.map(({ Name }) => `${Name} ${service} ${source}`)
}

function printIdle({ calls, logBytes, metrics, mergeSeconds }: Counted): void {
  const months = monthHours / (idleMinutes / 60)
  const minutes = monthHours * 60
  for (const kind of kinds) {
    const what = 'of a minute in which nothing happens, against what the bill allows for'
    print(`bill-idle-${kind}`, calls[kind] / idleMinutes, 'calls', limits[kind].idle, what)
  }
  const stores = kinds.reduce((sum, kind) => sum + calls[kind] * months * callPrices[kind], 0)
  const seconds = 2 * 0.5 * estimates.idlePoll + 0.5 * estimates.idleJanitor + estimates.idleWriter
  const merger = mergerCost(estimates.idleMerger + mergeSeconds / idleMinutes)
  const perMinute = seconds * prices.lambdaGBSecond + merger + 5 * (prices.lambdaCall + prices.scheduledCall)
  const logGB = (logBytes * months + 5 * minutes * estimates.callLogBytes) / 1e9
  const dollars =
    stores +
    minutes * perMinute +
    logGB * prices.logGB +
    estimates.deadLetterReceives * callPrices.receives +
    metrics.size * prices.metric +
    4 * prices.secret
  print('bill-idle-metrics', metrics.size, 'metrics', 10, 'that get data while nothing happens')
  print('bill-idle', dollars, '$ a month', 8, 'two webhook and two polled sources without an event, against its goal')
}

/** Dollars of the merger's memory and disk. */
function mergerCost(seconds: number): number {
  return seconds * (mergerGB.memory * prices.lambdaGBSecond + mergerGB.disk * prices.diskGBSecond)
}

function printMillion({ calls: all, logBytes: logged, mergeSeconds }: Counted, quiet: Counted): void {
  const logBytes = logged - quiet.logBytes
  const calls = callsBy((kind) => all[kind] - quiet.calls[kind])

  const events = busyMinutes * eventsPerMinute
  for (const kind of kinds) {
    const what = 'of a webhook event until it is a row, against what the bill allows for'
    print(`bill-event-${kind}`, calls[kind] / events, 'calls', limits[kind].event, what)
  }
  const stores = kinds.reduce((sum, kind) => sum + (calls[kind] / events) * callPrices[kind], 0)
  const files = busyMinutes / events
  const lambda = (0.5 * estimates.webhook + files * estimates.file) * prices.lambdaGBSecond + prices.lambdaCall
  const logGB = (logBytes / events + estimates.accessLogBytes + estimates.callLogBytes) / 1e9
  const merging = mergerCost(mergeSeconds / events)
  const dollars = 1e6 * (stores + prices.httpRequest + lambda + merging + logGB * prices.logGB)
  print('bill-million-merging', 1e6 * merging, '$', 0.5, 'memory and disk of the merger for these events')
  print('bill-million', dollars, '$', 3.5, 'a million webhook events in a month, spread evenly, against its goal')
}
