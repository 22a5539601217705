import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CursorError, TransientError } from '../../../../lambdas/core/errors.ts'
import { sweeping } from '../../../support/poll-runs.ts'
import { Killer, type PollWorld, pollWorld, prefix, recover, stateKey } from '../../../support/poll-world.ts'
import type { Fault } from '../../../support/provider-model.ts'

const minute = 60_000

/** `POLL_SEEDS=20000 npx vitest run test/lambdas/core/poll/schedules.test.ts` tries more; `POLL_SEED` repeats one. */
const runs = Number(process.env.POLL_SEEDS ?? 1_000)
const seed = process.env.POLL_SEED === undefined ? undefined : Number(process.env.POLL_SEED)

const faults = {
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
const forMs = fc.constantFrom(60_000, 20_000, 13_000)

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('run'), skew, killAt, forMs }) },
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
      do: fc.constant('store'),
      how: fc.constantFrom('lose', 'corrupt', 'roll back', 'remember'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('unreadable'),
      // Below zero: a moment in the future.
      agoMs: fc.integer({ min: -2 * minute, max: 45 * minute }),
      forMs: fc.constantFrom(0, 1_000, minute, 10 * minute),
    }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

const schedule = fc.record({
  order: fc.constantFrom('newest-first', 'oldest-first'),
  pageSize: fc.integer({ min: 1, max: 8 }),
  // Never both: a second with more requests than a run has, under cursors that do not outlive it, has no end.
  limits: fc.constantFrom({ cursorMs: 1e9, requestsPerHour: 1_200 }, { cursorMs: 30_000, requestsPerHour: 1e6 }),
  fetchMs: fc.constantFrom(10, 2_000),
  // Without a look-back nothing hides a checkpoint that moved too far.
  lookBackSeconds: fc.constantFrom(0, 120, 1_800),
  steps: fc.array(step, { maxLength: 40, size: 'max' }),
})

async function play(world: PollWorld, steps: readonly Step[], lookBackMs: number): Promise<number> {
  let kills = 0
  let remembered: Uint8Array | undefined
  const store = (how: string) => {
    const current = world.objects.get(stateKey)
    if (how === 'remember') remembered = current
    else if (how === 'lose') world.objects.delete(stateKey)
    else if (how === 'corrupt' && current) world.objects.set(stateKey, current.subarray(0, current.length / 2))
    else if (how === 'roll back' && remembered) world.objects.set(stateKey, remembered)
  }
  for (const one of steps) {
    switch (one.do) {
      case 'run': {
        const killer = new Killer(one.killAt)
        await world.run({ killer, skewMs: one.skew, forMs: one.forMs, afterwards: sweeping })
        if (killer.killed) kills++
        break
      }
      case 'overlap':
        await overlap(world, one)
        break
      case 'expose':
        for (let n = 0; n < one.count; n++)
          world.provider.expose(Math.min(lookBackMs, one.late * lookBackMs + n * one.apartMs))
        break
      case 'pass':
        world.clock.time += one.ms
        break
      case 'fault':
        for (let n = 0; n < one.after; n++) world.provider.faults.push({ limits: {} })
        world.provider.faults.push(faults[one.name](world.clock.time))
        break
      case 'store':
        store(one.how)
        break
      case 'unreadable': {
        const from = world.clock.time - one.agoMs
        world.provider.unreadable = one.forMs > 0 ? { from, to: from + one.forMs } : undefined
        break
      }
    }
  }
  return kills
}

/** A second run starts in the middle of the first, its clock so far ahead that the lease of the first looks expired. */
async function overlap(world: PollWorld, { skew, killAt: at, ticks }: Extract<Step, { do: 'overlap' }>): Promise<void> {
  // Both within the tolerance of clocks.
  const skewMs = Math.min(skew, 3 * minute)
  const pauses = [...ticks]
  const idle = async (count: number) => {
    for (let n = 0; n < count; n++) await Promise.resolve()
  }
  const between = () => idle(pauses.shift() ?? 0)
  const first = world.run({ killer: new Killer(at), skewMs, between, afterwards: sweeping })
  await idle(60)
  await Promise.all([first, world.run({ skewMs: skewMs + 2 * minute })])
}

test('no schedule of faults, late rows, kills, overlaps and wrong clocks loses an event', { timeout: 0 }, async () => {
  let killed = 0
  let events = 0
  await fc.assert(
    fc.asyncProperty(schedule, async ({ steps, lookBackSeconds, limits: { cursorMs, requestsPerHour }, ...model }) => {
      // A second with more requests than a minute allows keeps the stream busy with nothing else.
      const isLarge = steps.some((one) => one.do === 'expose' && one.count > 25)
      const world = pollWorld({
        ...model,
        pageSize: isLarge ? model.pageSize + 3 : model.pageSize,
        cursorMs,
        facts: {
          requestsPerHour: isLarge ? Math.max(requestsPerHour, 6_000) : requestsPerHour,
          lookBackSeconds,
          lagSeconds: Math.min(120, lookBackSeconds),
        },
      })
      const kills = await play(world, steps, lookBackSeconds * 1_000)
      await recover(world)
      killed += kills
      events += world.provider.exposed.length
      expect(world.arrived).toEqual(world.provider.exposed)
      expect(world.rowIds.size).toBe(world.provider.exposed.length)
      expect(world.objects.has(`${prefix}born`)).toBe(true)
    }),
    { numRuns: runs, ...(seed !== undefined && { seed }) },
  )
  console.log(`${runs} schedules, ${events} events, ${killed} kills`)
})
