import { describe, expect, test } from 'vitest'
import { minutes } from '../../../../support/poll-runs.ts'
import { epoch, pollWorld } from '../../../../support/poll-world.ts'
import type { Order } from '../../../../support/provider-model.ts'

/** What follows an outage of the provider. */

const minute = 60_000

describe.each<Order>(['newest-first', 'oldest-first'])('%s', (order) => {
  test.each([0, 1_800])(
    'after an outage nothing comes twice, with a look-back of %i seconds',
    async (lookBackSeconds) => {
      const world = pollWorld({
        order,
        pageSize: 1,
        facts: { lookBackSeconds, lagSeconds: Math.min(120, lookBackSeconds) },
      })
      world.provider.troubles.add({ kind: 'outage', until: epoch + 30 * minute, every: 1 })
      for (const _ of minutes(world, 180)) {
        world.provider.expose()
        await world.run()
      }
      expect(world.arrived.length).toBeGreaterThan(170)
      expect(world.repeated).toBe(0)
    },
  )
})
