import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { openInstallation } from '../../../cli/installation.ts'
import { sourceStates } from '../../../cli/source-states.ts'
import { collectStatus } from '../../../cli/status/collect.ts'
import { openFolder, openLeftRun } from '../../../cli/status/left-run.ts'
import { statusText } from '../../../cli/status/render.ts'
import { activityRefusal } from '../../../lambdas/connectors/anthropic/refusal.ts'
import { s3Store } from '../../../lambdas/core/aws/s3-store.ts'
import { encodeState, type StreamState, stateFrom } from '../../../lambdas/core/poll/live/state.ts'
import { stateFolder } from '../../../lambdas/core/poll/past/job.ts'
import { backOff } from '../../../lambdas/core/poll/waiting.ts'
import { newState, type StreamState as ObjectState, streamStateKey } from '../../../lambdas/core/stream/stream-state.ts'
import { createReceiptNotes } from '../../../lambdas/core/webhook/receipt-notes.ts'
import { createRejections } from '../../../lambdas/core/webhook/rejections.ts'
import { DataFolder } from '../../../local/data-folder.ts'
import type { StackFacts } from '../../../settings/stack-facts.ts'
import { startStack, temporaryFolder } from '../../support/clients.ts'

const hourMs = 3_600_000
const minuteMs = 60_000

const facts: StackFacts = {
  region: 'us-east-1',
  buckets: { lake: 'lake-bucket', ops: 'ops-bucket' },
  queues: { records: '', recordsBulk: '', deadLetters: '' },
  database: 'auditlake',
  workgroup: 'AuditLake',
  sources: {
    claude: { type: 'anthropic-activity', label: 'Claude' },
    'gh-audit': { type: 'github-audit', label: 'GitHub' },
    'gh-hooks': { type: 'github-webhook', label: 'GitHub' },
    'gh-stream': { type: 'github-audit-stream-s3', label: 'GitHub' },
    'hex-old': { type: 'hex-webhook', label: 'Hex' },
    'hex-team': { type: 'hex-webhook', label: 'Hex' },
  },
}

/** A folder with the stores of a run in which six sources are in six states, and the run's gateway over it. */
async function sixStates() {
  const data = await temporaryFolder()
  const { gateway, s3, stop } = await startStack({ dataDir: data })
  for (const bucket of Object.values(facts.buckets)) gateway.objects.ensureBucket(bucket)
  const sdk = await import('@aws-sdk/client-s3')
  const ops = s3Store(async () => ({ sdk, client: s3 }), facts.buckets.ops)
  const put = (key: string, value: string | Uint8Array) => ops.put(key, Buffer.from(value))
  await put('stack.json', JSON.stringify(facts))
  // Half a minute keeps every age from turning over while the test runs.
  const now = Date.now() - minuteMs / 2

  const polled = (source: string, stream: string, state: Partial<StreamState>) => {
    const beginning = {
      startAt: now - 30 * 24 * hourMs,
      low: now,
      lookBackMs: 0,
      rate: { perHour: 1, periodSeconds: 1 },
    }
    return put(`${stateFolder(source)}${stream}/state.json`, encodeState({ ...stateFrom(beginning, now), ...state }))
  }
  const answer = { status: 401, headers: new Headers(), bytes: new Uint8Array(), receivedAt: now }
  const refusal = activityRefusal(answer, { what: 'Anthropic activity feed', secrets: [], withCursor: false })
  await polled('claude', 'anthropic.activity', {
    readUntil: now - 3 * 24 * hourMs,
    lastEventAt: now - 3 * 24 * hourMs,
    lastResult: { at: now - minuteMs, outcome: 'credentials', detail: refusal.message },
    backoff: backOff(refusal, { notBefore: 0, step: 9 }, now - minuteMs),
  })
  await polled('gh-audit', 'github.audit', {
    readUntil: now - 5 * hourMs,
    lastEventAt: now - 5 * hourMs,
    lastResult: { at: now - minuteMs, outcome: 'open' },
  })
  const paused: ObjectState = {
    ...newState,
    lastEventAt: now - 2 * hourMs,
    lastResult: { at: now - 2 * hourMs, outcome: 'done' },
    configuration: {
      at: now - hourMs,
      outcome: 'done',
      streams: [{ id: '7', destination: 'Amazon S3', enabled: true, pausedAt: now - 2 * hourMs }],
    },
  }
  await put(streamStateKey(stateFolder('gh-stream')), JSON.stringify(paused))
  const note = createReceiptNotes({ store: ops, onFailure: (_, error) => expect(error).toBeUndefined() })
  await note([
    { sourceId: 'gh-hooks', newestReceivedAt: now - 2 * minuteMs },
    { sourceId: 'hex-old', newestReceivedAt: now - 3 * 24 * hourMs },
  ])
  const reject = createRejections(ops, () => now - 24 * hourMs)
  await reject({ sourceId: 'gh-hooks', status: 401, reason: 'bad_credential' })

  const folder = await DataFolder.claim(data)
  const { region, accountId: _, principals, url } = gateway
  const { accessKeyId, secretAccessKey } = principals.create('operator')
  const endpoints = { s3: url, sqs: url, secretsmanager: url, lambda: url }
  folder.publish({
    ...{ ready: true, region, endpoints, credentials: { accessKeyId, secretAccessKey } },
    buckets: facts.buckets,
  })
  return {
    data,
    ops,
    async end() {
      folder.release()
      await stop()
    },
  }
}

const words = [
  ['claude', 'refused'],
  ['gh-audit', 'behind'],
  ['gh-hooks', 'working'],
  ['gh-stream', 'failing'],
  ['hex-old', 'silent'],
  ['hex-team', 'not set up'],
]
const needing = ['claude', 'gh-stream', 'hex-old', 'hex-team']

test('six sources in six states fit on a terminal of 80 columns and 24 lines, as the docs show', async () => {
  const { data } = await sixStates()
  const installation = await openInstallation({ data })
  // As with the default folder, whose commands need no option.
  const status = await collectStatus({ ...installation, options: '' })
  installation.close()
  expect(status.sources.map(({ source, standing }) => [source, standing.word])).toEqual(words)
  const lines = [...statusText(status, { width: 80 })]
  expect(lines.filter((line) => line.length > 80)).toEqual([])
  // The prompt takes one.
  expect(lines.length).toBeLessThan(24)
  const page = readFileSync(join(import.meta.dirname, '../../../docs/operating.md'), 'utf8')
  expect(page).toContain(`$ npm run -s status\n${lines.join('\n')}\n`)
})

/** Every file of a folder, with the time of its last change. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => `${path} ${statSync(path).mtimeMs}`)
    .sort()
}

test('a run that has ended is shown as it was left, and nothing in its folder changes', async () => {
  const { data, end } = await sixStates()
  expect(await openLeftRun({ data })).toBeUndefined()
  await end()
  const before = filesIn(data)

  const { code, stdout, stderr } = await run(['--data', data, '--json'])
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
  const shown: Record<string, unknown>[] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const sources = shown.filter(({ kind }) => kind === 'source')
  expect(sources.map(({ source, standing }) => [source, standing])).toEqual(words)
  expect(sources.filter(({ needsPerson }) => needsPerson === true).map(({ source }) => source)).toEqual(needing)
  expect(shown.at(-1)).toMatchObject({ kind: 'totals', needPerson: needing.length })

  const people = await run(['--data', data])
  expect(people).toMatchObject({ code: 1, stderr: '' })
  expect(people.stdout).toMatch(/^npm start is not running: this is the state as it was left at 20\d\d-[^ ]+Z\. /)
  expect(people.stdout).toContain(`Put another one in: npm run connect -- --data ${data} claude\n`)
  const all = await run(['--data', data, '--all'])
  expect(all.stdout).toMatch(/\n {2}next attempt {2}[\d:]+, in 1[23]m /)

  expect(filesIn(data)).toEqual(before)
})

test('npm start shows the same words', async () => {
  const { data } = await sixStates()
  const folder = await openFolder(data, '', Date.now)
  const states = folder ? await sourceStates(folder) : []
  expect(states.map(({ source, word }) => [source, word])).toEqual(words)
  expect(states.filter(({ needsPerson }) => needsPerson).map(({ source }) => source)).toEqual(needing)
})

test('the exit code is 0 when no source needs a person', async () => {
  const { data, ops, end } = await sixStates()
  const { 'gh-audit': behind, 'gh-hooks': working } = facts.sources
  const sources = Object.fromEntries(Object.entries({ 'gh-audit': behind, 'gh-hooks': working }))
  await ops.put('stack.json', Buffer.from(JSON.stringify({ ...facts, sources })))
  await end()
  expect(await run(['--data', data])).toMatchObject({ code: 0, stderr: '' })
  expect(await run(['--data', data, '--watch'])).toMatchObject({
    code: 1,
    stderr: '--watch draws on a terminal, and this is none. Leave it out, and repeat the command.\n',
  })
})

async function run(args: readonly string[]) {
  const script = join(import.meta.dirname, '../../../cli/status.ts')
  const { AUDITLAKE_OPS_BUCKET: _, ...env } = process.env
  const child = spawn(process.execPath, [script, ...args], { env })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code, stdout, stderr }
}
