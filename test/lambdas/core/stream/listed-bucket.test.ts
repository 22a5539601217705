import { expect, test } from 'vitest'
import { AuthError } from '../../../../lambdas/core/errors.ts'
import type { ListedObject, StreamBucket } from '../../../../lambdas/core/stream/bucket.ts'
import { auditStream, burst, dailyCheck, setUpCheck, steadyFlow } from '../../../../simulators/github/audit-stream.ts'
import type { Outcome, Written } from '../../../../simulators/github/audit-stream-objects.ts'
import { streamScenarios } from '../../../../simulators/github/audit-stream-scenarios.ts'
import { Killer } from '../../../support/killer.ts'
import { day, type ListedWorld, listedWorld, minute } from '../../../support/listed-world.ts'
import { control } from '../../../support/provider.ts'

const stream = auditStream()

const idsOf = ({ events, usage }: Outcome): string[] => [...events.keys(), ...usage.keys()].sort()

const distinct = (ids: readonly string[]): string[] => [...new Set(ids)].sort()

/** Writes a minute's file now. */
const write = (world: ListedWorld, written: Written = steadyFlow(stream, { now: world.time, minutes: 1 })): Outcome => {
  world.server.objects.add(written, world.time)
  return written.expected
}

const requestsOf = ({ server }: ListedWorld): number => server.requests.length

test('a new object is read in the next minute and once, whatever its place within its minute', async () => {
  const world = await listedWorld()
  await world.tick()
  const expected: string[] = []
  for (let minutes = 0; minutes < 30; minutes++) {
    // Two in each minute: the second one often has the earlier name.
    expected.push(
      ...idsOf(write(world)),
      ...idsOf(write(world, steadyFlow(auditStream({ seed: 2 }), { now: world.time, minutes: 1 }))),
    )
    await world.tick()
    expect(distinct(world.ids)).toEqual(distinct(expected))
  }
  expect(world.ids).toHaveLength(expected.length)
})

test('every scenario of the stream becomes the rows and failures that it should', async () => {
  const world = await listedWorld()
  const written = Object.values(streamScenarios).map((scenario) => scenario(stream, { now: world.time }))
  const outcomes = written.map((one) => write(world, one))
  await world.minutes(40)
  world.time += day
  await world.minutes(5)
  expect(distinct(world.ids)).toEqual(distinct(outcomes.flatMap(idsOf)))
  expect(world.failures).toHaveLength(outcomes.reduce((sum, { failures }) => sum + failures, 0))
  const { days } = await world.state()
  const counted = (count: 'excluded' | 'ignored') => days.reduce((sum, one) => sum + one[count], 0)
  expect({ excluded: counted('excluded'), ignored: counted('ignored') }).toEqual({
    excluded: outcomes.reduce((sum, { excluded }) => sum + excluded, 0),
    ignored: outcomes.reduce((sum, { ignored }) => sum + ignored, 0),
  })
})

test('an idle minute costs one listing of the provider, at most one put and no listing of ours', async () => {
  const world = await listedWorld()
  write(world)
  await world.minutes(30)
  for (let minutes = 0; minutes < 10; minutes++) {
    const [before, requests] = [{ ...world.calls }, requestsOf(world)]
    await world.tick()
    expect(world.calls.put + world.calls.putIf - before.put - before.putIf).toBeLessThanOrEqual(1)
    expect(world.calls.list).toBe(before.list)
    expect(world.calls.get - before.get).toBeLessThan(6)
    expect(requestsOf(world) - requests).toBeLessThanOrEqual(2)
  }
})

test('names that show old minutes, as after a pause, are read by the listing of the day', async () => {
  const world = await listedWorld()
  await world.minutes(40)
  const expected = idsOf(write(world, burst(stream, { now: world.time, names: 'events', files: 60 })))
  world.time += 2 * minute
  await world.tick()
  world.time += 61 * minute
  await world.tick()
  const recent = world.listings.at(-1)
  expect(recent?.found).toBeGreaterThan(0)
  world.time += day
  await world.minutes(3)
  expect(distinct(world.ids)).toEqual(distinct(expected))
})

test('a name that shows no minute at all is found, read and reported', async () => {
  const world = await listedWorld()
  await world.minutes(2)
  const { objects, expected } = steadyFlow(stream, { now: world.time, minutes: 1 })
  write(world, { objects: objects.map(({ body }) => ({ name: 'elsewhere/a.json.gz', body })), expected })
  world.time += day
  await world.tick()
  expect(distinct(world.ids)).toEqual(idsOf(expected))
  expect(world.listings.filter(({ found }) => found === 1)).toHaveLength(1)
})

test('the checks of the provider are counted once each, and never read', async () => {
  const world = await listedWorld()
  write(world, setUpCheck())
  for (let days = 0; days < 4; days++) {
    write(world, dailyCheck(stream, { now: world.time }))
    await world.minutes(3)
    world.time += day
  }
  await world.minutes(3)
  const { days } = await world.state()
  expect(days.reduce((sum, { excluded }) => sum + excluded, 0)).toBe(5)
  expect(world.ids).toEqual([])
  expect(world.server.requests.filter((request) => request.includes('/o/'))).toEqual([])
})

test('a function that was down for a day reads what it has missed', async () => {
  const world = await listedWorld()
  await world.minutes(2)
  const expected: string[] = []
  for (let hours = 0; hours < 24; hours++) {
    world.time += 60 * minute
    expected.push(...idsOf(write(world)))
  }
  world.restart()
  await world.tick()
  expect(distinct(world.ids)).toEqual(distinct(expected))
})

test('a replaced object is read again, and what was read by another process is not', async () => {
  const world = await listedWorld()
  await world.minutes(2)
  const first = steadyFlow(stream, { now: world.time, minutes: 1 })
  const second = steadyFlow(auditStream({ seed: 9 }), { now: world.time, minutes: 1 })
  const [{ name } = { name: '' }] = first.objects
  write(world, first)
  await world.tick()
  world.restart()
  await world.tick()
  expect(world.ids).toHaveLength(idsOf(first.expected).length)
  write(world, { ...second, objects: second.objects.map(({ body }) => ({ name, body })) })
  await world.tick()
  expect(distinct(world.ids)).toEqual(distinct([...idsOf(first.expected), ...idsOf(second.expected)]))
})

test('a process that dies at any step loses nothing', async () => {
  for (let at = 0; ; at += 3) {
    const killer = new Killer(at)
    const world = await listedWorld({ killer })
    const expected = [1, 2].flatMap((seed) =>
      idsOf(write(world, steadyFlow(auditStream({ seed }), { now: world.time, minutes: 2 }))),
    )
    await world.tick().catch(() => {})
    if (!killer.killed) {
      expect(at).toBeGreaterThan(20)
      return
    }
    world.restart()
    await world.minutes(20)
    expect(distinct(world.ids), `killed at step ${at}`).toEqual(distinct(expected))
    expect(world.failures, `killed at step ${at}`).toEqual([])
  }
})

test('what does not fit into a minute goes on in the next ones', async () => {
  const world = await listedWorld()
  const expected = idsOf(write(world, burst(stream, { now: world.time, files: 40 })))
  world.hooks.afterPublish = () => {
    world.time += 20_000
  }
  let ticks = 0
  for (; distinct(world.ids).length < distinct(expected).length && ticks < 60; ticks++) await world.tick()
  expect(distinct(world.ids)).toEqual(distinct(expected))
  expect(ticks).toBeGreaterThan(8)
})

test('one object that cannot be read delays itself alone', async () => {
  let broken = ''
  const bucket = (right: StreamBucket): StreamBucket => ({
    ...right,
    open: async (name) => {
      if (name === broken) throw new TypeError('broken')
      return right.open(name)
    },
  })
  const world = await listedWorld({ bucket })
  await world.minutes(2)
  const written = steadyFlow(stream, { now: world.time, minutes: 3 })
  broken = written.objects[0]?.name ?? ''
  write(world, written)
  await world.tick()
  expect(world.ids.length).toBeGreaterThan(0)
  expect(world.errors).toHaveLength(1)
  expect(world.ids.length).toBeLessThan(idsOf(written.expected).length)
  broken = ''
  await world.tick()
  expect(distinct(world.ids)).toEqual(idsOf(written.expected))
})

test('a role that was taken away is reported every minute and asked for less and less', async () => {
  const world = await listedWorld()
  await world.minutes(2)
  world.server.withdrawRole()
  const before = requestsOf(world)
  await world.minutes(40)
  expect(world.errors).toHaveLength(40)
  expect(world.errors.every((error) => error instanceof Error && error.name === 'AuthError')).toBe(true)
  expect(String(world.errors.at(-1))).toContain('roles/storage.objectViewer')
  expect(requestsOf(world) - before).toBeLessThan(10)
})

test.each([3, 10, 40])('what was written in %i days without a role is read once it is back', async (days) => {
  const world = await listedWorld()
  await world.minutes(2)
  world.server.withdrawRole()
  const expected: string[] = []
  for (let passed = 0; passed < days; passed++) {
    expected.push(...idsOf(write(world)))
    await world.minutes(2)
    world.time += day
  }
  world.server.grantRole()
  await world.minutes(60)
  expect(distinct(world.ids)).toEqual(distinct(expected))
  expect(world.failures).toEqual([])
})

test('a source whose role comes ten days after it reads what was written since it began', async () => {
  const world = await listedWorld()
  world.server.withdrawRole()
  await world.minutes(2)
  const expected = idsOf(write(world))
  world.time += 10 * day
  await world.minutes(2)
  world.server.grantRole()
  await world.minutes(60)
  expect(distinct(world.ids)).toEqual(distinct(expected))
})

test('an object that stays unreadable becomes one failure after eight days, and the others are rows', async () => {
  let broken = ''
  const world = await listedWorld({
    bucket: (right) => ({
      ...right,
      open: async (name) => {
        if (name === broken) throw new AuthError('no right to read')
        return right.open(name)
      },
    }),
  })
  await world.minutes(2)
  const [lost, ...others] = [1, 2, 3].map((seed) => steadyFlow(auditStream({ seed }), { now: world.time, minutes: 1 }))
  broken = lost?.objects[0]?.name ?? ''
  for (const one of [lost, ...others]) if (one) write(world, one)
  const expected = others.flatMap((one) => idsOf(one.expected))
  for (let hours = 0; hours < 7 * 24; hours++) {
    await world.minutes(2)
    world.time += 60 * minute
    if (hours === 0) expected.push(...idsOf(write(world)))
  }
  expect(world.failures).toEqual([])
  for (let days = 0; days < 12; days++) {
    await world.minutes(2)
    world.time += day
  }
  expect(distinct(world.ids)).toEqual(distinct(expected))
  expect(world.failures).toMatchObject([
    {
      reason: 'incomplete',
      origin: `gs://example-audit-log/${broken}`,
      detail: expect.stringContaining('no right to read'),
    },
  ])
  expect((await world.state()).lastResult).toMatchObject({ outcome: 'done' })
})

test('an outage of the storage is survived', async () => {
  const world = await listedWorld()
  await world.minutes(2)
  const expected = idsOf(write(world))
  await control(world.server, { faults: [{ kind: 'status', status: 503, times: 6 }] })
  await world.minutes(90)
  expect(distinct(world.ids)).toEqual(expected)
  expect((await world.state()).newest).not.toHaveProperty('wait')
})

test('the error of an outage is over with the next listing that works, also when nothing new is there', async () => {
  const world = await listedWorld()
  await world.minutes(2)
  await control(world.server, { faults: [{ kind: 'status', status: 503, times: 6 }] })
  await world.tick()
  expect((await world.state()).lastResult).toMatchObject({ outcome: 'transient' })
  await world.minutes(90)
  expect(world.ids).toEqual([])
  expect((await world.state()).lastResult).toMatchObject({ outcome: 'done' })
})

test('a lost state costs listings and no second row of what was read', async () => {
  const world = await listedWorld()
  const expected = idsOf(write(world))
  await world.minutes(40)
  world.ops.objects.delete('state/gcs/stream.json')
  world.restart()
  await world.minutes(2)
  expect(world.ids.toSorted()).toEqual(expected)
})

test('a bucket whose names are not in order of time is listed by the days they show, over the turn of a year', async () => {
  const world = await listedWorld()
  world.time = Date.UTC(2025, 11, 31, 23, 58, 30)
  await world.tick()
  const expected: string[] = []
  for (let minutes = 0; minutes < 4; minutes++) {
    expected.push(...idsOf(write(world)))
    await world.tick()
  }
  expect(distinct(world.ids)).toEqual(distinct(expected))
})

test('pages of a listing end nowhere but at an empty one', async () => {
  const world = await listedWorld({
    bucket: (right) => ({
      ...right,
      list: async (prefix, after): Promise<readonly ListedObject[]> => (await right.list(prefix, after)).slice(0, 1),
    }),
  })
  const expected = idsOf(write(world, burst(stream, { now: world.time, files: 20 })))
  await world.minutes(2)
  expect(distinct(world.ids)).toEqual(distinct(expected))
})
