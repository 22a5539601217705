import { expect, test } from 'vitest'
import { MovingFeed, userOf } from '../../../../support/moving-feed.ts'
import { minutes, sweeping } from '../../../../support/poll-runs.ts'
import { epoch, type PollWorld, pollWorld } from '../../../../support/poll-world.ts'

/** A feed whose rows move to the top when they happen again; each counts once a day. */

const minute = 60_000
const hour = 60 * minute

function movingWorld(options: { readonly pageSize: number; readonly fetchMs: number }) {
  let feed: MovingFeed
  const fetchPage: PollWorld['provider']['stream']['fetchPage'] = (request) => feed.fetchPage(request)
  const world = pollWorld({
    order: 'newest-first',
    pageSize: options.pageSize,
    facts: { ...MovingFeed.facts, fetchPage },
  })
  feed = new MovingFeed(world.clock, options)
  return { world, feed }
}

/** Numbers between 0 and 1, the same in each test. */
function* chances(): Generator<number, never> {
  for (let seed = 20_260_115; ; ) {
    seed = (seed * 16_807) % 2_147_483_647
    yield seed / 2_147_483_647
  }
}

test.each([
  ['alone', undefined],
  ['with sweeps', sweeping],
] as const)('each row of each day is published once, by runs %s', async (_what, afterwards) => {
  const { world, feed } = movingWorld({ pageSize: 100, fetchMs: 50 })
  const chance = chances()
  for (const _ of minutes(world, 24 * 60)) {
    // A third is busy all day, the others now and then.
    for (let user = 0; user < 300; user++) if (chance.next().value < (user < 100 ? 0.3 : 0.004)) feed.use(`u${user}`)
    await world.run({ startAt: epoch - hour, ...(afterwards && { afterwards }) })
  }
  // More than the users: the day has changed meanwhile.
  expect(feed.shown.size).toBe(578)
  expect(world.arrived).toEqual([...feed.shown].sort())
  expect(world.repeated).toBe(0)
  const sweeps = world.recorded.filter(({ kind, outcome }) => kind === 'sweep' && outcome === 'done')
  expect(sweeps.length >= 20).toBe(afterwards !== undefined)
  expect(sweeps.reduce((sum, row) => sum + row.new, 0)).toBe(0)
})

test('a first run over a hundred pages loses nobody while rows move', async () => {
  const { world, feed } = movingWorld({ pageSize: 20, fetchMs: 750 })
  for (let user = 0; user < 2_000; user++) {
    world.clock.time = epoch - 6 * hour + user * 10_000
    feed.use(`u${user}`)
  }
  world.clock.time = epoch
  const { stream } = world.provider
  let moved = 0
  const fetchPage: typeof stream.fetchPage = async (request) => {
    const page = await stream.fetchPage(request)
    for (let n = 0; n < 3 && feed.requests < 400; n++) feed.use(`u${((moved++ * 617) % 1_000) * 2}`)
    return page
  }
  for (const _ of minutes(world, 180)) {
    await world.run({ startAt: epoch - 7 * hour, options: { stream: { ...stream, fetchPage } } })
  }
  expect(moved).toBeGreaterThan(1_000)
  expect(new Set(world.arrived.map(userOf)).size).toBe(2_000)
  expect(world.state().window).toBeUndefined()
})
