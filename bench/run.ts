import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { createLogUpdate } from 'log-update'
import { runCommand } from '../cli/command.ts'
import { auditEvents, webhookPayloads } from './events.ts'
import type { Measured } from './task.ts'

const help = `npm run bench -- [--json] [--runs N]

Measures speed and memory on this machine. Every task runs in a process of its own, after one warm-up, in turn with its
baseline, so that both see the same machine. Figures are medians; a ratio is the median of the ratios of neighbours.

  --json     one line of JSON for each figure: name, value, unit, baseline, ratio
  --runs N   how often each task runs (default: 5)
  --help     this text
`

/** A line of the report. */
interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** The same figure for what it is compared with, or a limit. */
  readonly baseline: number
  /** `value / baseline`. */
  readonly ratio: number
  readonly what: string
}

/** A task, and the one it is compared with, over one file. */
interface Comparison {
  readonly name: string
  readonly file: string
  readonly bytes: number
  readonly task: readonly string[]
  readonly baseline: readonly string[]
  readonly what: string
  /** Most memory that the task may take, in MB. */
  readonly memoryLimit?: number
}

await runCommand(help, async () => {
  const { values } = parseArgs({ options: { json: { type: 'boolean' }, runs: { type: 'string', default: '5' } } })
  const runs = Number(values.runs)
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs ${values.runs}: write a whole number from 1.`)
  const folder = await mkdtemp(join(tmpdir(), 'auditlake-bench-'))
  const progress = process.stderr.isTTY ? createLogUpdate(process.stderr) : undefined
  try {
    for (const comparison of await comparisons(folder)) {
      const figures = await compare(comparison, runs, (done) => progress?.(`${comparison.name}: ${done} of ${runs}`))
      progress?.clear()
      for (const figure of figures) console.log(values.json ? jsonLine(figure) : textLine(figure))
    }
  } finally {
    await rm(folder, { recursive: true })
  }
  return 0
})

async function comparisons(folder: string): Promise<Comparison[]> {
  const audit = await saved(folder, 'audit.ndjson', auditEvents(50_000))
  const webhooks = await saved(folder, 'webhooks.ndjson', webhookPayloads(10_000))
  return [
    {
      name: 'normalize-and-parquet',
      ...audit,
      task: ['normalize-parquet', audit.file],
      baseline: ['duckdb-copy', audit.file],
      what: 'GitHub.Audit events, NDJSON to Parquet in batches of 5,000, against COPY of DuckDB on one thread',
      memoryLimit: 512,
    },
    {
      name: 'normalize-audit',
      ...audit,
      task: ['normalize', audit.file, 'GitHub.Audit'],
      baseline: ['json-parse', audit.file],
      what: 'GitHub.Audit events of 1.7 kB, bytes to rows, against JSON.parse alone',
    },
    {
      name: 'normalize-webhook',
      ...webhooks,
      task: ['normalize', webhooks.file, 'GitHub.Webhook'],
      baseline: ['json-parse', webhooks.file],
      what: 'GitHub.Webhook payloads of 8 kB, bytes to rows, against JSON.parse alone',
    },
  ]
}

async function saved(folder: string, name: string, content: Buffer): Promise<Pick<Comparison, 'file' | 'bytes'>> {
  const file = join(folder, name)
  await writeFile(file, content)
  return { file, bytes: content.length }
}

async function compare(comparison: Comparison, runs: number, onRun: (done: number) => void): Promise<Figure[]> {
  const pairs: { task: Measured; baseline: Measured }[] = []
  for (let run = 0; run < runs; run++) {
    onRun(run)
    pairs.push({ task: await runTask(comparison.task), baseline: await runTask(comparison.baseline) })
  }
  const speed = ({ seconds }: Measured) => comparison.bytes / 1e6 / seconds
  const { name, what, memoryLimit } = comparison
  const figures: Figure[] = [
    {
      name,
      value: median(pairs.map(({ task }) => speed(task))),
      unit: 'MB/s',
      baseline: median(pairs.map(({ baseline }) => speed(baseline))),
      ratio: median(pairs.map(({ task, baseline }) => speed(task) / speed(baseline))),
      what,
    },
  ]
  if (memoryLimit !== undefined) {
    const peak = median(pairs.map(({ task }) => task.peakMb))
    figures.push({
      name: `${name}-memory`,
      value: peak,
      unit: 'MB',
      baseline: memoryLimit,
      ratio: peak / memoryLimit,
      what: 'the most memory the process held, against its limit',
    })
  }
  return figures
}

async function runTask([name = '', ...args]: readonly string[]): Promise<Measured> {
  const script = join(import.meta.dirname, 'tasks', `${name}.ts`)
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...args])
  return JSON.parse(stdout)
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
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
