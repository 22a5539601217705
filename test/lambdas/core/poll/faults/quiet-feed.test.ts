import { describe, expect, test } from 'vitest'
import { Arrivals, minutes } from '../../../../support/poll-runs.ts'
import { pollWorld } from '../../../../support/poll-world.ts'
import type { Order } from '../../../../support/provider-model.ts'

/** A place that cannot be read, in a feed with hours between two events. */

const minute = 60_000

/** Until the place is put aside. */
const untilAside = 20

describe.each<Order>(['newest-first', 'oldest-first'])('%s', (order) => {
  test('a place that cannot be read delays a rare new event by two minutes, and adds no more than two backlogs', async () => {
    const world = pollWorld({ order, pageSize: 5 })
    for (let n = 0; n < 10; n++) world.provider.expose(30 * minute + n * minute)
    for (const _ of minutes(world, 20)) await world.run()
    const bad = world.clock.time - 3 * minute
    world.provider.unreadable = { from: bad, to: bad + 1_000 }
    for (const _ of minutes(world, untilAside)) await world.run()
    const arrivals = new Arrivals(world)
    let most = 0
    for (const n of minutes(world, 8 * 60)) {
      if (n % 127 === 60) arrivals.show()
      await world.run()
      arrivals.look()
      most = Math.max(most, world.state().backlogs.length)
    }
    expect(arrivals.waiting).toEqual([])
    expect(arrivals.worstMinutes).toBeLessThanOrEqual(2)
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThanOrEqual(2)
    world.provider.unreadable = undefined
    for (const _ of minutes(world, 90)) {
      arrivals.show()
      await world.run()
    }
    expect(arrivals.missing).toEqual([])
    expect(world.state().backlogs).toEqual([])
  })
})
