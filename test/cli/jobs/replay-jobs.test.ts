import { describe, expect, test } from 'vitest'
import { parseJobArguments } from '../../../cli/jobs/arguments.ts'
import { costOf } from '../../../cli/jobs/cost.ts'
import { obstacleTo } from '../../../cli/jobs/obstacles.ts'
import { isSame, jobOf, type Order } from '../../../cli/jobs/order.ts'
import { jobsOf } from '../../../cli/jobs/stored-jobs.ts'
import { jobJson, planText, progressText, resultText } from '../../../cli/jobs/text.ts'
import { checkWindow, windowEnd } from '../../../cli/jobs/window.ts'
import { feedsOf } from '../../../lambdas/connectors/feeds.ts'
import { type Job, stateFolder } from '../../../lambdas/core/poll/past/job.ts'
import { newState, type StreamState, streamStateKey } from '../../../lambdas/core/stream/stream-state.ts'
import { memoryStore } from '../../support/memory-stores.ts'

const day = 86_400_000
const now = Date.UTC(2026, 5, 10, 12, 0, 30, 250)
const from = Date.UTC(2026, 5, 1)
const order: Order = { kind: 'replay', from, to: from + 2 * day, dryRun: false }
const estimate = { events: 20_000, requests: 40, seconds: 215 }
const toRead = { objects: 40, bytes: 1_234_567 }
const counts = { requests: 12, fetched: 1_250, new: 1_200, duplicate: 0, failed: 1 }
const jobIs = (facts: Partial<Job> = {}): Job => ({ ...jobOf(order, 'x.files', now), id: 'j1', ...facts })
const counted = { startedAt: now, estimate, toRead }

test('the command line takes a dry run', () => {
  expect(parseJobArguments('replay', ['s', '--from', '2026-06-01', '--dry-run']).order).toEqual({
    kind: 'replay',
    from,
    to: undefined,
    dryRun: true,
  })
})

describe('the window', () => {
  const second = Date.UTC(2026, 5, 10, 12, 0, 30)

  test('ends now, because objects need no time to settle', () => {
    expect([undefined, second, from].map((to) => windowEnd('replay', to, now))).toEqual([second, second, from])
    checkWindow('replay', second - 1_000, undefined, now)
  })

  test.each([
    [second, undefined, '--from must lie in the past.'],
    [from, now + 1, '--to lies in the future'],
    [from, from, '--from must lie before --to'],
  ])('from %d to %s is refused', (begin, end, message) => {
    expect(() => checkWindow('replay', begin, end, now)).toThrow(message)
  })

  test('of an order without an end is that of its job, also later', () => {
    const openEnded = { ...order, to: undefined }
    const job = jobOf(openEnded, 'x.files', now)
    expect(isSame(openEnded, job)).toBe(true)
    expect(isSame({ ...openEnded, kind: 'backfill' }, job)).toBe(false)
  })
})

test('the registered types tell which streams are in buckets', () => {
  expect(feedsOf('github-audit-stream-s3')).toEqual([
    { stream: 'github.audit-stream', table: 'github_audit', inBucket: true },
  ])
  expect(feedsOf('github-audit')).toEqual([{ stream: 'github.audit', table: 'github_audit' }])
})

test('the cost is that of objects, of messages and of the time', () => {
  const cost = (requests: number, events: number, seconds: number) => costOf('replay', { requests, events, seconds })
  // 100,000 objects, each with a message: 310,000 puts, 400,000 gets, 900,000 messages, 50,000 GB-s.
  expect(cost(100_000, 0, 0)).toBeCloseTo(1.55 + 0.16 + 0.36 + 0.666_67, 3)
  expect(cost(0, 2_000_000, 0)).toBeCloseTo((cost(1_000, 0, 0) - 1_000 * (1.1 * 0.000_005 + 2 * 0.000_000_4)) * 1, 6)
  expect(cost(0, 0, 1_000)).toBeCloseTo(1_500 * 0.000_013_333_4, 6)
})

describe('for people', () => {
  const progress = (facts: Partial<Job>, waiting?: string) => progressText({ source: 's', job: jobIs(facts), waiting })

  test('the plan', () => {
    expect(planText(jobIs(counted))).toBe(
      '40 objects with 1.2 MB, about 20,000 events; about 3m 35s beside new objects; on AWS less than 0.01 USD.',
    )
    const small = { ...counted, toRead: { objects: 1, bytes: 999 }, estimate: { events: 1, requests: 1, seconds: 1 } }
    expect(planText(jobIs(small))).toContain('1 object with 999 bytes, about 1 event;')
    expect(planText(jobIs())).toBeUndefined()
  })

  test.each<[Partial<Job>, string]>([
    [{}, 's (x.files): ordered'],
    [{ listed: { objects: 1_200, bytes: 5, after: 'a' } }, 's (x.files): counting, 1,200 objects so far'],
    [
      { ...counted, until: from + day, counts },
      's (x.files): 50 %, read 12 of 40 objects, published 1,200, left out 49, failed 1, about 1m 48s left',
    ],
    [{ ...counted, dryRun: true }, 's (x.files): ordered'],
  ])('the progress %#', (facts, text) => {
    expect(progress(facts)).toBe(text)
  })

  test.each<[Partial<Job>, string]>([
    [
      { counts: { ...counts, fetched: 1_200, failed: 0 } },
      'Done: 12 objects read again; 1,200 rows published, with the same ids as before.',
    ],
    [
      { counts },
      'ids as before, 49 events left out by the settings. Parts that were not events: 1 row of classification_failures.',
    ],
    [{ dryRun: true }, 'A dry run: the objects were counted; none was read, and nothing was published.'],
    [
      { end: 'cancelled', counts, until: from + day },
      'Cancelled at 50 %: 12 of 40 objects had been read; 1,200 rows published, which stay.',
    ],
    [{ end: 'cancelled', dryRun: true }, 'Cancelled.'],
  ])('the result %#', (facts, text) => {
    expect(resultText(jobIs({ ...counted, end: 'done', ...facts }))).toContain(text)
  })
})

test('for programs', () => {
  expect(jobJson({ source: 's', job: jobIs({ ...counted, counts, until: from + day }) })).toMatchObject({
    job: 'replay',
    until: null,
    percent: 50,
    estimate: { ...estimate, usd: costOf('replay', estimate) },
    objects: { total: 40, bytes: 1_234_567, read: 12 },
    ...counts,
  })
  expect(jobJson({ source: 's', job: jobIs() })).toMatchObject({ estimate: null, objects: null })
})

describe('obstacles', () => {
  async function obstacle(state: Partial<StreamState> | string | undefined, facts: Partial<Job> = {}, before = 0) {
    const { store, objects } = memoryStore()
    const text = typeof state === 'string' ? state : JSON.stringify({ ...newState, ...state })
    if (state !== undefined) objects.set(streamStateKey(stateFolder('s')), Buffer.from(text))
    const job = jobIs(facts)
    for (let id = 0; id < before; id++) await jobsOf(store, 's').place(jobIs({ id: `i${id}` }))
    await jobsOf(store, 's').place(job)
    return obstacleTo(store, 's', job, now)
  }
  const unfinished = ['a', 'b'].map((name) => ({ name, version: 'v', position: { bytes: 1, lines: 1 } }))
  const failed = { at: now, outcome: 'transient', detail: 'the bucket is down' }

  test.each([
    ['no run yet', undefined, 'the next run of the stream, which begins every minute'],
    ['an unreadable state', '{"days"', 'the state of the stream is unreadable; its next run makes it anew'],
    ['objects that fail', { lastResult: failed }, 'the last object could not be read, transient: the bucket is down'],
    ['unfinished objects', { unfinished }, '2 objects are unfinished and come first'],
    [
      'a listing',
      { listing: { startedAt: now, isOpen: true, found: 0 } },
      'the daily listing of the bucket comes first',
    ],
  ])('%s', async (_, state, text) => {
    expect(await obstacle(state)).toBe(text)
  })

  test('none while it counts or reads', async () => {
    expect(await obstacle({ unfinished }, { listed: { objects: 1, bytes: 1 } })).toBeUndefined()
    expect(await obstacle({ unfinished }, counted)).toBeUndefined()
  })

  test('jobs that were ordered before', async () => {
    expect(await obstacle({}, {}, 2)).toBe('2 jobs of the stream ordered before')
  })
})
