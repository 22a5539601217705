import { expect, test } from 'vitest'
import { compileNormalizer } from '../../../lambdas/core/normalize/normalizer.ts'
import { runStream } from '../../../lambdas/core/poll/live/engine.ts'
import { createHttpClient } from '../../../lambdas/core/poll/provider/http.ts'
import type { PollStream } from '../../../lambdas/core/poll/stream.ts'
import type { Batch } from '../../../lambdas/core/publish/message.ts'
import type { LogSchema } from '../../../schemas/definition.ts'
import { anthropicActivity } from '../../../schemas/generated/anthropic_activity.ts'
import { classificationFailures as failureSchema } from '../../../schemas/generated/classification_failures.ts'
import { githubAudit } from '../../../schemas/generated/github_audit.ts'
import { exampleAnthropicKey, startAnthropicServer } from '../../../simulators/anthropic/activity.ts'
import { exampleGithubToken, startGithubAuditServer } from '../../../simulators/github/audit.ts'
import type { ProviderSimulator } from '../../../simulators/shared/provider-simulator.ts'
import { pick, seededRandom } from '../../../simulators/shared/seeded-random.ts'
import { memoryStore } from '../../support/memory-stores.ts'
import { control, oracle, started } from '../../support/provider.ts'
import { registeredStream } from '../../support/registered-stream.ts'

const epoch = Date.UTC(2026, 0, 15, 12)
const minute = 60_000

interface Wired {
  readonly simulator: ProviderSimulator
  readonly stream: PollStream
  readonly schema: LogSchema
  /** Column of the provider's id. */
  readonly idColumn: string
}

/** The clock of both sides, per test. */
interface Clock {
  time: number
}

async function github(clock: Clock, seed: number): Promise<Wired> {
  const options = { now: () => clock.time, seed, startAt: epoch - 60 * minute, eventsPerMinute: 20, lateShare: 0.2 }
  const simulator = await started(startGithubAuditServer(options))
  const http = createHttpClient({ now: () => clock.time })
  const secret = async () => exampleGithubToken
  const stream = (await registeredStream('github-audit'))({
    options: { name: 'example-org' },
    apiUrl: simulator.apiUrl,
    secret,
    http,
  })
  return { simulator, stream, schema: githubAudit, idColumn: '_document_id' }
}

async function anthropic(clock: Clock, seed: number): Promise<Wired> {
  const options = { now: () => clock.time, seed, startAt: epoch - 60 * minute, eventsPerMinute: 20, lateShare: 0.2 }
  const simulator = await started(startAnthropicServer(options))
  const http = createHttpClient({ now: () => clock.time })
  const secret = async () => exampleAnthropicKey
  const stream = (await registeredStream('anthropic-activity'))({
    options: {},
    apiUrl: simulator.url,
    secret,
    http,
    pageSize: 100,
  })
  return { simulator, stream, schema: anthropicActivity, idColumn: 'id' }
}

const faults = [
  { kind: 'reset', times: 2 },
  { kind: 'truncate' },
  { kind: 'truncate', midway: true },
  { kind: 'html', status: 502 },
  { kind: 'html' },
  { kind: 'empty-page' },
  { kind: 'status', status: 429, headers: { 'retry-after': '5' } },
  { kind: 'status', status: 403, body: { message: 'You have exceeded a secondary rate limit.' } },
  { kind: 'status', status: 503 },
]

test.each([
  ['GitHub', github, 1],
  ['GitHub', github, 2],
  ['Anthropic', anthropic, 1],
  ['Anthropic', anthropic, 2],
])('%s: with faults, late rows, bursts and cursors that expire, every event arrives (%#)', async (_who, wire, seed) => {
  const clock = { time: epoch }
  const { simulator, stream, schema, idColumn } = await wire(clock, seed)
  const random = seededRandom(seed)
  const { store } = memoryStore()
  const arrived: unknown[] = []
  const publish = async (batches: readonly Batch[]) => {
    for (const { logType, rows } of batches) {
      if (logType === schema.logType) arrived.push(...rows.map((row) => row[idColumn]))
    }
  }
  const run = () =>
    runStream({
      stream,
      source: { sourceId: 'wired', sourceLabel: 'Wired' },
      normalizer: compileNormalizer(schema),
      failureSchema,
      publisher: { publish },
      store,
      prefix: 'state/wired/',
      startAt: epoch - 60 * minute,
      deadline: clock.time + 50_000,
      record: async () => {},
      lastCheckpoint: async () => undefined,
      now: () => clock.time,
    })
  const outcomes = new Set<string>()
  for (let step = 0; step < 60; step++) {
    const chance = random()
    if (chance < 0.3)
      await control(simulator, { faults: [{ skip: Math.floor(random() * 3), ...pick(faults, random) }] })
    else if (chance < 0.4) await control(simulator, { expireCursors: true })
    else if (chance < 0.5) await control(simulator, { insert: [{ count: 250, agoMs: 4 * minute, spreadMs: 1000 }] })
    else if (chance < 0.6) await control(simulator, { insert: [{ agoMs: Math.floor(random() * 20) * minute }] })
    const { outcome, error } = await run()
    expect(['internal', 'configuration', 'credentials'], String(error)).not.toContain(outcome)
    outcomes.add(outcome)
    clock.time += minute
  }
  await control(simulator, { clearFaults: true })
  const end = clock.time
  for (let step = 0; step < 150; step++) {
    await run()
    clock.time += minute
  }
  expect(outcomes).toContain('transient')
  const wanted = await oracle(simulator, { from: epoch - 60 * minute, to: end })
  expect(wanted.length).toBeGreaterThan(2500)
  expect(wanted.filter((id) => !arrived.includes(id))).toEqual([])
})
