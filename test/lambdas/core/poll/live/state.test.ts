import { expect, test } from 'vitest'
import { fullBudget, refill } from '../../../../../lambdas/core/poll/budget.ts'
import { maxSeen, Seen, seenId } from '../../../../../lambdas/core/poll/live/seen.ts'
import { decodeState, encodeState } from '../../../../../lambdas/core/poll/live/state.ts'
import { beginning, epoch, Killer, pollWorld, prefix, recover, stateKey } from '../../../../support/poll-world.ts'

const minute = 60_000
const hour = 60 * minute

const rememberedIds = (count: number): Seen => {
  const seen = new Seen()
  for (let n = 0; n < count; n++) seen.add(seenId(`id-${n}`), epoch - (n % 2_400) * 1_000)
  return seen
}

test('100,000 remembered ids take less than 2 MB and survive encoding', () => {
  const seen = rememberedIds(100_000)
  const body = encodeState({ ...beginning(epoch, hour), seen })
  expect(body.length).toBeLessThan(1_500_000)
  const back = decodeState(body, epoch)?.seen
  expect(back?.size).toBe(100_000)
  expect(back?.has(seenId('id-99999'))).toBe(true)
  expect(back?.has(seenId('id-100000'))).toBe(false)
})

test('forgets ids outside the spans, and the oldest beyond the limit', () => {
  const seen = new Seen()
  const times = [-70, -50, -30, -10, 0]
  for (const minutes of times) seen.add(String(minutes), epoch + minutes * minute)
  seen.keepOnly([
    [epoch - 50 * minute, epoch - 50 * minute],
    [epoch - 10 * minute, Number.POSITIVE_INFINITY],
  ])
  expect(times.filter((minutes) => seen.has(String(minutes)))).toEqual([-50, -10, 0])
  seen.keepOnly([[0, Number.POSITIVE_INFINITY]], 2)
  expect(times.filter((minutes) => seen.has(String(minutes)))).toEqual([-10, 0])
})

test('a state in use never holds more ids than the limit', () => {
  const seen = rememberedIds(maxSeen + 5_000)
  seen.keepOnly([[0, Number.POSITIVE_INFINITY]])
  expect(seen.size).toBe(maxSeen)
})

test.each([
  ['half of it', (text: string) => text.slice(0, text.length / 2)],
  ['nothing', () => ''],
  ['no UTF-8', () => Buffer.from([0xff, 0xfe])],
  ['another form', () => '{"v":2}'],
  ['an array', () => '[]'],
  ['a checkpoint that is text', (text: string) => text.replace(/"low":\d+/, '"low":"now"')],
  ['a checkpoint in the future', (text: string) => text.replace(/"low":\d+/, `"low":${epoch + 30 * hour}`)],
  ['ids that were cut', (text: string) => text.replace(/("seen":\{"\d+":"\w*)[\w-]{3}"/, '$1"')],
])('a state that holds %s is replaced, starting from the last recorded checkpoint', async (_what, damage) => {
  const world = pollWorld({ order: 'newest-first', pageSize: 5 })
  for (let n = 0; n < 20; n++) world.provider.expose(n * minute)
  await world.run()
  const text = new TextDecoder().decode(world.objects.get(stateKey))
  const damaged = Buffer.from(damage(text))
  expect(damaged.equals(Buffer.from(text))).toBe(false)
  world.objects.set(stateKey, damaged)
  world.clock.time += 5 * hour - 10
  world.provider.expose(4 * hour)
  const lowBefore = world.recorded.at(-1)?.checkpoint_after
  const { restored, row } = await world.run()
  expect(restored).toBe('corrupt')
  expect(row).toMatchObject({ restored: 'corrupt', checkpoint_before: lowBefore, outcome: 'done' })
  expect(world.recorded.at(-1)).toEqual(row)
  expect(world.arrived).toEqual(world.provider.exposed)
  expect((await world.run()).restored).toBeUndefined()
})

test("a lost state is reported, and replaced from the last checkpoint, or from the stream's beginning without one", async () => {
  for (const known of [true, false]) {
    const world = pollWorld({ order: 'oldest-first', pageSize: 5 })
    world.provider.expose(50 * minute)
    await world.run()
    world.objects.delete(stateKey)
    if (!known) world.recorded.length = 0
    world.clock.time += 30 * 24 * hour
    world.provider.expose(29 * 24 * hour)
    const { restored } = await world.run({ startAt: world.clock.time })
    expect(restored).toBe('missing')
    expect(world.arrived).toEqual(world.provider.exposed)
  }
})

test('a stream whose first run died before its mark begins where its state began, whatever startAt says by then', async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 5 })
  // Beyond the look-back from the later startAt.
  world.provider.expose(59 * minute)
  // Dies when it has saved the first state.
  await world.run({ killer: new Killer(5) })
  expect([...world.objects.keys()]).toEqual([stateKey])
  world.clock.time += 45 * minute
  await world.run({ startAt: world.clock.time })
  world.objects.delete(stateKey)
  world.recorded.length = 0
  world.published.length = 0
  await world.run({ startAt: world.clock.time })
  expect(world.arrived).toEqual(world.provider.exposed)
})

test('while the record of checkpoints is unreadable no state is made', async () => {
  const world = pollWorld({ order: 'oldest-first', pageSize: 5 })
  await world.run()
  world.objects.delete(stateKey)
  const lastCheckpoint = () => Promise.reject(new Error('no table'))
  expect((await world.run({ options: { lastCheckpoint } })).outcome).toBe('internal')
  expect(world.objects.has(stateKey)).toBe(false)
})

test('a state that was rolled back repeats work and loses nothing', async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 5 })
  const states: (Uint8Array | undefined)[] = []
  for (let n = 0; n < 30; n++) {
    for (let k = 0; k < 4; k++) world.provider.expose(k * 20_000)
    await world.run()
    states.push(world.objects.get(stateKey))
    world.clock.time += minute
  }
  world.objects.set(stateKey, states[3] ?? Buffer.of())
  await recover(world)
  expect(world.arrived).toEqual(world.provider.exposed)
  expect(world.rowIds.size).toBe(world.provider.exposed.length)
})

test('of two simultaneous first runs one begins and the other leaves', async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 5 })
  world.provider.expose()
  const outcomes = (await Promise.all([world.run(), world.run()])).map(({ outcome }) => outcome)
  expect(outcomes.toSorted()).toEqual(['done', 'lost'])
  expect(world.published.length).toBe(1)
  expect(world.objects.has(`${prefix}born`)).toBe(true)
})

test('a first run begins seven days ago by default', async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 5, fetchMs: 0 })
  const { stream } = world.provider
  const asked: number[] = []
  const fetchPage: typeof stream.fetchPage = (request) => {
    asked.push(request.from)
    return stream.fetchPage(request)
  }
  await world.run({ startAt: 'unset', options: { stream: { ...stream, fetchPage } } })
  // The look-back before it is read as well.
  expect(asked[0]).toBe(epoch - 7 * 24 * hour - hour)
})

test('the budget fills with time, up to a tenth of an hour, and a clock set back adds nothing', () => {
  const rate = { perHour: 600, periodSeconds: 3_600 }
  const empty = { ...fullBudget(rate, epoch), requests: 0, rereads: -10, spare: 0 }
  expect(refill(empty, rate, epoch + minute)).toEqual({ at: epoch + minute, requests: 10, rereads: -5, spare: 2.5 })
  expect(refill(empty, rate, epoch + hour)).toEqual({ at: epoch + hour, requests: 60, rereads: 30, spare: 15 })
  expect(refill({ ...empty, rereads: -1_000 }, rate, epoch).rereads).toBe(-60)
  expect(refill(empty, rate, epoch - hour)).toEqual({ ...empty, at: epoch - hour })
})

test("the budget never exceeds the provider's limit for its period", () => {
  expect(fullBudget({ perHour: 3_600, periodSeconds: 60 }, epoch).requests).toBe(60)
  expect(fullBudget({ perHour: 1_750, periodSeconds: 3_600 }, epoch).requests).toBe(175)
})
