import { expect, test } from 'vitest'
import { SimulatedFeed } from '../../simulators/shared/simulated-feed.ts'

test('no two events have the same id, though random numbers come again', () => {
  const startAt = Date.UTC(2026, 0, 15)
  const feed = new SimulatedFeed({
    startAt,
    eventsPerMinute: 1,
    invent: (_time, random) => ({ id: String(Math.floor(random() * 200)), event: {} }),
  })
  feed.inventAt({ count: 50, time: startAt, spreadMs: 60_000, shownAt: startAt })
  const ids = feed.shown(startAt + 50 * 60_000).map(({ id }) => id)
  expect(ids.length).toBeGreaterThan(80)
  expect(new Set(ids).size).toBe(ids.length)
})
