import { expect, test } from 'vitest'
import type { Page, PageRequest } from '../../../../../lambdas/core/poll/stream.ts'
import { Arrivals, backfill, minutes, orderBackfill, sweeping, working } from '../../../../support/poll-runs.ts'
import { epoch, type PollWorld, pollWorld, type RunSettings } from '../../../../support/poll-world.ts'

/** Pages of the past on which the process dies, each time that a sweep or a job reads them. */

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** Runs each minute. @returns how often the process died */
async function runWith(
  world: PollWorld,
  { hours, dies, ...settings }: RunSettings & { hours: number; dies: (request: PageRequest) => boolean },
): Promise<number> {
  const { stream } = world.provider
  const arrivals = new Arrivals(world)
  let deaths = 0
  for (const _ of minutes(world, hours * 60)) {
    arrivals.show()
    const death = Promise.withResolvers<void>()
    const fetchPage = (request: PageRequest): Promise<Page> => {
      if (!dies(request)) return stream.fetchPage(request)
      deaths++
      death.resolve()
      return new Promise(() => {})
    }
    await Promise.race([world.run({ ...settings, options: { stream: { ...stream, fetchPage } } }), death.promise])
    arrivals.look()
  }
  expect(arrivals.worstMinutes).toBeLessThanOrEqual(1)
  expect(arrivals.waiting.length).toBeLessThanOrEqual(1)
  return deaths
}

test('a sweep gives up the window on which the process dies, and reports it; later hours are swept', async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 50 })
  const bad = epoch - 30 * minute
  const isPast = ({ to }: PageRequest) => to <= world.clock.time - 50 * minute
  const dies = (request: PageRequest) => isPast(request) && request.from <= bad && request.to > bad
  const deaths = await runWith(world, { startAt: epoch - hour, afterwards: sweeping, hours: 30, dies })
  // Each hour and each day is swept twice.
  expect(deaths).toBeGreaterThan(16)
  expect(deaths).toBeLessThanOrEqual(4 * 17)
  const sweeps = world.recorded.filter(({ kind }) => kind === 'sweep')
  const given = sweeps.filter(({ outcome }) => outcome === 'transient')
  expect(given.length).toBeGreaterThanOrEqual(1)
  for (const { detail } of given) expect(detail).toMatch(/ended without a result/)
  const late = world.provider.expose(2.5 * hour)
  await runWith(world, { startAt: epoch - hour, afterwards: sweeping, hours: 2, dies })
  expect(world.arrived).toContain(late)
})

test('a job on which the process dies says so, keeps sweeps from nothing, and ends once its page can be read', async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 50 })
  for (let n = 0; n < 20; n++) world.provider.expose(2 * day + minute + n * hour)
  orderBackfill(world, epoch - 3 * day, epoch - 2 * day)
  let isHealed = false
  const dies = ({ to }: PageRequest) => !isHealed && to <= epoch - 2 * day
  const afterwards: RunSettings['afterwards'] = async (ports, spare) => {
    await working(ports, spare)
    await sweeping(ports, spare)
  }
  const deaths = await runWith(world, { startAt: epoch - hour, afterwards, hours: 5, dies })
  expect(deaths).toBeGreaterThan(2)
  expect(deaths).toBeLessThan(15)
  expect(backfill(world).problem).toMatch(/ended without a result/)
  expect(world.recorded.filter(({ kind, outcome }) => kind === 'sweep' && outcome === 'done').length).toBeGreaterThan(3)
  isHealed = true
  await runWith(world, { startAt: epoch - hour, afterwards, hours: 2, dies })
  expect(backfill(world)).toMatchObject({ end: 'done', counts: { new: 20 } })
})
