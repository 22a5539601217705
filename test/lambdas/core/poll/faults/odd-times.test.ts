import { expect, test } from 'vitest'
import type { PageRequest } from '../../../../../lambdas/core/poll/stream.ts'
import { ListingFeed } from '../../../../support/listing-feed.ts'
import { minutes, sweeping } from '../../../../support/poll-runs.ts'
import { epoch, pollWorld, stateKey } from '../../../../support/poll-world.ts'

/** Times that lie in the future. */

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

test.each([
  ['an hour', hour],
  ['a year', 400 * day],
])('an unsorted feed publishes an event dated %s ahead once, and not as its newest', async (_time, ahead) => {
  const world = pollWorld({ order: 'newest-first', pageSize: 20, facts: ListingFeed.facts })
  const feed = new ListingFeed(world.clock, { pageSize: 20, fetchMs: 800, sort: 'latest' })
  for (let n = 0; n < 30; n++) feed.use(`old${n}`, n * hour)
  const fetchPage = async (request: PageRequest) => {
    const page = await feed.fetchPage(request)
    return request.cursor ? page : { ...page, events: [{ id: 'ahead', at: epoch + ahead }, ...page.events] }
  }
  const options = { stream: { ...world.provider.stream, fetchPage } }
  for (const n of minutes(world, 50)) {
    if (n % 10 === 0) feed.use(`new${n}`)
    const addedAt = world.clock.time - (n % 10) * minute
    await world.run({ startAt: epoch - day, forMs: 58_000, afterwards: sweeping, options })
    expect(Math.abs(world.state().lastEventAt - addedAt)).toBeLessThan(minute)
  }
  expect(world.published.filter(({ id }) => id === 'ahead')).toHaveLength(1)
  expect(world.repeated).toBe(0)
  expect(world.failures).toEqual([])
})

test('a remembered time of the newest event that lies in the future gives way to the next event', async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 5 })
  world.provider.expose()
  await world.run()
  const wrong = epoch + 400 * day
  world.objects.set(stateKey, new TextEncoder().encode(JSON.stringify({ ...world.state(), lastEventAt: wrong })))
  world.clock.time += minute
  world.provider.expose()
  const shownAt = world.clock.time
  await world.run()
  expect(world.state().lastEventAt).toBe(shownAt)
})
