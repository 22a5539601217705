import { describe, expect, test } from 'vitest'
import type { Batch } from '../../../../../lambdas/core/publish/message.ts'
import { minutes } from '../../../../support/poll-runs.ts'
import { epoch, pollWorld } from '../../../../support/poll-world.ts'
import type { Order } from '../../../../support/provider-model.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

describe.each<Order>(['newest-first', 'oldest-first'])('%s', (order) => {
  test('a new event of a feed that was quiet for days goes to the live queue, old events to the bulk queue', async () => {
    const world = pollWorld({ order, pageSize: 50 })
    const queues = new Map<unknown, string>()
    const queue = (name: string) => ({
      publish: async (batches: readonly Batch[]) => {
        for (const { id } of batches.flatMap(({ rows }) => rows)) queues.set(id, name)
      },
    })
    const options = { publisher: queue('live'), bulkPublisher: queue('bulk') }
    const old = world.provider.expose(5 * hour)
    for (const _ of minutes(world, 3)) await world.run({ startAt: epoch - day, options })
    for (const _ of minutes(world, 72, hour)) await world.run({ options })
    for (const _ of minutes(world, 12)) await world.run({ options })
    const recent = world.provider.expose()
    for (const _ of minutes(world, 2)) await world.run({ options })
    expect(queues.get(old)).toBe('bulk')
    expect(queues.get(recent)).toBe('live')
  })
})
