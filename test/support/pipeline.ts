import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { apiUrlVariable, env as pollerEnv, webUrlVariable } from '../../lambdas/functions/poller/env.ts'
import { Lake } from '../../local/query/lake-query.ts'
import { type LocalRun, type LocalRunOptions, startLocal } from '../../local/run.ts'
import type { PolledSource } from '../../local/sources.ts'
import { hangMs } from './hang.ts'

/**
 * Settings with which rows come a second or two after their receipt, tests are not throttled, and URLs have a custom
 * domain, to which no local run may send anything.
 * @param windowSeconds 60 lets the writer empty the queues itself, whose schedule the tests hurry; with less, Lambda
 *   delivers the messages
 */
export const quickSettings = (sources: string, windowSeconds: 1 | 60 = 1): string => `delivery:
  windowSeconds: ${windowSeconds}
throttle: {requestsPerSecond: 10000, burst: 5000}
customDomain:
  domainName: lake.invalid
  certificateArn: arn:aws:acm:eu-west-1:123456789012:certificate/12345678-90ab-cdef-1234-567890abcdef
sources:
${sources}`

const githubSource = '  - {id: hooks, type: github-webhook, label: Test hooks}\n'

/**
 * For every test of a polled source beside a webhook: tests with the same settings share one synthesis of the stack.
 */
export const polledAndWebhookSettings = quickSettings(
  `  - {id: gh, type: github-audit, label: Org, name: example-org}\n${githubSource}`,
)

/** With characters that the template must not hold as they are. */
export const notebooksLabel = 'Notizbücher für Zürich – « é » 組織 📓 "x"'

/** For every test of webhooks and streams: tests with the same settings share one synthesis of the stack. */
export const webhookSettings = quickSettings(
  githubSource +
    '  - {id: other-hooks, type: github-webhook, label: Other hooks}\n' +
    // On an address where nothing answers, until a test names another.
    '  - {id: healing, type: github-webhook, label: Healing hooks, recovery: {owner: octocoders, hookId: 109948940, apiUrl: "http://127.0.0.1:9"}}\n' +
    `  - {id: notebooks, type: hex-webhook, label: ${JSON.stringify(notebooksLabel)}, header: X-Test-Secret}\n` +
    '  - {id: stream, type: github-audit-stream-s3, label: Test stream, enterprise: example-enterprise}\n' +
    '  - {id: foreign-stream, type: github-audit-stream-s3, label: Foreign stream, enterprise: example-enterprise, ' +
    "bucket: example-foreign-logs, bucketAccount: '111111111111'}\n",
  60,
)

/** A folder with a settings file and room for a run's data, removed by `remove`. */
export interface Workplace {
  readonly config: string
  readonly data: string
  remove(): Promise<void>
}

export async function workplace(settings: string): Promise<Workplace> {
  const folder = await mkdtemp(join(tmpdir(), 'auditlake-run-'))
  const config = join(folder, 'settings.yaml')
  const data = join(folder, 'data')
  await mkdir(data)
  await writeFile(config, settings)
  return { config, data, remove: () => rm(folder, { recursive: true, maxRetries: 3 }) }
}

/** The whole pipeline in this process, with its functions in their own processes. */
export interface Pipeline {
  readonly run: LocalRun
  readonly data: string
  query(sql: string): Promise<Record<string, unknown>[]>
  stop(): Promise<void>
}

export async function startPipeline(
  settings: string,
  options: Pick<LocalRunOptions, 'prepare' | 'expectRefusals'> = {},
): Promise<Pipeline> {
  const { config, data, remove } = await workplace(settings)
  const run = await startLocal({ ...options, config, dataDir: data, simulators: false, mergeEverySeconds: 1_200 })
  const stopHurrying = hurryWriter(run)
  return {
    run,
    data,
    query: (sql) => query(data, sql),
    stop: async () => {
      stopHurrying()
      await run.stop()
      await remove()
    },
  }
}

/** Lets a minute of the writer's schedule last a second; as on AWS, at most two of its runs overlap. */
function hurryWriter({ schedules }: LocalRun): () => void {
  const schedule = schedules.get('writer')
  let underWay = 0
  const timer = setInterval(async () => {
    if (schedule === undefined || underWay === 2) return
    underWay++
    await schedule.tick()
    underWay--
  }, 1_000)
  return () => clearInterval(timer)
}

/** Gives a source an address and a start outside its settings, so that it needs no template of its own. */
export function tell(
  { function: { spec, surroundings } }: PolledSource,
  facts: { apiUrl: string; startAt: number },
): void {
  const source: object = JSON.parse(spec.variables[pollerEnv.source] ?? '{}')
  const startAt = new Date(facts.startAt).toISOString().replace(/\.\d+Z/, 'Z')
  surroundings.variables[pollerEnv.source] = JSON.stringify({ ...source, startAt })
  surroundings.variables[apiUrlVariable] = facts.apiUrl
  surroundings.variables[webUrlVariable] = facts.apiUrl
}

/** Rows as objects, nulls left out at every level. */
export async function query(data: string, sql: string): Promise<Record<string, unknown>[]> {
  const lake = await Lake.open(data)
  try {
    const { columns, rows } = await lake.query(sql)
    return rows.map((values) => withoutNulls(columns.map((column, index) => [column, values[index]])))
  } finally {
    lake.close()
  }
}

const withoutNulls = (entries: readonly (readonly [string, unknown])[]): Record<string, unknown> =>
  Object.fromEntries(entries.filter(([, value]) => value !== null).map(([name, value]) => [name, dense(value)]))

function dense(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dense)
  return typeof value === 'object' && value !== null ? withoutNulls(Object.entries(value)) : value
}

/**
 * Repeats until the answer is the wanted one. A hang is a time in which the answer stays the same: on a slow machine
 * much comes late.
 * @returns the last answer after a hang, for the test to show
 */
export async function eventually<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  const latest = Date.now() + 2 * hangMs
  let last: { readonly answer: T; readonly at: number } | undefined
  for (;;) {
    const answer = await ask()
    const now = Date.now()
    if (last === undefined || !isDeepStrictEqual(answer, last.answer)) last = { answer, at: now }
    if (wanted(answer) || now > Math.min(latest, last.at + hangMs)) return answer
    await sleep(200)
  }
}

export const countRows = async (data: string, table: string): Promise<number> => {
  const [row] = await query(data, `select count(*) as n from ${table}`)
  return Number(row?.n)
}

/** The complete output of a run's functions. */
export async function allLogs(data: string): Promise<string> {
  const folder = join(data, 'logs')
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')))
  return texts.join('\n')
}
