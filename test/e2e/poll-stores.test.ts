import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../support/pipeline.ts'
import {
  expectAllArrived,
  member,
  PolledPipeline,
  type PolledSource,
  sourceOfEachFeed,
  streamOfEachOrder,
} from '../support/polled.ts'

const minute = 60_000

let world: PolledPipeline
beforeAll(async () => {
  world = await PolledPipeline.start(sourceOfEachFeed)
})
afterEach(() => world.pipeline.run.faults.clear())
afterAll(() => world.stop())

const opsFiles = (folder: string): string[] => {
  try {
    const root = world.operator.pathOf(folder)
    const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    return files.map(({ parentPath, name }) => join(parentPath, name))
  } catch {
    return []
  }
}

/** Advances minute by minute until sweeps reach the last full hour. */
async function sweepHours(source: PolledSource): Promise<void> {
  const wanted = Math.floor((world.clock.now() - 60 * minute) / (60 * minute)) * 60 * minute
  for (let ticks = 0; ticks < 40; ticks++) {
    const state = source.stored('sweep.json') === undefined ? {} : source.state('sweep.json')
    const { until: hours = 0 } = member(state, 'hours')
    if (Number(hours) >= wanted) return
    await source.tick()
    world.advance(minute)
  }
  throw new Error(`${source.id} is not swept`)
}

describe.each(streamOfEachOrder)('$stream', (facts) => {
  test('while SQS is down, events are put aside, the checkpoint moves, and the janitor sends them', async () => {
    const source = world.sourceOf(facts)
    await source.catchUp()
    const { run } = world.pipeline
    run.faults.add({ service: 'sqs', action: 'sqs:SendMessage', kind: 'fail' })
    const ids = await source.insert({ count: 40, agoMs: 30_000, spreadMs: 20_000 })
    expect(await source.run()).toMatchObject({ outcome: 'done' })
    expect(opsFiles('unsent/records').length).toBeGreaterThan(0)
    expect(await source.lacking(ids)).toEqual(ids)
    run.faults.clear()
    await run.schedules.get('janitor')?.tick()
    expect(await source.missing(ids)).toEqual([])
    const left = await eventually(
      async () => opsFiles('unsent'),
      (files) => files.length === 0,
    )
    expect(left).toEqual([])
  })

  test('while SQS and S3 are down, no checkpoint moves, and all is fetched again', async () => {
    const source = world.sourceOf(facts)
    await source.catchUp()
    const ids = await source.insert({ count: 5, agoMs: 30_000, spreadMs: 20_000 })
    const { run } = world.pipeline
    const before = source.state()
    run.faults.add({ service: 'sqs', action: 'sqs:SendMessage', kind: 'fail' })
    run.faults.add({ action: 's3:PutObject', resource: '*/unsent/*', kind: 'fail' })
    world.advance(minute)
    expect(await source.run()).toMatchObject({ outcome: 'transient' })
    expect(source.state().low).toBe(before.low)
    run.faults.clear()
    world.advance(2 * minute)
    await source.catchUp()
    expect(await source.missing(ids)).toEqual([])
  })

  test('a page too long for a message travels by S3', async () => {
    const source = world.sourceOf(facts)
    const before = opsFiles('claims').length
    const ids = await source.insert({ count: 2, members: { note: randomBytes(300_000).toString('base64') } })
    await source.catchUp()
    expect(await source.missing(ids)).toEqual([])
    expect(opsFiles('claims').length).toBeGreaterThan(before)
  })

  test('a late part that is not an event is swept, and becomes one failure however often it is read', async () => {
    const source = world.sourceOf(facts)
    await source.catchUp()
    const [id = ''] = await source.insert({ raw: { 5: facts.stream, deep: null }, agoMs: 110 * minute })
    const [odd = ''] = await source.insert({ raw: `no event of ${facts.stream}`, agoMs: 100 * minute })
    source.noEvents.add(id).add(odd)
    const failures = () =>
      world.pipeline.query(
        `select distinct p_row_id from classification_failures where raw like '%no event of ${facts.stream}%'`,
      )
    for (let rounds = 0; rounds < 2; rounds++) {
      world.advance(60 * minute)
      await sweepHours(source)
      expect(await eventually(failures, (rows) => rows.length > 0)).toHaveLength(1)
    }
    const found = await failures()
    expect(found).toHaveLength(1)
    await expectAllArrived(source)
  })
})
