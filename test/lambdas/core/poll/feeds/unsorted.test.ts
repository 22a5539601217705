import { describe, expect, test } from 'vitest'
import { ListingFeed, type ListingOptions, userOf } from '../../../../support/listing-feed.ts'
import { backfill, minutes, orderBackfill, sweeping, working } from '../../../../support/poll-runs.ts'
import { epoch, Killer, type PollWorld, pollWorld, stateKey } from '../../../../support/poll-world.ts'

/** A list of numbered pages that can be asked for no time, whose order is not known and whose rows change. */

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

function listingWorld(options: ListingOptions, facts: Partial<PollWorld['provider']['stream']> = {}) {
  let feed: ListingFeed
  const fetchPage: PollWorld['provider']['stream']['fetchPage'] = (request) => feed.fetchPage(request)
  const { pageSize } = options
  const world = pollWorld({
    order: 'newest-first',
    pageSize,
    facts: { ...ListingFeed.facts, pageSize, fetchPage, ...facts },
  })
  feed = new ListingFeed(world.clock, options)
  return { world, feed }
}

/** An update after which pages have another size. */
function update({ world, feed }: ReturnType<typeof listingWorld>, pageSize: number): void {
  feed.pageSize = pageSize
  world.update({ pageSize })
}

/** Numbers between 0 and 1, the same in each test. */
function* chances(): Generator<number, never> {
  for (let seed = 20_260_115; ; ) {
    seed = (seed * 16_807) % 2_147_483_647
    yield seed / 2_147_483_647
  }
}

/** Runs at a time of quiet, across a midnight, so that all pages are read once more. */
async function quietNight(world: PollWorld, settings: Parameters<PollWorld['run']>[0] = {}): Promise<void> {
  world.clock.time = Math.ceil(world.clock.time / day) * day
  for (const _ of minutes(world, 180)) await world.run(settings)
}

const sorts = ['first', 'latest', 'ascending'] as const

describe.each(sorts)('a list sorted by %s', (sort) => {
  test.each([
    ['alone', undefined],
    ['with sweeps', sweeping],
  ] as const)('gives every row, and each as it is on a day once, by runs %s', async (_what, afterwards) => {
    const { world, feed } = listingWorld({ pageSize: 50, fetchMs: 50, sort })
    const chance = chances()
    const settings = { startAt: epoch - hour, ...(afterwards && { afterwards }) }
    for (const _ of minutes(world, 36 * 60)) {
      // A third is busy all day, the others now and then.
      for (let user = 0; user < 300; user++)
        if (chance.next().value < (user < 100 ? 0.02 : 0.0005)) feed.use(`u${user}`)
      await world.run(settings)
    }
    await quietNight(world, settings)
    expect([...new Set(world.arrived.map(userOf))].sort()).toEqual(feed.users)
    expect(world.arrived).toEqual(expect.arrayContaining(feed.shown))
    expect(world.repeated).toBe(0)
    const sweeps = world.recorded.filter(({ kind, outcome }) => kind === 'sweep' && outcome === 'done')
    expect(sweeps.length).toBe(afterwards ? 2 : 0)
    expect(sweeps.reduce((sum, row) => sum + row.new, 0)).toBe(0)
  })

  test('loses nothing when more is new than a run can read', async () => {
    const { world, feed } = listingWorld({ pageSize: 10, fetchMs: 3_000, sort })
    for (let user = 0; user < 200; user++) feed.use(`old${user}`, user * minute)
    for (const _ of minutes(world, 15)) await world.run({ startAt: epoch - day })
    for (let user = 0; user < 600; user++) feed.use(`burst${user}`)
    for (const n of minutes(world, 40)) {
      feed.use(`after${n}`)
      await world.run({ startAt: epoch - day })
    }
    expect([...new Set(world.arrived.map(userOf))].sort()).toEqual(feed.users)
    expect(world.repeated).toBe(0)
    expect(world.state().unreadSince).toBeUndefined()
  })

  test('loses nothing, and repeats at most a page, when killed before and after every step', async () => {
    const scenario = async (killer: Killer) => {
      const { world, feed } = listingWorld({ pageSize: 6, fetchMs: 9_000, sort })
      for (let user = 0; user < 60; user++) feed.use(`u${user}`, user * 10 * minute)
      const settings = { startAt: epoch - day, killer }
      for (const n of minutes(world, 6)) {
        feed.use(`u${50 - n * 7}`)
        feed.use(`new${n}`)
        await world.run(settings)
      }
      for (let user = 0; user < 40; user++) feed.use(`burst${user}`)
      for (const _ of minutes(world, 4)) await world.run(settings)
      world.clock.time = Math.ceil(world.clock.time / day) * day
      for (const _ of minutes(world, 12)) await world.run()
      return { world, feed }
    }
    const counter = new Killer()
    const unharmed = await scenario(counter)
    expect(unharmed.world.repeated).toBe(0)
    for (let at = 0; at < counter.steps; at++) {
      const killer = new Killer(at)
      const { world, feed } = await scenario(killer)
      expect(killer.killed).toBe(true)
      expect([...new Set(world.arrived.map(userOf))].sort(), `killed at step ${at}`).toEqual(feed.users)
      expect(world.arrived, `killed at step ${at}`).toEqual(expect.arrayContaining(feed.shown))
      expect(world.repeated, `killed at step ${at}`).toBeLessThanOrEqual(6)
    }
    expect(counter.steps).toBeGreaterThan(100)
  })

  test('is read as a whole for a backfill, whose dry part knows how large it is', async () => {
    const { world, feed } = listingWorld({ pageSize: 200, fetchMs: 800, sort })
    for (let user = 0; user < 4_000; user++) feed.use(`u${user}`, (user * 365 * day) / 4_000)
    const [from, to] = [epoch - 365 * day, epoch - 2 * day]
    orderBackfill(world, from, to)
    for (const _ of minutes(world, 60)) {
      await world.run({ startAt: epoch - hour, forMs: 58_000, afterwards: working })
    }
    const { end, counts, estimate } = backfill(world)
    expect(end).toBe('done')
    expect(new Set(world.arrived.map(userOf)).size).toBeGreaterThan(3_970)
    expect(world.repeated).toBe(0)
    expect(estimate).toMatchObject({ requests: 20, events: counts.new })
  })
})

test.each([
  ['while it is estimated', 7, 53],
  ['while it reads', 15, 50],
])(
  'a backfill over an update that changes the size of pages %s counts each event once, and brings all',
  async (_when, updatedAt, requests) => {
    const { world, feed } = listingWorld({ pageSize: 20, fetchMs: 3_000, sort: 'first' })
    for (let user = 0; user < 1_000; user++) feed.use(`u${user}`, (user * 30 * day) / 1_000)
    const [from, to] = [epoch - 30 * day, epoch - 2 * day]
    orderBackfill(world, from, to)
    for (const n of minutes(world, 120)) {
      if (n === updatedAt) update({ world, feed }, 19)
      await world.run({ startAt: epoch - hour, forMs: 58_000, afterwards: working })
    }
    const { end, counts, estimate } = backfill(world)
    expect(end).toBe('done')
    expect(estimate).toMatchObject({ events: counts.new, requests })
    expect(new Set(world.arrived.map(userOf)).size).toBeGreaterThan(930)
  },
)

test.each(['first', 'latest'] as const)(
  'a row that is new comes within two minutes while all of 100,000 are read at twenty requests a minute, sorted by %s',
  async (sort) => {
    const { world, feed } = listingWorld({ pageSize: 1_000, fetchMs: 1_200, sort })
    for (let user = 0; user < 100_000; user++) feed.use(`u${user}`, user * 5_000)
    const startAt = epoch - 8 * day
    const late: number[] = []
    let moved = 0
    let newest: { readonly who: string; readonly since: number } | undefined
    for (const n of minutes(world, 30)) {
      for (let use = 0; use < 40; use++) feed.use(`u${(moved++ * 7_919) % 100_000}`)
      newest ??= { who: `new${n}`, since: world.clock.time }
      feed.use(newest.who)
      await world.run({ startAt, forMs: 58_000, options: { checkpointMs: 10_000 } })
      const { who, since } = newest
      if (!world.published.some(({ id }) => userOf(id) === who)) continue
      late.push(world.clock.time - since)
      newest = undefined
    }
    expect(late.length).toBeGreaterThan(20)
    expect(Math.max(...late)).toBeLessThanOrEqual(2 * minute)
    expect(new Set(world.arrived.map(userOf)).size).toBe(feed.users.length - (newest ? 1 : 0))
    expect(world.state().backlogs).toEqual([])
    // All pages once, and one or two in each minute.
    expect(feed.requests).toBeLessThanOrEqual(100 + 3 * 30)
    const perMinute = feed.requests / ((world.clock.time - epoch) / minute)
    expect(perMinute).toBeLessThanOrEqual(20)
  },
)

test('a page that fails again and again keeps no new row back, and is read once it works', async () => {
  const { world, feed } = listingWorld({ pageSize: 10, fetchMs: 3_000, sort: 'first' })
  for (let user = 0; user < 300; user++) feed.use(`u${user}`, user * minute)
  feed.broken.add('page:20')
  for (const n of minutes(world, 40)) {
    feed.use(`new${n}`)
    await world.run({ startAt: epoch - day })
    if (n > 3) expect(world.published.some(({ id }) => userOf(id) === `new${n - 1}`)).toBe(true)
  }
  expect(world.state().backlogs).toMatchObject([
    { failure: { outcome: 'transient' }, walk: { cursor: { next: 'page:20' } } },
  ])
  feed.broken.clear()
  const asked = feed.asked.length
  for (const _ of minutes(world, 90)) await world.run({ startAt: epoch - day })
  expect([...new Set(world.arrived.map(userOf))].sort()).toEqual(feed.users)
  expect(world.repeated).toBe(0)
  // It went on at its place.
  expect(feed.asked.slice(asked)).not.toContain('page:5')
})

test('a cursor that fails leads back to the first page', async () => {
  const { world, feed } = listingWorld({ pageSize: 10, fetchMs: 3_000, sort: 'latest' })
  for (let user = 0; user < 300; user++) feed.use(`u${user}`, user * minute)
  await world.run({ startAt: epoch - day })
  feed.expiresCursors = true
  for (const _ of minutes(world, 3)) await world.run({ startAt: epoch - day })
  feed.expiresCursors = false
  for (const _ of minutes(world, 90)) await world.run({ startAt: epoch - day })
  expect([...new Set(world.arrived.map(userOf))].sort()).toEqual(feed.users)
  expect(world.repeated).toBe(0)
})

test('a cursor that fails amid late rows leaves none of them for the night', async () => {
  const { world, feed } = listingWorld({ pageSize: 10, fetchMs: 100, sort: 'first' })
  for (let user = 0; user < 300; user++) feed.use(`u${user}`, user * minute)
  for (const _ of minutes(world, 12)) await world.run({ startAt: epoch - day })
  for (let user = 0; user < 60; user++) feed.use(`late${user}`, user * minute)
  feed.lost.set('page:4', 1)
  await world.run({ startAt: epoch - day })
  expect(feed.lost.get('page:4')).toBeLessThan(1)
  for (const _ of minutes(world, 3)) await world.run({ startAt: epoch - day })
  expect([...new Set(world.arrived.map(userOf))].sort()).toEqual(feed.users)
  expect(world.repeated).toBe(0)
})

test.each(['page:20', 'page:5'])('the cursor %s, which always fails, holds up its page alone', async (lost) => {
  const { world, feed } = listingWorld({ pageSize: 10, fetchMs: 3_000, sort: 'first' })
  for (let user = 0; user < 300; user++) feed.use(`u${user}`, user * minute)
  feed.lost.set(lost, Number.POSITIVE_INFINITY)
  const walkedAt = () => world.state().backlogs[0]?.openedAt
  for (const n of minutes(world, 120)) {
    feed.use(`new${n}`)
    await world.run({ startAt: epoch - day })
    if (n > 5) expect(world.published.some(({ id }) => userOf(id) === `new${n - 1}`)).toBe(true)
  }
  expect(world.state().backlogs).toMatchObject([
    { failure: { outcome: 'transient' }, walk: { cursor: { next: lost } } },
  ])
  expect(world.state().backlogs[0]?.walk.failures).toBeGreaterThan(3)
  // The pages before it twice, and one or two in each minute.
  expect(feed.requests).toBeLessThan(2 * 20 + 3 * 120)
  const first = walkedAt()
  world.clock.time = Math.ceil(world.clock.time / day) * day
  for (const _ of minutes(world, 120)) await world.run({ startAt: epoch - day })
  expect(walkedAt()).toBeGreaterThan(first ?? 0)
  feed.lost.clear()
  for (const _ of minutes(world, 180)) await world.run({ startAt: epoch - day })
  expect([...new Set(world.arrived.map(userOf))].sort()).toEqual(feed.users)
})

describe.each(sorts)('a list sorted by %s whose pages become larger or smaller in an update', (sort) => {
  test.each([40, 7])('is read anew from its first page, here with %i rows instead of 10', async (pageSize) => {
    const { world, feed } = listingWorld({ pageSize: 10, fetchMs: 3_000, sort })
    for (let user = 0; user < 300; user++) feed.use(`u${user}`, user * minute)
    await world.run({ startAt: epoch - day })
    expect(world.state().window?.walk.cursor).toBeDefined()
    update({ world, feed }, pageSize)
    const before = feed.asked.length
    for (const _ of minutes(world, 90)) await world.run({ startAt: epoch - day })
    expect(new Set(feed.asked.slice(before)).size).toBeGreaterThanOrEqual(Math.ceil(300 / pageSize))
    expect([...new Set(world.arrived.map(userOf))].sort()).toEqual(feed.users)
    expect(world.repeated).toBe(0)
  })
})

test('where only first versions are wanted, a row comes once in all its days, and sweeps do not miss the others', async () => {
  const appearedAt = ({ first }: { readonly first?: unknown }) => (typeof first === 'number' ? first : undefined)
  const { world, feed } = listingWorld({ pageSize: 50, fetchMs: 50, sort: 'first' }, { appearedAt, timeOf: appearedAt })
  const stream = world.provider.stream
  const fetchPage: typeof stream.fetchPage = async (request) => {
    const page = await feed.fetchPage(request)
    // The id without its day, as the normalizer makes it.
    return { ...page, events: page.events.map((event) => ({ ...event, id: userOf(event.id) })) }
  }
  const settings = { startAt: epoch - hour, afterwards: sweeping, options: { stream: { ...stream, fetchPage } } }
  const chance = chances()
  for (const _ of minutes(world, 40 * 60, 5 * minute)) {
    for (let user = 0; user < 120; user++) if (chance.next().value < 0.005) feed.use(`u${user}`)
    await world.run(settings)
  }
  await quietNight(world, settings)
  expect(world.arrived).toEqual(feed.users)
  expect(world.repeated).toBe(0)
  expect(world.recorded.filter(({ kind, outcome }) => kind === 'sweep' && outcome === 'done').length).toBeGreaterThan(4)
})

test('a lost state costs rows since the checkpoint alone', async () => {
  const { world, feed } = listingWorld({ pageSize: 50, fetchMs: 50, sort: 'first' })
  for (let user = 0; user < 500; user++) feed.use(`u${user}`, user * 10 * minute)
  for (const _ of minutes(world, 30)) await world.run({ startAt: epoch - 7 * day })
  for (let user = 0; user < 20; user++) feed.use(`new${user}`)
  await world.run()
  world.objects.delete(stateKey)
  for (const n of minutes(world, 10)) {
    feed.use(`after${n}`)
    await world.run({ startAt: epoch - 7 * day })
  }
  expect([...new Set(world.arrived.map(userOf))].sort()).toEqual(feed.users)
  expect(world.repeated).toBeGreaterThan(0)
  expect(world.repeated).toBeLessThanOrEqual(20 + 12)
})

test('a page that fails for days keeps none of the next days from reading the pages before it', async () => {
  const { world, feed } = listingWorld({ pageSize: 10, fetchMs: 3_000, sort: 'first' })
  for (let user = 0; user < 300; user++) feed.use(`u${user}`, user * minute)
  feed.broken.add('page:20')
  for (const n of minutes(world, 3 * 24, hour)) {
    // An entry on a later page changes each hour.
    feed.use(`u${150 + (n % 20)}`)
    for (const _ of minutes(world, 8)) await world.run({ startAt: epoch - day })
  }
  const first = feed.asked.filter((cursor) => cursor === 'page:12').length
  expect(first).toBeGreaterThanOrEqual(3)
  const days = new Set(world.arrived.filter((id) => userOf(id) === 'u150').map((id) => String(id).split(' ')[1]))
  expect(days.size).toBeGreaterThanOrEqual(3)
})

test('a new row behind a whole page of known ones that have moved just now does not wait for the night', async () => {
  const { world, feed } = listingWorld({ pageSize: 10, fetchMs: 100, sort: 'latest' })
  for (let user = 0; user < 60; user++) feed.use(`u${user}`, user * minute)
  for (const _ of minutes(world, 12)) await world.run({ startAt: epoch - day })
  for (const n of minutes(world, 10)) {
    feed.use(`new${n}`)
    world.clock.time += 1_000
    // All of these are known on this day.
    for (let user = 0; user < 15; user++) feed.use(`u${user}`)
    await world.run({ startAt: epoch - day })
  }
  expect([...new Set(world.arrived.map(userOf))].sort()).toEqual(feed.users)
  expect(world.repeated).toBe(0)
})

test('a whole walk that ends before any of the minutes leaves a state that can be read', async () => {
  const { world, feed } = listingWorld({ pageSize: 10, fetchMs: 3_000, sort: 'first' })
  for (let user = 0; user < 250; user++) feed.use(`u${user}`, user * minute)
  await world.run({ startAt: epoch - day })
  feed.broken.add('page:1')
  const restored: unknown[] = []
  for (const _ of minutes(world, 60)) restored.push((await world.run({ startAt: epoch - day })).restored)
  feed.broken.clear()
  for (const _ of minutes(world, 90)) restored.push((await world.run({ startAt: epoch - day })).restored)
  expect(new Set(restored)).toEqual(new Set([undefined]))
  expect([...new Set(world.arrived.map(userOf))].sort()).toEqual(feed.users)
  expect(world.repeated).toBe(0)
})
