import { describe, expect, test } from 'vitest'
import { RecordError } from '../../../../lambdas/core/errors.ts'
import { compileNormalizer } from '../../../../lambdas/core/normalize/normalizer.ts'
import { githubWebhook } from '../../../../schemas/generated/github_webhook.ts'
import { hour, Killed, redriveWorld } from '../../../support/redrive-world.ts'

const notJson = new RecordError('not_json', 'not JSON')
const attributes = { p_webhook_event: 'push', p_webhook_delivery: 'guid', p_webhook_hook_id: '7' }
const event = (number: number) => JSON.stringify({ action: 'opened', number })

/** Works on the job until it has ended, a run after the other. */
async function runToEnd(world: ReturnType<typeof redriveWorld>, work = world.newProcess()) {
  for (let run = 0; run < 20 && world.job()?.end === undefined; run++) {
    await world.run(work)
    world.clock.time += 60_000
  }
  return world.job()
}

describe('a redrive of failures', () => {
  test('publishes what is an event today, with its id and receipt, and closes those failures alone', async () => {
    const world = redriveWorld()
    const at = world.clock.time - 40 * 24 * hour
    const [mended, broken] = await world.addFailures([
      { text: event(1), attributes, at },
      { text: '{"action":', error: notJson },
    ])
    world.order({ kind: 'failures' })
    const job = await runToEnd(world)
    expect(job).toMatchObject({ end: 'done', counts: { events: 1 } })
    expect(job?.counts.tallies).toEqual([
      { of: 'GitHub.Webhook', reason: 'internal', redriven: 1, left: 0 },
      { of: 'GitHub.Webhook', reason: 'not_json', redriven: 0, left: 1 },
    ])
    expect(job?.counts.left).toEqual([{ why: 'not_json', count: 1, example: broken?.p_row_id }])
    expect(await world.deliver()).toEqual([])
    const { normalize } = compileNormalizer(githubWebhook)
    const context = { sourceId: 'hooks', sourceLabel: 'Hooks', receivedAt: at, attributes }
    const row = normalize({ action: 'opened', number: 1 }, context)
    expect(await world.rows('github_webhook', ['p_row_id', 'p_parse_time', 'p_source_label'])).toEqual([
      { p_row_id: row.p_row_id, p_parse_time: at, p_source_label: 'Hooks' },
    ])
    expect(await world.openFailures()).toEqual([broken?.p_row_id])
    expect(await world.openFailures()).not.toContain(mended?.p_row_id)
  })

  test('publishes the events first, so that no failure is closed without them', async () => {
    const world = redriveWorld()
    await world.addFailures([{ text: event(1) }])
    world.order({ kind: 'failures' })
    await runToEnd(world)
    const [first, second] = world.queues['records-bulk'].bodies
    expect(first).toContain('"logType":"GitHub.Webhook"')
    expect(second).toContain('resolutions/')
  })

  test('a dry run counts the same and publishes nothing', async () => {
    const world = redriveWorld()
    await world.addFailures([{ text: event(1) }, { text: '[', error: notJson }])
    world.order({ kind: 'failures', dryRun: true })
    const dry = await runToEnd(world)
    expect(world.queues['records-bulk'].bodies).toEqual([])
    expect([...world.ops.objects.keys()].filter((key) => key.startsWith('resolutions/'))).toEqual([])
    world.order({ kind: 'failures' }, 'real')
    await world.run(world.newProcess())
    expect(world.job('real')?.counts).toEqual(dry?.counts)
  })

  test.each([
    [{ source: 'hooks' }, 3],
    [{ source: 'other' }, 0],
    [{ reason: 'internal' }, 2],
    [{ logType: 'Hex.Audit' }, 1],
    [{ since: Date.UTC(2026, 5, 15) }, 2],
    [{ since: Date.UTC(2026, 5, 15), reason: 'internal', logType: 'GitHub.Webhook' }, 1],
  ])('takes those that %j means: %i', async (choice, count) => {
    const world = redriveWorld()
    await world.addFailures([
      { text: event(1) },
      { text: event(2), at: world.clock.time - 100 * hour },
      { text: '{"id":"1"}', logType: 'Hex.Audit', error: notJson },
    ])
    world.order({ kind: 'failures', ...choice })
    const tallies = (await runToEnd(world))?.counts.tallies ?? []
    expect(tallies.reduce((sum, { redriven }) => sum + redriven, 0)).toBe(count)
  })

  test('leaves out failures that are closed, by a recovery or by an earlier redrive', async () => {
    const world = redriveWorld()
    await world.addFailures([{ text: event(1) }])
    world.order({ kind: 'failures' })
    await runToEnd(world)
    await world.deliver()
    world.clock.time += hour
    world.order({ kind: 'failures' }, 'again')
    await world.run(world.newProcess())
    expect(world.job('again')).toMatchObject({ end: 'done', counts: { tallies: [], events: 0 } })
  })

  test.each([366, 365])(
    'what was received %d days ago stays, because the lake takes no such rows, or none tomorrow',
    async (days) => {
      const world = redriveWorld()
      await world.addFailures([{ text: event(1), at: world.clock.time - days * 24 * hour }])
      world.order({ kind: 'failures' })
      expect((await runToEnd(world))?.counts.left).toMatchObject([{ why: 'past_the_retention', count: 1 }])
      expect(world.queues['records-bulk'].bodies).toEqual([])
    },
  )

  test('a queue that fails leaves the failures open until a later attempt', async () => {
    const world = redriveWorld()
    let isDown = true
    const { queue } = world.queues['records-bulk']
    const send = queue.send.bind(queue)
    queue.send = async (bodies) =>
      isDown ? bodies.map((body) => ({ body, cause: new Error('down') })) : await send(bodies)
    await world.addFailures([{ text: event(1) }])
    world.order({ kind: 'failures' })
    const work = world.newProcess()
    await world.run(work)
    expect(world.job()).toMatchObject({ problem: 'the queue did not take 1 messages' })
    isDown = false
    world.clock.time += 2 * hour
    expect(await runToEnd(world, work)).toMatchObject({ end: 'done', counts: { events: 1, left: [] } })
    await world.deliver()
    expect(await world.openFailures()).toEqual([])
  })

  test('goes on where it was when time is short, and counts each failure once', async () => {
    const world = redriveWorld()
    for (const day of [1, 2, 3]) {
      const at = world.clock.time - day * 24 * hour
      await world.addFailures([
        { text: event(day), at },
        { text: `${day}`, at, error: notJson },
      ])
    }
    world.order({ kind: 'failures' })
    // Looks take so long that a run has time for a part of the work only, and each run is a new process.
    world.clock.perLook = 3_000
    let runs = 0
    for (; world.job()?.end === undefined && runs < 50; runs++) await world.run(world.newProcess())
    expect(runs).toBeGreaterThan(2)
    expect(world.job()?.counts).toMatchObject({ events: 3, left: [{ why: 'not_object', count: 3 }] })
  })

  test('a day whose files were merged meanwhile is read anew', async () => {
    const world = redriveWorld()
    await world.addFailures([{ text: event(1) }])
    const position = { day: '2026-06-15', files: 1, rows: 0, digest: 'of other files' }
    world.order({ kind: 'failures', position })
    expect((await runToEnd(world))?.counts).toMatchObject({ events: 1 })
  })

  test('a cancelled job stops and stays cancelled', async () => {
    const world = redriveWorld()
    await world.addFailures([{ text: event(1) }])
    world.order({ kind: 'failures', end: 'cancelled', endedAt: 1 })
    expect(await runToEnd(world)).toMatchObject({ end: 'cancelled' })
    await world.run(world.newProcess())
    expect(world.queues['records-bulk'].bodies).toEqual([])
    expect([...world.ops.objects.keys()]).toEqual(['redrive/jobs/ended/job.json'])
  })
})

describe('killed before or after each step', () => {
  test('a redrive of failures closes each with its rows, none twice after merging', async () => {
    let points = 0
    for (let point = 0; ; point++) {
      let steps = 0
      const world = redriveWorld(() => {
        if (steps++ === point) throw new Killed()
      })
      const rows = await world.addFailures([
        { text: event(1), attributes },
        { text: event(2), at: world.clock.time - 50 * hour },
        { text: 'no', error: notJson },
      ])
      world.order({ kind: 'failures' })
      await world.run(world.newProcess()).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error
      })
      const wasKilled = steps > point
      world.clock.time += 2 * hour
      await runToEnd(world)
      // The last step: an ended job that is still among the open ones.
      await world.run(world.newProcess())
      await world.deliver()
      const ids = (await world.rows('github_webhook', ['p_row_id'])).map(({ p_row_id: id }) => id)
      expect(new Set(ids).size).toBe(2)
      expect(await world.openFailures()).toEqual([rows[2]?.p_row_id])
      expect([...world.ops.objects.keys()].filter((key) => key.startsWith('redrive/jobs/open/'))).toEqual([])
      if (!wasKilled) break
      points++
    }
    expect(points).toBeGreaterThan(12)
  })
})
