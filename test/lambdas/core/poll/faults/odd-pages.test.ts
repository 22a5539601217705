import { describe, expect, test } from 'vitest'
import type { Page, PageRequest } from '../../../../../lambdas/core/poll/stream.ts'
import { minutes, sweeping } from '../../../../support/poll-runs.ts'
import { epoch, pollWorld } from '../../../../support/poll-world.ts'
import type { Order } from '../../../../support/provider-model.ts'

/** Pages with values that no provider should send. */

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

describe.each<Order>(['newest-first', 'oldest-first'])('%s', (order) => {
  test('an event dated 9999 is published once and is not taken for the newest event', async () => {
    const world = pollWorld({ order, pageSize: 5 })
    const { stream } = world.provider
    const far = { id: 'far', at: Date.UTC(9999, 11, 31) }
    let isOdd = false
    const fetchPage = async (request: PageRequest) => {
      const page = await stream.fetchPage(request)
      return isOdd && page.next === undefined ? { ...page, events: [...page.events, far] } : page
    }
    const lastEventAt = async () => {
      await world.run({ options: { stream: { ...stream, fetchPage } } })
      return world.state().lastEventAt ?? 0
    }
    world.provider.expose(10_000)
    expect(await lastEventAt()).toBe(epoch - 10_000)
    isOdd = true
    for (const n of minutes(world, 60)) {
      if (n % 10 === 0) world.provider.expose(10_000)
      const shownAt = world.clock.time - (n % 10) * minute - 10_000
      expect(Math.abs((await lastEventAt()) - shownAt)).toBeLessThan(minute)
    }
    expect(world.published.filter(({ id }) => id === far.id)).toHaveLength(1)
    expect(world.arrived).toEqual([...world.provider.exposed, far.id].sort())
  })

  test('a cursor of 20 MB is not stored, and the feed is read all the same', async () => {
    const world = pollWorld({ order, pageSize: 5, fetchMs: 9_000 })
    for (let n = 0; n < 40; n++) world.provider.expose(n * 10 * minute)
    const { stream } = world.provider
    const padding = ' '.repeat(20_000_000)
    let largest = 0
    const measure = () => {
      for (const body of world.objects.values()) largest = Math.max(largest, body.byteLength)
    }
    const fetchPage = async ({ cursor, ...window }: PageRequest): Promise<Page> => {
      measure()
      const { next, ...page } = await stream.fetchPage(
        cursor === undefined ? window : { ...window, cursor: cursor.trimEnd() },
      )
      return next === undefined ? page : { ...page, next: `${next}${padding}` }
    }
    for (const _ of minutes(world, 20)) {
      await world.run({ startAt: epoch - day, afterwards: sweeping, options: { stream: { ...stream, fetchPage } } })
      measure()
    }
    expect(world.arrived).toEqual(world.provider.exposed)
    expect(largest).toBeLessThan(100_000)
  })
})
