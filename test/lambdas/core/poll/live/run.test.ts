import { describe, expect, test } from 'vitest'
import {
  AuthError,
  ConfigError,
  CursorError,
  RecordError,
  StoreError,
  TransientError,
} from '../../../../../lambdas/core/errors.ts'
import { encodeState } from '../../../../../lambdas/core/poll/live/state.ts'
import { beginning, epoch, Killer, pollWorld, recover, stateKey } from '../../../../support/poll-world.ts'
import type { Order } from '../../../../support/provider-model.ts'

const minute = 60_000
const orders: readonly Order[] = ['newest-first', 'oldest-first']

describe.each(orders)('%s', (order) => {
  test('publishes every event once, over pages, ties and quiet times', async () => {
    const world = pollWorld({ order, pageSize: 7 })
    for (let round = 0; round < 40; round++) {
      for (let n = 0; n < round % 23; n++) world.provider.expose(n % 3 === 0 ? 0 : n * 100)
      const { outcome } = await world.run()
      expect(outcome).toBe('done')
      world.clock.time += minute
    }
    expect(world.published.map(({ id }) => id).sort()).toEqual(world.provider.exposed)
  })

  test('the next look-back brings an event as late as the look-back', async () => {
    const world = pollWorld({ order, pageSize: 7 })
    for (let n = 0; n < 50; n++) {
      world.provider.expose()
      if (n % 3 === 0) world.provider.expose(29.9 * minute)
      await world.run()
      world.clock.time += minute
    }
    for (let n = 0; n < 11; n++) {
      await world.run()
      world.clock.time += minute
    }
    expect(world.published.map(({ id }) => id).sort()).toEqual(world.provider.exposed)
  })

  test('the next run brings an event as late as the lag', async () => {
    const world = pollWorld({ order, pageSize: 7 })
    await world.run()
    for (let n = 0; n < 30; n++) {
      world.clock.time += minute
      world.provider.expose()
      const late = world.provider.expose(1.9 * minute)
      await world.run()
      expect(world.arrived).toContain(late)
    }
  })

  test('a second with more rows than several runs can read is read to its end', async () => {
    const world = pollWorld({ order, pageSize: 10, fetchMs: 5_000 })
    for (let n = 0; n < 600; n++) world.provider.expose()
    let runs = 1
    while ((await world.run()).outcome === 'open' && runs < 50) {
      runs++
      world.clock.time += 10_000
    }
    expect(runs).toBeGreaterThan(4)
    expect(world.published.map(({ id }) => id).sort()).toEqual(world.provider.exposed)
  })

  test('a backlog of many runs does not delay new events', async () => {
    const world = pollWorld({ order, pageSize: 40, fetchMs: 2_000 })
    for (let n = 0; n < 12_000; n++) world.provider.expose(4 * minute + n * 250)
    await world.run()
    world.clock.time += minute
    const late: number[] = []
    let runs = 0
    for (; runs < 60 && (world.state().window || world.state().backlogs.length > 0); runs++) {
      const id = world.provider.expose()
      const since = world.clock.time
      await world.run()
      world.clock.time = since + minute
      if (!world.arrived.includes(id)) late.push(runs)
    }
    expect(runs).toBeGreaterThan(8)
    expect(runs).toBeLessThan(60)
    // Until the window has been open for a while, and at the backlog's turn.
    expect(late.length).toBeLessThan(runs / 2)
    expect(late.filter((run) => run > 4 && late.includes(run + 1))).toEqual([])
    await recover(world)
    expect(world.arrived).toEqual(world.provider.exposed)
  })

  test('a burst of many runs continues from the bound when no cursor outlives its run', async () => {
    const facts = { lookBackSeconds: 120 }
    const world = pollWorld({ order, pageSize: 10, fetchMs: 5_000, cursorMs: 15_000, facts })
    for (let n = 0; n < 900; n++) world.provider.expose(n * 1_000)
    const left: number[] = []
    while ((await world.run()).outcome === 'open' && left.length < 100) {
      left.push(900 - world.arrived.length)
      world.clock.time += 30_000
    }
    expect(left.length).toBeGreaterThan(5)
    // New events and the backlog take turns, so that at least every second run makes progress.
    const missing = left.filter((count) => count > 0)
    expect(missing).toEqual(missing.toSorted((a, b) => b - a))
    expect(missing.filter((count, at) => count === missing[at + 2])).toEqual([])
    expect(world.published.map(({ id }) => id).sort()).toEqual(world.provider.exposed)
  })

  test('a run stops well before its deadline', async () => {
    const world = pollWorld({ order, pageSize: 1, fetchMs: 4_000 })
    for (let n = 0; n < 30; n++) world.provider.expose(n * 1_000)
    await world.run()
    expect(world.clock.time - epoch).toBeLessThanOrEqual(50_000)
    expect(world.state().lease).toBeUndefined()
  })

  test('continues after an empty page, and from the bound when a cursor fails', async () => {
    const world = pollWorld({ order, pageSize: 5 })
    for (let n = 0; n < 40; n++) world.provider.expose(n * 700)
    const page = { limits: { remaining: 9 } }
    world.provider.faults.push({ emptyPage: true }, page, { emptyPage: true }, page, { error: new CursorError('gone') })
    expect((await world.run()).outcome).toBe('done')
    expect(world.published.map(({ id }) => id).sort()).toEqual(world.provider.exposed)
  })

  test('a row out of order does not move the bound', async () => {
    const world = pollWorld({ order, pageSize: 5 })
    for (let n = 0; n < 40; n++) world.provider.expose(n * 10_000)
    const { stream } = world.provider
    const far = order === 'newest-first' ? -30 * minute : 4 * minute
    const fetchPage: typeof stream.fetchPage = async (request) => {
      const page = await stream.fetchPage(request)
      if (world.provider.requests > 1) return page
      const [first, ...others] = page.events
      return { ...page, events: [{ ...first, at: epoch + far }, ...others] }
    }
    world.provider.faults.push({ limits: {} }, { error: new CursorError('gone') })
    await world.run({ options: { stream: { ...stream, fetchPage } } })
    expect(world.arrived).toEqual(world.provider.exposed)
  })

  test('cursors that always fail within one second lead to a wait, not a loop', async () => {
    const world = pollWorld({ order, pageSize: 5, cursorMs: -1 })
    for (let n = 0; n < 40; n++) world.provider.expose()
    expect((await world.run()).outcome).toBe('transient')
    expect(world.provider.requests).toBeLessThan(6)
  })

  test('the checkpoint never passes unread rows', async () => {
    const world = pollWorld({ order, pageSize: 5, fetchMs: 10_000 })
    for (let n = 0; n < 100; n++) world.provider.expose(n * 2_000)
    const before = epoch - 3_600_000
    const { outcome } = await world.run()
    expect(outcome).toBe('open')
    const { low } = world.state()
    if (order === 'newest-first') expect(low).toBe(before)
    else expect(low).toBeGreaterThan(before)
    await recover(world)
    expect(world.state().low).toBeGreaterThan(epoch - 10 * minute)
    // For an oldest-first feed the clock sets the end of the backlog, with room for a wrong clock.
    expect(world.state().low).toBeLessThanOrEqual(order === 'newest-first' ? epoch : world.clock.time - 10 * minute)
  })

  test.each([5 * minute, -5 * minute])('a clock that is wrong by %i ms skips nothing', async (skewMs) => {
    const world = pollWorld({ order, pageSize: 5 })
    for (let n = 0; n < 30; n++) {
      for (let k = 0; k < n % 7; k++) world.provider.expose(k * 10_000)
      await world.run({ skewMs: n % 2 === 0 ? skewMs : 0 })
      world.clock.time += minute
    }
    await recover(world)
    expect(world.arrived).toEqual(world.provider.exposed)
  })

  test('an event dated minutes ahead keeps none away that happens before it', async () => {
    const world = pollWorld({ order, pageSize: 5, facts: { lagSeconds: 0, lookBackSeconds: 0 } })
    await world.run()
    world.clock.time += minute
    world.provider.expose(-4 * minute)
    for (let n = 0; n < 4; n++) {
      world.provider.expose()
      await world.run()
      expect(world.arrived).toEqual(world.provider.exposed)
      world.clock.time += minute
    }
  })

  test('a walk does not miss rows that appear during it', async () => {
    const world = pollWorld({ order, pageSize: 5 })
    for (let n = 0; n < 50; n++) world.provider.expose(n * 1_000)
    const { stream } = world.provider
    for (let n = 0; n < 3; n++) {
      await world.run({
        options: {
          stream: {
            ...stream,
            async fetchPage(request) {
              const page = await stream.fetchPage(request)
              if (world.provider.requests % 2 === 0) world.provider.expose(world.provider.requests * 3_000)
              return page
            },
          },
        },
      })
      world.clock.time += minute
    }
    await recover(world)
    expect(world.arrived).toEqual(world.provider.exposed)
  })
})

test('each kind of error has its outcome, message and wait', async () => {
  const cases = [
    [new TransientError('down'), 'transient', 60_000],
    [new TransientError('slow down', { retryAt: epoch + 17_010 }), 'transient', 17_000],
    [new AuthError('make a new token'), 'credentials', 60_000],
    [new ConfigError('no such organization'), 'configuration', 60_000],
    [new RecordError('not_json', 'not JSON'), 'transient', 60_000],
    [new TypeError('secret text'), 'internal', 60_000],
  ] as const
  for (const [error, outcome, waitMs] of cases) {
    const world = pollWorld({ order: 'newest-first', pageSize: 5 })
    world.provider.expose()
    world.provider.faults.push({ error })
    const result = await world.run()
    expect(result).toMatchObject({ outcome, error })
    expect(world.state().backoff.notBefore).toBe(epoch + 10 + waitMs)
    expect(world.recorded.at(-1)).toMatchObject({ outcome, requests: 1 })
    expect(JSON.stringify(world.recorded)).not.toContain('secret text')
    const waiting = await world.run()
    expect(waiting).toMatchObject({ outcome: 'waiting', last: { outcome } })
    expect(world.provider.requests).toBe(1)
    world.clock.time += waitMs
    expect((await world.run()).outcome).toBe('done')
    expect(world.state().backoff).toBeUndefined()
    expect(world.arrived).toEqual(world.provider.exposed)
  }
})

test.each(orders)('%s: waits double while errors persist, and end with the first answer', async (order) => {
  const world = pollWorld({ order, pageSize: 5 })
  const waits: number[] = []
  world.provider.unreadable = { from: 0, to: Number.POSITIVE_INFINITY }
  for (let n = 0; n < 8; n++) {
    await world.run()
    const { notBefore } = world.state().backoff
    waits.push((notBefore - world.clock.time) / minute)
    world.clock.time = notBefore
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60])
  world.provider.unreadable = undefined
  await world.run()
  expect(world.state().backoff).toBeUndefined()
  world.clock.time += 61 * minute
  expect((await world.run()).outcome).toBe('done')
})

test('the run ends with the last request that the provider allows', async () => {
  const world = pollWorld({ order: 'oldest-first', pageSize: 5 })
  for (let n = 0; n < 20; n++) world.provider.expose(n * 1_000)
  world.provider.faults.push({ limits: { remaining: 0, resetAt: epoch + 20 * minute } })
  expect((await world.run()).outcome).toBe('open')
  world.clock.time += 19 * minute
  expect((await world.run()).outcome).toBe('waiting')
  world.clock.time += minute
  expect((await world.run()).outcome).toBe('done')
  expect(world.arrived).toEqual(world.provider.exposed)
})

test('uses at most its share of the budget, and half of that for known rows', async () => {
  const share = 0.1
  const world = pollWorld({ order: 'newest-first', pageSize: 1, facts: { requestsPerHour: 3_000 } })
  let stretched = 0
  for (let n = 0; n < 180; n++) {
    for (let k = 0; k < 2; k++) world.provider.expose(k * 1_000)
    if ((await world.run({ options: { share } })).stretched) stretched++
    world.clock.time = epoch + (n + 1) * minute
  }
  expect(world.provider.requests).toBeLessThanOrEqual(3 * 300 + 30)
  expect(stretched).toBeGreaterThan(0)
  // New events keep coming although reading again alone would use up the budget.
  expect(world.arrived.length).toBeGreaterThan(250)
})

test('parts that are not events become failures once; a connector that fails on an event costs it nothing', async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 5 })
  world.provider.expose()
  const { stream } = world.provider
  const options = {
    stream: {
      ...stream,
      isSignOfLife: (event: { readonly [name: string]: unknown }) => {
        if (event.odd) throw new TypeError('odd')
        return true
      },
      fetchPage: async (request: Parameters<typeof stream.fetchPage>[0]) => {
        const page = await stream.fetchPage(request)
        const failure = { error: new RecordError('not_object', 'no object'), bytes: Buffer.from('17') }
        return { ...page, events: [...page.events, { odd: true }, { text: 'no id' }], failures: [failure] }
      },
    },
  }
  for (let n = 0; n < 5; n++) {
    await world.run({ options })
    world.clock.time += minute
  }
  expect(world.failures).toMatchObject([{ reason: 'not_object', raw: '17' }])
  expect(world.published.length).toBe(3)
  expect(world.recorded[0]).toMatchObject({ fetched: 4, new: 3, failed: 1 })
})

test('idle runs make one row an hour; rows caused by our own requests are not a sign of life', async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 5, facts: { isSignOfLife: () => false } })
  let requests = 0
  for (let n = 0; n < 61; n++) {
    requests = world.provider.requests
    if (n % 4 === 0) world.provider.expose()
    await world.run()
    world.clock.time = epoch + (n + 1) * minute
  }
  expect(world.recorded).toMatchObject([{ kind: 'idle', runs: 60, new: 15, outcome: 'done' }])
  expect(world.recorded[0]?.requests).toBe(requests)
  expect(world.state().lastEventAt).toBeUndefined()
})

test('an idle run makes one request', async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 100 })
  for (let n = 0; n < 50; n++) world.provider.expose(n * 1_000)
  await world.run()
  const before = world.provider.requests
  world.clock.time += minute
  await world.run()
  expect(world.provider.requests).toBe(before + 1)
})

test('a second with more requests than the rate allows does not block late events', async () => {
  const world = pollWorld({
    order: 'newest-first',
    pageSize: 1,
    cursorMs: 1e9,
    facts: { requestsPerHour: 1_200, lookBackSeconds: 120, lagSeconds: 120 },
  })
  for (let n = 0; n < 15; n++) world.provider.expose()
  await world.run()
  for (let n = 0; n < 23; n++) world.provider.expose(n * 7)
  await world.run()
  for (let n = 0; n < 23; n++) world.provider.expose(6_000)
  // The window stays open, so that the first run afterwards has no look-back.
  await world.run({ killer: new Killer(3) })
  await recover(world)
  expect(world.arrived).toEqual(world.provider.exposed)
})

test('a lease blocks the next run until its holder must be dead', async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 5 })
  const lease = { owner: 'somebody', startedAt: epoch, expiresAt: epoch + 90_000 }
  world.objects.set(stateKey, encodeState({ ...beginning(epoch), lease }))
  expect((await world.run()).outcome).toBe('busy')
  world.clock.time += 90_000
  expect((await world.run()).outcome).toBe('done')
  world.objects.set(stateKey, encodeState({ ...beginning(epoch), lease: { ...lease, expiresAt: epoch * 2 } }))
  expect((await world.run()).outcome).toBe('done')
})

test('a run that lost its state to another one stops, and its rows are not lost', async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 5 })
  for (let n = 0; n < 30; n++) world.provider.expose(n * 1_000)
  const other = encodeState(beginning(epoch - 60 * minute))
  const { stream } = world.provider
  const fetchPage: typeof stream.fetchPage = async (request) => {
    if (world.provider.requests === 2) world.objects.set(stateKey, other)
    return stream.fetchPage(request)
  }
  expect((await world.run({ options: { stream: { ...stream, fetchPage } } })).outcome).toBe('lost')
  expect(world.objects.get(stateKey)).toBe(other)
  expect(world.provider.requests).toBe(3)
  await recover(world)
  expect(world.arrived).toEqual(world.provider.exposed)
})

test.each([
  ['repeated on the way', async () => undefined],
  ['given up', () => Promise.reject(new StoreError('no answer'))],
])('a put whose answer is lost, and which is then %s, counts as done', async (_how, answer) => {
  const world = pollWorld({ order: 'newest-first', pageSize: 5 })
  world.provider.expose()
  await world.run()
  // Long enough for the next run to take a lease.
  world.clock.time += 5 * minute
  const { objects } = world
  let puts = 0
  const { outcome } = await world.run({
    options: {
      store: {
        async get(key) {
          const body = objects.get(key)
          return body && { body, etag: Buffer.from(body).toString('base64') }
        },
        putIf(key, body) {
          objects.set(key, body)
          puts++
          return answer()
        },
        put: async () => undefined,
        putOnce: async () => true,
        list: async () => [],
        delete: async () => undefined,
      },
    },
  })
  expect(outcome).toBe('done')
  expect(puts).toBe(2)
})
