import { describe, expect, test } from 'vitest'
import { AuthError, ConfigError, TransientError } from '../../../../../lambdas/core/errors.ts'
import type { RunResult } from '../../../../../lambdas/core/poll/run-types.ts'
import type { Page, PageRequest } from '../../../../../lambdas/core/poll/stream.ts'
import { Arrivals, minutes } from '../../../../support/poll-runs.ts'
import { epoch, type PollWorld, pollWorld, stateKey } from '../../../../support/poll-world.ts'
import type { Order } from '../../../../support/provider-model.ts'

/** Several backlogs, some of which cannot be read. */

const minute = 60_000
const hour = 60 * minute

/** A backlog as the state holds it. */
interface Backlog {
  readonly openedAt: number
  readonly walk: { readonly bound?: number }
  readonly failure?: { readonly outcome: string }
  readonly wait?: { readonly notBefore: number }
}

const backlogsOf = (world: PollWorld): readonly Backlog[] => world.state().backlogs

/** The world's stream, with an error or a death in place of the pages of some moments. */
function streamWith({ provider: { stream } }: PollWorld, moments: readonly number[], instead: () => Promise<Page>) {
  const isIn = ({ from, to }: PageRequest) => moments.some((moment) => from <= moment && to > moment)
  const fetchPage = (request: PageRequest) => (isIn(request) ? instead() : stream.fetchPage(request))
  return { ...stream, fetchPage }
}

test('a backlog that waits for its end does not hide the failure of another', async () => {
  const world = pollWorld({ order: 'oldest-first', pageSize: 5, fetchMs: 1_000 })
  for (const _ of minutes(world, 30)) {
    world.provider.expose()
    await world.run()
  }
  const bad = world.clock.time - 3 * minute
  world.provider.unreadable = { from: bad, to: bad + 1_000 }
  let both = 0
  for (const n of minutes(world, 60)) {
    world.provider.expose()
    if (n % 6 === 5) for (let k = 0; k < 400; k++) world.provider.expose(k * 100)
    const { outcome, row } = await world.run()
    const waiting = backlogsOf(world).filter(({ wait }) => (wait?.notBefore ?? 0) > world.clock.time)
    const failing = waiting.find(({ failure }) => failure)
    if (outcome === 'open' || outcome === 'waiting' || !failing?.wait || waiting.length < 2) continue
    both++
    expect(outcome).toBe('transient')
    expect(row?.wait_until).toBe(new Date(failing.wait.notBefore).toISOString())
  }
  expect(both).toBeGreaterThan(0)
})

test('the rest of a burst that is joined with the last of eight failing backlogs comes within a quarter of an hour', async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 5, fetchMs: 1_000 })
  const bad: number[] = []
  const stream = streamWith(world, bad, async () => {
    throw new TransientError('status 502')
  })
  const run = async (count: number) => {
    for (const n of minutes(world, count)) {
      if (n % 20 === 10 && bad.length < 8) bad.push(world.clock.time - 3 * minute)
      world.provider.expose()
      await world.run({ options: { stream } })
    }
  }
  await run(200)
  expect(backlogsOf(world)).toHaveLength(8)
  const burst = Array.from({ length: 900 }, (_, k) => world.provider.expose(k * 50))
  await run(2)
  expect(world.arrived).not.toEqual(expect.arrayContaining(burst))
  // The joined part fails three times before smaller parts are requested.
  await run(15)
  expect(world.arrived).toEqual(expect.arrayContaining(burst))
  expect(backlogsOf(world)).toHaveLength(8)
})

describe.each<Order>(['newest-first', 'oldest-first'])('%s', (order) => {
  const isUp = order === 'oldest-first'

  test('with nine places that cannot be read new events come within minutes, and everything comes once they can', async () => {
    const world = pollWorld({ order, pageSize: 5 })
    const arrivals = new Arrivals(world)
    const bad: number[] = []
    const stream = streamWith(world, bad, async () => {
      throw new TransientError('status 502')
    })
    let most = 0
    for (const n of minutes(world, 200)) {
      if (n % 20 === 10 && bad.length < 9) bad.push(world.clock.time - 3 * minute)
      arrivals.show()
      await world.run({ options: { stream } })
      arrivals.look()
      most = Math.max(most, backlogsOf(world).length)
    }
    expect(bad).toHaveLength(9)
    expect(most).toBe(8)
    expect(arrivals.worstMinutes).toBeLessThanOrEqual(isUp ? 1 : 8)
    // Events right behind a place of an oldest-first feed wait until it can be read.
    expect(arrivals.waiting.length).toBeLessThanOrEqual(isUp ? 9 * 8 : 1)
    bad.length = 0
    for (const _ of minutes(world, 70)) await world.run({ options: { stream } })
    expect(arrivals.missing).toEqual([])
  })

  test.each([
    ['credentials', new AuthError('the token was revoked')],
    ['configuration', new ConfigError('there is no such organization')],
  ])(
    'an error of the %s inside a backlog stops the run, is reported as such, and loses nothing',
    async (kind, error) => {
      const world = pollWorld({ order, pageSize: 5 })
      const arrivals = new Arrivals(world)
      const bad: number[] = []
      let failure: Error = new TransientError('status 502')
      const stream = streamWith(world, bad, async () => {
        throw failure
      })
      const run = async (): Promise<RunResult> => {
        arrivals.show()
        const result = await world.run({ options: { stream } })
        arrivals.look()
        return result
      }
      for (const n of minutes(world, 40)) {
        if (n === 30) bad.push(world.clock.time - 3 * minute)
        await run()
      }
      expect(backlogsOf(world)).toHaveLength(1)
      failure = error
      const results: RunResult[] = []
      for (const _ of minutes(world, 40)) results.push(await run())
      const at = results.findIndex(({ outcome }) => outcome === kind)
      expect(results[at]?.error).toBe(error)
      expect(results[at]?.row?.detail).toBe(error.message)
      expect(results[at + 1]?.outcome).toBe('waiting')
      expect(world.state().lastResult).toMatchObject({ outcome: kind, detail: error.message })
      bad.length = 0
      for (const _ of minutes(world, 70)) await run()
      arrivals.look()
      expect(arrivals.missing).toEqual([])
    },
  )
})

test('when backlogs come first, a death in the window is no failed attempt at a backlog', async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 5, fetchMs: 9_000 })
  for (let n = 0; n < 60; n++) world.provider.expose(n * minute)
  for (const _ of minutes(world, 2)) await world.run({ startAt: epoch - hour })
  expect(backlogsOf(world)).toHaveLength(1)
  // As after two runs without time for the backlog.
  const passedOver = new TextEncoder().encode(JSON.stringify({ ...world.state(), passedOver: 2 }))
  world.objects.set(stateKey, passedOver)
  const { stream } = world.provider
  const death = Promise.withResolvers<void>()
  let read = 0
  const fetchPage = (request: PageRequest): Promise<Page> => {
    read++
    if (request.to <= world.clock.time) return stream.fetchPage(request)
    death.resolve()
    return new Promise(() => {})
  }
  await Promise.race([world.run({ forMs: 15 * minute, options: { stream: { ...stream, fetchPage } } }), death.promise])
  const diedAt = world.clock.time
  expect(read).toBeGreaterThan(1)
  world.clock.time += 20 * minute
  const { died } = await world.run()
  expect(died).toBe(true)
  const row = world.recorded.find(({ detail }) => detail?.includes('ended without a result'))
  expect(Date.parse(row?.window_to ?? '')).toBeGreaterThan(diedAt)
  expect(backlogsOf(world).filter(({ failure }) => failure)).toEqual([])
})

test.each<Order>(['newest-first', 'oldest-first'])(
  '%s: of two long backlogs each makes progress in two runs',
  async (order) => {
    const world = pollWorld({ order, pageSize: 4, fetchMs: 2_000 })
    for (let n = 0; n < 4_000; n++) world.provider.expose(4 * minute + n * 750)
    for (const n of minutes(world, 12)) {
      if (n === 8) for (let k = 0; k < 800; k++) world.provider.expose(k * 70)
      await world.run({ startAt: epoch - 2 * hour })
    }
    const bounds = () => new Map(backlogsOf(world).map(({ openedAt, walk }) => [openedAt, walk.bound]))
    const before = bounds()
    expect(before.size).toBe(2)
    for (const _ of minutes(world, 2)) await world.run({ startAt: epoch - 2 * hour })
    for (const [openedAt, bound] of bounds()) expect(bound).not.toBe(before.get(openedAt))
  },
)
