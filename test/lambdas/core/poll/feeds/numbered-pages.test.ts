import { describe, expect, test } from 'vitest'
import { NumberedFeed } from '../../../../support/numbered-feed.ts'
import { backfill, minutes, orderBackfill, sweeping, working } from '../../../../support/poll-runs.ts'
import { epoch, type PollWorld, pollWorld } from '../../../../support/poll-world.ts'

/** A feed of numbered pages that cannot be asked for a time. */

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const pageSize = 200

function numberedWorld(isFiltered: boolean) {
  let feed: NumberedFeed
  const fetchPage: PollWorld['provider']['stream']['fetchPage'] = (request) => feed.fetchPage(request)
  const world = pollWorld({ order: 'newest-first', pageSize, facts: { ...NumberedFeed.facts, fetchPage } })
  feed = new NumberedFeed(world.clock, { pageSize, fetchMs: 800, isFiltered })
  return { world, feed }
}

describe.each([
  ['leaves out what was not asked for', true],
  ['shows all of a page', false],
])('a connector that %s', (_what, isFiltered) => {
  test.each([1_500, 12_000])('publishes each of %i rows of a week once, and what is added meanwhile', async (count) => {
    const { world, feed } = numberedWorld(isFiltered)
    feed.addOlder(count, (7 * day) / count)
    const startAt = epoch - 7 * day - hour
    let requests = 0
    for (const n of minutes(world, 150)) {
      if (n % 15 === 0) feed.add()
      if (n === 120) requests = feed.requests
      await world.run({ startAt, forMs: 58_000, afterwards: sweeping })
    }
    expect(world.arrived).toEqual(feed.idsBetween(0, world.clock.time))
    expect(world.repeated).toBe(0)
    // A request a minute once it has caught up, without those of a sweep.
    expect(feed.requests - requests).toBeLessThanOrEqual(30 + 30)
  })

  test('reads the pages of a year once for a backfill, and knows so before', async () => {
    const { world, feed } = numberedWorld(isFiltered)
    feed.addOlder(4_000, (365 * day) / 4_000)
    const [from, to] = [epoch - 365 * day, epoch - 2 * day]
    const wanted = feed.idsBetween(from, to)
    expect(wanted.length).toBeGreaterThan(3_900)
    let requests = 0
    const afterwards: typeof working = async (ports, spare) => {
      const fetchPage: typeof spare.fetchPage = (request) => {
        requests++
        return spare.fetchPage(request)
      }
      await working(ports, { ...spare, fetchPage })
    }
    orderBackfill(world, from, to)
    for (const _ of minutes(world, 120)) await world.run({ startAt: epoch - hour, forMs: 58_000, afterwards })
    const { end, counts, estimate } = backfill(world)
    expect(end).toBe('done')
    expect(counts.new).toBe(wanted.length)
    expect(world.arrived.filter((id) => wanted.includes(String(id)))).toEqual(wanted)
    expect(world.repeated).toBe(0)
    expect(requests).toBeLessThanOrEqual(60)
    expect(estimate?.requests).toBeLessThanOrEqual(60)
    expect(Math.abs((estimate?.events ?? 0) / wanted.length - 1)).toBeLessThanOrEqual(0.1)
  })
})
