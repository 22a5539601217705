import { describe, expect, test } from 'vitest'
import { TransientError } from '../../../../../lambdas/core/errors.ts'
import { dueSweep } from '../../../../../lambdas/core/poll/past/sweep.ts'
import type { Spare } from '../../../../../lambdas/core/poll/spare.ts'
import { sweeping } from '../../../../support/poll-runs.ts'
import { type ClosedPorts, epoch, Killer, type PollWorld, pollWorld, prefix } from '../../../../support/poll-world.ts'
import type { Order } from '../../../../support/provider-model.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const at = (text: string): number => Date.parse(`2026-01-${text}Z`)

describe('due spans', () => {
  const iso = (time: number) => new Date(time).toISOString().slice(8, 16)
  const due = (now: string, until: { readonly days?: number; readonly hours?: number }, startAt = 0) => {
    const all = (['days', 'hours'] as const).flatMap((kind) => {
      const found = dueSweep(kind, until[kind], startAt, at(now))
      return found ? [`${kind} ${iso(found.from)} to ${iso(found.to)}`] : []
    })
    return all[0]
  }

  const daysDone = { days: at('15T00:00:00') }
  test.each([
    ['the hours -3 to -1, from a full hour on', '15T12:07:00', daysDone, 0, 'hours 15T09:00 to 15T11:00'],
    ['once each hour', '15T12:59:59', { ...daysDone, hours: at('15T11:00:00') }, 0, undefined],
    ['the next hour again', '15T13:00:00', { ...daysDone, hours: at('15T11:00:00') }, 0, 'hours 15T10:00 to 15T12:00'],
    [
      'hours that were missed',
      '15T13:00:00',
      { ...daysDone, hours: at('15T05:00:00') },
      0,
      'hours 15T04:00 to 15T12:00',
    ],
    [
      'a day of them at most',
      '15T13:00:00',
      { ...daysDone, hours: at('02T05:00:00') },
      0,
      'hours 14T12:00 to 15T12:00',
    ],
    ['first the two days before', '15T12:07:00', {}, 0, 'days 13T00:00 to 15T00:00'],
    ['each of them again', '16T02:00:00', daysDone, 0, 'days 14T00:00 to 16T00:00'],
    ['days that were missed', '20T02:00:00', daysDone, 0, 'days 14T00:00 to 20T00:00'],
    ['a week of them at most', '30T02:00:00', daysDone, 0, 'days 23T00:00 to 30T00:00'],
    [
      'not before two in the morning',
      '15T01:59:00',
      { hours: at('15T00:00:00'), days: at('14T00:00:00') },
      0,
      undefined,
    ],
    ['nothing from before the stream', '15T12:07:00', {}, at('15T10:30:00'), 'hours 15T10:30 to 15T11:00'],
    ['nothing when all is from before', '15T12:07:00', {}, at('15T11:30:00'), undefined],
    [
      'nothing by a clock that went back',
      '15T10:00:00',
      { hours: at('15T11:00:00'), days: at('15T00:00:00') },
      0,
      undefined,
    ],
  ])('%s', (_what, now, state, startAt, expected) => {
    expect(due(now, state, startAt)).toBe(expected)
  })
})

/** Polls each minute. */
async function live(world: PollWorld, minutes: number, killer?: Killer): Promise<void> {
  for (let n = 0; n < minutes; n++) {
    await world.run({ startAt: epoch - 2 * day, afterwards: sweeping, ...(killer && { killer }) })
    world.clock.time += minute
  }
}

const sweeps = ({ recorded }: PollWorld) => recorded.filter(({ kind }) => kind === 'sweep')

describe.each<Order>(['newest-first', 'oldest-first'])('%s', (order) => {
  test('a sweep brings and reports rows later than any look-back, and repeats none', async () => {
    const world = pollWorld({ order, pageSize: 5 })
    for (let n = 0; n < 40; n++) world.provider.expose(n * 20 * minute)
    await live(world, 20)
    expect(sweeps(world).map((row) => row.new)).toEqual([0, 0])
    const before = world.published.length
    world.provider.expose(2 * hour)
    world.provider.expose(10 * hour)
    await live(world, 70)
    expect(world.published.length).toBe(before + 1)
    expect(sweeps(world).at(-1)).toMatchObject({
      new: 1,
      outcome: 'done',
      checkpoint_after: null,
      log_type: 'Model.Events',
    })
    // The other one waits for the sweep of its day, until two in the morning.
    await live(world, 14 * 60)
    expect(world.arrived).toEqual(world.provider.exposed)
    expect(world.repeated).toBe(0)
  })

  test('rows lost from the lake are published again', async () => {
    const world = pollWorld({ order, pageSize: 5 })
    for (let n = 0; n < 12; n++) world.provider.expose(n * 10 * minute)
    await live(world, 10)
    const lost = [...world.lake].filter(([, time]) => time < epoch - hour).map(([id]) => id)
    expect(lost.length).toBeGreaterThan(3)
    for (const id of lost) world.lake.delete(id)
    await live(world, 60)
    expect(lost.filter((id) => !world.lake.has(id))).toEqual([])
  })

  test('a stream that is behind, or whose rows may still be on their way, is not swept', async () => {
    const world = pollWorld({ order, pageSize: 1, fetchMs: 15_000 })
    for (let n = 0; n < 30; n++) world.provider.expose(n * 30 * minute)
    const settled: number[] = []
    const note = async ({ rowIds }: ClosedPorts, spare: Spare) => {
      settled.push(spare.settledUntil)
      await spare.settle((from, to) => rowIds(from, to, () => true))
    }
    for (let n = 0; n < 4; n++) {
      await world.run({ startAt: epoch - 2 * day, afterwards: note })
      world.clock.time += minute
    }
    expect(world.published.length).toBeLessThan(world.provider.exposed.length)
    expect(settled).toEqual([])
    const from = world.clock.time
    await world.run({ afterwards: note, forMs: 3 * hour })
    expect(world.arrived).toEqual(world.provider.exposed)
    for (let n = 0; n < 10; n++) {
      await world.run({ afterwards: note })
      world.clock.time += minute
    }
    // A sweep compares only rows that were read more than some minutes ago.
    expect(settled.slice(0, 3)).toEqual(Array(3).fill(epoch - 2 * day))
    expect(settled.at(-1)).toBeGreaterThan(from)
    expect(settled.at(-1)).toBeLessThan(world.clock.time - 4 * minute)
  })

  test('takes at most a quarter of the budget, and continues where it stopped', async () => {
    const world = pollWorld({ order, pageSize: 2, facts: { requestsPerHour: 480 } })
    for (let n = 0; n < 300; n++) world.provider.expose(hour + n * 10_000)
    await live(world, 100)
    world.lake.clear()
    let asked = 0
    const counting = (ports: ClosedPorts, spare: Spare) => {
      const fetchPage: Spare['fetchPage'] = (request) => {
        asked++
        return spare.fetchPage(request)
      }
      return sweeping(ports, { ...spare, fetchPage })
    }
    for (let n = 0; n < 60; n++) {
      await world.run({ afterwards: counting })
      world.clock.time += minute
    }
    expect(asked).toBeGreaterThan(40)
    expect(asked).toBeLessThan((480 + 48) * 0.25)
    // The day's sweep covers rows out of reach of the hours.
    await live(world, 16 * 60)
    expect(world.lake.size).toBe(300)
  })

  test('killed before and after each step, it loses no event and changes no id', async () => {
    const scenario = async (killer: Killer) => {
      const world = pollWorld({ order, pageSize: 3 })
      for (let n = 0; n < 9; n++) world.provider.expose(n * 20 * minute)
      await live(world, 8)
      for (let n = 0; n < 7; n++) world.provider.expose(100 * minute + n * 100)
      world.clock.time = epoch + 61 * minute
      await live(world, 6)
      await live(world, 1, killer)
      const planned = killer.steps
      world.clock.time += 2 * minute
      await live(world, 8)
      return { world, planned }
    }
    const { world: unharmed, planned } = await scenario(new Killer())
    expect(unharmed.repeated).toBe(0)
    expect(planned).toBeGreaterThan(5)
    for (let step = 0; step < planned; step++) {
      const { world } = await scenario(new Killer(step))
      expect(world.arrived, `killed at step ${step}`).toEqual(world.provider.exposed)
      expect(world.rowIds.size).toBe(world.provider.exposed.length)
    }
    console.log(`${order}: ${planned} kill points of a run that sweeps`)
  })
})

test("a provider's refusal of a sweep makes live runs wait too", async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 5 })
  await live(world, 4)
  world.provider.faults.push(
    { limits: {} },
    { error: new TransientError('slow down', { retryAt: world.clock.time + 9 * minute }) },
  )
  await world.run({ afterwards: sweeping })
  expect(world.state().backoff.notBefore).toBeGreaterThan(world.clock.time + 8 * minute)
  expect(sweeps(world)).toMatchObject([{ outcome: 'transient', detail: 'slow down', requests: 1 }])
  world.clock.time += 2 * minute
  expect((await world.run()).outcome).toBe('waiting')
})

test('an unreadable state of the sweeps costs one sweep that finds nothing', async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 5 })
  for (let n = 0; n < 12; n++) world.provider.expose(n * 20 * minute)
  await live(world, 10)
  world.objects.set(`${prefix}sweep.json`, Buffer.from('{"hours":'))
  await live(world, 2)
  expect(sweeps(world).map((row) => row.new)).toEqual([0, 0, 0, 0])
})
