import { describe, expect, test } from 'vitest'
import { CursorError } from '../../../../../lambdas/core/errors.ts'
import type { Page, PageRequest } from '../../../../../lambdas/core/poll/stream.ts'
import { backfill, minutes, orderBackfill, sweeping, working } from '../../../../support/poll-runs.ts'
import { epoch, type PollWorld, pollWorld } from '../../../../support/poll-world.ts'
import type { Order } from '../../../../support/provider-model.ts'

/** Cursors that lead nowhere, in a circle, or on for ever. */

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** Requests that one run may make in vain. */
const mostInVain = 100

/** Runs of a minute each with changed pages. @returns the most requests that one of them made */
async function live(
  world: PollWorld,
  count: number,
  change: (page: Page, request: PageRequest) => Page,
  startAt = epoch - 7 * day,
): Promise<number> {
  const { stream } = world.provider
  const fetchPage = async (request: PageRequest) => change(await stream.fetchPage(request), request)
  let most = 0
  for (const _ of minutes(world, count)) {
    const before = world.provider.requests
    await world.run({ startAt, options: { stream: { ...stream, fetchPage } } })
    most = Math.max(most, world.provider.requests - before)
  }
  return most
}

const emptyPage: Page = { events: [], failures: [] }

describe.each<Order>(['newest-first', 'oldest-first'])('%s', (order) => {
  test.each([
    ['minutes', minute],
    ['hours', 3 * hour],
  ])(
    'cursors that die silently lose no event, %s behind a second with more than a page of them',
    async (_unit, apartMs) => {
      const world = pollWorld({ order, pageSize: 10 })
      const second = order === 'newest-first' ? hour : hour + 30 * apartMs
      for (let n = 0; n < 25; n++) world.provider.expose(second)
      for (let n = 1; n <= 30; n++) world.provider.expose(second + (order === 'newest-first' ? n : -n) * apartMs)
      let dead = 0
      await live(world, 90, (page, { cursor }) => {
        if (cursor === undefined || world.clock.time > epoch + 2 * minute) return page
        dead++
        return emptyPage
      })
      expect(dead).toBeGreaterThan(0)
      expect(world.arrived).toEqual(world.provider.exposed)
    },
  )

  test.each(['equal', 'new'])(
    'cursors that lead in a circle, %s each time, cost few requests and lose no event',
    async (kind) => {
      const world = pollWorld({ order, pageSize: 5, fetchMs: 50, facts: { requestsPerHour: 100_000 } })
      for (let n = 0; n < 60; n++) world.provider.expose(hour + n * 10_000)
      world.provider.expose()
      let circles = 0
      // Cursors of one window, by the place to which they lead.
      const first = new Map<string, string>()
      const most = await live(world, 120, (page, { from, to, cursor }) => {
        if (page.next === undefined) return page
        const offset = Number(JSON.parse(page.next)[0])
        const keyOf = (place: number) => JSON.stringify([place, from, to])
        const known = first.get(keyOf(offset))
        if (known === undefined) first.set(keyOf(offset), page.next)
        if (cursor === undefined || offset < 15) return { ...page, next: known ?? page.next }
        circles++
        const back = first.get(keyOf(5)) ?? page.next
        return { ...page, next: kind === 'new' ? `${back}${' '.repeat(circles)}` : back }
      })
      expect(circles).toBeGreaterThan(0)
      expect(most).toBeLessThanOrEqual(mostInVain)
      expect(world.provider.requests).toBeLessThan(10 * mostInVain)
      expect(world.arrived).toEqual(world.provider.exposed)
    },
  )

  test.each([1, 2, 5])('every %i. cursor leads back to the beginning, and no two are equal', async (every) => {
    const world = pollWorld({ order, pageSize: 5 })
    for (let n = 0; n < 60; n++) world.provider.expose(hour + n * 10_000)
    world.provider.expose()
    world.provider.troubles.add({ kind: 'circles', until: epoch + 2 * hour, every })
    const most = await live(world, 120, (page) => page)
    expect(most).toBeLessThanOrEqual(mostInVain)
    expect(world.provider.requests).toBeLessThan(25 * mostInVain)
    await live(world, 70, (page) => page)
    expect(world.arrived).toEqual(world.provider.exposed)
  })

  test.each([
    ['from the first page on', 0],
    ['after some pages', 3],
  ])('empty pages with ever new cursors, %s, end the run with an error that says so', async (_where, pages) => {
    const world = pollWorld({ order, pageSize: 5 })
    for (let n = 0; n < 60; n++) world.provider.expose(n * 20 * minute)
    let asked = 0
    let isHealed = false
    const { stream } = world.provider
    const fetchPage = async (request: PageRequest) => {
      if (isHealed && request.cursor?.startsWith('endless')) throw new CursorError('there is no such cursor')
      if (asked++ < pages || isHealed) return stream.fetchPage(request)
      return { ...emptyPage, next: `endless-${asked}` }
    }
    const settings = { startAt: epoch - 2 * day, options: { stream: { ...stream, fetchPage } } }
    const { outcome, row } = await world.run(settings)
    expect(outcome).toBe('transient')
    expect(row?.detail).toMatch(/\w/)
    expect(asked).toBeLessThanOrEqual(pages + mostInVain)
    for (const _ of minutes(world, 30)) {
      const before = asked
      await world.run(settings)
      expect(asked - before).toBeLessThanOrEqual(mostInVain)
    }
    isHealed = true
    for (const _ of minutes(world, 70)) await world.run(settings)
    expect(world.arrived).toEqual(world.provider.exposed)
  })

  test('twenty empty pages before an event end nothing', async () => {
    const world = pollWorld({ order, pageSize: 5 })
    for (let n = 0; n < 20; n++) world.provider.expose(n * 10 * minute)
    for (let n = 0; n < 20; n++) world.provider.faults.push({ emptyPage: true })
    expect((await world.run({ startAt: epoch - day })).outcome).toBe('done')
    expect(world.arrived).toEqual(world.provider.exposed)
  })
})

describe.each([
  ['a sweep', sweeping, epoch - 2 * day],
  ['a job', working, epoch - hour],
] as const)('%s', (_what, afterwards, startAt) => {
  /** @returns how many requests used a cursor, and how many of those one of an earlier run */
  async function cursorsOf(cursorsLast: boolean) {
    const facts = { requestsPerHour: 360, cursorsLast }
    const world = pollWorld({ order: 'newest-first', pageSize: 4, facts })
    for (let n = 0; n < 60; n++) world.provider.expose(12.5 * hour + n * 20 * minute)
    const { stream } = world.provider
    let used = 0
    let old = 0
    let runStartedAt = 0
    const fetchPage = (request: PageRequest) => {
      if (request.cursor !== undefined) {
        used++
        if (Number(JSON.parse(request.cursor)[3]) < runStartedAt) old++
      }
      return stream.fetchPage(request)
    }
    if (afterwards === working) orderBackfill(world, epoch - 2 * day, epoch - day / 2)
    for (const _ of minutes(world, 180)) {
      runStartedAt = world.clock.time
      await world.run({ startAt, afterwards, options: { stream: { ...stream, fetchPage } } })
    }
    expect(world.arrived).toEqual(world.provider.exposed)
    if (afterwards === working) expect(backfill(world)).toMatchObject({ end: 'done' })
    else expect(world.recorded.some(({ kind, outcome }) => kind === 'sweep' && outcome === 'done')).toBe(true)
    return { used, old }
  }

  test('uses no cursor of an earlier run', async () => {
    const { used, old } = await cursorsOf(false)
    expect(used).toBeGreaterThan(0)
    expect(old).toBe(0)
  })

  test('goes on with the cursor of an earlier run where cursors last', async () => {
    const { old } = await cursorsOf(true)
    expect(old).toBeGreaterThan(3)
  })
})

test('a lasting cursor that leads to pages before its own publishes nothing again', async () => {
  const facts = { cursorsLast: true, lagSeconds: 0, lookBackSeconds: 0 }
  const world = pollWorld({ order: 'newest-first', pageSize: 6, fetchMs: 2_000, facts })
  for (let n = 0; n < 6; n++) world.provider.expose()
  world.clock.time += 11 * minute
  world.provider.expose()
  await world.run({ forMs: 13_000 })
  // The cursor counts rows, so that each of these moves it by one.
  for (let n = 0; n < 80; n++) world.provider.expose()
  for (const _ of minutes(world, 5)) await world.run()
  expect(world.arrived).toEqual(world.provider.exposed)
  expect(world.repeated).toBe(0)
})
