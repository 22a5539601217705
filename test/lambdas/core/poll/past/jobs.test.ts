import { describe, expect, test } from 'vitest'
import { AuthError, TransientError } from '../../../../../lambdas/core/errors.ts'
import { noCounts } from '../../../../../lambdas/core/poll/counts.ts'
import { estimate, takeSamples } from '../../../../../lambdas/core/poll/past/estimate.ts'
import {
  decodeJob,
  encodeJob,
  endedJobs,
  type Job,
  jobFile,
  openJobs,
} from '../../../../../lambdas/core/poll/past/job.ts'
import { working } from '../../../../support/poll-runs.ts'
import { epoch, Killer, type PollWorld, pollWorld } from '../../../../support/poll-world.ts'
import type { Order } from '../../../../support/provider-model.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const stateFolder = 'state/model/'

const order = (given: Partial<Job> = {}): Job => {
  const from = given.from ?? epoch - 5 * day
  return {
    id: 'job-1',
    kind: 'backfill',
    stream: 'model.events',
    to: epoch - 2 * day,
    createdAt: epoch,
    dryRun: false,
    until: from,
    counts: noCounts,
    ...given,
    from,
  }
}

async function live(world: PollWorld, minutes: number, killer?: Killer): Promise<void> {
  for (let n = 0; n < minutes; n++) {
    await world.run({ startAt: epoch - hour, afterwards: working, ...(killer && { killer }) })
    world.clock.time += minute
  }
}

const openKey = (job: Job) => `${openJobs(stateFolder)}${jobFile(job)}`
const endedKey = (job: Job) => `${endedJobs(stateFolder)}${jobFile(job)}`
const give = (world: PollWorld, job: Job) => world.objects.set(openKey(job), encodeJob(job))
const read = (world: PollWorld, key: string): Job | undefined => {
  const body = world.objects.get(key)
  return body && decodeJob(body)
}
const rows = (world: PollWorld) => world.recorded.filter(({ kind }) => kind === 'backfill' || kind === 'reconcile')

describe.each<Order>(['newest-first', 'oldest-first'])('%s', (feedOrder) => {
  const worldWithPast = (more = {}) => {
    const world = pollWorld({ order: feedOrder, pageSize: 4, ...more })
    for (let n = 0; n < 60; n++) world.provider.expose(2 * day + minute + n * 70 * minute)
    return world
  }
  const inWindow = ({ provider, lake }: PollWorld) => {
    const times = [...lake.values()].filter((time) => time >= epoch - 5 * day && time < epoch - 2 * day)
    return { there: times.length, all: provider.exposed.length }
  }

  test('a backfill brings events older than the stream, and leaves a row and a result', async () => {
    const world = worldWithPast()
    await live(world, 5)
    expect(world.published).toEqual([])
    const job = order()
    give(world, job)
    await live(world, 5)
    expect(inWindow(world).there).toBe(60)
    expect(world.repeated).toBe(0)
    expect(world.objects.has(openKey(job))).toBe(false)
    expect(read(world, endedKey(job))).toMatchObject({ end: 'done', until: job.to, counts: { new: 60, duplicate: 0 } })
    expect(rows(world)).toMatchObject([
      { kind: 'backfill', job: 'job-1', outcome: 'done', new: 60, checkpoint_after: null },
    ])
    give(world, order({ id: 'job-2', kind: 'reconcile' }))
    await live(world, 5)
    expect(rows(world)[1]).toMatchObject({ kind: 'reconcile', job: 'job-2', new: 0, duplicate: 60 })
  })

  test('a dry run brings nothing and reports what a backfill would take', async () => {
    const world = worldWithPast()
    await live(world, 5)
    const job = order({ dryRun: true })
    give(world, job)
    await live(world, 3)
    expect(world.published).toEqual([])
    const { estimate: told } = read(world, endedKey(job)) ?? {}
    expect(told?.events).toBeGreaterThan(40)
    expect(told?.events).toBeLessThan(90)
    expect(told?.requests).toBeGreaterThanOrEqual(15)
    expect(rows(world)).toEqual([])
  })

  test('killed before and after each step, it loses no event and changes no id', async () => {
    const scenario = async (killer: Killer) => {
      const world = worldWithPast()
      await live(world, 5)
      give(world, order())
      await live(world, 1, killer)
      const planned = killer.steps
      world.clock.time += 2 * minute
      await live(world, 8)
      return { world, planned }
    }
    const { planned } = await scenario(new Killer())
    expect(planned).toBeGreaterThan(60)
    for (let step = 0; step < planned; step++) {
      const { world } = await scenario(new Killer(step))
      expect(inWindow(world).there, `killed at step ${step}`).toBe(60)
      expect(world.rowIds.size).toBe(60)
      expect(world.repeated).toBeLessThanOrEqual(4)
      expect([...world.objects.keys()].filter((key) => key.includes('/jobs/'))).toEqual([endedKey(order())])
      expect(new Set(rows(world).map((row) => row.ended_at)).size).toBe(1)
    }
    console.log(`${feedOrder}: ${planned} kill points of a run that works on a job`)
  })

  test('continues over runs when budget or time are short, and keeps to its share', async () => {
    const world = worldWithPast({ facts: { requestsPerHour: 240 } })
    await live(world, 5)
    give(world, order())
    const before = world.provider.requests
    await live(world, 10)
    expect(inWindow(world).there).toBeLessThan(60)
    expect(world.provider.requests - before).toBeLessThan(10 + 2 + (24 + 40) * 0.25 + 3)
    await live(world, 40)
    expect(inWindow(world).there).toBe(60)
    expect(rows(world)).toHaveLength(1)
  })

  test("a cancellation wins over the job's own changes", async () => {
    const world = worldWithPast({ facts: { requestsPerHour: 240 } })
    await live(world, 5)
    const job = order()
    give(world, job)
    await live(world, 6)
    const current = read(world, openKey(job))
    give(world, { ...order(), ...current, end: 'cancelled', endedAt: world.clock.time })
    await live(world, 2)
    expect(read(world, endedKey(job))).toMatchObject({ end: 'cancelled' })
    expect(rows(world)).toMatchObject([{ outcome: 'cancelled' }])
    const { there } = inWindow(world)
    await live(world, 30)
    expect(inWindow(world).there).toBe(there)
  })
})

test('an error is reported and retried; an unreadable job delays neither other jobs nor live events', async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 4 })
  world.provider.expose(3 * day)
  await live(world, 5)
  world.objects.set(`${openJobs(stateFolder)}a-broken.json`, Buffer.from('{"id":'))
  const job = order()
  give(world, job)
  world.provider.faults.push({ limits: {} }, { error: new AuthError('the token was revoked') })
  await live(world, 1)
  expect(read(world, openKey(job))?.problem).toBe('the token was revoked')
  world.provider.faults.push({ limits: {} }, { error: new TransientError('down') })
  world.clock.time += 5 * minute
  await live(world, 9)
  world.clock.time += 20 * minute
  await live(world, 9)
  expect(read(world, endedKey(job))).toMatchObject({ end: 'done' })
  expect(read(world, endedKey(job))?.problem).toBeUndefined()
})

test('a job of another stream stays unchanged', async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 4 })
  const job = order({ stream: 'model.others' })
  give(world, job)
  await live(world, 8)
  expect(read(world, openKey(job))).toEqual(job)
})

test('an estimate needs few requests, however large the window', async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 10 })
  for (let n = 0; n < 5_000; n++) world.provider.expose(n * 10 * minute)
  const spare = { fetchPage: world.provider.stream.fetchPage, mayGoOn: () => true }
  const window = { from: epoch - 30 * day, to: epoch }
  const { stream } = world.provider
  const told = estimate(stream, window, await takeSamples(stream, window, spare), 1_000)
  expect(world.provider.requests).toBe(6)
  expect(told?.events).toBeGreaterThan(4_320 * 0.8)
  expect(told?.events).toBeLessThan(4_320 * 1.25)
  expect(told?.seconds).toBeGreaterThan((432 * 3_600) / 250)
})
