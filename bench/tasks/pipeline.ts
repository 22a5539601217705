import { execFile } from 'node:child_process'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import { Lake } from '../../local/query/lake-query.ts'
import { startLocal } from '../../local/run.ts'
import { type Figure, figure, median } from '../figure.ts'
import { cpuMs, hasProc } from '../process-facts.ts'
import { watchStages } from '../stages.ts'

/** Webhooks over HTTP through the whole pipeline on this machine, until the last one is a row. */
const count = Number(process.argv[2] ?? 20_000)
const windowSeconds = 5
/** Time limit for 20,000 of them to become rows, in seconds, without the batching window. */
const limit = (60 * count) / 20_000

const folder = await mkdtemp(join(tmpdir(), 'auditlake-pipeline-'))
const config = join(folder, 'settings.yaml')
const dataDir = join(folder, 'data')
await writeFile(
  config,
  `delivery: {windowSeconds: ${windowSeconds}}\nthrottle: {requestsPerSecond: 10000, burst: 5000}\nsources:\n  - {id: hooks, type: github-webhook, label: Bench}\n`,
)
const run = await startLocal({ config, dataDir, simulators: false })
try {
  const start = performance.now()
  const accepted = await post(count)
  const startOfClient = (performance.now() - start) / 1_000 - accepted
  while ((await rows()) < count) await sleep(250)
  const visible = (performance.now() - start) / 1_000 - startOfClient
  const lags = await receiptToRow()
  print([
    figure('pipeline-accepted', accepted, 's', limit, `${count} webhooks posted over HTTP and acknowledged`),
    figure('pipeline-visible', visible, 's', limit + windowSeconds, `the same until every one of them is a row`),
    figure('receipt-to-row-p50', median(lags), 's', 120, 'from receipt to visible row, half of the rows'),
    figure('receipt-to-row-p99', median(lags, 0.99), 's', 120, 'from receipt to visible row, 99 of 100 rows'),
    ...(await stageFigures()),
  ])
} finally {
  await run.stop()
  await rm(folder, { recursive: true })
}

/** Posts webhooks from a process of its own. @returns the seconds until the last one was acknowledged */
async function post(webhooks: number): Promise<number> {
  const { url = '', secretId = '' } = run.ready.webhooks.hooks ?? {}
  const secret = run.gateway.secrets.current(secretId)
  const client = join(import.meta.dirname, 'webhook-client.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [client, url, secret, String(webhooks)])
  return Number(stdout)
}

/**
 * The cost of a webhook until its acknowledgement, in milliseconds; the ratio is the share of the whole. It is measured
 * after the times, with webhooks of its own, because a profile slows what it watches.
 */
async function stageFigures(): Promise<Figure[]> {
  const watched = Math.ceil(count / 4)
  const before = functionsCpu()
  const stopWatch = await watchStages()
  await post(watched)
  const stages = await stopWatch()
  const after = functionsCpu()
  const functions = hasProc ? sumOf([...after].map(([pid, ms]) => ms - (before.get(pid) ?? 0))) : Number.NaN
  const each = [...stages, ['functions', functions] as const].filter(([, ms]) => !Number.isNaN(ms))
  const whole = sumOf(each.map(([, ms]) => ms)) / watched
  const what = 'cost of a webhook there until its acknowledgement, as a share of the whole'
  return each.map(([stage, ms]) => figure(`pipeline-cost-${stage}`, ms / watched, 'ms', whole, what))
}

/** Processor time of each process of a function, in milliseconds. */
function functionsCpu(): ReadonlyMap<number, number> {
  const pids = [...run.functions.values()].flatMap((pool) => pool.pids)
  return new Map(hasProc ? pids.map((pid) => [pid, cpuMs(pid)]) : [])
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0)
}

function print(figures: readonly Figure[]): void {
  for (const one of figures) console.log(JSON.stringify(one))
}

async function ask(sql: string) {
  const lake = await Lake.open(dataDir)
  try {
    return (await lake.query(sql)).rows
  } finally {
    lake.close()
  }
}

async function rows(): Promise<number> {
  const [row] = await ask('select count(distinct p_row_id) from github_webhook')
  return Number(row?.[0])
}

/** Seconds from the receipt of each row to the writing of its file; the row becomes visible right after. */
async function receiptToRow(): Promise<number[]> {
  const bucket = join(dataDir, 's3', run.ready.buckets.lake ?? '')
  const sql = `select filename, epoch_ms(p_parse_time) from read_parquet('${bucket}/data/github_webhook/*/*.parquet', filename = true)`
  const written = new Map<string, number>()
  const lags: number[] = []
  // A statement over the lake may not name files.
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const found = await connection.runAndReadAll(sql)
  connection.closeSync()
  for (const [file, receivedAt] of found.getRows()) {
    const name = String(file)
    const at = written.get(name) ?? (await stat(name)).mtimeMs
    written.set(name, at)
    lags.push((at - Number(receivedAt)) / 1_000)
  }
  return lags
}
