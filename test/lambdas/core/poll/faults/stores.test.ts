import { afterEach, describe, expect, test, vi } from 'vitest'
import { TransientError } from '../../../../../lambdas/core/errors.ts'
import { Seen } from '../../../../../lambdas/core/poll/live/seen.ts'
import { sweep } from '../../../../../lambdas/core/poll/past/sweep.ts'
import type { RunResult } from '../../../../../lambdas/core/poll/run-types.ts'
import type { Batch } from '../../../../../lambdas/core/publish/message.ts'
import { memoryStore } from '../../../../support/memory-stores.ts'
import { minutes } from '../../../../support/poll-runs.ts'
import { type ClosedPorts, epoch, type PollWorld, pollWorld } from '../../../../support/poll-world.ts'
import type { Order } from '../../../../support/provider-model.ts'

/** Stores of ours that fail after the fact, are slow, or too small. */

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const orders: readonly Order[] = ['newest-first', 'oldest-first']

const cases = orders.flatMap((order) => [0, 1, 2, 3, 4, 5, 8].map((put) => ({ order, put })))
test.each(cases)(
  '$order: an error after put $put took effect loses nothing and looks like no lost state',
  async ({ order, put }) => {
    const pageSize = 5
    const world = pollWorld({ order, pageSize, fetchMs: 300 })
    for (let n = 0; n < 30; n++) world.provider.expose(n * 1_000)
    const { store } = memoryStore(world.objects)
    let puts = 0
    const putIf: typeof store.putIf = async (...request) => {
      const etag = await store.putIf(...request)
      if (puts++ === put) throw new TransientError('no answer in time')
      return etag
    }
    const results: RunResult[] = []
    for (const _ of minutes(world, 12)) results.push(await world.run({ options: { store: { ...store, putIf } } }))
    expect(puts).toBeGreaterThan(put)
    expect(results.flatMap(({ restored }) => restored ?? [])).toEqual([])
    expect(world.arrived).toEqual(world.provider.exposed)
    expect(world.repeated).toBeLessThanOrEqual(pageSize)
    expect(results.at(-1)?.outcome).toBe('done')
  },
)

/** A writer that takes its time between the queues and the lake. */
class SlowWriter {
  delayMs: number
  /** The id that gets lost on its way, the first time. */
  loses: string | undefined
  readonly #world: PollWorld
  #underWay: { readonly dueAt: number; readonly id: string; readonly key: string; readonly time: number }[] = []

  constructor(world: PollWorld, delayMs: number) {
    this.#world = world
    this.delayMs = delayMs
  }

  /** A queue to it. @param note called with each row's own id */
  publisher(note: (id: unknown) => void = () => {}) {
    return {
      publish: async (batches: readonly Batch[]) => {
        for (const { p_row_id: id, p_event_time: time, id: key } of batches.flatMap(({ rows }) => rows)) {
          if (key === undefined) continue
          note(key)
          const dueAt = this.#world.clock.time + this.delayMs
          this.#underWay.push({ dueAt, id: String(id), key: String(key), time: Date.parse(String(time)) })
        }
      },
    }
  }

  write(): void {
    const isDue = ({ dueAt }: { readonly dueAt: number }) => dueAt <= this.#world.clock.time || this.delayMs === 0
    for (const { id, key, time } of this.#underWay.filter(isDue)) {
      if (key === this.loses) this.loses = undefined
      else this.#world.lake.set(id, time)
    }
    this.#underWay = this.#underWay.filter((row) => !isDue(row))
  }
}

test.each([1, 5, 30, 120])(
  'a sweep publishes nothing that is on its way to a writer %i minutes behind',
  async (behind) => {
    const world = pollWorld({ order: 'newest-first', pageSize: 10, fetchMs: 500 })
    for (let n = 0; n < 2_000; n++) world.provider.expose(n * 5 * minute)
    const writer = new SlowWriter(world, behind * minute)
    const lost = world.provider.expose(30.5 * hour)
    writer.loses = lost
    const live = writer.publisher()
    const again: unknown[] = []
    const afterwards = async (ports: ClosedPorts, spare: Parameters<typeof sweep>[1]) => {
      const publisher = writer.publisher((id) => again.push(id))
      await sweep({ ...ports, publisher }, spare).catch(() => undefined)
    }
    const run = async (count: number) => {
      for (const n of minutes(world, count)) {
        writer.write()
        if (n % 5 === 0) world.provider.expose()
        await world.run({
          startAt: epoch - 7 * day,
          forMs: 58_000,
          afterwards,
          options: { publisher: live, bulkPublisher: live },
        })
      }
    }
    await run(5 * 60)
    writer.delayMs = 0
    await run(4 * 60)
    // One that never got to the lake is not mistaken for one on its way.
    expect(again).toEqual([lost])
    const swept = world.recorded.filter(({ kind, outcome }) => kind === 'sweep' && outcome === 'done')
    const ends = swept.map(({ window_to: end }) => Date.parse(end ?? ''))
    expect(Math.max(...ends)).toBeGreaterThanOrEqual(world.clock.time - 2 * hour)
    const days = swept.filter(
      ({ window_from: from, window_to: to }) => Date.parse(to ?? '') - Date.parse(from ?? '') >= day,
    )
    expect(days.length).toBeGreaterThan(0)
  },
)

test.each(orders)(
  '%s: sweeps publish nothing that a recovered backlog has just put on a slow bulk queue, and go on once it has arrived',
  async (order) => {
    const world = pollWorld({ order, pageSize: 10, fetchMs: 300 })
    const bulk = new SlowWriter(world, 100 * minute)
    const live = new SlowWriter(world, 0)
    let inBulk = 0
    const again: unknown[] = []
    const afterwards = async (ports: ClosedPorts, spare: Parameters<typeof sweep>[1]) => {
      const publisher = bulk.publisher((id) => again.push(id))
      await sweep({ ...ports, publisher }, spare).catch(() => undefined)
    }
    const options = { publisher: live.publisher(), bulkPublisher: bulk.publisher(() => inBulk++) }
    const run = async (count: number) => {
      for (const n of minutes(world, count)) {
        bulk.write()
        live.write()
        if (n % 5 === 0) world.provider.expose()
        await world.run({ startAt: epoch - 2 * hour, forMs: 58_000, afterwards, options })
        live.write()
      }
    }
    await run(70)
    for (let k = 0; k < 500; k++) world.provider.expose(k * 1_000)
    const from = world.clock.time - 4 * minute
    world.provider.unreadable = { from, to: from + 1_000 }
    await run(62)
    world.provider.unreadable = undefined
    await run(3 * 60)
    expect(inBulk).toBeGreaterThan(200)
    expect(again).toEqual([])
    const end = new Date(epoch + 4 * hour).toISOString()
    expect(world.recorded).toContainEqual(expect.objectContaining({ kind: 'sweep', outcome: 'done', window_to: end }))
  },
)

describe('more ids than a state can hold', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  const mostIds = 1_000
  const { keepOnly } = Seen.prototype

  test.each([
    [10, false],
    [20, false],
    [30, true],
    [60, true],
    [120, true],
  ])(
    '%i events a minute are published once, and the reading that waits is reported: %s',
    async (perMinute, isTooMany) => {
      vi.spyOn(Seen.prototype, 'keepOnly').mockImplementation(function (this: Seen, spans, limit = mostIds) {
        return keepOnly.call(this, spans, limit)
      })
      const world = pollWorld({ order: 'newest-first', pageSize: 100 })
      let isReported = false
      for (const _ of minutes(world, 180)) {
        for (let k = 0; k < perMinute; k++) world.provider.expose((k * minute) / perMinute)
        const { stretched } = await world.run({ startAt: epoch - minute })
        isReported ||= stretched
      }
      expect(world.arrived).toEqual(world.provider.exposed)
      expect(world.published.length / world.provider.exposed.length).toBeLessThanOrEqual(1.1)
      expect(isReported).toBe(isTooMany)
    },
  )
})
