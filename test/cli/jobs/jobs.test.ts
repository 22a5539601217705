import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { parseJobArguments } from '../../../cli/jobs/arguments.ts'
import { costOf, usdText } from '../../../cli/jobs/cost.ts'
import { createDisplay } from '../../../cli/jobs/display.ts'
import { followJobs } from '../../../cli/jobs/follow.ts'
import { obstacleTo } from '../../../cli/jobs/obstacles.ts'
import { isMeant, isSame, jobOf, type Order } from '../../../cli/jobs/order.ts'
import { progressOf } from '../../../cli/jobs/progress.ts'
import { jobsOf, openJobsOf } from '../../../cli/jobs/stored-jobs.ts'
import { streamsOf } from '../../../cli/jobs/streams.ts'
import { jobJson, openJobText, planText, progressText, resultText } from '../../../cli/jobs/text.ts'
import { checkWindow, parseTime, timeText, windowEnd } from '../../../cli/jobs/window.ts'
import { statusText } from '../../../cli/status/render.ts'
import { statusJson } from '../../../cli/status/render-json.ts'
import { encodeState, type StreamState, stateFrom } from '../../../lambdas/core/poll/live/state.ts'
import {
  decodeJob,
  encodeJob,
  endedJobs,
  type Job,
  jobBell,
  jobFile,
  openJobs,
  stateFolder,
} from '../../../lambdas/core/poll/past/job.ts'
import type { Walk } from '../../../lambdas/core/poll/walk.ts'
import type { Feed } from '../../../lambdas/core/standing/feeds.ts'
import { memoryStore } from '../../support/memory-stores.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const now = Date.UTC(2026, 5, 10, 12, 0, 30)
const from = Date.UTC(2026, 5, 1)
const order: Order = { kind: 'backfill', from, to: from + 2 * day, dryRun: false }
const counts = { requests: 3, fetched: 1_250, new: 1_200, duplicate: 49, failed: 1 }
const estimate = { events: 2_345, requests: 26, seconds: 215 }

/** A job under way. */
const jobIs = (facts: Partial<Job> = {}): Job => ({
  ...jobOf(order, 'x.audit', now),
  id: 'j1',
  startedAt: now,
  estimate,
  ...facts,
})

describe('the command line', () => {
  test('is read', () => {
    expect(parseJobArguments('backfill', ['gh', '--from', '2026-06-01', '--dry-run', '--data', 'D'])).toEqual({
      source: 'gh',
      order: { kind: 'backfill', from, to: undefined, dryRun: true },
      json: false,
      cancel: false,
      wait: true,
      installation: { data: 'D' },
    })
    const more = ['--from=2026-06-01', '--to=2026-06-01T00:00:01Z', 'gh', '--json', '--no-wait', '--ops-bucket=B']
    expect(parseJobArguments('reconcile', more)).toEqual({
      source: 'gh',
      order: { kind: 'reconcile', from, to: from + 1_000, dryRun: false },
      json: true,
      cancel: false,
      wait: false,
      installation: { 'ops-bucket': 'B' },
    })
    expect(parseJobArguments('backfill', ['gh', '--cancel'])).toMatchObject({
      cancel: true,
      order: { from: undefined },
    })
  })

  test.each([
    [[], 'Name one source: npm run reconcile -- SOURCE --from TIME. --help lists the options.'],
    [['a', 'b', '--from', '2026-06-01'], /^Name one source/],
    [['a'], 'Say with --from TIME where to begin. --help lists the options.'],
    [['a', '--from', 'yesterday'], /^--from yesterday is not a time: write a day such as 2026-01-31 or /],
    [['a', '--from', '2026-06-01', '--to', '1'], /^--to 1 is not a time/],
    [['a', '--from', '2026-06-01', '--dry-run'], /^Unknown option '--dry-run'/],
  ])('%j is refused', (args, message) => {
    expect(() => parseJobArguments('reconcile', args)).toThrow(message)
  })

  test.each([
    '2026-02-30',
    '2026-13-01',
    '2026-6-1',
    '2026-06-01T24:00:00Z',
    '2026-06-01T12:00:00',
    '2026-06-01T12:00Z',
    '',
  ])('"%s" is not a time', (text) => {
    expect(() => parseTime(text, '--to')).toThrow('is not a time')
  })

  test('times are read as written', () => {
    for (const text of ['2026-06-01', '2024-02-29', '2026-06-01T23:59:59Z']) {
      expect(timeText(parseTime(text, '--from'))).toBe(text)
    }
  })
})

describe('the window', () => {
  test('ends at a full minute, five minutes ago or earlier', () => {
    const latest = Date.UTC(2026, 5, 10, 11, 55)
    expect([undefined, now, latest, latest - 1, from].map((to) => windowEnd('reconcile', to, now))).toEqual([
      latest,
      latest,
      latest,
      latest - 1,
      from,
    ])
  })

  test.each([
    [from, now + 1, '--to lies in the future'],
    [from, from, '--from must lie before --to'],
    [now - 5 * minute, undefined, '--from must lie more than five minutes back'],
    [now - 5 * minute, now, '--from must lie more than five minutes back'],
  ])('from %d to %s is refused', (begin, end, message) => {
    expect(() => checkWindow('backfill', begin, end, now)).toThrow(message)
  })

  test('accepts any other range', () => {
    checkWindow('backfill', from, undefined, now)
    checkWindow('backfill', from, now, now)
    checkWindow('backfill', now - 7 * minute, undefined, now)
  })
})

describe('an order', () => {
  test('becomes a storable job whose name contains its time', () => {
    const job = jobOf({ ...order, to: undefined }, 'x.audit', now)
    expect(job.id).toMatch(/^20260610T120030000Z-[0-9a-f]{8}$/)
    expect(job.to).toBe(windowEnd('backfill', undefined, now))
    expect(decodeJob(encodeJob(job))).toEqual(job)
    expect(jobOf(order, 'x.audit', now).id).not.toBe(job.id)
  })

  test('matches the job of the same command, even later, and no other job', () => {
    const explicit = jobOf(order, 'x.audit', now)
    const openEnded = jobOf({ ...order, to: undefined }, 'x.audit', now)
    const cut = jobOf({ ...order, to: now - minute }, 'x.audit', now)
    expect(isSame(order, explicit)).toBe(true)
    expect(isSame({ ...order, to: undefined }, openEnded)).toBe(true)
    expect(isSame({ ...order, to: now - minute }, cut)).toBe(true)
    expect(isSame({ ...order, to: undefined }, explicit)).toBe(false)
    for (const other of [{ from: from - 1 }, { to: from + 1 }, { dryRun: true }, { kind: 'reconcile' as const }]) {
      expect(isSame({ ...order, ...other }, explicit)).toBe(false)
    }
  })

  test('cancels the job that its options identify', () => {
    const job = jobOf(order, 'x.audit', now)
    const open = { kind: 'backfill' as const, from: undefined, to: undefined, dryRun: false }
    expect(isMeant(open, job)).toBe(true)
    expect(isMeant({ ...open, from }, job)).toBe(true)
    expect(isMeant({ ...open, from: from + 1 }, job)).toBe(false)
    expect(isMeant({ ...open, to: from }, job)).toBe(false)
    expect(isMeant({ ...open, kind: 'reconcile' }, job)).toBe(false)
    expect(isMeant({ ...open, dryRun: true }, job)).toBe(false)
    expect(isMeant(open, { ...job, dryRun: true })).toBe(true)
  })
})

describe('sources', () => {
  const feeds: Readonly<Record<string, readonly Feed[]>> = {
    hook: [{ table: 'hooks' }],
    one: [{ stream: 'one.audit', table: 'a' }],
    many: ['many.b', 'many.a', 'many.b'].map((stream) => ({ stream, table: stream })),
    bucket: [{ stream: 'x.files', table: 'a', inBucket: true }],
  }
  const sources = Object.fromEntries([...Object.keys(feeds), 'gone'].map((type) => [`my-${type}`, { type, label: '' }]))
  const streams = (id: string, named = sources, kind: Job['kind'] = 'backfill') =>
    streamsOf(kind, named, id, (type) => feeds[type] ?? [])

  test('are polled in one stream or several', () => {
    expect(streams('my-one')).toEqual(['one.audit'])
    expect(streams('my-many')).toEqual(['many.b', 'many.a'])
  })

  test('of which the settings choose one are polled in that one', () => {
    const chosen = { 'my-many': { type: 'many', label: '', logs: 'a' } }
    expect(streams('my-many', chosen)).toEqual(['many.a'])
  })

  test('are listed when the id is unknown or the source sends by itself', () => {
    expect(() => streams('you')).toThrow(
      'There is no source "you". There are my-bucket, my-gone, my-hook, my-many, my-one.',
    )
    expect(() => streams('toString', {})).toThrow('There is no source "toString". There is none.')
    expect(() => streams('my-hook')).toThrow(
      'Source my-hook (hook) gets its events from webhooks. Only sources that are fetched can be read again: there are my-many, my-one.',
    )
  })

  test('with a bucket are replayed, and only those', () => {
    expect(streams('my-bucket', sources, 'replay')).toEqual(['x.files'])
    for (const kind of ['backfill', 'reconcile'] as const) {
      expect(() => streams('my-bucket', sources, kind)).toThrow(
        'Source my-bucket (bucket) gets its events as objects in a bucket: read them again with "npm run replay".',
      )
    }
    expect(() => streams('my-one', sources, 'replay')).toThrow(
      'Source my-one (one) is fetched from its provider and has no objects to read again: use "npm run backfill".',
    )
    expect(() => streams('my-hook', sources, 'replay')).toThrow(
      'Source my-hook (hook) gets its events from webhooks. Only sources with a bucket can be replayed: there is my-bucket.',
    )
  })
})

describe('progress', () => {
  const walked = (walk: Partial<Walk>) => jobIs({ open: { walk: { from, to: from + day, ...walk }, counts } })
  test.each<[string, Partial<Walk>, number]>([
    ['nothing yet', {}, 0],
    ['newest first, a quarter of the first day', { newest: from + day - 1, bound: from + 18 * hour }, 12],
    ['newest first, nearly all of it', { newest: from + day - 1, bound: from }, 50],
    ['oldest first, a quarter of the first day', { newest: from + 6 * hour, bound: from + 6 * hour }, 12],
    ['rows beyond the window', { newest: from + 3 * day, bound: from - day }, 50],
    ['all of it', { done: true }, 50],
  ])('%s', (_, walk, percent) => {
    expect(progressOf(walked(walk)).percent).toBe(percent)
  })

  test('counts days, and ends at 100 percent', () => {
    expect(progressOf(jobIs()).percent).toBe(0)
    expect(progressOf(jobIs({ until: from + day })).percent).toBe(50)
    expect(progressOf(jobIs({ until: from + 2 * day })).percent).toBe(99)
    expect(progressOf(jobIs({ end: 'done' })).percent).toBe(100)
    expect(progressOf(jobIs({ until: from + day, end: 'cancelled' })).percent).toBe(50)
  })

  test('a part that begins in the middle of a day', () => {
    const late = { from: from + 12 * hour, to: from + 36 * hour, until: from + 12 * hour }
    const walk = { from: late.from, to: from + day, newest: from + day - 1, bound: from + 18 * hour }
    expect(progressOf(jobIs({ ...late, open: { walk, counts } })).percent).toBe(25)
  })

  test('counts the open part too, and estimates the time left', () => {
    const open = { walk: { from, to: from + day, done: true as const }, counts }
    expect(progressOf(jobIs({ counts, open }))).toEqual({
      percent: 50,
      counts: { requests: 6, fetched: 2_500, new: 2_400, duplicate: 98, failed: 2 },
      secondsLeft: 108,
    })
    expect(progressOf(jobIs({ estimate: undefined }))).not.toHaveProperty('secondsLeft')
    expect(progressOf(jobIs({ end: 'done' }))).not.toHaveProperty('secondsLeft')
  })
})

test('cost', () => {
  // 100,000 pages: 20,000 GB-s, 300,000 messages, 300,000 puts and gets.
  expect(costOf('backfill', { requests: 100_000, events: 1, seconds: 1 })).toBeCloseTo(0.266_668 + 0.12 + 1.5 + 0.12, 3)
  expect([0, 0.009, 0.014, 12, 123.4].map(usdText)).toEqual([
    'less than 0.01 USD',
    'less than 0.01 USD',
    'about 0.01 USD',
    'about 12.00 USD',
    'about 123 USD',
  ])
})

describe('for people', () => {
  const view = (facts: Partial<Job>, waiting?: string) => ({ source: 'gh', job: jobIs(facts), waiting })

  test('the plan of a job', () => {
    expect(planText(jobIs())).toBe(
      "About 2,345 events in 26 requests; about 3m 35s with the jobs' share of the rate limit; on AWS less than 0.01 USD.",
    )
    expect(planText(jobIs({ estimate: { events: 1, requests: 1, seconds: 1 } }))).toContain('1 event in 1 request;')
    expect(planText(jobIs({ estimate: undefined }))).toBeUndefined()
  })

  test.each([
    [view({ estimate: undefined }), 'gh (x.audit): ordered'],
    [view({ estimate: undefined }, 'its turn'), 'gh (x.audit): waiting: its turn'],
    [view({ dryRun: true }), 'gh (x.audit): ordered'],
    [
      view({ counts, until: from + day }, 'its turn'),
      'gh (x.audit): 50 %, complete up to 2026-06-02, fetched 1,250, new 1,200, there already 49, failed 1, requests 3, about 1m 48s left, waiting: its turn',
    ],
    [
      view({ problem: 'the token\n\u001b[31mwas refused' }, 'its turn'),
      'gh (x.audit): 0 %, fetched 0, new 0, there already 0, requests 0, about 3m 35s left, waiting: the token [31mwas refused',
    ],
  ])('the progress of a job %#', (one, text) => {
    expect(progressText(one)).toBe(text)
  })

  test.each<[Partial<Job>, string]>([
    [
      { counts: { ...counts, new: 1, failed: 0 } },
      'Done: 1 new row published; 1,250 events fetched with 3 requests, 49 of them there already.',
    ],
    [{ counts }, 'Parts that were not events: 1 row of classification_failures.'],
    [{ kind: 'reconcile', counts: { ...counts, new: 0, failed: 0 } }, 'Nothing was missing; 1,250 events'],
    [{ kind: 'reconcile', counts: { ...counts, new: 0 } }, 'No event was missing; 1,250 events'],
    [{ kind: 'reconcile', counts: { ...counts, new: 1 } }, '1 was missing and has been published; 1,250 events'],
    [{ kind: 'reconcile', counts }, '1,200 were missing and have been published; 1,250 events'],
    [{ dryRun: true }, 'A dry run: nothing was read but samples, and nothing was published.'],
    [
      { end: 'cancelled', counts, until: from + day },
      'Cancelled at 50 %: 1,200 rows had been published and stay; 1,250 events fetched',
    ],
  ])('the result of a job %#', (facts, text) => {
    expect(resultText(jobIs({ end: 'done', ...facts }))).toContain(text)
  })

  test("the source's name among several jobs", () => {
    expect(openJobText(view({ until: from + day, problem: 'down' }))).toBe(
      'backfill of gh (x.audit), 2026-06-01 to 2026-06-03, job j1: 50 %, waiting: down',
    )
    expect(openJobText(view({ end: 'cancelled' }))).toContain('job j1: cancelled, to be put away')
    const totals = {
      sources: 0,
      needPerson: 0,
      openFailures: 0,
      deadLetters: 0,
      deadLettersOfUnknownSource: 0,
      deadLetterReasonsOfUnknownSource: {},
    }
    const status = { now, sources: [], jobs: [view({})], totals }
    expect([...statusText(status)].slice(1)).toEqual(['', openJobText(view({}))])
    expect(JSON.parse([...statusJson(status)][0] ?? '')).toEqual({ kind: 'job', ...jobJson(view({})) })
  })
})

test('for programs', () => {
  expect(jobJson({ source: 'gh', job: jobIs({ counts, until: from + day, problem: 'down' }) })).toEqual({
    id: 'j1',
    job: 'backfill',
    source: 'gh',
    stream: 'x.audit',
    from: '2026-06-01T00:00:00.000Z',
    to: '2026-06-03T00:00:00.000Z',
    dryRun: false,
    createdAt: '2026-06-10T12:00:30.000Z',
    startedAt: '2026-06-10T12:00:30.000Z',
    endedAt: null,
    until: '2026-06-02T00:00:00.000Z',
    percent: 50,
    secondsLeft: 108,
    estimate: { events: 2_345, requests: 26, seconds: 215, usd: costOf('backfill', estimate) },
    objects: null,
    ...counts,
    waiting: 'down',
    outcome: null,
    ended: false,
  })
  expect(jobJson({ source: 'gh', job: jobIs({ end: 'done', endedAt: now }) })).toMatchObject({
    endedAt: '2026-06-10T12:00:30.000Z',
    percent: 100,
    secondsLeft: null,
    outcome: 'done',
    ended: true,
  })
})

describe('the display', () => {
  function terminal(size: object = {}) {
    const out = Object.assign(new PassThrough(), size)
    return { out, read: () => String(out.read() ?? '') }
  }
  const show = (facts: Partial<Job>) => [{ source: 'gh', job: jobIs(facts) }]

  test('as JSON prints each change once, and notes separately', () => {
    const [out, aside] = [terminal(), terminal()]
    const display = createDisplay({ json: true, out: out.out, aside: aside.out })
    display.note('Ordered')
    for (const facts of [{}, {}, { problem: 'down' }, { end: 'done' as const }]) display.show(show(facts))
    expect(aside.read()).toBe('Ordered\n')
    const lines = out.read().trim().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { waiting: null },
      { waiting: 'down' },
      { ended: true },
    ])
  })

  test('in lines prints progress at most every ten seconds, and each event once, immediately', () => {
    const { out, read } = terminal()
    let time = now
    const display = createDisplay({ json: false, out, now: () => time })
    display.show(show({ estimate: undefined }))
    expect(read()).toBe('gh (x.audit): ordered\n')
    display.show(show({}))
    expect(read()).toMatch(/^gh \(x\.audit\): About 2,345 events .*\n$/)
    display.show(show({ until: from + hour }))
    expect(read()).toBe('')
    time += 10_000
    display.show(show({ until: from + day }))
    display.show(show({ until: from + day }))
    expect(read()).toMatch(/^gh \(x\.audit\): 50 %.*\n$/)
    display.show(show({ end: 'done' }))
    expect(read()).toMatch(/^gh \(x\.audit\): Done: 0 new rows .*\n$/)
  })

  test('is redrawn on a terminal', () => {
    const { out, read } = terminal({ isTTY: true, columns: 200, rows: 20 })
    const display = createDisplay({ json: false, out, env: {} })
    display.note('Ordered')
    display.show(show({ until: from + hour }))
    const first = read()
    expect(first).toContain('Ordered\n')
    expect(first).toContain('2 %')
    display.show(show({ until: from + day }))
    expect(read()).toContain('50 %')
    display.show(show({ end: 'done' }))
    display.stop()
    const last = read()
    expect(last).toContain('Done: 0 new rows')
    expect(last).not.toContain('%')
  })
})

describe('jobs in the store', () => {
  const folder = stateFolder('gh')
  const placed = async () => {
    const stores = memoryStore()
    const job = jobOf(order, 'x.audit', now)
    await jobsOf(stores.store, 'gh').place(job)
    return { ...stores, job, key: `${openJobs(folder)}${jobFile(job)}` }
  }

  test('are put where the source looks for them, with a bell that it hears, and only once', async () => {
    const { store, objects, job, key } = await placed()
    expect([...objects.keys()]).toEqual([key, jobBell(folder)])
    expect(await openJobsOf(store, 'gh')).toEqual([job])
    expect(await jobsOf(store, 'gh').read(job.id)).toEqual(job)
    await expect(jobsOf(store, 'gh').place({ ...job, from: 0 })).rejects.toThrow('There is a job')
  })

  test('are found after they ended; a removed one is an error', async () => {
    const { store, objects, job, key } = await placed()
    objects.delete(key)
    await expect(jobsOf(store, 'gh').read(job.id)).rejects.toThrow('is gone: it was removed by hand')
    objects.set(`${endedJobs(folder)}${jobFile(job)}`, encodeJob({ ...job, end: 'done' }))
    expect(await jobsOf(store, 'gh').read(job.id)).toMatchObject({ end: 'done' })
    objects.set(key, Buffer.from('{'))
    await expect(jobsOf(store, 'gh').read(job.id)).rejects.toThrow('cannot be read')
  })

  test('are cancelled although the function changes them meanwhile', async () => {
    const { store, objects, job, key } = await placed()
    let races = 2
    const racing = {
      ...store,
      async get(read: string) {
        const found = await store.get(read)
        if (races-- > 0) objects.set(read, encodeJob({ ...job, until: from + races }))
        return found
      },
    }
    expect(await jobsOf(racing, 'gh').cancel(job.id, now)).toMatchObject({
      end: 'cancelled',
      endedAt: now,
      until: from,
    })
    expect(decodeJob(objects.get(key) ?? new Uint8Array())).toMatchObject({ end: 'cancelled' })
    expect(await jobsOf(store, 'gh').cancel(job.id, now)).toBeUndefined()
    objects.delete(key)
    expect(await jobsOf(store, 'gh').cancel(job.id, now)).toBeUndefined()
  })
})

describe('obstacles of a job', () => {
  const job = jobIs({ estimate: undefined })
  async function obstacle(state: Partial<StreamState> | undefined, of = job, before: readonly Job[] = []) {
    const { store, objects } = memoryStore()
    const beginning = { startAt: 0, low: now, lookBackMs: 0, rate: { perHour: 100, periodSeconds: 3_600 } }
    const body = state && encodeState({ ...stateFrom(beginning, now), ...state })
    if (body) objects.set(`${stateFolder('gh')}x.audit/state.json`, body)
    for (const other of [...before, of]) await jobsOf(store, 'gh').place(other)
    return obstacleTo(store, 'gh', of, now)
  }
  const done = { at: now, outcome: 'done' }
  const walk = { from, to: now }

  test.each([
    ['no run yet', undefined, 'the stream has never been read'],
    [
      'more to read',
      { lastResult: { at: now, outcome: 'open' }, window: { walk, openedAt: now, low: from, lookBack: false } },
      'new events come first, and there are more to read',
    ],
    ['runs that read to the end', { lastResult: done }, 'new events come first, then due sweeps'],
    [
      'a refused credential',
      { lastResult: { at: now, outcome: 'credentials', detail: 'put in a token' } },
      'the last run of the stream ended with credentials: put in a token',
    ],
    [
      'a limit',
      { lastResult: done, backoff: { notBefore: now + 90_000, step: 0 } },
      'the next request to the provider is in 1m 30s',
    ],
  ])('%s', async (_, state, text) => {
    expect(await obstacle(state)).toBe(text)
  })

  test('earlier jobs of the same stream', async () => {
    const others = [jobIs({ id: 'i1' }), jobIs({ id: 'i2', stream: 'x.other' }), jobIs({ id: 'k' })]
    expect(await obstacle({ lastResult: done }, job, others)).toBe('1 job of the stream ordered before')
    expect(await obstacle({ lastResult: done }, jobIs())).toBeUndefined()
  })
})

describe('following', () => {
  const follow = (states: readonly Job[], signal = new AbortController().signal) => {
    const shown: unknown[] = []
    let at = 0
    const following = followJobs([jobIs({ estimate: undefined })], {
      read: async () => {
        const state = states[Math.min(at++, states.length - 1)]
        if (!state) throw new Error('the store is down')
        return state
      },
      obstacle: async () => 'its turn',
      show: (views) => shown.push(...views.map((view) => [progressOf(view.job).percent, view.waiting])),
      signal,
      lookMs: 1,
    })
    return { following, shown }
  }

  test('ends with the job', async () => {
    const { following, shown } = follow([jobIs(), jobIs({ until: from + day }), jobIs({ end: 'done' })])
    expect(await following).toMatchObject([{ end: 'done' }])
    expect(shown).toEqual([
      [0, 'its turn'],
      [50, 'its turn'],
      [100, undefined],
    ])
  })

  test('looks once when it is to leave at once, and fails with the store', async () => {
    const left = follow([jobIs()], AbortSignal.abort())
    expect(await left.following).toMatchObject([{ id: 'j1' }])
    expect(left.shown).toHaveLength(1)
    await expect(follow([]).following).rejects.toThrow('the store is down')
  })
})
