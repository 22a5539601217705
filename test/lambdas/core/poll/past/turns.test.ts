import { expect, test } from 'vitest'
import { TransientError } from '../../../../../lambdas/core/errors.ts'
import { sweep } from '../../../../../lambdas/core/poll/past/sweep.ts'
import { backfill, minutes, orderBackfill, working } from '../../../../support/poll-runs.ts'
import { type ClosedPorts, epoch, pollWorld } from '../../../../support/poll-world.ts'

/** Sweeps and jobs that take turns with the requests that live runs leave to them. */

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

test('beside a long backfill hours are swept without an error', async () => {
  const facts = { requestsPerHour: 1_200, limitPeriodSeconds: 60 }
  const world = pollWorld({ order: 'newest-first', pageSize: 50, facts })
  for (let n = 0; n < 20; n++) world.provider.expose(n * 30 * minute)
  const errors: unknown[] = []
  const afterwards = async (given: ClosedPorts, spare: Parameters<typeof sweep>[1]) => {
    const rowIds: typeof given.rowIds = async (from, to, mayGoOn) => {
      const ids = await given.rowIds(from, to, mayGoOn)
      // As the lake does, which asks between two of its files.
      if (ids.size > 0 && !mayGoOn()) throw new TransientError('reading the table takes longer than a run has')
      return ids
    }
    const ports = { ...given, rowIds }
    const sweepNow = () => sweep(ports, spare).catch((error: unknown) => errors.push(error))
    const isJobFirst = Math.floor(world.clock.time / minute) % 2 === 1
    if (isJobFirst) await working(ports, spare)
    await sweepNow()
    if (!isJobFirst) await working(ports, spare)
  }
  orderBackfill(world, epoch - 9_000 * day, epoch - 10 * day)
  for (const n of minutes(world, 8 * 60)) {
    if (n % 10 === 0) world.provider.expose()
    // An event that only sweeps find, so that they publish.
    if (n % 60 === 30) world.provider.expose(100 * minute)
    await world.run({ startAt: epoch - 3 * hour, afterwards })
  }
  expect(backfill(world).end).toBeUndefined()
  expect(errors).toEqual([])
  const sweeps = world.recorded.filter(({ kind }) => kind === 'sweep')
  expect(new Set(sweeps.map(({ outcome }) => outcome))).toEqual(new Set(['done']))
  expect(sweeps.length).toBeGreaterThanOrEqual(8)
})

test('a job that waits for rows on their way does not hold up the next job', async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 50 })
  for (let n = 0; n < 20; n++) world.provider.expose(5 * day + n * minute)
  orderBackfill(world, epoch, epoch + day, 'a-waits')
  orderBackfill(world, epoch - 6 * day, epoch - 4 * day, 'b-can-be-read')
  for (const _ of minutes(world, 30)) await world.run({ startAt: epoch - hour, afterwards: working })
  expect(backfill(world, 'a-waits').end).toBeUndefined()
  expect(backfill(world, 'b-can-be-read')).toMatchObject({ end: 'done', counts: { new: 20 } })
})
