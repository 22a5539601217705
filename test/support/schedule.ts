import fc from 'fast-check'
import { CursorError, TransientError } from '../../lambdas/core/errors.ts'
import type { Fault } from './provider-model.ts'
import { troubles } from './troubles.ts'

/** Random schedules: what a provider, our own stores and the runs of a stream do, one step after another. */

export const minute = 60_000
export const hour = 60 * minute

/** The most that an event may be late and still be brought by an hour's second sweep, whose clock may run ahead. */
const latestForSweeps = 2 * hour - 5 * minute

/** Faults of a single answer. */
export const faults = {
  down: () => ({ error: new TransientError('down') }),
  'wait a little': (now) => ({ error: new TransientError('slow down', { retryAt: now + 90_000 }) }),
  'lost cursor': () => ({ error: new CursorError('gone') }),
  'empty page': () => ({ emptyPage: true }),
  'stale cursor': () => ({ staleCursor: true }),
  'last request': (now) => ({ limits: { remaining: 0, resetAt: now + 2 * minute } }),
} as const satisfies Readonly<Record<string, (now: number) => Fault>>

type FaultName = keyof typeof faults
const faultNames = Object.keys(faults).filter((name): name is FaultName => name in faults)

const skew = fc.constantFrom(0, 0, 5 * minute, -5 * minute)
const killAt = fc.option(fc.nat(40), { nil: undefined, freq: 3 })
const lasting = {
  forMs: fc.constantFrom(2 * minute, 10 * minute, 40 * minute, 90 * minute),
  every: fc.constantFrom(1, 1, 2, 5),
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('run'), skew, killAt, forMs: fc.constantFrom(60_000, 20_000, 13_000) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('overlap'), skew, killAt, ticks: fc.array(fc.nat(8), { maxLength: 20 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('expose'),
      count: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 25 }) }, fc.constantFrom(80, 150)),
      apartMs: fc.constantFrom(0, 7, 400, 20_000),
      late: fc.constantFrom(0, 0, 0.05, 0.5, 1),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('expose late'),
      count: fc.integer({ min: 1, max: 5 }),
      age: fc.integer({ min: 0, max: latestForSweeps }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('move'), rows: fc.array(fc.nat(500), { maxLength: 5 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('pass'),
      ms: fc.constantFrom(1_000, minute, minute, 11 * minute, 45 * minute),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('fault'), name: fc.constantFrom(...faultNames), after: fc.nat(3) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('lose'),
      how: fc.constantFrom('lose', 'corrupt', 'roll back', 'remember'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('trouble'), kind: fc.constantFrom(...troubles.provider), ...lasting }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('stores'), kind: fc.constantFrom(...troubles.stores), ...lasting }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('place'),
      kind: fc.constantFrom(...troubles.place),
      // Below zero: a moment in the future.
      agoMs: fc.integer({ min: -2 * minute, max: 45 * minute }),
      lengthMs: fc.constantFrom(1_000, minute, 10 * minute),
      ...lasting,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('settings'), what: fc.constantFrom('scope', 'startAt') }) },
)
export type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

/** Steps that some schedules go without, so that what holds without them is seen as well. */
export const burdens = [
  'kill',
  'overlap',
  'expose late',
  'fault',
  'lose',
  'trouble',
  'stores',
  'place',
  'settings',
] as const
export type Burden = (typeof burdens)[number]

const minuteLimit = { limitPeriodSeconds: 60, fetchMs: 10, cursorMs: 1e9, share: 0.05 }

export const schedule = fc.record({
  feed: fc.constantFrom(
    { order: 'newest-first' },
    { order: 'oldest-first' },
    { order: 'newest-first' },
    { order: 'oldest-first' },
    { order: 'newest-first', cursorsLast: true },
    { order: 'newest-first', changesWithinDay: true },
  ),
  pageSize: fc.integer({ min: 1, max: 8 }),
  // Never both: a second with more requests than a run has, under cursors that do not outlive it, has no end.
  limits: fc.constantFrom(
    { fetchMs: 10, cursorMs: 1e9, requestsPerHour: 1_200, limitPeriodSeconds: 3_600, share: 1 },
    { fetchMs: 2_000, cursorMs: 1e9, requestsPerHour: 1_200, limitPeriodSeconds: 3_600, share: 1 },
    { fetchMs: 10, cursorMs: 30_000, requestsPerHour: 1e6, limitPeriodSeconds: 3_600, share: 1 },
    { fetchMs: 10, cursorMs: 30_000, requestsPerHour: 1e6, limitPeriodSeconds: 3_600, share: 1 },
    { fetchMs: 2_000, cursorMs: 30_000, requestsPerHour: 1e6, limitPeriodSeconds: 3_600, share: 1 },
    { ...minuteLimit, requestsPerHour: 1_200 },
    { ...minuteLimit, requestsPerHour: 3_000 },
  ),
  // Without a look-back nothing hides a checkpoint that moved too far.
  lookBackSeconds: fc.constantFrom(0, 120, 1_800),
  lakeLagMs: fc.constantFrom(
    undefined,
    undefined,
    { live: 2 * minute, bulk: 90 * minute },
    { live: 30 * minute, bulk: 0 },
  ),
  burdens: fc.subarray([...burdens]),
  steps: fc.array(step, { maxLength: 40, size: 'max' }),
})
export type Schedule = typeof schedule extends fc.Arbitrary<infer Value> ? Value : never
