import { describe, expect, test } from 'vitest'
import { runStreams } from '../../../../lambdas/core/poll/streams.ts'
import { Arrivals, backfill, minutes, orderBackfill, sweeping, working } from '../../../support/poll-runs.ts'
import { epoch, type PollWorld, pollWorld, type RunSettings } from '../../../support/poll-world.ts'
import type { WorldClock } from '../../../support/provider-model.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const runMs = 58_000

/** The clock of several worlds whose streams are run by one function, one after the other. */
class SharedClock implements WorldClock {
  readonly #worlds: readonly PollWorld[]

  constructor(worlds: readonly PollWorld[]) {
    this.#worlds = worlds
  }

  get time(): number {
    return Math.max(...this.#worlds.map(({ clock }) => clock.time))
  }

  set time(time: number) {
    for (const { clock } of this.#worlds) clock.time = time
  }
}

/** A stream of a function, whose time is that of all. */
function streamOf(world: PollWorld, clock: WorldClock, afterwards: NonNullable<RunSettings['afterwards']>) {
  let past: (deadline: number) => Promise<void> = async () => {}
  return {
    async live(deadline: number): Promise<void> {
      const now = clock.time
      clock.time = now
      const run = await world.liveRun({ startAt: epoch - hour, forMs: deadline - now, afterwards })
      past = (until) => run.past(until)
    },
    async past(deadline: number): Promise<void> {
      const now = clock.time
      clock.time = now
      await past(deadline)
    },
  }
}

test('a long job of one stream delays neither new events nor sweeps of another stream of its function', async () => {
  const busy = pollWorld({ order: 'newest-first', pageSize: 2, fetchMs: 3_000 })
  const other = pollWorld({ order: 'newest-first', pageSize: 5, fetchMs: 500 })
  const clock = new SharedClock([busy, other])
  for (let n = 0; n < 8_000; n++) busy.provider.expose(2 * day + n * 30_000)
  orderBackfill(busy, epoch - 5 * day, epoch - 2 * day)
  const streams = [streamOf(busy, clock, working), streamOf(other, clock, sweeping)]
  const arrivals = new Arrivals(other)
  for (const n of minutes({ clock }, 5 * 60)) {
    arrivals.show()
    if (n === 30) for (let k = 0; k < 299; k++) arrivals.show()
    await runStreams(streams, clock.time + runMs, () => clock.time)
    clock.time = Math.max(busy.clock.time, other.clock.time)
    arrivals.look()
  }
  expect(arrivals.worstMinutes).toBeLessThanOrEqual(2)
  expect(arrivals.missing).toEqual([])
  const sweeps = other.recorded.filter(({ kind, outcome }) => kind === 'sweep' && outcome === 'done')
  // One each full hour after the first.
  expect(sweeps).toHaveLength(4)
  // The job has the time that is left.
  expect(backfill(busy).counts.new + (backfill(busy).open?.counts.new ?? 0)).toBeGreaterThan(2_000)
})

describe('streams of one function', () => {
  /** Streams that note what they are called for, and use up the time that they get. */
  function noted(clock: WorldClock, names: readonly string[], usesAll: (name: string) => boolean) {
    const calls: { readonly what: string; readonly ms: number }[] = []
    const call = (what: string, name: string) => async (deadline: number) => {
      calls.push({ what: `${what} ${name}`, ms: deadline - clock.time })
      if (usesAll(name)) clock.time = Math.max(clock.time, deadline)
    }
    const streams = names.map((name) => ({ live: call('live', name), past: call('past', name) }))
    return { calls, streams }
  }

  test('all live runs come before all other work, and each stream is first in its turn', async () => {
    const clock = { time: epoch }
    const names = ['a', 'b', 'c']
    const firsts = new Set<string>()
    for (let n = 0; n < 3; n++) {
      clock.time = epoch + n * minute
      const { calls, streams } = noted(clock, names, () => false)
      await runStreams(streams, clock.time + runMs, () => clock.time)
      const lives = calls.map(({ what }) => what.split(' ')[0])
      expect(lives).toEqual(['live', 'live', 'live', 'past', 'past', 'past'])
      expect(new Set(calls.map(({ what }) => what)).size).toBe(6)
      firsts.add(calls[0]?.what ?? '')
    }
    expect(firsts.size).toBe(3)
  })

  test('a stream that uses up its time leaves a fair share to the others', async () => {
    const clock = { time: epoch }
    const { calls, streams } = noted(clock, ['a', 'b'], () => true)
    await runStreams(streams, epoch + runMs, () => clock.time)
    const lives = calls.filter(({ what }) => what.startsWith('live'))
    expect(lives).toHaveLength(2)
    for (const { ms } of lives) expect(ms).toBeGreaterThanOrEqual(runMs / 4)
    expect(clock.time).toBeLessThanOrEqual(epoch + runMs)
  })

  test('a stream whose run fails does not keep the others from theirs', async () => {
    const clock = { time: epoch }
    const { calls, streams } = noted(clock, ['a', 'b'], () => false)
    const failing = {
      live: () => Promise.reject(new Error('a fault')),
      past: () => Promise.reject(new Error('a fault')),
    }
    for (let n = 0; n < 3; n++) {
      clock.time = epoch + n * minute
      await runStreams([failing, ...streams], clock.time + runMs, () => clock.time).catch(() => undefined)
    }
    expect(calls.filter(({ what }) => what.startsWith('live'))).toHaveLength(6)
  })
})
