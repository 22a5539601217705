import { describe, expect, test } from 'vitest'
import { TooLargeError } from '../../../../../lambdas/core/errors.ts'
import type { Page, PageRequest } from '../../../../../lambdas/core/poll/stream.ts'
import { Arrivals, backfill, minutes, orderBackfill, working } from '../../../../support/poll-runs.ts'
import { epoch, type PollWorld, pollWorld } from '../../../../support/poll-world.ts'
import type { Order } from '../../../../support/provider-model.ts'

/** Answers that are too large to be read, because of events that are. */

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const pageSize = 16

/** The world's feed, with answers of at most as much as a page of ordinary events weighs. */
function weighedFeed({ provider: { stream } }: PollWorld, weightOf: (at: number) => number) {
  const sizes: number[] = []
  const fetchPage = async ({ size = pageSize, ...request }: PageRequest): Promise<Page> => {
    sizes.push(size)
    const page = await stream.fetchPage(request)
    const events = page.events.slice(0, size)
    const weight = events.reduce((sum, { at }) => sum + weightOf(Number(at)), 0)
    if (weight > pageSize) throw new TooLargeError('the answer is larger than can be read')
    if (events.length === page.events.length) return page
    // As the model's own cursors, which count rows.
    const [offset = 0]: number[] = JSON.parse(request.cursor ?? '[0]')
    return { events, failures: [], next: JSON.stringify([offset + events.length, request.from, request.to, 0, 0]) }
  }
  return { sizes, stream: { ...stream, fetchPage } }
}

/** Every size after the first is the size before, half of it, or larger again. */
function expectHalving(sizes: readonly number[]): void {
  expect(sizes[0]).toBe(pageSize)
  expect(Math.min(...sizes)).toBe(1)
  const steps = sizes.slice(1).map((size, index) => ({ size, before: sizes[index] ?? 0 }))
  expect(steps.filter(({ size, before }) => size < before && size !== Math.floor(before / 2))).toEqual([])
  expect(sizes.length).toBeLessThan(300)
}

describe.each<Order>(['newest-first', 'oldest-first'])('%s', (order) => {
  const isHeavy = (at: number) => at > epoch - 2 * day - 16 * hour && at < epoch - 2 * day - 10 * hour

  test('a run requests half as many events after an answer that is too large, down to one', async () => {
    const world = pollWorld({ order, pageSize })
    for (let n = 0; n < 40; n++) world.provider.expose(2 * day + minute + n * 40 * minute)
    const { sizes, stream } = weighedFeed(world, (at) => (isHeavy(at) ? pageSize : 1))
    for (const _ of minutes(world, 60)) await world.run({ startAt: epoch - 4 * day, options: { stream } })
    expect(world.arrived).toEqual(world.provider.exposed)
    expect(world.repeated).toBe(0)
    expectHalving(sizes)
  })

  test('a job does so too', async () => {
    const world = pollWorld({ order, pageSize })
    for (let n = 0; n < 40; n++) world.provider.expose(2 * day + minute + n * 40 * minute)
    const { sizes, stream } = weighedFeed(world, (at) => (isHeavy(at) ? pageSize : 1))
    orderBackfill(world, epoch - 4 * day, epoch - 2 * day)
    for (const _ of minutes(world, 180)) {
      await world.run({ startAt: epoch - hour, afterwards: working, options: { stream } })
    }
    expect(backfill(world)).toMatchObject({ end: 'done', counts: { new: 40 } })
    expect(world.arrived).toEqual(world.provider.exposed)
    expect(sizes).toContain(1)
  })

  test('an event that is too large even alone holds up few of those that come after it', async () => {
    const world = pollWorld({ order, pageSize })
    const arrivals = new Arrivals(world)
    const { stream } = weighedFeed(world, (at) => (at === epoch ? pageSize + 1 : 1))
    for (const _ of minutes(world, 240)) {
      arrivals.show()
      await world.run({ options: { stream } })
      arrivals.look()
    }
    expect(arrivals.waiting.length).toBeLessThanOrEqual(1 + (order === 'newest-first' ? 0 : 12))
    expect(world.recorded.at(-1)).toMatchObject({ outcome: 'transient' })
  })

  test('answers that were too large for two minutes slow down a long backlog for a few runs only', async () => {
    const world = pollWorld({ order, pageSize, fetchMs: 1_000 })
    for (let n = 0; n < 2_000; n++) world.provider.expose(hour + n * 20_000)
    world.provider.troubles.add({ kind: 'answers too large', until: epoch + 2 * minute, every: 1 })
    for (const _ of minutes(world, 10)) await world.run({ startAt: epoch - 2 * day })
    expect(world.arrived).toEqual(world.provider.exposed)
  })
})
