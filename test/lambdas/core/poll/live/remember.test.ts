import { afterEach, expect, test, vi } from 'vitest'
import { reasons } from '../../../../../lambdas/core/poll/live/remember.ts'
import { minutes } from '../../../../support/poll-runs.ts'
import { epoch, type PollWorld, pollWorld } from '../../../../support/poll-world.ts'
import type { Order } from '../../../../support/provider-model.ts'

/** What is published again when ids are forgotten too early. */

const minute = 60_000
const hour = 60 * minute

afterEach(() => void vi.restoreAllMocks())

async function run(world: PollWorld, count: number, startAt = epoch - hour): Promise<void> {
  for (const _ of minutes(world, count)) await world.run({ startAt })
}

interface Case {
  readonly reason: keyof typeof reasons
  readonly order: Order
  /** A course of a stream on which the reason matters. */
  readonly play: (world: PollWorld) => Promise<void>
  readonly fetchMs?: number
}

/** An event each minute, read at once. */
async function quietHours(world: PollWorld): Promise<void> {
  for (const _ of minutes(world, 60)) {
    world.provider.expose()
    await world.run()
  }
}

/** An outage of hours, whose window takes several runs and reaches back to events that were read before. */
async function outage(world: PollWorld): Promise<void> {
  for (const _ of minutes(world, 59)) {
    for (let n = 0; n < 3; n++) world.provider.expose(n * 20_000)
    await world.run({ forMs: 10 * minute })
  }
  world.clock.time += 2 * hour
  for (let n = 0; n < 300; n++) world.provider.expose(n * 20_000)
  await run(world, 90)
}

/** Seconds with several events each, within which a slow provider’s runs stop. */
async function ties(world: PollWorld): Promise<void> {
  world.provider.expose()
  for (let n = 0; n < 300; n++) world.provider.expose(35 * minute + Math.floor(n / 7) * 20_000)
  await run(world, 60)
}

test('a page whose last events lie apart publishes none of them again when the next run takes up the walk', async () => {
  const facts = { lookBackSeconds: 120 }
  const world = pollWorld({ order: 'newest-first', pageSize: 40, fetchMs: 20_000, facts })
  world.provider.expose()
  for (let n = 0; n < 300; n++) world.provider.expose(10 * minute + n * 40_000)
  await run(world, 30, epoch - 5 * hour)
  expect(world.arrived).toEqual(world.provider.exposed)
  expect(world.repeated).toBe(0)
})

const cases: readonly Case[] = [
  { reason: 'nextReread', order: 'newest-first', play: quietHours },
  { reason: 'nextReread', order: 'oldest-first', play: quietHours },
  { reason: 'readBefore', order: 'newest-first', play: outage, fetchMs: 5_000 },
  { reason: 'readBefore', order: 'oldest-first', play: outage, fetchMs: 5_000 },
  { reason: 'whereWalksStand', order: 'newest-first', play: ties, fetchMs: 5_000 },
]

test.each(cases)(
  '$order without $reason: events are published again',
  async ({ reason, order, play, fetchMs = 10 }) => {
    const world = () => pollWorld({ order, pageSize: 5, fetchMs })
    const whole = world()
    await play(whole)
    expect(whole.arrived).toEqual(whole.provider.exposed)
    expect(whole.repeated).toBe(0)

    vi.spyOn(reasons, reason).mockReturnValue([])
    const without = world()
    await play(without)
    expect(without.arrived).toEqual(without.provider.exposed)
    expect(without.repeated).toBeGreaterThan(0)
  },
)

test('every reason has a case', () => {
  expect(new Set(cases.map(({ reason }) => reason))).toEqual(new Set(Object.keys(reasons)))
})
