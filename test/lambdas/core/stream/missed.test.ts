import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { Killer } from '../../../support/killer.ts'
import { epoch, eventLine, StreamWorld } from '../../../support/stream-world.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const small = (...ids: (string | number)[]) => gzipSync(ids.map((id) => eventLine(id)).join('\n'))
const named = (world: StreamWorld, name: string, agoMs: number) =>
  world.put(`${name}.json.gz`, small(name), world.clock.time - agoMs)
const lists = (world: StreamWorld) => world.calls.filter((call) => call.startsWith('list')).length

test('the first listing of a source reads the last eight days, and only what has settled', async () => {
  const world = new StreamWorld({ pageSize: 2 })
  const ages = {
    now: 0,
    settling: 30 * minute - 1,
    settled: 30 * minute,
    week: 7 * day,
    eight: 8 * day,
    older: 8 * day + 1,
  }
  for (const [name, age] of Object.entries(ages)) named(world, name, age)
  world.put('_check', '', epoch - day)
  world.put('notes.txt', 'notes', epoch - day)
  await world.tick()
  expect(world.ids).toEqual(['eight', 'settled', 'week'])
  expect(world.calls.filter((call) => call.startsWith('open'))).toHaveLength(3)
  expect(world.state.listing).toEqual({
    ...{ startedAt: epoch, endedAt: epoch, isOpen: false, found: 3 },
    from: epoch - 8 * day,
    readUntil: 0,
  })
  expect(world.runs).toMatchObject([{ kind: 'listing', stream: 'github.stream', outcome: 'done', new: 3, failed: 0 }])
})

test('what was read before is not opened again', async () => {
  const world = new StreamWorld()
  for (const [index, name] of ['a', 'b', 'c'].entries()) named(world, name, (index + 1) * day)
  await world.receive([world.message('a.json.gz'), world.message('c.json.gz')])
  world.calls.length = 0
  await world.tick()
  expect(world.calls.filter((call) => call.startsWith('open'))).toEqual(['open b.json.gz'])
  expect(world.state.listing).toMatchObject({ found: 1 })
  expect(world.runs).toMatchObject([{ kind: 'listing', new: 1 }])
})

test('a listing that finds nothing leaves no row', async () => {
  const world = new StreamWorld()
  await world.tick()
  expect(world.state.listing).toMatchObject({ isOpen: false, found: 0 })
  expect(world.runs).toEqual([])
})

test('the next listing is due a day after the last began, and finds what came since', async () => {
  const world = new StreamWorld()
  await world.tick()
  const first = lists(world)
  expect(first).toBe(1)
  named(world, 'late', 0)
  world.clock.time = epoch + day - 1
  await world.tick()
  expect(lists(world)).toBe(first)
  world.clock.time = epoch + day
  await world.tick()
  expect(world.ids).toEqual(['late'])
  expect(world.state.listing).toMatchObject({ startedAt: epoch + day, isOpen: false, found: 1 })
})

test('one object that cannot be read does not stop the listing, and is found again the next day', async () => {
  const world = new StreamWorld()
  for (const name of ['a', 'b', 'c', 'd', 'e']) named(world, name, hour)
  world.breaks = (call) => call === 'open a.json.gz' || call === 'open b.json.gz' || call === 'open d.json.gz'
  await world.tick()
  expect(world.ids).toEqual(['c', 'e'])
  expect(world.state.listing).toMatchObject({ isOpen: false, found: 2 })
  expect(world.state.lastResult).toMatchObject({ outcome: 'transient', detail: 'broken: open d.json.gz' })
  world.breaks = () => false
  world.clock.time = epoch + day
  await world.tick()
  expect(world.ids).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(world.state.lastResult).toMatchObject({ outcome: 'done' })
})

/** As long as a listing is due, for some days. */
async function days(world: StreamWorld, count: number): Promise<void> {
  for (let passed = 0; passed < count; passed++) {
    world.clock.time += day
    await world.tick()
  }
}

test('after an outage of any length it goes back to the last whole listing, and no object fails at once', async () => {
  const world = new StreamWorld()
  await world.tick()
  const names = ['a', 'b', 'c', 'd']
  // Not settled yet when the first listing began.
  for (const [index, name] of names.entries()) named(world, name, minute - index * 5 * day)
  world.breaks = (call) => call.startsWith('list')
  await days(world, 20)
  world.breaks = (call) => call === 'open b.json.gz'
  await days(world, 1)
  // The listing that could not end ends, and another one follows.
  await world.tick()
  expect(world.ids).toEqual(['a', 'c', 'd'])
  world.breaks = () => false
  await days(world, 1)
  expect(world.ids).toEqual(names)
  expect(world.failures.size).toBe(0)
})

test('an object that it never could read is one failure after eight days, as soon as another listing has failed', async () => {
  const world = new StreamWorld()
  for (const name of ['a', 'b', 'c']) named(world, name, hour)
  world.breaks = (call) => call === 'open b.json.gz'
  await world.tick()
  named(world, 'later', 0)
  await days(world, 7)
  expect([world.ids, world.failures.size]).toEqual([['a', 'c', 'later'], 0])
  await days(world, 12)
  expect([...world.failures.values()]).toMatchObject([
    {
      reason: 'incomplete',
      origin: 's3://audit-bucket/b.json.gz',
      detail: expect.stringContaining('broken: open b.json.gz'),
    },
  ])
  expect(world.marks).toBe(4)
  expect(world.state.lastResult).toMatchObject({ outcome: 'done' })
})

test('no object is given up while later ones cannot be read either', async () => {
  const world = new StreamWorld()
  const names = ['a', 'b', 'c', 'd', 'e']
  for (const name of names) named(world, name, hour)
  world.breaks = (call) => call.startsWith('open')
  for (let hours = 0; hours < 20 * 24; hours++) {
    await world.tick()
    world.clock.time += hour
  }
  expect(world.failures.size).toBe(0)
  world.breaks = () => false
  await days(world, 3)
  expect(world.ids).toEqual(names)
  expect(world.failures.size).toBe(0)
})

test('after an outage, errors while it is made up for give nothing up', async () => {
  const world = new StreamWorld()
  named(world, 'first', hour)
  await world.tick()
  world.breaks = (call) => call.startsWith('open')
  const names = ['first']
  for (let hours = 1; hours <= 12 * 24; hours++) {
    world.clock.time += hour
    if (hours % 24 === 1) {
      names.push(`day-${10 + hours / 24}`)
      named(world, names.at(-1) ?? '', 0)
    }
    await world.tick()
  }
  world.breaks = () => false
  named(world, 'newest', 0)
  await world.receive([world.message('newest.json.gz')])
  let isDown = 5
  world.breaks = (call) => call.startsWith('open') && isDown-- > 0
  await days(world, 4)
  expect(world.failures.size).toBe(0)
  expect(world.ids).toEqual([...names, 'newest'].sort())
})

test('objects that are older than the first listing reaches are neither read nor failures on any day', async () => {
  const world = new StreamWorld()
  named(world, 'older', 8 * day + 1)
  named(world, 'week', 7 * day)
  await world.tick()
  await days(world, 4)
  expect([world.ids, world.failures.size, world.marks]).toEqual([['week'], 0, 1])
})

test('three in a row make it wait, longer each time, and it goes on after what it has dealt with', async () => {
  const world = new StreamWorld()
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) named(world, name, hour)
  world.breaks = (call) => call.startsWith('open') && !/open [af]/.test(call)
  await world.tick()
  expect(world.ids).toEqual(['a'])
  expect(world.state.listing).toMatchObject({
    isOpen: true,
    found: 1,
    after: 'c.json.gz',
    detail: 'broken: open d.json.gz',
    wait: { notBefore: epoch + minute, step: 1 },
  })
  expect(world.state.lastResult).toMatchObject({ outcome: 'transient' })
  const waiting = world.calls.length
  world.clock.time = epoch + minute - 1
  await world.tick()
  expect(world.calls).toHaveLength(waiting)
  // Whatever stays unreadable cannot hold up what comes after it.
  world.clock.time = epoch + hour
  await world.tick()
  expect(world.ids).toEqual(['a', 'f'])
  expect(world.state.listing).toMatchObject({ isOpen: false, found: 2 })
  expect(world.state.listing?.wait).toBeUndefined()
  world.breaks = () => false
  world.clock.time = epoch + day
  await world.tick()
  expect(world.ids).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
})

test('a bucket that cannot be listed makes it wait, longer each time, while other work goes on', async () => {
  const world = new StreamWorld()
  named(world, 'a', hour)
  world.breaks = (call) => call.startsWith('list')
  const waits: number[] = []
  for (let n = 0; n < 4; n++) {
    const begun = world.clock.time
    await world.tick()
    const notBefore = world.state.listing?.wait?.notBefore ?? 0
    waits.push(notBefore - begun)
    world.clock.time = notBefore
  }
  expect(waits).toEqual([minute, 2 * minute, 4 * minute, 8 * minute])
  expect((await world.receive([world.message('a.json.gz')]))?.failed.size).toBe(0)
  world.breaks = () => false
  await world.tick()
  expect(world.state.listing).toMatchObject({ isOpen: false, found: 0 })
})

test('a listing that runs out of time goes on in the next minute after the last name', async () => {
  const world = new StreamWorld({ pageSize: 3 })
  const names = Array.from({ length: 10 }, (_, n) => `n${n}`)
  for (const name of names) named(world, name, hour)
  world.publishMs = 20_000
  await world.tick({ ms: 50_000 })
  expect(world.state.listing).toMatchObject({ isOpen: true, after: 'n2.json.gz', found: 3 })
  world.calls.length = 0
  await world.ticks(4, { ms: 50_000 })
  expect(world.ids).toEqual(names)
  expect(world.published).toBe(10)
  expect(world.calls.filter((call) => call.startsWith('open'))).toEqual(
    names.slice(3).map((name) => `open ${name}.json.gz`),
  )
  expect(world.state.listing).toMatchObject({ isOpen: false, found: 10, startedAt: epoch })
})

test('a lost or unreadable state costs a listing and no row', async () => {
  const world = new StreamWorld()
  for (const name of ['a', 'b']) named(world, name, hour)
  await world.tick()
  world.ops.objects.set('state/stream/stream.json', Buffer.from('{"days":7'))
  named(world, 'c', hour)
  await world.tick()
  expect(world.ids).toEqual(['a', 'b', 'c'])
  expect(world.published).toBe(3)
})

test('an object in which the function dies each time is given up after three attempts, and the others are read', async () => {
  const world = new StreamWorld()
  named(world, 'deadly', day)
  // Dies at the first step after the attempt was counted, wherever that is.
  let at = 0
  for (const tries of [1, 2, 3]) {
    while (world.state.trying?.tries !== tries) await world.tick({ killer: new Killer(at++) })
    at = Math.max(0, at - 4)
  }
  expect(world.ids).toEqual([])
  named(world, 'later', day)
  await world.tick()
  expect(world.ids).toEqual(['later'])
  expect([...world.failures.values()]).toMatchObject([
    {
      reason: 'incomplete',
      detail: expect.stringContaining('ended 3 times'),
      origin: `s3://audit-bucket/deadly.json.gz`,
    },
  ])
  expect(world.state.trying).toBeUndefined()
  world.clock.time += day
  await world.tick()
  expect([...world.failures.values()]).toHaveLength(1)
})
