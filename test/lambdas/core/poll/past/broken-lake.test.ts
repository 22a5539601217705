import { expect, test } from 'vitest'
import { StoreError, TransientError } from '../../../../../lambdas/core/errors.ts'
import { minutes, sweeping } from '../../../../support/poll-runs.ts'
import { epoch, type PollWorld, pollWorld, type RunSettings } from '../../../../support/poll-world.ts'

/** Sweeps of a lake that cannot be read. */

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** Attempts at a window before a sweep gives it up. */
const mostAttempts = 16

/** Attempts before those, because a window is made shorter twice. */
const narrowings = 2

/** Rows of failed sweeps of one kind in an hour in which a store of ours is down. */
const mostRowsAnHour = 5

/** Long enough for more than sixteen attempts of both kinds. */
const downHours = 30

/** Sweeps whose lake fails where `error` says so. */
const sweepingWith =
  (error: (from: number, to: number) => Error | undefined): NonNullable<RunSettings['afterwards']> =>
  (ports, spare) =>
    sweeping(
      {
        ...ports,
        async rowIds(...request) {
          const failure = error(request[0], request[1])
          if (failure) throw failure
          return await ports.rowIds(...request)
        },
      },
      spare,
    )

const sweeps = ({ recorded }: PollWorld) => recorded.filter(({ kind }) => kind === 'sweep')

const timeOf = (text: string | null) => Date.parse(text ?? '')

test('a file that is missing for good costs sixteen attempts for each window that holds it, and no other window', async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 50 })
  const missing = epoch + 80 * minute
  const afterwards = sweepingWith((from, to) =>
    from <= missing && to >= missing ? new TransientError('a list names a file that is not there') : undefined,
  )
  const run = async (hours: number) => {
    for (const n of minutes(world, hours * 60)) {
      if (n % 30 === 0) world.provider.expose()
      await world.run({ startAt: epoch - 3 * hour, afterwards })
    }
  }
  await run(3 * 24)
  const failed = sweeps(world).filter(({ outcome }) => outcome !== 'done')
  const attempts = Map.groupBy(failed, ({ window_from: from, window_to: to }) => `${from} ${to}`)
  expect(attempts.size).toBeGreaterThan(1)
  for (const ofWindow of attempts.values()) {
    expect(ofWindow.length).toBeGreaterThanOrEqual(mostAttempts)
    expect(ofWindow.length).toBeLessThanOrEqual(mostAttempts + narrowings)
  }
  expect(attempts.size).toBeLessThanOrEqual(4)
  const late = world.provider.expose(2.5 * hour)
  await run(2)
  expect(world.arrived).toContain(late)
  const days = sweeps(world).filter(({ outcome, window_from: from, window_to: to }) => {
    return outcome === 'done' && timeOf(to) - timeOf(from) >= day
  })
  expect(days.map(({ window_to: end }) => end)).toContain('2026-01-18T00:00:00.000Z')
})

test.each([
  ['at all', () => true, 1],
  ['except for single rows', (from: number, to: number) => to > from, 2 * mostAttempts],
])(
  'hours in which the lake cannot be read %s leave few rows and give up no window; all is swept afterwards',
  async (_how, isDownFor, leastRows) => {
    const world = pollWorld({ order: 'newest-first', pageSize: 50 })
    let isDown = false
    const afterwards = sweepingWith((from, to) =>
      isDown && isDownFor(from, to) ? new StoreError('the lake is down') : undefined,
    )
    const run = async (hours: number) => {
      for (const n of minutes(world, hours * 60)) {
        if (n % 30 === 0) world.provider.expose()
        await world.run({ startAt: epoch - 3 * hour, afterwards })
      }
    }
    await run(4)
    const late = world.provider.expose(1.5 * hour)
    isDown = true
    await run(downHours)
    const failed = sweeps(world).filter(({ outcome }) => outcome !== 'done')
    expect(failed.length).toBeGreaterThanOrEqual(leastRows)
    // The sweep of hours and that of days stay where they stood.
    expect(new Set(failed.map(({ window_from: from, window_to: to }) => `${from} ${to}`)).size).toBeLessThanOrEqual(2)
    for (const ofHour of Map.groupBy(failed, ({ ended_at: at }) => at.slice(0, 13)).values()) {
      expect(ofHour.length).toBeLessThanOrEqual(2 * mostRowsAnHour)
    }
    isDown = false
    await run(6)
    expect(world.arrived).toContain(late)
    const done = sweeps(world).filter(({ outcome }) => outcome === 'done')
    const isSwept = (from: number) =>
      done.some((row) => timeOf(row.window_from) <= from && timeOf(row.window_to) >= from + hour)
    const hours = Array.from({ length: downHours + 6 }, (_, n) => epoch + n * hour)
    expect(hours.filter((from) => !isSwept(from))).toEqual([])
  },
)
