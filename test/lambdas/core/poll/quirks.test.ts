import { describe, expect, test } from 'vitest'
import { CursorError, TransientError } from '../../../../lambdas/core/errors.ts'
import type { Page, PageRequest } from '../../../../lambdas/core/poll/stream.ts'
import { sweeping } from '../../../support/poll-runs.ts'
import { epoch, type PollWorld, pollWorld, type RunSettings } from '../../../support/poll-world.ts'
import type { Order } from '../../../support/provider-model.ts'

/** Undocumented behaviour of providers, and its limits. */

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const startAt = epoch - 7 * day

/** Runs of a minute each against a provider whose answers are changed. */
async function live(
  world: PollWorld,
  minutes: number,
  settings: RunSettings = {},
  change?: (page: Page, request: PageRequest) => Page,
): Promise<void> {
  const { stream } = world.provider
  const fetchPage = async (request: PageRequest) => {
    const page = await stream.fetchPage(request)
    return change ? change(page, request) : page
  }
  for (let n = 0; n < minutes; n++) {
    await world.run({ startAt, ...settings, options: { stream: { ...stream, fetchPage }, ...settings.options } })
    world.clock.time += minute
  }
}

describe.each<Order>(['newest-first', 'oldest-first'])('%s', (order) => {
  test('a stale cursor that returns an empty last page does not end the walk', async () => {
    const world = pollWorld({ order, pageSize: 5, fetchMs: 15_000 })
    for (let n = 0; n < 60; n++) world.provider.expose(n * 2 * hour)
    let stale = 0
    await live(world, 40, {}, (page, { cursor }) =>
      cursor !== undefined && stale++ % 3 === 1 ? { events: [], failures: [] } : page,
    )
    expect(stale).toBeGreaterThan(6)
    expect(world.arrived).toEqual(world.provider.exposed)
  })

  test('a full page without a next one does not end the walk', async () => {
    const world = pollWorld({ order, pageSize: 5 })
    for (let n = 0; n < 60; n++) world.provider.expose(n * 2 * hour)
    await live(world, 20, {}, ({ next: _stripped, ...page }) => ({ ...page, isFull: page.events.length === 5 }))
    expect(world.arrived).toEqual(world.provider.exposed)
  })

  test('a full page that stays the same ends the walk', async () => {
    const world = pollWorld({ order, pageSize: 5 })
    for (let n = 0; n < 5; n++) world.provider.expose(1_000)
    await live(world, 1, {}, (page) => ({ ...page, isFull: page.events.length === 5 }))
    expect(world.state().window).toBeUndefined()
    expect(world.provider.requests).toBeLessThan(5)
  })

  test('a moment that shows one page of its events, and no way to the others, is a failure that says so, once', async () => {
    const world = pollWorld({ order, pageSize: 5 })
    for (let n = 0; n < 12; n++) world.provider.expose(10 * minute)
    for (const age of [5, 15]) world.provider.expose(age * minute)
    const strip = ({ next, ...page }: Page): Page => ({ ...page, isFull: next !== undefined })
    await live(world, 25, { startAt: epoch - hour }, strip)
    expect(world.arrived).toHaveLength(5 + 2)
    expect(world.failures).toMatchObject([{ reason: 'incomplete', raw: expect.stringContaining('2026-01-15T11:50') }])
  })

  test('a last row far out of order skips nothing, even when the cursor after it fails', async () => {
    const world = pollWorld({ order, pageSize: 40 })
    for (let n = 0; n < 400; n++) world.provider.expose(5 * minute + n * 10_000)
    const away = order === 'newest-first' ? -30 * minute : 30 * minute
    let pages = 0
    world.provider.faults.push({ limits: {} }, { limits: {} }, { limits: {} }, { error: new CursorError('gone') })
    await live(world, 3, { startAt: epoch - 5 * hour }, (page) => {
      if (++pages !== 3) return page
      const last = page.events.at(-1) ?? {}
      return { ...page, events: [...page.events.slice(0, -1), { ...last, at: Number(last.at) + away }] }
    })
    expect(world.arrived).toEqual(world.provider.exposed)
  })

  test('a provider that fails on a large window is asked for smaller ones', async () => {
    const world = pollWorld({ order, pageSize: 5 })
    for (let n = 0; n < 60; n++) world.provider.expose(n * 2 * hour)
    await live(world, 5 * 60, {}, (page, { from, to }) => {
      if (to - from > 10 * hour) throw new TransientError('502')
      return page
    })
    expect(world.arrived).toEqual(world.provider.exposed)
    // After that, windows are whole again.
    expect(world.state().window).toBeUndefined()
  })

  test('a page that a sweep can never read blocks neither live events nor other sweeps', async () => {
    const world = pollWorld({ order, pageSize: 5 })
    for (let n = 0; n < 40; n++) world.provider.expose(n * 20 * minute)
    await live(world, 10, { afterwards: sweeping })
    const broken = epoch - 3 * hour
    const late: string[] = []
    let waited = 0
    const { stream } = world.provider
    const fetchPage = async (request: PageRequest) => {
      // A window with one moment that the feed cannot show.
      if (request.from <= broken && request.to > broken && request.to < world.clock.time - hour)
        throw new TransientError('502')
      return stream.fetchPage(request)
    }
    for (let n = 0; n < 40 * 60; n++) {
      if (n % 30 === 0) world.provider.expose()
      if (n % 300 === 0) late.push(world.provider.expose(100 * minute))
      const { outcome } = await world.run({
        startAt,
        afterwards: sweeping,
        options: { stream: { ...stream, fetchPage } },
      })
      if (outcome === 'waiting') waited++
      world.clock.time += minute
    }
    expect(waited).toBe(0)
    expect(late.slice(4, -2).filter((id) => !world.arrived.includes(id))).toEqual([])
    const failed = world.recorded.filter(({ kind, outcome }) => kind === 'sweep' && outcome === 'transient')
    expect(failed.length).toBeGreaterThan(3)
    expect(failed.length).toBeLessThan(60)
  })

  test.each([1, 3, 20])(
    'a moment %i minutes ago that the provider cannot show keeps nothing new away',
    async (minutes) => {
      const world = pollWorld({ order, pageSize: 5 })
      const passes = async (count: number) => {
        for (let n = 0; n < count; n++) {
          world.provider.expose()
          await live(world, 1, { afterwards: sweeping })
        }
      }
      await passes(30)
      const from = world.clock.time - minutes * minute
      world.provider.unreadable = { from, to: from + 1_000 }
      const before = world.provider.exposed.length
      await passes(240)
      const missing = world.provider.exposed.filter((id) => !world.arrived.includes(id))
      // Rows from before the place was split off, and the last ones.
      expect(missing.length).toBeLessThan(20)
      expect(world.provider.exposed.length).toBe(before + 240)
      expect(world.recorded.at(-1)).toMatchObject({ outcome: 'transient', detail: '502' })
      world.provider.unreadable = undefined
      await passes(90)
      expect(world.provider.exposed.filter((id) => !world.arrived.includes(id))).toEqual([])
    },
  )

  test('a row that came too early does not move the checkpoint', async () => {
    const world = pollWorld({ order, pageSize: 5, fetchMs: 10_000 })
    for (let n = 0; n < 200; n++) world.provider.expose(n * minute)
    let pages = 0
    const early: (page: Page) => Page = (page) => {
      if (++pages !== 1) return page
      const [first, ...rest] = page.events
      return { ...page, events: [{ ...first, at: epoch - minute }, ...rest] }
    }
    await live(world, 1, {}, early)
    const { checkpoint_after: checkpoint } = world.recorded.at(-1) ?? {}
    const unread = 200 - world.arrived.length
    expect(unread).toBeGreaterThan(100)
    expect(Date.parse(checkpoint ?? '')).toBeLessThan(epoch - 2 * hour)
    world.objects.clear()
    await live(world, 60)
    expect(world.arrived).toEqual(world.provider.exposed)
  })

  test('a sweep finds an event that is hours late, even from just before midnight', async () => {
    const world = pollWorld({ order, pageSize: 50 })
    await live(world, 12 * 60 + 125, { afterwards: sweeping })
    const late = world.provider.expose(2 * hour + 15 * minute)
    await live(world, 25 * 60, { afterwards: sweeping })
    expect(world.arrived).toContain(late)
  })

  test('a function killed while sweeping keeps the progress of its live run', async () => {
    const world = pollWorld({ order, pageSize: 50 })
    await live(world, 6)
    for (let n = 0; n < 10; n++) {
      world.provider.expose()
      // The sweep never ends; the run's own work is done by then.
      const started = Promise.withResolvers<void>()
      void world.run({
        startAt,
        afterwards: () => {
          started.resolve()
          return new Promise(() => {})
        },
      })
      await started.promise
      world.clock.time += minute
    }
    expect(world.arrived).toEqual(world.provider.exposed)
    expect(world.repeated).toBe(0)
    expect(world.recorded.filter(({ kind }) => kind === 'run').length).toBeGreaterThanOrEqual(10)
  })
})

test('a share of a limit per minute is kept per minute', async () => {
  const facts = { requestsPerHour: 36_000, limitPeriodSeconds: 60 }
  const world = pollWorld({ order: 'oldest-first', pageSize: 1, fetchMs: 130, facts })
  for (let n = 0; n < 2_000; n++) world.provider.expose(n * 1_000)
  await world.run({ options: { share: 0.1 } })
  expect(world.provider.requests).toBeLessThanOrEqual(60)
})

test('old events go to the bulk queue, so that catching up delays no webhook', async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 5 })
  for (let n = 0; n < 40; n++) world.provider.expose(n * 10 * minute)
  const bulk: unknown[] = []
  const bulkPublisher = {
    publish: async (batches: readonly { readonly rows: readonly unknown[] }[]) => {
      bulk.push(...batches.flatMap(({ rows }) => rows))
    },
  }
  await world.run({ startAt, options: { bulkPublisher } })
  expect(bulk.length).toBeGreaterThan(25)
  expect(world.published.length).toBeGreaterThanOrEqual(5)
  expect(bulk.length + world.published.length).toBe(40)
})
