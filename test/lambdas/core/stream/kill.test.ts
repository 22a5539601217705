import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { Killer } from '../../../support/killer.ts'
import { batchEnd, epoch, eventLine, StreamWorld } from '../../../support/stream-world.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** Each event is a batch, and the eighth is kept. */
const largeCount = 9
const large = gzipSync(Array.from({ length: largeCount }, (_, n) => `${eventLine(`l${n}`)}\n${batchEnd}\n`).join(''), {
  level: 1,
})
const small = (id: string) => gzipSync(eventLine(id))

interface Scenario {
  prepare(): Promise<StreamWorld>
  /** The run to kill. */
  run(world: StreamWorld, killer: Killer): Promise<unknown>
  /** What happens afterwards without anybody's help. */
  recover(world: StreamWorld): Promise<unknown>
  readonly ids: readonly string[]
}

const idsOf = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}`)

/** Whether each object that counts as read has all of its rows. */
function expectMarksAfterRows(world: StreamWorld, where: string): void {
  for (const [key, body] of world.ops.objects) {
    if (!key.includes('/read/')) continue
    const { name }: { name: string } = JSON.parse(Buffer.from(body).toString())
    const ids = name === 'large.json.gz' ? idsOf('l', largeCount) : [name.replace('.json.gz', '')]
    expect(world.ids, where).toEqual(expect.arrayContaining(ids))
  }
}

const scenarios: Readonly<Record<string, Scenario>> = {
  'the message of a large object': {
    async prepare() {
      const world = new StreamWorld({ copilotUsage: 'leave-out', partBytes: 100_000 })
      world.put('large.json.gz', large)
      return world
    },
    run: (world, killer) => world.receive([world.message('large.json.gz')], { killer }),
    // SQS delivers the message again.
    recover: (world) => world.receive([world.message('large.json.gz')]),
    ids: idsOf('l', largeCount),
  },
  'a large object whose message does not come again': {
    async prepare() {
      const world = new StreamWorld({ copilotUsage: 'leave-out', partBytes: 100_000 })
      world.put('large.json.gz', large)
      world.publishMs = 10_000
      const outcome = await world.receive([world.message('large.json.gz')], { ms: 25_000 })
      expect(outcome?.failed.size).toBe(0)
      return world
    },
    run: (world, killer) => world.tick({ killer, ms: 50_000 }),
    recover: (world) => world.ticks(4, { ms: 50_000 }),
    ids: idsOf('l', largeCount),
  },
  'a batch of messages': {
    async prepare() {
      const world = new StreamWorld()
      for (const id of idsOf('m', 4)) world.put(`${id}.json.gz`, small(id))
      return world
    },
    run: (world, killer) =>
      world.receive(
        idsOf('m', 4).map((id) => world.message(`${id}.json.gz`)),
        { killer },
      ),
    recover: (world) => world.receive(idsOf('m', 4).map((id) => world.message(`${id}.json.gz`))),
    ids: idsOf('m', 4),
  },
  'a listing': {
    async prepare() {
      const world = new StreamWorld({ pageSize: 2 })
      for (const id of idsOf('n', 6)) world.put(`${id}.json.gz`, small(id), epoch - hour)
      return world
    },
    run: (world, killer) => world.tick({ killer }),
    recover: (world) => world.ticks(3),
    ids: idsOf('n', 6),
  },
  'a replay': {
    async prepare() {
      const world = new StreamWorld({ pageSize: 2 })
      for (const id of idsOf('n', 6)) world.put(`${id}.json.gz`, small(id), epoch - hour)
      await world.tick()
      world.events.clear()
      world.runs.length = 0
      // As if the marks of what is to be read again had been removed too.
      for (const key of world.ops.objects.keys()) if (key.includes('/read/')) world.ops.objects.delete(key)
      world.order({ from: epoch - day, to: epoch })
      return world
    },
    run: (world, killer) => world.tick({ killer }),
    recover: (world) => world.ticks(3),
    ids: idsOf('n', 6),
  },
}

test.each(Object.entries(scenarios))(
  'killed before and after each step of %s, it loses no event, and marks only what is durable',
  async (name, { prepare, run, recover, ids }) => {
    const counter = new Killer()
    const unharmed = await prepare()
    await run(unharmed, counter)
    await recover(unharmed)
    expect(unharmed.ids).toEqual([...ids].sort())
    expect(counter.steps).toBeGreaterThan(10)
    for (let at = 0; at < counter.steps; at++) {
      const world = await prepare()
      const killer = new Killer(at)
      await run(world, killer)
      expect(killer.killed).toBe(true)
      expectMarksAfterRows(world, `killed at step ${at}`)
      // The next minutes, in which the message comes again if there was one.
      world.clock.time += 2 * minute
      await recover(world)
      await world.tick()
      expect(world.ids, `killed at step ${at}`).toEqual([...ids].sort())
      expect(world.failures.size).toBe(0)
      expect(world.state.unfinished).toEqual([])
      expect(world.openJobs()).toEqual([])
      expectMarksAfterRows(world, `killed at step ${at}`)
      expect(world.marks).toBe(world.objects.size)
      if (name === 'a replay') {
        expect(world.job()).toMatchObject({ end: 'done', counts: { new: 6, requests: 6 } })
        expect(new Set(world.runs.map(({ kind, ended_at }) => `${kind} ${ended_at}`)).size).toBe(1)
      }
    }
    console.log(`${name}: ${counter.steps} kill points covered`)
  },
)
