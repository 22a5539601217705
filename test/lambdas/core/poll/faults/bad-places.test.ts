import { describe, expect, test } from 'vitest'
import { RecordError, TransientError } from '../../../../../lambdas/core/errors.ts'
import type { Page, PageRequest } from '../../../../../lambdas/core/poll/stream.ts'
import { Arrivals, minutes } from '../../../../support/poll-runs.ts'
import { type PollWorld, pollWorld } from '../../../../support/poll-world.ts'
import type { Order } from '../../../../support/provider-model.ts'

/** A moment of the feed that can never be read, a few minutes old when it goes bad. */

const minute = 60_000

/**
 * The longest that a new event takes. The place is put aside after three failures, with waits of a minute, two and four
 * between them; in an oldest-first feed the events of these minutes stay behind the place, and later ones come at once.
 */
const latestMinutes = { 'newest-first': 8, 'oldest-first': 1 }

/** Events that wait until the place can be read, because they lie behind it in a part that is put aside. */
const mostBehind = { 'newest-first': 0, 'oldest-first': 8 }

const errors = {
  transient: () => new TransientError('status 502'),
  record: () => new RecordError('not_json', 'the answer is cut off'),
  internal: () => new TypeError('a fault in the connector'),
}

async function polledWorld(order: Order) {
  const world = pollWorld({ order, pageSize: 5 })
  const arrivals = new Arrivals(world)
  for (const _ of minutes(world, 30)) {
    arrivals.show()
    await world.run()
    arrivals.look()
  }
  return { world, arrivals, bad: world.clock.time - 3 * minute }
}

function expectFewLate({ waiting, worstMinutes }: Arrivals, order: Order): void {
  expect(waiting.length).toBeLessThanOrEqual(mostBehind[order])
  expect(worstMinutes).toBeLessThanOrEqual(latestMinutes[order])
}

/** The world's stream, with something else in place of the pages of one moment. */
function streamWith({ provider: { stream } }: PollWorld, moment: number, instead: () => Promise<Page>) {
  const fetchPage = (request: PageRequest) =>
    request.from <= moment && request.to > moment ? instead() : stream.fetchPage(request)
  return { ...stream, fetchPage }
}

describe.each<Order>(['newest-first', 'oldest-first'])('%s', (order) => {
  test.each(['transient', 'record', 'internal'] as const)(
    'a moment on which the connector fails with a %s error delays new events by minutes only',
    async (kind) => {
      const { world, arrivals, bad } = await polledWorld(order)
      const stream = streamWith(world, bad, async () => {
        throw errors[kind]()
      })
      for (const _ of minutes(world, 240)) {
        arrivals.show()
        await world.run({ options: { stream } })
        arrivals.look()
      }
      expectFewLate(arrivals, order)
      const outcome = kind === 'internal' ? 'internal' : 'transient'
      expect(world.recorded.at(-1)).toMatchObject({ outcome })
      for (const _ of minutes(world, 70)) await world.run()
      expect(arrivals.missing).toEqual([])
    },
  )

  test('a page on which the process dies delays new events by minutes only, and is reported', async () => {
    const { world, arrivals, bad } = await polledWorld(order)
    const rowsBefore = world.recorded.length
    let deaths = 0
    for (const _ of minutes(world, 360)) {
      arrivals.show()
      const death = Promise.withResolvers<void>()
      const stream = streamWith(world, bad, () => {
        deaths++
        death.resolve()
        return new Promise(() => {})
      })
      await Promise.race([world.run({ options: { stream } }), death.promise])
      arrivals.look()
    }
    expectFewLate(arrivals, order)
    // The place has a wait of its own, which doubles up to an hour.
    expect(deaths).toBeGreaterThan(2)
    expect(deaths).toBeLessThan(20)
    const outcomes = new Set(world.recorded.slice(rowsBefore).map(({ outcome }) => outcome))
    expect(outcomes.has('transient') || outcomes.has('internal')).toBe(true)
    for (const _ of minutes(world, 70)) await world.run()
    expect(arrivals.missing).toEqual([])
  })
})
