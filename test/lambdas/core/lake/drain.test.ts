import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Drained, drain } from '../../../../lambdas/core/lake/drain.ts'
import type { TakenMessage } from '../../../../lambdas/core/lake/retries.ts'
import type { Inbox } from '../../../../lambdas/core/ports.ts'
import { QueueInMemory } from '../../../support/queue-in-memory.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

/** Two queues and a writer, all on one clock that only sleeping moves. */
class World {
  now = 0
  readonly live = new QueueInMemory(() => this.now)
  readonly bulk = new QueueInMemory(() => this.now)
  readonly batches: string[][] = []
  readonly outcomes: Drained[] = []
  /** When each message was written, and when its writing failed. */
  readonly written = new Map<string, number>()
  readonly failures: { readonly body: string; readonly at: number }[] = []
  /** How many writes fail, by message. */
  readonly fails = new Map<string, number>()
  batchesInTime = Number.POSITIVE_INFINITY
  /** How long a receive takes, in milliseconds. */
  pause = 0

  async run(): Promise<void> {
    const begun = this.now
    await drain({
      queues: [
        { name: 'records', inbox: this.#slow(this.live.inbox) },
        { name: 'records-bulk', inbox: this.#slow(this.bulk.inbox) },
      ],
      write: async (messages) => this.#write(messages),
      onBatch: (outcome) => this.outcomes.push(outcome),
      hasTime: () => this.now - begun < 75_000 && this.batches.length < this.batchesInTime,
      sleep: async (milliseconds) => {
        this.now += milliseconds
      },
    })
  }

  #slow(inbox: Inbox): Inbox {
    return {
      ...inbox,
      receive: async (calls) => {
        vi.advanceTimersByTime(this.pause)
        return inbox.receive(calls)
      },
    }
  }

  #write(messages: readonly TakenMessage[]) {
    this.batches.push(messages.map(({ body }) => body))
    const failed = new Map<string, Error>()
    for (const { messageId, body } of messages) {
      const left = this.fails.get(body) ?? 0
      this.fails.set(body, left - 1)
      if (left > 0) failed.set(messageId, new Error('full disk'))
      if (left > 0) this.failures.push({ body, at: this.now })
      else this.written.set(body, this.now)
    }
    return { written: [], refused: [], failed }
  }
}

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`)

describe('emptying the queues', () => {
  test('makes one batch of all that waits in a queue, live events first', async () => {
    const world = new World()
    world.bulk.send(numbered('bulk', 7))
    world.live.send(numbered('live', 45))
    await world.run()
    expect(world.batches).toEqual([numbered('live', 45), numbered('bulk', 7)])
    expect([world.live.size, world.bulk.size]).toEqual([0, 0])
  })

  test('makes batches of about a thousand messages or six megabytes', async () => {
    const many = new World()
    many.live.send(numbered('live', 2_500))
    await many.run()
    expect(Math.max(...many.batches.map(({ length }) => length))).toBeLessThan(1_040)
    expect(many.batches.flat()).toHaveLength(2_500)

    const large = new World()
    large.live.send(Array.from({ length: 60 }, (_, index) => `${index}`.padEnd(250_000, 'x')))
    await large.run()
    expect(large.batches.length).toBeGreaterThan(1)
    expect(large.batches.flat()).toHaveLength(60)
  })

  test('goes on while calls bring fewer than ten, however long it takes', async () => {
    const world = new World()
    let turn = 0
    world.live.fill = () => 2 + (turn++ % 9)
    world.pause = 30
    world.live.send(numbered('live', 4_000))
    await world.run()
    expect(world.live.size).toBe(0)
    expect(world.batches.length).toBeLessThan(6)
  })

  test('asks in parallel while calls are full, and once for the last', async () => {
    const world = new World()
    world.live.send(numbered('live', 123))
    await world.run()
    expect(world.live.calls).toEqual([1, 2, 4, 4, 4, 2])
    expect(world.batches).toHaveLength(1)
  })

  test('makes small batches of messages whose rows are many, and takes them one call at a time', async () => {
    const world = new World()
    const bodies = numbered('"x', 150).map((text) => `{"v":1,"count":2000,"bytes":4000000,"pointer":${text}"}`)
    world.live.send(bodies)
    await world.run()
    expect(Math.max(...world.batches.map(({ length }) => length))).toBeLessThanOrEqual(40)
    expect(new Set(world.live.calls)).toEqual(new Set([1]))
    expect(world.batches.flat().sort()).toEqual(bodies.sort())
  })

  test('leaves the rest to the next run when messages come singly', async () => {
    const world = new World()
    world.live.fill = () => 1
    world.pause = 100
    world.live.send(numbered('live', 500))
    world.bulk.send(['bulk'])
    await world.run()
    expect(world.batches).toHaveLength(2)
    expect(world.batches[0]?.length).toBeLessThan(100)
    expect(world.batches[1]).toEqual(['bulk'])
    expect([world.live.hidden, world.bulk.size]).toEqual([0, 0])
  })

  test('without time for another batch, takes no more messages and loses none', async () => {
    const world = new World()
    world.batchesInTime = 1
    world.live.send(numbered('live', 3_000))
    world.bulk.send(numbered('bulk', 30))
    await world.run()
    expect(world.live.size + world.bulk.size).toBe(3_030 - world.batches.flat().length)
    expect(world.batches.flat().length).toBeLessThan(1_100)
    expect([world.live.hidden, world.bulk.hidden]).toEqual([0, 0])
  })

  test('a message that comes twice is written once', async () => {
    const world = new World()
    world.live.send(['one', 'two'])
    world.live.deliverTwice('one')
    await world.run()
    expect(world.batches).toEqual([['one', 'two']])
    expect(world.live.size).toBe(0)
  })

  test('a queue that cannot be read fails the run, after what was received and the other queue', async () => {
    const world = new World()
    world.live.send(numbered('live', 25))
    world.bulk.send(['bulk'])
    world.live.failAfter(1)
    await expect(world.run()).rejects.toThrow('no queue')
    expect(world.batches).toEqual([numbered('live', 10), ['bulk']])
    expect([world.live.size, world.live.hidden, world.bulk.size]).toEqual([15, 0, 0])
  })

  test('messages that cannot be removed are reported', async () => {
    const world = new World()
    world.live.send(numbered('live', 12))
    world.live.keepsAll = true
    await world.run()
    expect(world.outcomes).toMatchObject([{ notRemoved: 12 }])
  })
})

test('every message is written, comes again half a minute after its first failure while a run has time, and survives half an hour of them', async () => {
  const message = fc.record({ fails: fc.nat(7), bulk: fc.boolean(), sentAt: fc.nat(10) })
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 40 }), fc.infiniteStream(fc.nat(10)), async (messages, fills) => {
      const world = new World()
      for (const queue of [world.live, world.bulk]) queue.fill = () => fills.next().value ?? 1
      for (let minute = 0; minute <= 60; minute++) {
        world.now = Math.max(world.now, minute * 60_000)
        for (const [index, { fails, bulk, sentAt }] of messages.entries()) {
          if (sentAt !== minute) continue
          world.fails.set(String(index), fails)
          const queue = bulk ? world.bulk : world.live
          queue.send([String(index)])
        }
        await world.run()
      }
      expect([...world.written.keys()].sort()).toEqual(messages.map((_, index) => String(index)).sort())
      expect([world.live.size, world.bulk.size]).toEqual([0, 0])
      for (const [body, failures] of Map.groupBy(world.failures, (failure) => failure.body)) {
        const next = failures[1]?.at ?? world.written.get(body) ?? 0
        expect(next - (failures[0]?.at ?? 0)).toBeLessThanOrEqual(30_000)
        expect(world.live.receives(body) + world.bulk.receives(body)).toBeLessThanOrEqual(8)
      }
      const longest = world.failures.filter(({ body }) => messages[Number(body)]?.fails === 7)
      for (const [body, failures] of Map.groupBy(longest, (failure) => failure.body)) {
        expect((world.written.get(body) ?? 0) - (failures[0]?.at ?? 0)).toBeGreaterThan(30 * 60_000)
      }
    }),
  )
})
