import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Lake } from '../../local/query/lake-query.ts'
import { startLocal } from '../../local/run.ts'
import { githubEvents } from '../../simulators/github/payloads.ts'
import { postDelivery, signDelivery } from '../../simulators/github/webhooks.ts'
import { figure, median } from '../figure.ts'

/** Webhooks over HTTP into the whole pipeline on this machine, until the last of them is a row. */
const count = 20_000
const connections = 24
const windowSeconds = 5
/** Within which all of them must be rows, in seconds, the batching window not counted. */
const limit = 60

const folder = await mkdtemp(join(tmpdir(), 'auditlake-pipeline-'))
const config = join(folder, 'settings.yaml')
const dataDir = join(folder, 'data')
await writeFile(
  config,
  `delivery: {windowSeconds: ${windowSeconds}}\nsources:\n  - {id: hooks, type: github-webhook, label: Bench}\n`,
)
const run = await startLocal({ config, dataDir, simulators: false })
try {
  const { url = '', secretId = '' } = run.ready.webhooks.hooks ?? {}
  const secret = run.gateway.secrets.current(secretId)
  const payloads = githubEvents.filter(({ event }) => event !== 'ping')
  const start = performance.now()
  let next = 0
  const send = async () => {
    while (next < count) {
      const { event, payload } = payloads[next++ % payloads.length] ?? { event: '', payload: {} }
      const result = await postDelivery(url, signDelivery({ event, payload, secret }))
      if (!result.ok) throw new Error(`answered ${result.status ?? result.error}`)
    }
  }
  await Promise.all(Array.from({ length: connections }, send))
  const accepted = (performance.now() - start) / 1_000
  while ((await rows()) < count) await sleep(250)
  const visible = (performance.now() - start) / 1_000
  const lags = await receiptToRow()
  const figures = [
    figure('pipeline-accepted', accepted, 's', limit, `${count} webhooks posted over HTTP and acknowledged`),
    figure('pipeline-visible', visible, 's', limit + windowSeconds, `the same until every one of them is a row`),
    figure('receipt-to-row-p50', median(lags), 's', 120, 'from receipt to visible row, half of the rows'),
    figure('receipt-to-row-p99', median(lags, 0.99), 's', 120, 'from receipt to visible row, 99 of 100 rows'),
  ]
  for (const one of figures) console.log(JSON.stringify(one))
} finally {
  await run.stop()
  await rm(folder, { recursive: true })
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

/** Seconds from the receipt of each row to the writing of its file, which becomes visible right after. */
async function receiptToRow(): Promise<number[]> {
  const bucket = join(dataDir, 's3', run.ready.buckets.lake ?? '')
  const sql = `select filename, epoch_ms(p_parse_time) from read_parquet('${bucket}/data/github_webhook/*/*.parquet', filename = true)`
  const written = new Map<string, number>()
  const lags: number[] = []
  for (const [file, receivedAt] of await ask(sql)) {
    const name = String(file)
    const at = written.get(name) ?? (await stat(name)).mtimeMs
    written.set(name, at)
    lags.push((at - Number(receivedAt)) / 1_000)
  }
  return lags
}
