import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openInstallation } from '../../cli/installation.ts'
import { parseList } from '../../lambdas/core/lake/table-list.ts'
import { isObject } from '../../local/json.ts'
import { exampleGithubToken, type GithubAuditServer, startGithubAuditServer } from '../../simulators/github/audit.ts'
import { hangMs } from '../support/hang.ts'
import { eventually, type Pipeline, polledAndWebhookSettings, startPipeline, tell } from '../support/pipeline.ts'

const minute = 60_000
const day = 24 * 60 * minute
const functionName = 'github-audit'
const today = Math.floor(Date.now() / day) * day
const dayText = (time: number) => new Date(time).toISOString().slice(0, 10)
/** Long past, so that only jobs read it. */
const daysAgo = (count: number) => today - count * day
const windowOf = (from: number, days = 1) => ['--from', dayText(from), '--to', dayText(from + days * day)]

let pipeline: Pipeline
let provider: GithubAuditServer
let offset = 0

beforeAll(async () => {
  const now = () => Date.now() + offset
  provider = await startGithubAuditServer({ startAt: daysAgo(10), eventsPerMinute: 0.5, lateShare: 0, now })
  pipeline = await startPipeline(polledAndWebhookSettings, {
    prepare: ([source]) => source && tell(source, { apiUrl: provider.url, startAt: daysAgo(1) }),
  })
  const { run } = pipeline
  for (const schedule of run.schedules.values()) {
    if (schedule === run.schedules.get(functionName)) schedule.stop()
  }
  run.gateway.secrets.fill(run.ready.secrets.gh ?? '', exampleGithubToken)
  const opened = () => openInstallation(pipeline).catch(() => undefined)
  const installation = await eventually(opened, (one) => one !== undefined)
  installation?.close()
})
afterAll(async () => {
  await pipeline.stop()
  await provider.stop()
})

/** Advances the clock of the provider, the functions and the command. */
function advance(ms: number): void {
  offset += ms
  pipeline.run.shiftClock(offset)
}

/** Runs the source's function a few minutes later, the longest gap in which no run counts as missed. */
async function tick() {
  advance(3 * minute)
  const schedule = pipeline.run.schedules.get(functionName)
  if (!schedule)
    throw new Error(`there is no schedule ${functionName}; there are ${[...pipeline.run.schedules.keys()]}`)
  return schedule.tick()
}

/** A command in a process of its own. */
interface Command {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  stdout: string
  stderr: string
  readonly ended: Promise<number | null>
  /** Its output with `--json`. */
  lines(): Record<string, unknown>[]
}

function start(name: 'backfill' | 'reconcile' | 'status', args: readonly string[]): Command {
  const script = join(import.meta.dirname, '..', '..', 'cli', `${name}.ts`)
  const child = spawn(process.execPath, [script, '--data', pipeline.data, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const command: Command = {
    child,
    stdout: '',
    stderr: '',
    ended: once(child, 'close').then(([code]) => code),
    lines: () =>
      command.stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
  }
  child.stdout.on('data', (chunk) => (command.stdout += chunk))
  child.stderr.on('data', (chunk) => (command.stderr += chunk))
  return command
}

/** Ticks until the command has ended. @returns its exit status */
async function throughTicks(command: Command): Promise<number | null> {
  let ended = false
  void command.ended.then(() => (ended = true))
  await eventually(
    async () => command.stdout + command.stderr,
    (printed) => ended || printed.includes('Ordered') || printed.includes('Back at'),
  )
  const end = Date.now() + hangMs
  while (!ended && Date.now() < end) {
    expect(await tick()).toMatchObject({ ok: true })
    await Promise.race([command.ended, sleep(1_200)])
  }
  return await command.ended
}

async function control(order: object): Promise<void> {
  const answer = await fetch(`${provider.url}/_control`, { method: 'POST', body: JSON.stringify(order) })
  expect(answer.ok).toBe(true)
}

/** Ids of the provider's events of a day, sorted. */
async function provided(from: number): Promise<string[]> {
  const answer: unknown = await (await fetch(`${provider.url}/_control/ids`)).json()
  const rows = Array.isArray(answer) ? answer.filter(isObject) : []
  const within = rows.filter(({ time }) => Number(time) >= from && Number(time) < from + day)
  return within.map(({ id }) => String(id)).sort()
}

/** The stored ones among them, sorted. */
async function idsInLake(from: number): Promise<string[]> {
  const rows = await pipeline.query(
    `select distinct _document_id as id from github_audit where dt = '${dayText(from)}' order by id`,
  )
  return rows.map(({ id }) => String(id))
}

/** Waits until that many are rows. */
const arrived = (from: number, ids: readonly string[]) =>
  eventually(
    () => idsInLake(from),
    (found) => found.length >= ids.length,
  )

test('a dry run reports what a backfill would take, and brings nothing', async () => {
  const from = daysAgo(8)
  const command = start('backfill', ['gh', ...windowOf(from), '--dry-run', '--json'])
  expect(await throughTicks(command)).toBe(0)
  const last = command.lines().at(-1)
  expect(last).toMatchObject({ ended: true, outcome: 'done', dryRun: true, fetched: 0, new: 0 })
  const { estimate } = last ?? {}
  const count = (await provided(from)).length
  expect(count).toBeGreaterThan(400)
  expect(estimate).toMatchObject({ usd: expect.any(Number), seconds: expect.any(Number) })
  const { events, requests } = isObject(estimate) ? estimate : {}
  expect(Number(events)).toBeGreaterThan(count * 0.7)
  expect(Number(events)).toBeLessThan(count * 1.3)
  expect(Number(requests)).toBeGreaterThanOrEqual(Math.floor(count / 130))
  expect(await idsInLake(from)).toEqual([])

  const forPeople = start('backfill', ['gh', ...windowOf(from), '--dry-run'])
  expect(await throughTicks(forPeople)).toBe(0)
  expect(forPeople.stdout).toMatch(/^An equal job ended 20\d\d-.*Z\. About \d+ events in /)
  expect(forPeople.stdout).toMatch(/About \d+ events in \d+ requests; about .*; on AWS less than 0\.01 USD\./)
})

test('a backfill brings a day from before the source began, although the operator leaves and the function is killed', async () => {
  const from = daysAgo(5)
  const args = ['gh', ...windowOf(from), '--json']
  // Slow enough to catch it under way.
  await control({ faults: [{ kind: 'hang', ms: 1_000, times: 1_000 }] })
  const first = start('backfill', args)
  await eventually(
    async () => first.lines().length,
    (lines) => lines > 0,
  )
  expect(first.lines()[0]).toMatchObject({ ended: false, estimate: null, waiting: expect.any(String) })
  const ticking = tick()
  const fetched = (command: Command) => Number(command.lines().at(-1)?.fetched)
  expect(
    await eventually(
      async () => fetched(first),
      (count) => count > 0,
    ),
  ).toBeGreaterThan(0)
  first.child.kill('SIGINT')
  expect(await first.ended).toBe(3)
  expect(first.stderr).toMatch(/The job continues by itself: run the same command to return to it, or add --cancel /)
  expect(first.lines().at(-1)).toMatchObject({ ended: false })

  const pids = pipeline.run.functionNamed(functionName).pids
  expect(pids.length).toBeGreaterThan(0)
  for (const pid of pids) process.kill(pid, 'SIGKILL')
  expect(await ticking).toMatchObject({ ok: false })
  await control({ clearFaults: true })

  const status = start('status', [])
  // The webhook source was never set up.
  expect(await status.ended).toBe(1)
  expect(status.stdout).toMatch(/^backfill of gh \(github\.audit\), \S+ to \S+, job \S+: \d+ %$/m)

  const second = start('backfill', args)
  expect(await throughTicks(second)).toBe(0)
  expect(second.stderr).toMatch(/^Back at the backfill of gh/)
  expect(second.lines()[0]).toMatchObject({ id: first.lines()[0]?.id, percent: expect.any(Number) })
  expect(Number(second.lines()[0]?.fetched)).toBeGreaterThan(0)
  const ids = await provided(from)
  expect(second.lines().at(-1)).toMatchObject({ ended: true, outcome: 'done', percent: 100 })
  expect(await arrived(from, ids)).toEqual(ids)
})

describe('a reconciliation', () => {
  const from = daysAgo(5)
  const list = () => {
    const { run } = pipeline
    const key = `tables/github_audit/dt=${dayText(from)}/symlink.txt`
    return run.gateway.objects.pathOf(run.ready.buckets.lake ?? '', key)
  }

  test('publishes exactly the missing rows and reports them', async () => {
    const ids = await provided(from)
    const lines = parseList(readFileSync(list()))
    expect(lines.length).toBeGreaterThan(1)
    writeFileSync(
      list(),
      lines
        .slice(1)
        .map((line) => `${line}\n`)
        .join(''),
    )
    const missing = ids.length - (await idsInLake(from)).length
    expect(missing).toBeGreaterThan(0)
    const command = start('reconcile', ['gh', ...windowOf(from)])
    expect(await throughTicks(command)).toBe(0)
    expect(command.stdout).toContain(`: ${missing} were missing and have been published; ${ids.length} events fetched`)
    expect(await arrived(from, ids)).toEqual(ids)
  })

  test('reports when nothing is missing', async () => {
    const command = start('reconcile', ['gh', ...windowOf(from)])
    expect(await throughTicks(command)).toBe(0)
    expect(command.stdout).toMatch(/An equal job ended .* missing and have been published/)
    expect(command.stdout).toContain('): Nothing was missing; ')
  })
})

test('a job is cancelled once; then there is nothing to cancel', async () => {
  const from = daysAgo(9)
  const ordered = start('backfill', ['gh', ...windowOf(from, 2), '--no-wait', '--json'])
  expect(await ordered.ended).toBe(3)
  expect(ordered.lines()).toMatchObject([{ ended: false, percent: 0 }])
  const other = start('backfill', ['gh', ...windowOf(from), '--no-wait'])
  expect(await other.ended).toBe(3)

  const unclear = start('backfill', ['gh', '--cancel'])
  expect(await unclear.ended).toBe(1)
  expect(unclear.stderr).toMatch(
    /^Several jobs of \S+ are open\. Choose one with --from, --to or --dry-run:\n {2}\S+ to \S+\n/,
  )
  const cancelled = start('backfill', ['gh', ...windowOf(from, 2), '--cancel', '--json'])
  expect(await cancelled.ended).toBe(0)
  expect(cancelled.lines()).toMatchObject([{ id: ordered.lines()[0]?.id, ended: true, outcome: 'cancelled' }])
  expect(await start('backfill', ['gh', '--cancel']).ended).toBe(0)

  const again = start('backfill', ['gh', '--cancel'])
  expect(await again.ended).toBe(1)
  expect(again.stderr).toBe('No such backfill of gh is open: there is nothing to cancel.\n')
  for (let ticks = 0; ticks < 3; ticks++) await tick()
  expect(await idsInLake(from)).toEqual([])
  const status = start('status', [])
  await status.ended
  expect(status.stdout).not.toContain('job')
})

test.each([
  [['nobody', '--from', '2026-01-01'], 'There is no source "nobody". There are gh, hooks.\n'],
  [
    ['hooks', '--from', '2026-01-01'],
    'Source hooks (github-webhook) gets its events from webhooks. Only sources that are fetched can be read again: there is gh.\n',
  ],
  [
    ['gh', '--from', '2126-01-01'],
    '--from must lie more than five minutes back: newer events are on their way already.\n',
  ],
])('%j is refused', async (args, stderr) => {
  const command = start('backfill', args)
  expect(await command.ended).toBe(1)
  expect({ stdout: command.stdout, stderr: command.stderr }).toEqual({ stdout: '', stderr })
})
