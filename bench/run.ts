import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { createLogUpdate } from 'log-update'
import { runCommand } from '../cli/command.ts'
import { nodeFlags } from '../lambdas/functions/stream-reader/env.ts'
import { auditEvents, webhookPayloads } from './events.ts'
import { type Figure, figure, median } from './figure.ts'
import type { Measured } from './task.ts'

const help = `npm run bench -- [--json] [--runs N] [--webhooks N] [--only NAME]

Measures speed and memory on this machine. Every task runs in a process of its own, after one warm-up, in turn with its
baseline, so that both see the same machine. Figures are medians; a ratio is the median of the ratios of neighbours.

  --json         one line of JSON for each figure: name, value, unit, baseline, ratio
  --runs N       how often each task runs (default: 5)
  --webhooks N   how many pass through the whole pipeline (default: 20000)
  --only NAME    one of: normalize-and-parquet, normalize-and-parquet-to-parse, normalize-audit, normalize-webhook,
                 webhook-handler, stream-reader, stream-memory, cold-start, pipeline, polling, merge, bill, memory, webhook-limits,
                 merge-memory (several minutes and GB of disk, only when named)
  --help         this text
`

/** A task and its baseline: another task over the same file, or a fixed rate. */
interface Comparison {
  readonly name: string
  readonly task: readonly string[]
  readonly baseline: readonly string[] | number
  /** The input of one run, in the unit of its speed. */
  readonly amount: number
  readonly unit: string
  readonly what: string
  /** Limit of the task's memory, in MB. */
  readonly memoryLimit?: number
}

/** Scripts with measurements of their own, which print figures as JSON, one per line. */
const reports = [
  'stream-memory',
  'cold-start',
  'pipeline',
  'polling',
  'merge',
  'bill',
  'memory',
  'webhook-limits',
  'merge-memory',
] as const

/** Too long for a run of all. */
const onlyWhenNamed = new Set<string>(['merge-memory'])

/** Flags of the function whose memory a script measures; the script runs as a bundle, as the function does. */
const flagsOf: Readonly<Record<string, readonly string[]>> = { 'stream-memory': [nodeFlags] }

await runCommand(help, async () => {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean' },
      runs: { type: 'string', default: '5' },
      webhooks: { type: 'string', default: '20000' },
      only: { type: 'string' },
    },
  })
  const [runs, webhooks] = [wholeNumber('--runs', values.runs), wholeNumber('--webhooks', values.webhooks)]
  const chosen = (name: string) => (values.only ?? name) === name
  const folder = await mkdtemp(join(tmpdir(), 'auditlake-bench-'))
  const progress = process.stderr.isTTY ? createLogUpdate(process.stderr) : undefined
  try {
    const { object, objectLength, all } = await comparisons(folder)
    const argumentsOf: Readonly<Record<string, readonly string[]>> = {
      'stream-memory': [object, String(objectLength)],
      pipeline: [String(webhooks)],
    }
    for (const comparison of all.filter(({ name }) => chosen(name))) {
      const figures = await compare(comparison, runs, (done) => progress?.(`${comparison.name}: ${done} of ${runs}`))
      progress?.clear()
      print(figures, values.json ?? false)
    }
    for (const report of reports.filter((name) => chosen(name) && (values.only === name || !onlyWhenNamed.has(name)))) {
      progress?.(`${report} ...`)
      const figures = await runReport(report, argumentsOf[report] ?? [])
      progress?.clear()
      print(figures, values.json ?? false)
    }
  } finally {
    await rm(folder, { recursive: true })
  }
  return 0
})

function wholeNumber(option: string, text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new Error(`${option} ${text}: write a whole number from 1.`)
}

/** The comparisons, and a compressed object of events with its length after decompression. */
interface Prepared {
  readonly all: readonly Comparison[]
  readonly object: string
  readonly objectLength: number
}

async function comparisons(folder: string): Promise<Prepared> {
  const [auditCount, webhookCount] = [50_000, 10_000]
  const auditBytes = auditEvents(auditCount)
  const webhookBytes = webhookPayloads(webhookCount)
  const size = (bytes: Buffer, count: number) => `${(bytes.length / count / 1_000).toFixed(1)} kB`
  const [auditSize, webhookSize] = [size(auditBytes, auditCount), size(webhookBytes, webhookCount)]
  const audit = await saved(folder, 'audit.ndjson', auditBytes)
  const webhooks = await saved(folder, 'webhooks.ndjson', webhookBytes)
  const object = await saved(folder, 'audit.json.log.gz', gzipSync(auditBytes))
  const auditSpeed = { amount: auditBytes.length / 1e6, unit: 'MB/s' }
  const webhookSpeed = { amount: webhookBytes.length / 1e6, unit: 'MB/s' }
  const all: Comparison[] = [
    {
      name: 'normalize-and-parquet',
      ...auditSpeed,
      task: ['normalize-parquet', audit],
      baseline: ['duckdb-copy', audit],
      what: `GitHub.Audit events of ${auditSize}, NDJSON to Parquet in batches of 5,000, against COPY of DuckDB on one thread`,
      memoryLimit: 512,
    },
    {
      // DuckDB's own speed differs from machine to machine.
      name: 'normalize-and-parquet-to-parse',
      ...auditSpeed,
      task: ['normalize-parquet', audit],
      baseline: ['json-parse', audit],
      what: `GitHub.Audit events of ${auditSize}, NDJSON to Parquet in batches of 5,000, against JSON.parse alone`,
    },
    {
      name: 'normalize-audit',
      ...auditSpeed,
      task: ['normalize', audit, 'GitHub.Audit'],
      baseline: ['json-parse', audit],
      what: `GitHub.Audit events of ${auditSize}, bytes to rows, against JSON.parse alone`,
    },
    {
      name: 'normalize-webhook',
      ...webhookSpeed,
      task: ['normalize', webhooks, 'GitHub.Webhook'],
      baseline: ['json-parse', webhooks],
      what: `GitHub.Webhook payloads of ${webhookSize}, bytes to rows, against JSON.parse alone`,
    },
    {
      name: 'stream-reader',
      ...auditSpeed,
      task: ['stream-reader', object],
      baseline: ['gunzip-parse', object],
      what: `an object of GitHub.Audit events of ${auditSize}, gzip to messages of rows, against gunzip and JSON.parse of each line`,
    },
    {
      name: 'webhook-handler',
      amount: webhookCount,
      unit: 'requests/s',
      task: ['webhook-handler', webhooks],
      baseline: 5_000,
      what: `signed webhooks of ${webhookSize} on one core, up to the port that sends to the queue, against the rate it must reach`,
    },
  ]
  return { all, object, objectLength: auditBytes.length }
}

async function saved(folder: string, name: string, content: Buffer): Promise<string> {
  const file = join(folder, name)
  await writeFile(file, content)
  return file
}

async function compare(comparison: Comparison, runs: number, onRun: (done: number) => void): Promise<Figure[]> {
  const { name, amount, unit, what, baseline, memoryLimit } = comparison
  const speeds: { task: number; baseline: number }[] = []
  const peaks: number[] = []
  for (let run = 0; run < runs; run++) {
    onRun(run)
    const measured = await runTask(comparison.task)
    peaks.push(measured.peakMb)
    const other = typeof baseline === 'number' ? baseline : amount / (await runTask(baseline)).seconds
    speeds.push({ task: amount / measured.seconds, baseline: other })
  }
  const speed = figure(
    name,
    median(speeds.map(({ task }) => task)),
    unit,
    median(speeds.map((pair) => pair.baseline)),
    what,
    median(speeds.map((pair) => pair.task / pair.baseline)),
  )
  if (memoryLimit === undefined) return [speed]
  const memory = 'peak memory of the process, against its limit'
  return [speed, figure(`${name}-memory`, median(peaks), 'MB', memoryLimit, memory)]
}

function print(figures: readonly Figure[], json: boolean): void {
  for (const one of figures) console.log(json ? jsonLine(one) : textLine(one))
}

async function runReport(name: string, args: readonly string[]): Promise<Figure[]> {
  const { stdout } = await runScript(name, args)
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

async function runTask([name = '', ...args]: readonly string[]): Promise<Measured> {
  return JSON.parse((await runScript(name, args)).stdout)
}

async function runScript(name: string, args: readonly string[]): Promise<{ stdout: string }> {
  const file = join(import.meta.dirname, 'tasks', `${name}.ts`)
  const flags = flagsOf[name]
  if (flags === undefined) return promisify(execFile)(process.execPath, [file, ...args])
  const folder = await mkdtemp(join(tmpdir(), 'auditlake-bundle-'))
  try {
    const outfile = join(folder, `${name}.mjs`)
    await build({ entryPoints: [file], outfile, bundle: true, format: 'esm', platform: 'node', logLevel: 'warning' })
    return await promisify(execFile)(process.execPath, [...flags, outfile, ...args])
  } finally {
    await rm(folder, { recursive: true })
  }
}

function rounded(value: number): number {
  return Number(value.toPrecision(3))
}

function jsonLine({ name, value, unit, baseline, ratio }: Figure): string {
  return JSON.stringify({ name, value: rounded(value), unit, baseline: rounded(baseline), ratio: rounded(ratio) })
}

function textLine({ name, value, unit, baseline, ratio, what }: Figure): string {
  return `${name}: ${rounded(value)} ${unit}, ${rounded(ratio)} of ${rounded(baseline)} ${unit}\n  ${what}`
}
