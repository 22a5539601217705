import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { AuthError } from '../../../../lambdas/core/errors.ts'
import { readSession } from '../../../../lambdas/core/stream/read-session.ts'
import { batchEnd, eventLine, StreamWorld } from '../../../support/stream-world.ts'

const day = 86_400_000
const minute = 60_000

const small = (...ids: (string | number)[]) => gzipSync(ids.map((id) => eventLine(id)).join('\n'))

/** An object of which each event is a batch. */
const large = (prefix: string, count: number) =>
  gzipSync(Array.from({ length: count }, (_, n) => `${eventLine(prefix + n)}\n${batchEnd}\n`).join(''), { level: 1 })

const idsOf = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}`)

async function session(world: StreamWorld, ms = 10 * minute) {
  const ports = world.ports()
  return readSession(ports, await ports.state.read(), world.clock.time + ms)
}

const failuresOf = (world: StreamWorld) => [...world.failures.values()]

describe('an object that was read', () => {
  test('is known afterwards, and read once more on request', async () => {
    const world = new StreamWorld()
    world.put('a.json.gz', small(1, 2))
    const first = await session(world)
    expect(await first.read({ name: 'a.json.gz' })).toEqual({
      end: 'done',
      counts: { events: 2, failed: 0, leftOut: 0 },
    })
    const second = await session(world)
    expect(await second.read({ name: 'a.json.gz' })).toMatchObject({ end: 'known', counts: { events: 0 } })
    expect(world.published).toBe(2)
    expect(await second.read({ name: 'a.json.gz' }, true)).toMatchObject({ end: 'done', counts: { events: 2 } })
    expect([world.published, world.events.size]).toEqual([4, 2])
  })

  test('is read again once its content differs', async () => {
    const world = new StreamWorld()
    world.put('a.json.gz', small(1))
    await (await session(world)).read({ name: 'a.json.gz' })
    world.put('a.json.gz', small(1, 2))
    expect(await (await session(world)).read({ name: 'a.json.gz' })).toMatchObject({ end: 'done' })
    expect(world.ids).toEqual(['1', '2'])
  })

  test('is a mark only once its rows are durable', async () => {
    const world = new StreamWorld()
    world.put('a.json.gz', small(1))
    world.breaks = (call) => call === 'publish'
    await expect((await session(world)).read({ name: 'a.json.gz' })).rejects.toThrow('broken: publish')
    expect(world.marks).toBe(0)
    world.breaks = () => false
    await (await session(world)).read({ name: 'a.json.gz' })
    expect(world.marks).toBe(1)
  })
})

test('excluded and ignored objects are counted and never opened', async () => {
  const world = new StreamWorld()
  world.breaks = () => true
  const one = await session(world)
  expect((await one.read({ name: '_check' })).end).toBe('excluded')
  expect((await one.read({ name: '2026/_check-1.json.log.gz' })).end).toBe('excluded')
  expect((await one.read({ name: 'notes.txt' })).end).toBe('ignored')
  await one.save()
  expect(world.calls).toEqual([])
  expect(world.state).toMatchObject({ days: [{ day: '2026-01-15', excluded: 2, ignored: 1, objects: 0, events: 0 }] })
  expect(world.state.lastEventAt).toBeUndefined()
})

test('an excluded object does not hide the error of the last object', async () => {
  const world = new StreamWorld()
  await (await session(world)).save(new AuthError('no right to read'))
  world.clock.time += minute
  const one = await session(world)
  await one.read({ name: '_check' })
  await one.save()
  expect(world.state.lastResult).toMatchObject({ outcome: 'credentials', detail: 'no right to read' })
  world.put('a.json.gz', small(1))
  const next = await session(world)
  await next.read({ name: 'a.json.gz' })
  await next.save()
  expect(world.state.lastResult).toEqual({ at: world.clock.time, outcome: 'done' })
})

describe('an object that was deleted', () => {
  test('before it was read is one failure that names it', async () => {
    const world = new StreamWorld()
    const one = await session(world)
    expect(await one.read({ name: 'a b.json.gz', version: 'v', writtenAt: world.clock.time })).toEqual({
      end: 'gone',
      counts: { events: 0, failed: 1, leftOut: 0 },
    })
    expect(failuresOf(world)).toMatchObject([
      {
        reason: 'gone',
        origin: 's3://audit-bucket/a b.json.gz',
        detail: expect.stringContaining('deleted before it was read'),
        raw_bytes: 0,
      },
    ])
  })

  test('after it was read is known, also if its message names the time after midnight', async () => {
    const world = new StreamWorld()
    world.put('a.json.gz', small(1))
    const { version = '', writtenAt = 0 } = world.objects.get('a.json.gz') ?? {}
    await (await session(world)).read({ name: 'a.json.gz' })
    world.objects.clear()
    const one = await session(world)
    for (const ms of [0, day]) {
      const named = { name: 'a.json.gz', version, writtenAt: writtenAt + ms }
      expect((await one.read(named)).end).toBe('known')
    }
    expect(world.failures.size).toBe(0)
  })
})

describe('an object that was replaced', () => {
  test('before it was read is one failure, and the new one is read', async () => {
    const world = new StreamWorld()
    world.put('a.json.gz', small(1))
    const early = world.message('a.json.gz')
    world.put('a.json.gz', small(2))
    const late = world.message('a.json.gz')
    for (const order of [late, early, early, late]) await world.receive([order])
    expect(world.ids).toEqual(['2'])
    expect(failuresOf(world)).toMatchObject([
      {
        reason: 'gone',
        origin: 's3://audit-bucket/a.json.gz',
        detail: expect.stringContaining('replaced before it was read'),
      },
    ])
  })

  test('is no failure for a message that names no version', async () => {
    const world = new StreamWorld()
    world.put('a.json.gz', small(1))
    await (await session(world)).read({ name: 'a.json.gz', writtenAt: world.clock.time })
    expect([world.ids, world.failures.size]).toEqual([['1'], 0])
  })

  test('after it was read is no failure', async () => {
    const world = new StreamWorld()
    world.put('a.json.gz', small(1))
    const early = world.message('a.json.gz')
    await world.receive([early])
    world.put('a.json.gz', small(2))
    await world.receive([early, world.message('a.json.gz')])
    expect(world.ids).toEqual(['1', '2'])
    expect(world.failures.size).toBe(0)
  })
})

describe('a session saves', () => {
  test('nothing when nothing happened, or all was known', async () => {
    const world = new StreamWorld()
    expect(await (await session(world)).save()).toBeUndefined()
    world.put('a.json.gz', small(1))
    await (await session(world)).read({ name: 'a.json.gz' })
    const one = await session(world)
    await one.read({ name: 'a.json.gz' })
    expect(await one.save()).toBeUndefined()
    expect([...world.ops.objects.keys()].filter((key) => key.endsWith('stream.json'))).toEqual([])
  })

  test('its counts on the day, the time of the newest object, and its error', async () => {
    const world = new StreamWorld()
    world.put('a.json.gz', small(1, 2), world.clock.time - day)
    world.put('b.json.gz', `${eventLine(3)}\n{`, world.clock.time - 2 * day)
    const one = await session(world)
    for (const name of ['a.json.gz', 'b.json.gz']) await one.read({ name })
    await one.save()
    expect(world.state).toMatchObject({
      lastEventAt: world.clock.time - day,
      lastResult: { at: world.clock.time, outcome: 'done' },
      days: [{ day: '2026-01-15', objects: 2, events: 3, failed: 1 }],
    })
    const next = await session(world)
    world.breaks = (call) => call.startsWith('open')
    const error: unknown = await next.read({ name: 'c.json.gz' }).catch((reason: unknown) => reason)
    await next.save(error)
    expect(world.state.lastResult).toMatchObject({ outcome: 'transient', detail: 'broken: open c.json.gz' })
  })
})

describe('an object for which the time is not enough', () => {
  test('goes on at its position in each minute and ends with all rows', async () => {
    const world = new StreamWorld({ copilotUsage: 'leave-out' })
    world.put('a.json.gz', large('a', 3))
    world.publishMs = 40_000
    const outcome = await world.receive([world.message('a.json.gz')], { ms: minute })
    expect(outcome?.failed.size).toBe(0)
    expect(world.state.unfinished).toMatchObject([{ name: 'a.json.gz', position: { lines: 4 } }])
    expect([world.marks, world.events.size]).toEqual([0, 2])
    await world.tick({ ms: minute })
    expect(world.state.unfinished).toEqual([])
    expect(world.ids).toEqual(idsOf('a', 3))
    expect([world.published, world.marks]).toEqual([3, 1])
    expect(world.state.days).toMatchObject([{ objects: 1, events: 3 }])
  })

  test('is one failure when another object replaces it, which is read whole', async () => {
    const world = new StreamWorld({ copilotUsage: 'leave-out' })
    world.put('a.json.gz', large('old', 3))
    world.publishMs = 40_000
    await world.receive([world.message('a.json.gz')], { ms: minute })
    world.put('a.json.gz', large('new', 3))
    await world.tick({ ms: minute })
    expect(world.state.unfinished).toMatchObject([{ name: 'a.json.gz', position: { lines: 2 } }])
    await world.ticks(3, { ms: minute })
    expect(world.state.unfinished).toEqual([])
    expect(world.ids).toEqual(expect.arrayContaining(idsOf('new', 3)))
    expect(failuresOf(world)).toMatchObject([
      { reason: 'gone', origin: 's3://audit-bucket/a.json.gz', detail: expect.stringContaining('replaced') },
    ])
    // Neither the failure nor a part of the object was published twice.
    expect(world.published).toBe(2 + 1 + 3)
  })

  test('stays unfinished when another invocation ends its older version', async () => {
    const world = new StreamWorld()
    world.publishMs = minute
    world.put('a.json.gz', small(1))
    const older = await session(world)
    await older.read({ name: 'a.json.gz' })
    world.put('a.json.gz', large('n', 3))
    const newer = await session(world, minute)
    expect(await newer.read({ name: 'a.json.gz' })).toMatchObject({ end: 'open' })
    await older.save()
    expect(world.state.unfinished).toMatchObject([
      { name: 'a.json.gz', version: world.objects.get('a.json.gz')?.version },
    ])
  })

  test('is one failure when it is deleted', async () => {
    const world = new StreamWorld({ copilotUsage: 'leave-out' })
    world.put('a.json.gz', large('a', 3))
    world.publishMs = 40_000
    await world.receive([world.message('a.json.gz')], { ms: minute })
    world.objects.clear()
    await world.ticks(3)
    expect(world.state.unfinished).toEqual([])
    expect(failuresOf(world)).toMatchObject([{ reason: 'gone', origin: 's3://audit-bucket/a.json.gz' }])
    expect(world.published).toBe(2 + 1)
  })
})

describe('more than sixteen unfinished objects', () => {
  const names = Array.from({ length: 18 }, (_, n) => `${n}.json.gz`)

  async function crowded(): Promise<StreamWorld> {
    const world = new StreamWorld({ copilotUsage: 'leave-out' })
    for (const name of names) world.put(name, large(name, 2))
    world.publishMs = 40_000
    for (const name of names.slice(0, 16)) await world.receive([world.message(name)], { ms: 1_000 })
    expect(world.state.unfinished).toHaveLength(16)
    return world
  }

  test('are too many: messages wait in their queue, and all rows come in the end', async () => {
    const world = await crowded()
    const late = names.slice(16).map((name) => world.message(name))
    const outcome = await world.receive(late, { ms: 1_000 })
    expect([...(outcome?.failed.keys() ?? [])].sort()).toEqual(['m0', 'm1'])
    expect([...(outcome?.failed.values() ?? [])][0]).toMatchObject({ message: expect.stringContaining('unfinished') })
    expect(world.state.unfinished).toHaveLength(16)
    await world.ticks(16, { ms: minute })
    expect((await world.receive(late))?.failed.size).toBe(0)
    expect(world.ids).toEqual(names.flatMap((name) => idsOf(name, 2)).sort())
    expect(world.marks).toBe(18)
  })

  test('end too when all of them are replaced', async () => {
    const world = await crowded()
    for (const name of names.slice(0, 16)) world.put(name, small(`new-${name}`))
    await world.ticks(16, { ms: 10 * minute })
    expect(world.state.unfinished).toEqual([])
    expect(world.ids).toEqual(expect.arrayContaining(names.slice(0, 16).map((name) => `new-${name}`)))
    expect(world.failures.size).toBe(16)
  })
})
