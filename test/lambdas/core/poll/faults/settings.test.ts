import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../../../../lambdas/core/errors.ts'
import { detailOf } from '../../../../../lambdas/core/poll/outcome.ts'
import type { RunResult } from '../../../../../lambdas/core/poll/run-types.ts'
import { minutes } from '../../../../support/poll-runs.ts'
import { epoch, pollWorld, type RunSettings, stateKey } from '../../../../support/poll-world.ts'
import type { Order } from '../../../../support/provider-model.ts'

/** A source whose settings change under its state. */

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const week = 7 * day

describe.each<Order>(['newest-first', 'oldest-first'])('%s', (order) => {
  /** A stream polled for an hour, with or without a name of its log in the state. */
  async function polled(options: RunSettings['options']) {
    const world = pollWorld({ order, pageSize: 50 })
    for (let n = 0; n < 20; n++) world.provider.expose(n * minute)
    for (const _ of minutes(world, 60)) await world.run({ startAt: epoch - week, ...(options && { options }) })
    return world
  }

  /** Polls the log of another organization, with a week of events, on the given state. */
  async function another(objects: ReadonlyMap<string, Uint8Array>, settings: RunSettings) {
    const world = pollWorld({ order, pageSize: 50 })
    for (const [key, body] of objects) world.objects.set(key, body)
    world.clock.time = epoch + hour
    for (let n = 0; n < 7 * 24; n++) world.provider.expose(minute + n * hour)
    const results: RunResult[] = []
    for (const _ of minutes(world, 60)) results.push(await world.run(settings))
    return { world, restored: results.flatMap((result) => result.restored ?? []) }
  }

  test.each([
    ['startAt', epoch - week],
    ['a week ago', 'unset'],
  ] as const)('the log of another organization is read from %s on, and reported once', async (_which, startAt) => {
    const { objects } = await polled({ scope: 'one' })
    const { world, restored } = await another(objects, { startAt, options: { scope: 'another' } })
    expect(restored).toEqual(['other'])
    expect(world.provider.exposed).toHaveLength(168)
    expect(world.arrived).toEqual(world.provider.exposed)
    expect(world.repeated).toBe(0)
  })

  test.each([
    { title: 'a first reading that takes hours', model: { pageSize: 1, fetchMs: 10_000 }, runs: 5 },
    { title: 'a place that fails', model: { pageSize: 50 }, unreadable: { from: 12 * day, to: 15 * day }, runs: 20 },
  ])('an option that changes over the backlog of $title loses none of it', async ({ model, unreadable, runs }) => {
    const world = pollWorld({ order, ...model })
    world.provider.unreadable = unreadable && { from: epoch - unreadable.to, to: epoch - unreadable.from }
    for (let n = 0; n < 60; n++) world.provider.expose(minute + n * 8 * hour)
    for (const _ of minutes(world, runs)) await world.run({ startAt: epoch - 3 * week, options: { scope: 'one' } })
    expect(world.state().backlogs).toHaveLength(1)
    expect(world.state().low).toBeGreaterThan(epoch - hour)
    world.provider.unreadable = undefined
    for (const _ of minutes(world, 60)) {
      await world.run({ startAt: 'unset', options: { scope: 'one at another address' } })
    }
    expect(world.arrived).toEqual(world.provider.exposed)
  })

  test('an option that changes before an overdue look-back loses none of its late events', async () => {
    const world = await polled({ scope: 'one' })
    const { lookBack, ...state } = world.state()
    const overdue = { ...state, lookBack: { ...lookBack, low: lookBack.low - 3 * hour } }
    world.objects.set(stateKey, Buffer.from(JSON.stringify(overdue)))
    const late = world.provider.expose(3 * hour)
    for (const _ of minutes(world, 5)) await world.run({ startAt: epoch + hour, options: { scope: 'another' } })
    expect(world.arrived).toContain(late)
  })

  test('a state that does not yet say whose log it is belongs to the log that is polled', async () => {
    const world = await polled({})
    const named = { startAt: epoch - week, options: { scope: 'one' } }
    const before = world.published.length
    for (const _ of minutes(world, 20)) expect(await world.run(named)).not.toHaveProperty('restored')
    expect(world.published).toHaveLength(before)
    const { restored } = await another(world.objects, { ...named, options: { scope: 'another' } })
    expect(restored).toEqual(['other'])
  })

  test('a stream that is not told whose log it reads takes the state as its own', async () => {
    const { objects } = await polled({ scope: 'one' })
    const { restored } = await another(objects, { startAt: epoch - week })
    expect(restored).toEqual([])
  })

  test.each([
    ['that time has come', 0],
    ['it is corrected', 8 * day],
  ])('a startAt in the future is an error of the settings until %s', async (_when, beyond) => {
    const world = pollWorld({ order, pageSize: 5 })
    const startAt = epoch + 2 * hour + beyond
    const results: RunResult[] = []
    for (const _ of minutes(world, 90)) {
      world.provider.expose()
      results.push(await world.run({ startAt }))
    }
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['configuration']))
    expect(results.filter(({ restored }) => restored !== undefined)).toEqual([])
    for (const { error } of results) {
      expect(error).toBeInstanceOf(ConfigError)
      expect(detailOf(error)).toContain('startAt')
    }
    expect(world.provider.requests).toBe(0)
    // Beyond the longest wait after an error of the settings.
    world.clock.time = epoch + 3 * hour
    const later: string[] = []
    for (const _ of minutes(world, 20)) {
      later.push(world.provider.expose())
      const { restored } = await world.run({ startAt: beyond === 0 ? startAt : epoch })
      expect(restored).toBeUndefined()
    }
    const due = beyond === 0 ? later : world.provider.exposed
    expect(due.filter((id) => !world.arrived.includes(id))).toEqual([])
  })
})
