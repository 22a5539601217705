import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  expectAllArrived,
  member,
  PolledPipeline,
  type PolledSource,
  polledStreams,
  sourceId,
  sourceOfEachFeed,
  streamOf,
} from '../support/polled.ts'

const minute = 60_000
const hour = 60 * minute

/** A feed with constant traffic, some of it late. */
const lively = { eventsPerMinute: 1, lateShare: 0.1 }

// One whose few requests in a run come from the share in the settings, and one that its provider allows so many.
const [byShare, byProvider] = [streamOf('github-audit'), streamOf('anthropic-activity')]
const slowByShare = sourceId(byShare, 'slow')
const slowByProvider = sourceId(byProvider, 'slow')
const large = sourceId(byProvider, 'new')

const plans = [
  ...sourceOfEachFeed.map((plan) => ({ ...plan, server: lively })),
  { id: slowByShare, facts: byShare },
  { id: slowByProvider, facts: byProvider, server: { requestsPerMinute: 3 } },
  // With pages as large as the connector asks for.
  { id: large, facts: byProvider, server: { largestPage: 5_000 } },
]

let world: PolledPipeline
beforeAll(async () => {
  world = await PolledPipeline.start(plans)
})
afterAll(() => world.stop())
afterEach(() => {
  for (const { id } of plans) world.source(id).onRequest = async () => {}
})

/** The last look-back was just now, and the checkpoint is there as well. */
async function readToThePresent(source: PolledSource): Promise<void> {
  await source.catchUp()
  await source.insert({})
  await source.lookBack()
}

/** Waits for a new event; rows still missing then came with none of the runs so far. */
async function lackingBeside(source: PolledSource, ids: readonly string[]): Promise<string[]> {
  const present = await source.insert({})
  await source.catchUp()
  expect(await source.missing(present)).toEqual([])
  return await source.lacking(ids)
}

describe.each(polledStreams)('$stream, late rows', (facts) => {
  test('by less than the lag: the next run brings them', async () => {
    const source = world.sourceOf(facts)
    await readToThePresent(source)
    const late = await source.insert({ count: 5, agoMs: facts.lagMs - 30_000, spreadMs: 10_000 })
    world.advance(20_000)
    const begun = world.clock.now()
    expect(await source.run()).toMatchObject({ outcome: 'done' })
    expect(await source.missing(late)).toEqual([])
    expect((await source.runsSince(begun))[0]).toMatchObject({ look_back: false })
  })

  test('by less than the look-back: the next look-back brings them, ten minutes later', async () => {
    const source = world.sourceOf(facts)
    await readToThePresent(source)
    // The oldest are out of reach for a look-back counted from now.
    const late = await source.insert({ count: 6, agoMs: 29.5 * minute, spreadMs: 20 * minute })
    expect(await lackingBeside(source, late)).toEqual(late)
    world.advance(10 * minute)
    const begun = world.clock.now()
    await source.catchUp()
    expect(await source.missing(late)).toEqual([])
    expect((await source.runsSince(begun))[0]).toMatchObject({ look_back: true })
  })

  test('by two hours: the next hourly sweep finds and reports them', async () => {
    const source = world.sourceOf(facts)
    const sweptUntil = () =>
      source.stored('sweep.json') === undefined ? 0 : Number(member(source.state('sweep.json'), 'hours').until ?? 0)
    /** Some minutes past a full hour, until the hours before it are swept. */
    const sweepOfNextHour = async () => {
      const before = sweptUntil()
      world.advance(hour - (world.clock.now() % hour))
      await source.tickUntil(() => sweptUntil() !== before)
    }
    await readToThePresent(source)
    await sweepOfNextHour()
    const late = await source.insert({ count: 7, agoMs: 2 * hour, spreadMs: 10 * minute })
    await source.lookBack()
    expect(await lackingBeside(source, late)).toEqual(late)
    const begun = world.clock.now()
    await sweepOfNextHour()
    expect(await source.missing(late)).toEqual([])
    const sweeps = await source.runsSince(begun, `kind = 'sweep'`)
    expect(sweeps.reduce((sum, row) => sum + Number(row.new), 0)).toBe(late.length)
    expect(sweeps[0]).toMatchObject({ outcome: 'done', stream: facts.stream })
  })
})

describe.each(polledStreams)('$stream, pages', (facts) => {
  const many = 3.5 * facts.pageSize

  test('a single moment with more rows than a page, and more of them while it is read', async () => {
    const source = world.sourceOf(facts)
    await source.catchUp()
    const time = world.clock.now() - 2_000
    const ids = await source.insert({ count: many, time })
    let asked = 0
    source.onRequest = async () => {
      if (asked++ < 3) ids.push(...(await source.insert({ count: 30, time })))
    }
    await source.catchUp()
    // Slack never splits a second, so that one page has all of it.
    expect(asked).toBeGreaterThan(facts.type === 'slack-audit' ? 0 : 3)
    // The next walk brings the rows that appeared before the position of this one.
    await source.catchUp()
    expect(await source.missing(ids)).toEqual([])
  })

  test('a cursor that expires in the middle of a walk', async () => {
    const source = world.sourceOf(facts)
    await source.catchUp()
    const ids = await source.insert({ count: many, agoMs: 40_000, spreadMs: 30_000 })
    let asked = 0
    source.onRequest = async () => {
      if (asked++ === 1) await source.control({ expireCursors: true })
    }
    expect(await source.run()).toMatchObject({ outcome: 'done' })
    expect(await source.missing(ids)).toEqual([])
  })

  test('cursors that expire at once, in a moment with more rows than a page', async () => {
    const source = world.sourceOf(facts)
    await source.catchUp()
    const ids = await source.insert({ count: many, agoMs: 1_000 })
    source.onRequest = async () => void (await source.control({ expireCursors: true }))
    await source.tick()
    expect(source.lastResult()).toMatchObject({ outcome: 'transient', detail: expect.stringContaining('cursor') })
    source.onRequest = async () => {}
    await source.catchUp()
    expect(await source.missing(ids)).toEqual([])
  })

  test('an empty page with more behind it', async () => {
    const source = world.sourceOf(facts)
    await source.catchUp()
    const ids = await source.insert({ count: many, spreadMs: 3_000, agoMs: 5_000 })
    await source.fault({ kind: 'empty-page', skip: 1, times: 2 })
    expect(await source.run()).toMatchObject({ outcome: 'done' })
    expect(await source.missing(ids)).toEqual([])
  })

  test('a day full of events is complete', async () => {
    await expectAllArrived(world.sourceOf(facts))
  })
})

test('pages of a thousand: 2,500 activities of one second', async () => {
  const source = world.source(large)
  const ids = await source.insert({ count: 2_500 })
  expect(await source.run()).toMatchObject({ outcome: 'done' })
  expect(await source.missing(ids)).toEqual([])
  await expectAllArrived(source)
})

describe.each([
  [slowByShare, 3 * minute],
  // A second more, because headers tell times in seconds.
  [slowByProvider, minute + 2_000],
])('%s, a burst ten times larger than one run can take', (id, apartMs) => {
  test('each run continues where the previous one ended, without delaying new events', async () => {
    const source = world.source(id)
    await source.catchUp()
    world.advance(apartMs)
    const last = world.clock.now() - minute
    const spreadMs = 24 * minute
    const ids = await source.insert({ count: 40 * source.facts.pageSize, time: last - spreadMs, spreadMs })
    // The look-back covers all of it.
    world.advance(10 * minute)
    /** The position of each turn's run, and the end of what is complete. */
    const places: number[] = []
    const checkpoints: number[] = []
    const fresh: { readonly id: string; readonly insertedAt: number }[] = []
    let asked = source.provider.requests.length
    for (let isOpen = true; isOpen; ) {
      expect(places.length).toBeLessThan(60)
      for (const one of await source.insert({})) fresh.push({ id: one, insertedAt: world.clock.now() })
      await source.tick()
      const state = source.state()
      const [oldest = member(state, 'window')] = source.backlogs()
      const place = member(oldest, 'walk').bound
      isOpen = place !== undefined
      if (isOpen) places.push(Number(place))
      checkpoints.push(Math.min(Number(state.low), ...source.backlogs().map(({ low }) => Number(low))))
      expect(source.provider.requests.length - asked).toBeLessThanOrEqual(8)
      asked = source.provider.requests.length
      if (places.length === 3) await source.control({ expireCursors: true })
      world.advance(apartMs)
    }
    const ascending = (a: number, b: number) => a - b
    expect(places.length).toBeGreaterThanOrEqual(10)
    expect(source.facts.order === 'newest-first' ? places.toReversed() : places).toEqual(places.toSorted(ascending))
    expect(new Set(places).size).toBeGreaterThanOrEqual(10)
    expect(checkpoints).toEqual(checkpoints.toSorted(ascending))
    expect(checkpoints.at(-1)).toBeGreaterThanOrEqual(last - 1_000)
    expect(await source.missing([...ids, ...fresh.map((one) => one.id)])).toEqual([])
    const received = new Map(
      (await source.rows('true', `"${source.facts.id}" as id, epoch_ms(p_parse_time) as time`)).map((row) => [
        row.id,
        Number(row.time),
      ]),
    )
    // A window counts as a burst only after it has been open for some runs.
    const waited = fresh.slice(4).filter((one) => Number(received.get(one.id)) - one.insertedAt > apartMs)
    expect(waited).toEqual([])
  })
})
