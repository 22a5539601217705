import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../local/json.ts'
import {
  expectAllArrived,
  PolledPipeline,
  type PolledSource,
  polledStreams,
  type StreamFacts,
  sourceOfEachFeed,
  streamOfEachOrder,
} from '../support/polled.ts'

const minute = 60_000

let world: PolledPipeline
beforeAll(async () => {
  world = await PolledPipeline.start(sourceOfEachFeed)
})
afterAll(() => world.stop())
afterEach(async () => {
  world.clock.skew(0)
  for (const { id } of sourceOfEachFeed) {
    world.source(id).onRequest = async () => {}
    await world.source(id).control({ clearFaults: true })
  }
})

const otherThan = (facts: StreamFacts): PolledSource =>
  world.sourceOf(polledStreams.find((other) => other !== facts) ?? facts)

/** Headers give whole seconds. */
const roundingMs = 2_000

interface Refusal {
  readonly what: string
  readonly fault: (now: number) => JsonObject
  readonly waitMs: number
}

const seconds = (time: number): string => String(Math.ceil(time / 1000))

/** What providers say in the same words. */
const commonRefusals: readonly Refusal[] = [
  { what: '429 with Retry-After', fault: () => ({ status: 429, headers: { 'retry-after': '300' } }), waitMs: 300_000 },
  {
    what: '429 with Retry-After as a date',
    fault: (now) => ({ status: 429, headers: { 'retry-after': new Date(now + 400_000).toUTCString() } }),
    waitMs: 400_000,
  },
  { what: '429 that says nothing more', fault: () => ({ status: 429 }), waitMs: minute },
  { what: '403 with Retry-After', fault: () => ({ status: 403, headers: { 'retry-after': '90' } }), waitMs: 90_000 },
  { what: '503 with Retry-After', fault: () => ({ status: 503, headers: { 'retry-after': '600' } }), waitMs: 600_000 },
  { what: '500 that says nothing more', fault: () => ({ status: 500 }), waitMs: minute },
]

const ownRefusals: Readonly<Record<string, readonly Refusal[]>> = {
  'github-audit': [
    {
      what: '403 of the secondary limit, which says nothing more',
      fault: () => ({ status: 403, body: { message: 'You have exceeded a secondary rate limit.' } }),
      waitMs: minute,
    },
    {
      what: '403 with nothing left until a reset',
      fault: (now) => ({
        status: 403,
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': seconds(now + 1_200_000) },
        body: { message: 'API rate limit exceeded for user ID 1.' },
      }),
      waitMs: 1_200_000,
    },
  ],
  'anthropic-activity': [
    { what: '403 of something in between', fault: () => ({ kind: 'html', status: 403 }), waitMs: minute },
    {
      what: '429 with nothing left until a reset',
      fault: (now) => ({
        status: 429,
        headers: {
          'anthropic-ratelimit-requests-remaining': '0',
          'anthropic-ratelimit-requests-reset': new Date(now + 45_000).toISOString(),
        },
        body: { type: 'error', error: { type: 'rate_limit_error', message: 'Too many requests' } },
      }),
      waitMs: 45_000,
    },
    { what: '529', fault: () => ({ status: 529 }), waitMs: minute },
  ],
}

describe.each(polledStreams)('$stream, limits', (facts) => {
  const refusals = [...commonRefusals, ...(ownRefusals[facts.type] ?? [])]
  /** When the refused runs began, and until when they made the source wait. */
  const waits: { readonly begun: number; readonly until: number }[] = []

  test.each(refusals)('$what: no attempt before the time, and it is kept', async ({ fault, waitMs }) => {
    const source = world.sourceOf(facts)
    await source.catchUp()
    await source.insert({ count: 2.5 * facts.pageSize, agoMs: 5_000, spreadMs: 3_000 })
    const begun = world.clock.now()
    // In the middle of the walk.
    await source.fault({ kind: 'status', skip: 1, ...fault(begun) })
    await source.tick()
    expect(source.lastResult()).toMatchObject({ outcome: 'transient' })
    expect(source.notBefore()).toBeGreaterThan(begun + waitMs - roundingMs)
    expect(source.notBefore()).toBeLessThan(world.clock.now() + waitMs + roundingMs)
    waits.push({ begun, until: source.notBefore() })

    const asked = source.provider.requests.length
    world.advance(source.notBefore() - world.clock.now() - 20_000)
    expect(await source.tick()).toMatchObject({ ok: true })
    expect(source.provider.requests.length).toBe(asked)
    world.advance(21_000)
    expect(await source.run()).toMatchObject({ outcome: 'done' })
    expect(source.notBefore()).toBeNaN()
  })

  test('without a time the wait doubles, up to an hour', async () => {
    const source = world.sourceOf(facts)
    await source.insert({ count: 5 })
    await source.fault({ kind: 'status', status: 500, times: 100 })
    const minutes: number[] = []
    for (let n = 0; n < 9; n++) {
      await source.tick()
      minutes.push(Math.round((source.notBefore() - world.clock.now()) / minute))
      world.advance(source.notBefore() - world.clock.now() + 1)
    }
    expect(minutes).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
  })

  test('nothing shown meanwhile is lost, and the table of runs has the waits', async () => {
    const source = world.sourceOf(facts)
    await expectAllArrived(source)
    expect(waits).toHaveLength(refusals.length)
    for (const { begun, until } of waits) {
      const [run] = await source.runsSince(begun)
      expect(run).toMatchObject({ outcome: 'transient', requests: 2, wait_until: new Date(until).toISOString() })
    }
  })
})

describe.each(streamOfEachOrder)('$stream, concurrent runs', (facts) => {
  test('a provider that hangs does not keep another source waiting', async () => {
    const [source, other] = [world.sourceOf(facts), otherThan(facts)]
    await Promise.all([source.catchUp(), other.catchUp()])
    world.advance(minute)
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    source.onRequest = () => released
    const ids = await other.insert({ count: 10 })
    const asked = source.provider.requests.length
    let hangs = true
    const hanging = source.tick().finally(() => {
      hangs = false
    })
    expect(await other.run()).toMatchObject({ outcome: 'done' })
    expect(await other.missing(ids)).toEqual([])
    expect(hangs).toBe(true)
    expect(source.provider.requests.length).toBe(asked + 1)
    release()
    expect(await hanging).toMatchObject({ ok: true })
    expect(source.lastResult()).toMatchObject({ outcome: 'done' })
  })

  test('of two simultaneous runs one works', async () => {
    const source = world.sourceOf(facts)
    await source.catchUp()
    world.advance(minute)
    const ids = await source.insert({ count: 2.5 * facts.pageSize, spreadMs: 3 })
    source.onRequest = () => sleep(100)
    expect(await Promise.all([source.tick(), source.tick(), source.tick()])).toMatchObject(Array(3).fill({ ok: true }))
    source.onRequest = async () => {}
    expect(source.lastResult()).toMatchObject({ outcome: 'done' })
    expect(await source.missing(ids)).toEqual([])
    // Two working runs would both have published.
    const [twice] = await source.rows(`"${facts.id}" in ('${ids.join(`', '`)}')`, 'count(*) as n')
    expect(twice?.n).toBe(ids.length)
  })

  test('a run held up beyond its lease loses to its successor, and nothing is lost', async () => {
    const source = world.sourceOf(facts)
    await source.catchUp()
    world.advance(minute)
    const ids = await source.insert({ count: 2.5 * facts.pageSize, spreadMs: 3 })
    const asked = source.provider.requests.length
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    source.onRequest = () => {
      source.onRequest = async () => {}
      return released
    }
    const heldUp = source.tick()
    while (source.provider.requests.length === asked) await sleep(20)
    world.advance(2 * minute)
    ids.push(...(await source.insert({ count: 10 })))
    expect(await source.tick()).toMatchObject({ ok: true })
    const successor = source.stored()
    expect(source.lastResult()).toMatchObject({ outcome: 'done' })
    release()
    expect(await heldUp).toMatchObject({ ok: true })
    expect(source.stored()).toBe(successor)
    expect(await source.missing(ids)).toEqual([])
  })

  test('the lease of a dead run blocks others for a minute and a half', async () => {
    const source = world.sourceOf(facts)
    await source.catchUp()
    const ids = await source.insert({ count: 10 })
    const startedAt = world.clock.now()
    const lease = { owner: 'somebody', startedAt, expiresAt: startedAt + 90_000 }
    await source.putStored(JSON.stringify({ ...source.state(), lease }))
    const asked = source.provider.requests.length
    await source.tick()
    world.advance(80_000)
    await source.tick()
    expect(source.provider.requests.length).toBe(asked)
    world.advance(11_000)
    expect(await source.run()).toMatchObject({ outcome: 'done' })
    expect(await source.missing(ids)).toEqual([])
  })
})

describe.each(streamOfEachOrder)('$stream, wrong clocks', (facts) => {
  test.each([5, -5])('by %i minutes: the next run brings new events as usual', async (minutes) => {
    const source = world.sourceOf(facts)
    await source.catchUp()
    // The start of some minutes without a look-back.
    await source.lookBack()
    const begun = world.clock.now()
    world.clock.skew(minutes * minute)
    const ids: string[] = []
    for (let n = 0; n < 3; n++) {
      ids.push(...(await source.insert({ count: 5, agoMs: 10_000, spreadMs: 10_000 })))
      expect(await source.run()).toMatchObject({ outcome: 'done' })
      world.advance(minute)
    }
    expect(await source.missing(ids)).toEqual([])
    const runs = await source.runsSince(begun + minutes * minute, `kind = 'run'`, 3)
    expect(runs.map((run) => run.look_back)).toEqual([false, false, false])
  })

  test('by five minutes to and fro: nothing is lost, neither during it nor after it', async () => {
    const source = world.sourceOf(facts)
    await source.catchUp()
    const ids: string[] = []
    for (const minutes of [5, 0, -5, 5, -5, 0]) {
      world.clock.skew(minutes * minute)
      for (let n = 0; n < 3; n++) {
        ids.push(...(await source.insert({ count: 5, agoMs: 20_000, spreadMs: 20_000 })))
        await source.tick()
        world.advance(minute)
      }
    }
    await source.lookBack()
    expect(await source.missing(ids)).toEqual([])
    await expectAllArrived(source)
  })
})

describe.each(streamOfEachOrder)('$stream, lost states', (facts) => {
  const lose = {
    missing: (source: PolledSource) => source.deleteStored(),
    corrupt: (source: PolledSource) => source.putStored((source.stored() ?? '').slice(0, -20)),
    'of a checkpoint in the future': (source: PolledSource) =>
      source.putStored(JSON.stringify({ ...source.state(), low: world.clock.now() + 60 * minute })),
  }
  test.each(Object.entries(lose))(
    '%s: the stream continues from the recorded checkpoint and reports it',
    async (how, loseIt) => {
      const source = world.sourceOf(facts)
      const ids = await source.insert({ count: 30, agoMs: 10_000, spreadMs: 9_000 })
      const before = world.clock.now()
      await source.catchUp()
      const [last] = await source.runsSince(before)
      world.advance(20 * minute)
      ids.push(...(await source.insert({ count: 2.5 * facts.pageSize, agoMs: 15 * minute, spreadMs: 15 * minute })))
      await loseIt(source)
      const begun = world.clock.now()
      await source.catchUp()
      expect(await source.missing(ids)).toEqual([])
      const restored = how === 'missing' ? 'missing' : 'corrupt'
      const runs = await source.runsSince(begun)
      expect(runs[0]).toMatchObject({ restored, checkpoint_before: last?.checkpoint_after })
      await source.catchUp()
      expect((await source.runsSince(begun, 'restored is not null')).length).toBe(1)
    },
  )

  test('rolled back by an hour', async () => {
    const source = world.sourceOf(facts)
    await source.catchUp()
    const then = source.stored() ?? ''
    const ids: string[] = []
    for (let n = 0; n < 6; n++) {
      world.advance(10 * minute)
      ids.push(...(await source.insert({ count: 0.4 * facts.pageSize, agoMs: 5_000, spreadMs: 5_000 })))
      await source.catchUp()
    }
    ids.push(...(await source.insert({ count: 40, agoMs: 40 * minute, spreadMs: 40 * minute })))
    await source.putStored(then)
    await source.catchUp()
    expect(await source.missing(ids)).toEqual([])
    await expectAllArrived(source)
  })

  test('missing while the record cannot be read: no new state until it can', async () => {
    const source = world.sourceOf(facts)
    await source.catchUp()
    const { low } = source.state()
    await source.deleteStored()
    world.advance(minute)
    const begun = world.clock.now()
    const fault = world.pipeline.run.faults.add({
      principal: source.functionName,
      action: 's3:ListBucket',
      kind: 'fail',
      status: 403,
      code: 'AccessDenied',
    })
    await source.tick()
    expect(fault.hits).toBeGreaterThan(0)
    expect(source.stored()).toBeUndefined()
    fault.remove()
    await source.catchUp()
    expect((await source.runsSince(begun))[0]).toMatchObject({ restored: 'missing' })
    expect(source.state().low).toBeGreaterThanOrEqual(Number(low))
  })
})
