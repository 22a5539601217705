import { describe, expect, test } from 'vitest'
import { TransientError } from '../../../../../lambdas/core/errors.ts'
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

test('a feed without a time filter is read in one go after an outage', async () => {
  const pageSize = 5
  const facts = { hasTimeFilter: false, cursorsLast: true }
  const world = pollWorld({ order: 'newest-first', pageSize, facts })
  const events = 100
  for (let n = 0; n < events; n++) world.provider.expose(n * minute)
  world.provider.troubles.add({ kind: 'outage', until: epoch + 30 * minute, every: 1 })
  const settings = { startAt: epoch - 200 * minute }
  for (const _ of minutes(world, 30)) await world.run(settings)
  const before = world.provider.requests
  for (const _ of minutes(world, 40)) await world.run(settings)
  expect(world.arrived).toEqual(world.provider.exposed)
  // Each of the other runs looks at the first page, and each look-back at six.
  expect(world.provider.requests - before).toBeLessThanOrEqual(events / pageSize + 40 + 4 * 6)
})

test('a backlog of a feed without a time filter publishes nothing twice when it begins at the first page again', async () => {
  const facts = { hasTimeFilter: false, cursorsLast: true, requestsPerHour: 150, limitPeriodSeconds: 60 }
  const world = pollWorld({
    order: 'newest-first',
    pageSize: 90,
    facts: { ...facts, lookBackSeconds: 0, lagSeconds: 0 },
  })
  const { provider, clock } = world
  const expose = () => {
    for (let n = 0; n < 80; n++) provider.expose()
  }
  await world.run()
  for (const passed of [minute, 45 * minute, minute]) {
    expose()
    clock.time += passed
  }
  const down = { error: new TransientError('down') }
  provider.faults.push(down, { limits: {} }, { limits: {} }, { limits: {} }, down)
  for (const _ of minutes(world, 20)) await world.run()
  expect(provider.faults).toEqual([])
  expect(world.arrived).toEqual(provider.exposed)
  expect(world.repeated).toBe(0)
})
