import { describe, expect, test } from 'vitest'
import type { Page, PageRequest } from '../../../../../lambdas/core/poll/stream.ts'
import { ListingFeed } from '../../../../support/listing-feed.ts'
import { minutes } from '../../../../support/poll-runs.ts'
import { epoch, type PollWorld, pollWorld } from '../../../../support/poll-world.ts'
import type { Order } from '../../../../support/provider-model.ts'

/** Pages that lead nowhere, although the provider holds more events. */

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** Requests that one run may make in vain. */
const mostInVain = 40

const emptyPage: Page = { events: [], failures: [] }

type Fetch = (request: PageRequest) => Promise<Page>

/** Runs each minute with other pages. @returns the outcomes */
async function outcomes(world: PollWorld, count: number, fetchPage: Fetch, startAt: number): Promise<string[]> {
  const options = { stream: { ...world.provider.stream, fetchPage } }
  const all: string[] = []
  for (const _ of minutes(world, count)) all.push((await world.run({ startAt, forMs: 58_000, options })).outcome)
  return all
}

test('endless empty pages of an unsorted feed end the run with an error', async () => {
  const world = pollWorld({
    order: 'newest-first',
    pageSize: 20,
    facts: { ...ListingFeed.facts, requestsPerHour: 36_000 },
  })
  let asked = 0
  const fetchPage: Fetch = async () => {
    world.clock.time += 50
    return { ...emptyPage, next: `endless-${asked++}` }
  }
  const all = await outcomes(world, 10, fetchPage, epoch - day)
  expect(new Set(all)).toEqual(new Set(['transient', 'waiting']))
  expect(asked).toBeLessThanOrEqual(mostInVain * all.filter((outcome) => outcome === 'transient').length)
})

describe.each<Order>(['newest-first', 'oldest-first'])('%s', (order) => {
  test.each([
    ['from the first page on', 0],
    ['after some pages', 3],
  ])('empty pages with cursors too long to be kept, %s, are an error and lose no event', async (_where, pages) => {
    const world = pollWorld({ order, pageSize: 5 })
    for (let n = 0; n < 60; n++) world.provider.expose(n * 20 * minute)
    const { stream } = world.provider
    let isOdd = true
    let asked = 0
    const fetchPage: Fetch = async (request) => {
      if (!isOdd || asked++ < pages) return stream.fetchPage(request)
      world.clock.time += 50
      return { ...emptyPage, next: `${'x'.repeat(5_000)}${asked}` }
    }
    const startAt = epoch - 2 * day
    const odd = await outcomes(world, 10, fetchPage, startAt)
    expect(odd[0]).toBe('transient')
    expect(odd).not.toContain('done')
    expect(world.recorded[0]?.detail).toMatch(/cursor that is too long/)
    expect(asked).toBeLessThanOrEqual(pages + mostInVain)
    isOdd = false
    await outcomes(world, 70, fetchPage, startAt)
    expect(world.arrived).toEqual(world.provider.exposed)
  })

  test('an empty first page that leads on, behind a moment where cursors lead to nothing, is no end', async () => {
    const world = pollWorld({ order, pageSize: 10 })
    const isUp = order === 'oldest-first'
    const moment = isUp ? 10 * hour : hour
    for (let n = 0; n < 25; n++) world.provider.expose(moment)
    for (let n = 1; n <= 30; n++) world.provider.expose(moment + (isUp ? -n : n) * 10 * minute)
    const { stream } = world.provider
    const behind = epoch - moment
    let isSilent = true
    let asked = 0
    const fetchPage: Fetch = async ({ cursor, ...window }) => {
      if (cursor === 'behind') return stream.fetchPage(window)
      if (cursor !== undefined) return isSilent ? emptyPage : stream.fetchPage({ ...window, cursor })
      const isBehind = isUp ? window.from > behind : window.to <= behind
      if (!isBehind) return stream.fetchPage(window)
      asked++
      return { ...emptyPage, next: 'behind' }
    }
    const startAt = epoch - 7 * day
    const silent = await outcomes(world, 2, fetchPage, startAt)
    expect(asked).toBeGreaterThan(0)
    expect(silent).not.toContain('done')
    isSilent = false
    await outcomes(world, 60, fetchPage, startAt)
    expect(world.arrived).toEqual(world.provider.exposed)
  })

  test('a full page of events without times that leads to no other is an error and no end', async () => {
    const world = pollWorld({ order, pageSize: 10 })
    for (let n = 0; n < 40; n++) world.provider.expose(hour + n * 10_000)
    const { stream } = world.provider
    const ids = Array.from({ length: 10 }, (_, n) => `timeless-${n}`)
    const timeless = ids.map((id) => ({ id }))
    let isOdd = true
    const fetchPage: Fetch = async (request) =>
      isOdd ? { events: timeless, failures: [], isFull: true } : stream.fetchPage(request)
    const startAt = epoch - day
    const odd = await outcomes(world, 10, fetchPage, startAt)
    expect(new Set(odd)).toEqual(new Set(['transient', 'waiting']))
    expect(world.recorded[0]?.detail).toMatch(/no event with a time/)
    expect(world.arrived).toEqual(ids)
    isOdd = false
    await outcomes(world, 70, fetchPage, startAt)
    expect(world.arrived).toEqual([...world.provider.exposed, ...ids].sort())
  })
})
