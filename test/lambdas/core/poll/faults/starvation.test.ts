import { describe, expect, test } from 'vitest'
import { TransientError } from '../../../../../lambdas/core/errors.ts'
import { Arrivals, minutes, sweeping } from '../../../../support/poll-runs.ts'
import { type ClosedPorts, epoch, type PollWorld, pollWorld } from '../../../../support/poll-world.ts'
import type { Order } from '../../../../support/provider-model.ts'

/** Work that must have its turn, however much other work there is. */

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const sweepsDone = ({ recorded }: PollWorld) =>
  recorded.filter(({ kind, outcome }) => kind === 'sweep' && outcome === 'done')

const limits = [
  { limit: '50 a minute', requestsPerHour: 3_000, limitPeriodSeconds: 60 },
  { limit: '20 a minute', requestsPerHour: 1_200, limitPeriodSeconds: 60 },
  { limit: '1,750 an hour', requestsPerHour: 1_750, limitPeriodSeconds: 3_600 },
  { limit: '600 a minute', requestsPerHour: 36_000, limitPeriodSeconds: 60 },
]
const shares = limits.flatMap((limit) => [1, 0.25, 0.2, 0.1, 0.08, 0.07, 0.05].map((share) => ({ ...limit, share })))

test.each(shares)(
  'with a share of $share of $limit, hours are still swept',
  async ({ share, limit: _name, ...facts }) => {
    const world = pollWorld({ order: 'newest-first', pageSize: 50, facts })
    for (const n of minutes(world, 5 * 60)) {
      if (n % 10 === 0) world.provider.expose()
      await world.run({ startAt: epoch - 2 * hour, afterwards: sweeping, options: { share } })
    }
    // One is due when it begins, and one at each full hour.
    expect(sweepsDone(world).length).toBeGreaterThanOrEqual(share < 0.1 ? 4 : 5)
    expect(world.provider.requests).toBeLessThanOrEqual(5.5 * facts.requestsPerHour * share + 3)
    expect(world.arrived).toEqual(world.provider.exposed)
  },
)

test('days that the lake cannot list in time hold up no hours, and are swept once it can', async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 50 })
  let isTooLarge = true
  const afterwards = (ports: ClosedPorts, spare: Parameters<typeof sweeping>[1]) => {
    const rowIds: typeof ports.rowIds = async (from, to, mayGoOn) => {
      if (isTooLarge && to - from > 12 * hour) throw new TransientError('reading the table takes longer than a run has')
      return ports.rowIds(from, to, mayGoOn)
    }
    return sweeping({ ...ports, rowIds }, spare)
  }
  const run = async (hours: number) => {
    for (const n of minutes(world, hours * 60)) {
      if (n % 10 === 0) world.provider.expose()
      await world.run({ startAt: epoch - 3 * day, afterwards })
    }
  }
  await run(1)
  // Out of reach of the hours.
  world.provider.expose(30 * hour)
  await run(71)
  expect(sweepsDone(world).length).toBeGreaterThanOrEqual(68)
  isTooLarge = false
  await run(4)
  expect(world.arrived).toEqual(world.provider.exposed)
  const last = sweepsDone(world).find(({ window_to: end }) => end === '2026-01-18T00:00:00.000Z')
  expect(last).toBeDefined()
})

test('a new event of an oldest-first feed does not wait for the budget of rereading', async () => {
  const facts = { requestsPerHour: 1_000, limitPeriodSeconds: 3_600 }
  const world = pollWorld({ order: 'oldest-first', pageSize: 10, fetchMs: 200, facts })
  const arrivals = new Arrivals(world)
  for (const n of minutes(world, 120)) {
    // More than the budget allows at once, within the half hour that the next look-back reads again.
    if (n === 38) for (let k = 0; k < 2_000; k++) world.provider.expose(k * 400)
    arrivals.show(30_000)
    await world.run()
    arrivals.look()
  }
  expect(arrivals.worstMinutes).toBeLessThanOrEqual(2)
})

describe.each<Order>(['newest-first', 'oldest-first'])('%s', (order) => {
  test('bursts on top of a backlog delay a new event by two minutes', async () => {
    const world = pollWorld({ order, pageSize: 4, fetchMs: 2_000 })
    const arrivals = new Arrivals(world)
    for (let n = 0; n < 1_200; n++) world.provider.expose(4 * minute + n * 2_500)
    for (const n of minutes(world, 180)) {
      if (n === 8 || n === 16) for (let k = 0; k < 800; k++) world.provider.expose(k * 70)
      arrivals.show()
      await world.run({ startAt: epoch - 2 * hour })
      arrivals.look()
    }
    expect(arrivals.worstMinutes).toBeLessThanOrEqual(2)
    expect(arrivals.missing).toEqual([])
  })
})
