import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import type { BucketFacts } from '../../local/aws/s3/bucket-facts.ts'
import { type LocalRun, startLocal } from '../../local/run.ts'
import { exampleGithubToken, type GithubAuditServer, startGithubAuditServer } from '../../simulators/github/audit.ts'
import { type HookSender, hookSender } from '../support/hooks.ts'
import { eventually, polledAndWebhookSettings, query, tell, type Workplace, workplace } from '../support/pipeline.ts'

const minute = 60_000
const day = 24 * 60 * minute
const today = Math.floor(Date.now() / day) * day
const startAt = today - day
const jobDay = new Date(today - 4 * day).toISOString().slice(0, 10)
const jobEnd = new Date(today - 3 * day).toISOString().slice(0, 10)

/** The data folder is the account, and `run` the stack that is deployed there. */
let place: Workplace
let run: LocalRun
let provider: GithubAuditServer
let offset = 0

beforeAll(async () => {
  const now = () => Date.now() + offset
  provider = await startGithubAuditServer({ startAt: today - 10 * day, eventsPerMinute: 0.2, lateShare: 0, now })
  place = await workplace(polledAndWebhookSettings)
  await deploy(polledAndWebhookSettings)
})
afterAll(async () => {
  await run.stop()
  await provider.stop()
  await place.remove()
})

async function deploy(settings: string): Promise<void> {
  writeFileSync(place.config, settings)
  const prepare = (sources: readonly Parameters<typeof tell>[0][]) => {
    for (const source of sources) tell(source, { apiUrl: provider.url, startAt })
  }
  run = await startLocal({ config: place.config, dataDir: place.data, simulators: false, prepare })
  for (const schedule of run.schedules.values()) schedule.stop()
}

const asked = (sql: string) => query(place.data, sql)
const sender = (): HookSender => hookSender({ run, data: place.data, query: asked, stop: () => run.stop() })

async function tick(name: string): Promise<void> {
  offset += 3 * minute
  run.shiftClock(offset)
  expect(await run.schedules.get(name)?.tick()).toMatchObject({ ok: true })
}

/** Every row by its id, with what it says. */
async function rows(): Promise<Map<string, string>> {
  const tables = ['github_webhook', 'github_audit', 'classification_failures', 'collection_runs']
  const all = await Promise.all(tables.map((table) => asked(`select * from ${table}`)))
  return new Map(
    all
      .flat()
      .map((row) => [
        String(row.p_row_id),
        JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
      ]),
  )
}

const waiting = () =>
  run.queueNames.map((name) => Object.values(run.gateway.queues.counts(name)).reduce((sum, count) => sum + count, 0))

/** Waits until no queue holds a message, as the guide tells the operator. */
const drained = async () => {
  const counts = await eventually(
    async () => waiting(),
    (all) => all.every((count) => count === 0),
  )
  expect(counts.filter((count) => count > 0)).toEqual([])
}

const secretsForm = z.object({ secrets: z.looseObject({ name: z.string(), arn: z.string() }).array() })

/**
 * Deletes the stack: queues, functions and access keys go; buckets and secrets stay. No later stack makes secrets of
 * the same ARN, because Secrets Manager ends each in random letters.
 *
 * @returns the ARNs of the secrets, by their names on this machine
 */
async function deleteStack(): Promise<ReadonlyMap<string, string>> {
  await run.stop()
  for (const gone of ['sqs', 'access-keys.json', 'cdk.out']) {
    rmSync(join(place.data, gone), { recursive: true, force: true })
  }
  const file = join(place.data, 'secrets.json')
  const { secrets } = secretsForm.parse(JSON.parse(readFileSync(file, 'utf8')))
  const left = secrets.map((secret, index) => ({ ...secret, arn: secret.arn.replace(/.{6}$/, `Left${index}0`) }))
  writeFileSync(file, JSON.stringify({ secrets: left }))
  return new Map(left.map(({ name, arn }) => [name, arn]))
}

async function verify(...args: string[]) {
  const file = join(import.meta.dirname, '../../cli/verify.ts')
  const child = spawn(process.execPath, [file, '--data', place.data, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { status, stdout, stderr }
}

async function backfill(): Promise<void> {
  const file = join(import.meta.dirname, '../../cli/backfill.ts')
  const args = ['gh', '--data', place.data, '--from', jobDay, '--to', jobEnd, '--no-wait']
  const child = spawn(process.execPath, [file, ...args], { stdio: 'ignore' })
  // Left while the job goes on.
  expect(await once(child, 'exit')).toEqual([3, null])
}

/** Ids of the provider's events in a span, sorted. */
async function provided(from: number, to: number): Promise<string[]> {
  const answer = await fetch(`${provider.url}/_control/ids`)
  const all = z
    .object({ id: z.string(), time: z.number() })
    .array()
    .parse(await answer.json())
  return all.flatMap(({ id, time }) => (time >= from && time < to ? [id] : [])).sort()
}

const auditIds = async (where: string) =>
  (await asked(`select _document_id as id from github_audit where ${where} order by id`)).map(({ id }) => String(id))

test('a new stack with the names of what an old one left goes on where that one stopped', async () => {
  await tick('janitor')
  run.gateway.secrets.fill(run.ready.secrets.gh ?? '', exampleGithubToken)
  await tick('github-audit')
  const readAt = Date.now() + offset
  const old = sender()
  expect(await old.post('{"action":"before"}')).toMatchObject({ status: 200 })
  expect(await old.post('no JSON at all')).toMatchObject({ body: { failed: 1 } })
  // No queue takes this one, and the stack is deleted before the janitor has sent it again.
  run.faults.add({ service: 'sqs', action: 'sqs:SendMessage', kind: 'fail' })
  expect(await old.post('{"action":"unsent"}')).toMatchObject({ status: 200 })
  run.faults.clear()
  await backfill()
  const read = await provided(startAt, today)
  await drained()
  const before = await rows()
  expect(before.size).toBeGreaterThanOrEqual(read.length + 3)
  expect((await auditIds('true')).length).toBeGreaterThanOrEqual(read.length)
  const requestsBefore = provider.requests.length
  const { lake = '', ops = '' } = run.ready.buckets

  const left = await deleteStack()
  await deploy(`lakeBucketName: ${lake}
opsBucketName: ${ops}
secretArns: {gh: "${left.get('ghsecret')}", hooks: "${left.get('hookssecret')}"}
${polledAndWebhookSettings}`)
  expect(run.ready).toMatchObject({ buckets: { lake, ops }, secrets: { gh: left.get('ghsecret') } })
  expect(waiting().every((count) => count === 0)).toBe(true)

  // Every row is there, and says what it said.
  const after = await rows()
  expect([...before].filter(([id, row]) => after.get(id) !== row)).toEqual([])

  // The old secret still signs, and what waited to be sent is sent.
  const hooks = sender()
  expect(hooks.secret).toBe(old.secret)
  expect(await hooks.post('{"action":"after"}', {}, old.secret)).toMatchObject({ status: 200 })
  await tick('janitor')
  const actions = async () =>
    (await asked('select action from github_webhook order by action')).map(({ action }) => action)
  expect(await eventually(actions, (all) => all.length >= 3)).toEqual(['after', 'before', 'unsent'])

  // The polled source reads what is new and nothing else, then works on the job that was open.
  await tick('github-audit')
  const [first = ''] = provider.requests.slice(requestsBefore)
  const [, from = ''] = /created:(\S+?)\.\./.exec(decodeURIComponent(first)) ?? []
  expect(Date.parse(from)).toBeGreaterThan(readAt - 60 * minute)
  for (let ticks = 0; ticks < 10; ticks++) await tick('github-audit')
  await drained()
  const job = await provided(Date.parse(jobDay), Date.parse(jobEnd))
  expect(job.length).toBeGreaterThan(100)
  const jobRows = () => auditIds(`dt = '${jobDay}'`)
  expect(await eventually(jobRows, (ids) => ids.length >= job.length)).toEqual(job)
  const settled = Date.now() + offset - 10 * minute
  const since = () =>
    auditIds(
      `dt >= '${new Date(startAt).toISOString().slice(0, 10)}' and p_event_time < to_timestamp(${settled / 1000})`,
    )
  const shown = await provided(startAt, settled)
  expect(await eventually(since, (ids) => ids.length >= shown.length)).toEqual(shown)
})

test('the buckets are as the stack sets them up, until somebody changes them', async () => {
  const { lake = '', ops = '' } = run.ready.buckets
  const works = await verify()
  expect(works).toMatchObject({ status: 0, stderr: '' })
  expect(works.stdout).toContain(`lake bucket ${lake}: works\nops bucket ${ops}: works\n`)
  expect(works.stdout).toContain('Everything works.')

  const { objects } = run.gateway
  const change = (bucket: string, facts: Partial<BucketFacts>) => objects.ensureBucket(bucket, facts)
  const { lifecycle } = objects.factsOf(ops)
  const { policy } = objects.factsOf(lake)
  change(ops, {
    lifecycle: lifecycle.map((rule) => (rule.prefix === 'claims/' ? { ...rule, prefix: 'state/' } : rule)),
  })
  change(lake, { policy: policy?.replace('/data/*', '/date/*') ?? null })
  const broken = await verify()
  expect(broken.status).toBe(1)
  expect(broken.stdout).toContain('policy: no statement refuses to replace objects below data/ (WriteOnce)')
  expect(broken.stdout).toContain(`aws s3api put-bucket-policy --bucket ${lake}`)
  expect(broken.stdout).toContain('lifecycle rules: a rule is missing: objects below claims/ are deleted after 60 days')
  expect(broken.stdout).toContain(
    'lifecycle rules: a rule is not of the stack: objects below state/ are deleted after 60 days',
  )
  expect(broken.stdout).toContain(`aws s3api put-bucket-lifecycle-configuration --bucket ${ops}`)
  // The commands are whole.
  const commands = [...broken.stdout.matchAll(/^ +aws s3api put-.* '(.+)'$/gm)].map(([, json = '']) => json)
  expect(commands).toHaveLength(2)
  for (const json of commands) expect(() => JSON.parse(json)).not.toThrow()
  expect(broken.stdout).not.toContain('Everything works.')
  const { status, stdout } = await verify('--json')
  expect(status).toBe(1)
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.filter(({ ok }) => !ok)).toMatchObject([
    { bucket: 'lake', name: lake, aspect: 'policy' },
    { bucket: 'ops', name: ops, aspect: 'lifecycle rules' },
  ])
})
