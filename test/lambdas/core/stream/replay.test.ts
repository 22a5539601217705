import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { batchEnd, epoch, eventLine, StreamWorld } from '../../../support/stream-world.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const small = (...ids: (string | number)[]) => gzipSync(ids.map((id) => eventLine(id)).join('\n'))

/** Objects of one event for each hour of two days, all of them read. */
async function readWorld(pageSize = 10): Promise<StreamWorld> {
  const world = new StreamWorld({ pageSize })
  for (let n = 0; n < 48; n++) world.put(`${n}.json.gz`, small(n), epoch - 2 * day + n * hour)
  world.put('_check', '', epoch - day)
  await world.receive([...world.objects.keys()].map((name) => world.message(name)))
  // The daily listing is out of the way.
  await world.tick()
  expect(world.events.size).toBe(48)
  world.events.clear()
  world.published = 0
  world.calls.length = 0
  return world
}

const window = { from: epoch - 2 * day + 10 * hour, to: epoch - 2 * day + 30 * hour }
const inWindow = Array.from({ length: 20 }, (_, n) => String(n + 10)).sort()

test('a replay reads what was written in the window again, and leaves a row and a result', async () => {
  const world = await readWorld()
  world.order(window)
  await world.tick()
  expect(world.ids).toEqual(inWindow)
  expect(world.published).toBe(20)
  expect(world.openJobs()).toEqual([])
  expect(world.job()).toMatchObject({
    end: 'done',
    until: window.to,
    counts: { requests: 20, fetched: 20, new: 20, duplicate: 0, failed: 0 },
  })
  expect(world.runs).toMatchObject([
    {
      kind: 'replay',
      job: 'job-1',
      stream: 'github.stream',
      outcome: 'done',
      window_from: new Date(window.from).toISOString(),
      window_to: new Date(window.to).toISOString(),
      requests: 20,
      new: 20,
    },
  ])
})

test('a dry run reads nothing and reports how much there is', async () => {
  const world = await readWorld()
  world.order({ ...window, dryRun: true })
  await world.tick()
  expect(world.published).toBe(0)
  expect(world.calls.filter((call) => call.startsWith('open'))).toEqual([])
  const bytes = inWindow.reduce((sum, id) => sum + (world.objects.get(`${id}.json.gz`)?.body.length ?? 0), 0)
  expect(world.job()).toMatchObject({ end: 'done', toRead: { objects: 20, bytes }, estimate: { requests: 20 } })
  expect(world.runs).toEqual([])
})

test('what was never read, left out or broken counts as what it is', async () => {
  const world = new StreamWorld({ copilotUsage: 'leave-out' })
  const usage = JSON.stringify({ type: 'request', event_id: 'e' })
  world.put('a.json.gz', [eventLine(1), usage, '{'].join('\n'), epoch - hour)
  world.order({ from: epoch - day, to: epoch })
  await world.tick()
  // The listing had read it just before.
  expect(world.job()).toMatchObject({ counts: { requests: 1, fetched: 3, new: 1, failed: 1 } })
})

test('a replay shows its progress and goes on in the next minute', async () => {
  const world = await readWorld()
  world.order(window)
  world.publishMs = 8_000
  await world.tick({ ms: 50_000 })
  const { until = 0, listed, counts } = world.job() ?? {}
  expect(counts?.new).toBe(7)
  expect(listed).toMatchObject({ objects: 7 })
  expect(until).toBeGreaterThan(window.from)
  expect(until).toBeLessThan(window.to)
  await world.ticks(2, { ms: 50_000 })
  expect(world.ids).toEqual(inWindow)
  expect(world.published).toBe(20)
  expect(world.job()).toMatchObject({ end: 'done', counts: { new: 20, requests: 20 } })
})

test('a cancellation wins over a replay at work', async () => {
  const world = await readWorld(5)
  world.order(window)
  let publishes = 0
  const job = () => world.job()
  world.breaks = (call) => {
    if (call === 'publish' && ++publishes === 3) world.order({ ...job(), end: 'cancelled', endedAt: world.clock.time })
    return false
  }
  await world.tick()
  await world.tick()
  expect(world.openJobs()).toEqual([])
  expect(world.job()).toMatchObject({ end: 'cancelled' })
  expect(world.published).toBeLessThan(10)
  expect(world.runs).toMatchObject([{ kind: 'replay', outcome: 'cancelled' }])
})

test('an error makes a replay wait, with the reason, and nothing is counted twice', async () => {
  const world = await readWorld(5)
  world.order(window)
  world.breaks = (call) => call === 'open 20.json.gz'
  await world.tick()
  expect(world.job()).toMatchObject({ problem: 'broken: open 20.json.gz', wait: { step: 1 } })
  const calls = world.calls.length
  world.clock.time -= minute
  await world.tick()
  expect(world.calls).toHaveLength(calls)
  world.breaks = () => false
  world.clock.time += hour
  await world.tick()
  expect(world.ids).toEqual(inWindow)
  expect(world.job()).toMatchObject({ end: 'done', counts: { new: 20, requests: 20 } })
  expect(world.job()?.problem).toBeUndefined()
})

test('replays take their turns, the oldest first, and one that waits does not hold up the next', async () => {
  const world = await readWorld()
  world.order({ ...window, id: 'job-1' })
  world.order({ ...window, id: 'job-2' })
  world.breaks = (call) => call.startsWith('list')
  await world.tick()
  expect(world.job('job-1')?.problem).toBeDefined()
  world.breaks = () => false
  await world.tick()
  expect(world.job('job-2')?.end).toBe('done')
})

test('an object deleted between listing and reading was read before and is no failure', async () => {
  const world = await readWorld()
  world.order(window)
  world.breaks = (call) => {
    if (call === 'open 11.json.gz') world.objects.delete('12.json.gz')
    return false
  }
  await world.tick()
  expect(world.ids).toEqual(inWindow.filter((id) => id !== '12'))
  expect(world.failures.size).toBe(0)
  expect(world.job()).toMatchObject({ end: 'done', counts: { new: 19 } })
})

describe('an object that is larger than a minute', () => {
  test('is read to its end, also when the replay has gone on', async () => {
    const world = new StreamWorld({ copilotUsage: 'leave-out' })
    const lines = Array.from({ length: 3 }, (_, n) => `${eventLine(`l${n}`)}\n${batchEnd}\n`)
    world.put('large.json.gz', gzipSync(lines.join(''), { level: 1 }), epoch - hour)
    world.put('small.json.gz', small(1), epoch - hour)
    await world.tick()
    world.events.clear()
    world.order({ from: epoch - day, to: epoch })
    world.publishMs = 40_000
    await world.ticks(4, { ms: 50_000 })
    expect(world.events.size).toBe(4)
    expect(world.state.unfinished).toEqual([])
    expect(world.job()).toMatchObject({ end: 'done' })
  })
})
