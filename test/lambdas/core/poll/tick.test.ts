import { expect, test } from 'vitest'
import { noCounts } from '../../../../lambdas/core/poll/counts.ts'
import {
  decodeJob,
  encodeJob,
  endedJobs,
  type Job,
  jobBell,
  jobFile,
  openJobs,
  stateFolder,
} from '../../../../lambdas/core/poll/past/job.ts'
import { runStreams } from '../../../../lambdas/core/poll/streams.ts'
import { createTick } from '../../../../lambdas/core/poll/tick.ts'
import type { ObjectStore } from '../../../../lambdas/core/ports.ts'
import type { LogSchema } from '../../../../schemas/definition.ts'
import { classificationFailures } from '../../../../schemas/generated/classification_failures.ts'
import { collectionRuns } from '../../../../schemas/generated/collection_runs.ts'
import { everyType } from '../../../support/every-type.ts'
import { memoryStore } from '../../../support/memory-stores.ts'
import { epoch } from '../../../support/poll-world.ts'
import { ProviderModel } from '../../../support/provider-model.ts'

/** What the work of a minute costs, and when it learns of jobs. */

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const schema: LogSchema = { ...everyType, eventTime: [] }
const folder = stateFolder('model')

/** A source whose calls of the object store are counted. */
function tickWorld({ isOwn = false } = {}) {
  const clock = { time: epoch }
  const provider = new ProviderModel(clock, {
    order: 'newest-first',
    pageSize: 50,
    facts: { isSignOfLife: () => !isOwn },
  })
  const { store, objects } = memoryStore()
  const calls: Record<'get' | 'put' | 'list', number> = { get: 0, put: 0, list: 0 }
  const counting =
    <Parameters extends readonly unknown[], Result>(kind: keyof typeof calls, call: (...given: Parameters) => Result) =>
    (...given: Parameters): Result => {
      calls[kind]++
      return call(...given)
    }
  const counted: ObjectStore = {
    ...store,
    get: counting('get', store.get),
    put: counting('put', store.put),
    putIf: counting('put', store.putIf),
    list: counting('list', store.list),
  }
  const publisher = { publish: async () => {} }
  const createStream = () =>
    createTick({
      source: { id: 'model', label: 'Model', secretId: 'secret', share: 1, startAt: epoch - hour, options: {} },
      stream: provider.stream,
      schema,
      failureSchema: classificationFailures,
      runsSchema: collectionRuns,
      publisher,
      bulkPublisher: publisher,
      ops: counted,
      lake: { lists: memoryStore().store, files: { open: async () => undefined }, bucket: 'lake' },
      credentialSince: async () => undefined,
      report: { live: () => undefined, past: () => undefined },
      now: () => clock.time,
    })
  let stream = createStream()
  /** Runs each minute. @returns the calls of each minute */
  async function run(minutes: number) {
    const each: (typeof calls & { readonly requests: number })[] = []
    for (let n = 0; n < minutes; n++) {
      Object.assign(calls, { get: 0, put: 0, list: 0 })
      const before = provider.requests
      await runStreams([stream()], clock.time + minute, () => clock.time)
      each.push({ ...calls, requests: provider.requests - before })
      clock.time = Math.floor(clock.time / minute + 1) * minute
    }
    return each
  }
  const restart = () => {
    stream = createStream()
  }
  return { clock, provider, objects, run, restart }
}

const job: Job = {
  id: 'job',
  kind: 'backfill',
  stream: 'model.events',
  from: epoch - 3 * day,
  to: epoch - 2 * day,
  until: epoch - 3 * day,
  counts: noCounts,
  createdAt: epoch,
  dryRun: false,
}

test.each([
  ['without events', false, () => 0],
  ['with an event of our own each minute', true, () => 1],
])('a minute %s writes once, lists nothing, reads three times and sends one request', async (_what, isOwn, events) => {
  const { run, provider } = tickWorld({ isOwn })
  await run(10)
  const each: Awaited<ReturnType<typeof run>> = []
  for (let n = 0; n < 40; n++) {
    for (let k = 0; k < events(); k++) provider.expose()
    each.push(...(await run(1)))
  }
  expect(new Set(each.map(({ put, list, get, requests }) => `${put} ${list} ${get} ${requests}`))).toEqual(
    new Set(['1 0 3 1']),
  )
})

test('a job is found in the minute after its bell has rung', async () => {
  const { run, objects } = tickWorld()
  await run(20)
  objects.set(`${openJobs(folder)}${jobFile(job)}`, encodeJob(job))
  objects.set(jobBell(folder), Buffer.from(job.id))
  await run(3)
  const ended = objects.get(`${endedJobs(folder)}${jobFile(job)}`)
  expect(ended && decodeJob(ended)).toMatchObject({ end: 'done' })
})

test.each([
  ['the next process', true, 3],
  ['within an hour', false, 63],
])('a job whose bell never rang is found by %s', async (_when, restarts, minutes) => {
  const world = tickWorld()
  await world.run(20)
  world.objects.set(`${openJobs(folder)}${jobFile(job)}`, encodeJob(job))
  await world.run(2)
  expect(world.objects.has(`${endedJobs(folder)}${jobFile(job)}`)).toBe(false)
  if (restarts) world.restart()
  await world.run(minutes)
  expect(world.objects.has(`${endedJobs(folder)}${jobFile(job)}`)).toBe(true)
})
