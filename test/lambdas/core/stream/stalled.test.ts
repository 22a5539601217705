import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { googleAddresses } from '../../../../lambdas/core/google/addresses.ts'
import { storageBucket } from '../../../../lambdas/core/google/storage.ts'
import { googleTokens } from '../../../../lambdas/core/google/token.ts'
import { noCounts } from '../../../../lambdas/core/poll/counts.ts'
import { encodeJob, endedJobs, type Job, jobFile, openJobs } from '../../../../lambdas/core/poll/past/job.ts'
import { createDownloadClient } from '../../../../lambdas/core/poll/provider/download.ts'
import { createHttpClient } from '../../../../lambdas/core/poll/provider/http.ts'
import type { Batch } from '../../../../lambdas/core/publish/message.ts'
import { listedBucket } from '../../../../lambdas/core/stream/listed-bucket.ts'
import { minuteName } from '../../../../lambdas/core/stream/name-times.ts'
import { readerPorts } from '../../../../lambdas/core/stream/reader-ports.ts'
import { createStreamTick } from '../../../../lambdas/core/stream/stream-tick.ts'
import { classificationFailures } from '../../../../schemas/generated/classification_failures.ts'
import { githubAudit } from '../../../../schemas/generated/github_audit.ts'
import { startGcsStreamServer } from '../../../../simulators/github/audit-stream-gcs.ts'
import { memoryStore } from '../../../support/memory-stores.ts'
import { started } from '../../../support/provider.ts'
import { serve } from '../../../support/serve.ts'
import { eventLine } from '../../../support/stream-world.ts'

/** What becomes of a request for the content of the object with this letter; by itself it is answered. */
type Trouble = (response: ServerResponse) => void

const afterHeaders: Trouble = (response) => {
  response.writeHead(200, { 'x-goog-generation': '1' }).flushHeaders()
}
const beforeHeaders: Trouble = () => {}
/** A byte now and then, so that no wait is long. */
const drip: Trouble = (response) => {
  response.writeHead(200).write('x')
  const timer = setInterval(() => response.write('x'), 40)
  response.on('close', () => clearInterval(timer))
}

interface Times {
  readonly silenceMs?: number
  readonly slowMs?: number
  readonly publishMs?: number
}

/** After this time a function counts as killed, in milliseconds. */
const killedMs = 30_000

/** Waits that nothing but the end of the minute can end. */
const endless: Times = { silenceMs: 10 * killedMs, slowMs: 10 * killedMs }

/** A source over a real server, on the real clock: a minute lasts half a second. */
async function stalledWorld(letters: string, { silenceMs, slowMs, publishMs = 0 }: Times = {}) {
  const storage = await started(startGcsStreamServer({ flows: false, now: Date.now }))
  const troubles = new Map<string, Trouble>()
  const origin = await serve(async ({ url = '', headers }, response) => {
    const trouble = url.includes('alt=media') ? troubles.get(/([a-z])\.json\.gz/.exec(url)?.[1] ?? '') : undefined
    if (trouble) return trouble(response)
    const answer = await fetch(storage.url + url, { headers: { authorization: headers.authorization ?? '' } })
    const bytes = Buffer.from(await answer.arrayBuffer())
    return response.writeHead(answer.status, { 'x-goog-generation': '1' }).end(bytes)
  })
  for (const letter of letters) {
    const name = `${minuteName(Date.now())}/${letter}.json.gz`
    storage.objects.put(name, gzipSync(eventLine(letter, { more: randomBytes(2_000).toString('hex') })), Date.now())
  }
  const http = createHttpClient()
  const exchange = { addresses: googleAddresses(storage.url), http, now: Date.now }
  const ops = memoryStore()
  const ids = new Set<string>()
  const failures: unknown[] = []
  const errors: unknown[] = []
  const publish = async (batches: readonly Batch[]) => {
    for (const { logType, rows } of batches) {
      if (logType !== 'GitHub.Audit') failures.push(...rows)
      else for (const row of rows) ids.add(String(row._document_id))
    }
    await pause(world.publishMs, undefined, { ref: false })
  }
  const ports = readerPorts({
    source: { id: 'gcs', label: 'Stream', options: { excludeFilters: [] } },
    stream: { isLeftOut: () => false, readConfiguration: async () => [] },
    ...{ schema: githubAudit, failureSchema: classificationFailures },
    bucket: storageBucket({
      bucket: 'example-audit-log',
      url: origin,
      tokens: googleTokens({ kind: 'key', secret: async () => storage.keyFile }, exchange),
      http,
      download: createDownloadClient(silenceMs === undefined ? {} : { silenceMs }),
      ...(slowMs !== undefined && { slowMs }),
    }),
    publisher: { publish },
    ops: ops.store,
  })
  const tick = createStreamTick({
    ...{ ports, stream: { id: 'github.audit-stream', logType: 'GitHub.Audit' }, record: async () => {} },
    report: {
      objects: (_totals, error) => void (error !== undefined && errors.push(error)),
      listing() {},
      replays() {},
      configuration() {},
    },
    graceMs: 200,
    ...listedBucket(ports),
  })
  const invoked = (work: Promise<void>) => Promise.race([work.then(() => true), pause(killedMs, false, { ref: false })])
  const world = {
    ...{ ids, failures, errors, troubles, publishMs },
    state: () => ports.state.read(),
    /** One invocation. @returns whether it ended by itself */
    minute: (ms = 300): Promise<boolean> => invoked(tick().live(Date.now() + ms)),
    /** One invocation that works on jobs alone. */
    past: (ms = 300): Promise<boolean> => invoked(tick().past(Date.now() + ms)),
    /** Orders a replay of everything. */
    order(): void {
      const [from, to] = [0, Date.now() + 60_000]
      const job: Job = {
        ...{ id: 'job-1', kind: 'replay', stream: 'github.audit-stream', createdAt: from, from, to, until: from },
        ...{ dryRun: false, counts: noCounts },
      }
      ops.objects.set(openJobs('state/gcs/') + jobFile(job), encodeJob(job))
    },
    ended: () => [...ops.objects.keys()].filter((key) => key.startsWith(endedJobs('state/gcs/'))).length,
  }
  return world
}

test.each([
  ['after their headers', afterHeaders],
  ['before their headers', beforeHeaders],
])('minutes in which all downloads hang %s give no object up', async (_where, trouble) => {
  const world = await stalledWorld('abc', endless)
  for (const letter of 'abc') world.troubles.set(letter, trouble)
  for (let minutes = 0; minutes < 6; minutes++) {
    expect(await world.minute()).toBe(true)
    expect(await world.state()).toMatchObject({ lastResult: { outcome: 'transient' } })
  }
  expect((await world.state()).trying).toBeUndefined()
  expect([world.failures, world.ids.size]).toEqual([[], 0])
  world.troubles.clear()
  await world.minute(60_000)
  expect([...world.ids].sort()).toEqual(['a', 'b', 'c'])
  expect(world.failures).toEqual([])
})

test('minutes in which nothing can be published give no object up', async () => {
  const world = await stalledWorld('ab', { ...endless, publishMs: 10 * killedMs })
  for (let minutes = 0; minutes < 5; minutes++) expect(await world.minute()).toBe(true)
  world.publishMs = 0
  await world.minute(60_000)
  expect([...world.ids].sort()).toEqual(['a', 'b'])
  expect(world.failures).toEqual([])
})

test('minutes in which a replay hangs give no object up', async () => {
  const world = await stalledWorld('ab', endless)
  await world.minute(60_000)
  world.order()
  for (const letter of 'ab') world.troubles.set(letter, afterHeaders)
  for (let minutes = 0; minutes < 5; minutes++) expect(await world.past()).toBe(true)
  expect(await world.state()).toMatchObject({ lastResult: { outcome: 'transient' } })
  expect([world.failures, world.ended()]).toEqual([[], 0])
  world.troubles.clear()
  await world.past(60_000)
  expect([world.failures, world.ended()]).toEqual([[], 1])
})

test.each([
  ['hangs', afterHeaders],
  ['drips in', drip],
])('a content that %s does not hold up the others', async (_how, trouble) => {
  const world = await stalledWorld('abc', { silenceMs: 2_000, slowMs: 5_000 })
  world.troubles.set('a', trouble)
  expect(await world.minute(60_000)).toBe(true)
  expect([...world.ids].sort()).toEqual(['b', 'c'])
  expect(world.errors).toMatchObject([{ name: 'StoreError' }])
  world.troubles.clear()
  await world.minute(60_000)
  expect([...world.ids].sort()).toEqual(['a', 'b', 'c'])
})
