import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { compileResolutions } from '../../../../lambdas/core/intake/failure.ts'
import { compileNormalizer } from '../../../../lambdas/core/normalize/normalizer.ts'
import { claimKey } from '../../../../lambdas/core/publish/claims.ts'
import { encodeMessages, pointerTo } from '../../../../lambdas/core/publish/message.ts'
import { classificationFailures } from '../../../../schemas/generated/classification_failures.ts'
import { githubWebhook } from '../../../../schemas/generated/github_webhook.ts'
import { hour, Killed, redriveWorld } from '../../../support/redrive-world.ts'

type World = ReturnType<typeof redriveWorld>

const { normalize } = compileNormalizer(githubWebhook)

/** A message with one event. */
function messageOf({ clock }: World, number: number, comment?: string): string {
  const receivedAt = clock.time - 100 * hour
  const row = normalize(
    { action: 'a', number, ...(comment !== undefined && { comment }) },
    { sourceId: 'hooks', sourceLabel: 'Hooks', receivedAt },
  )
  return encodeMessages({ logType: 'GitHub.Webhook', sourceId: 'hooks', receivedAt, rows: [row] })[0] ?? ''
}

/** Keeps a message as a publisher does. @returns its pointer */
function claim({ ops, clock }: World, body: string, prefix = 'claims/'): string {
  const key = claimKey(prefix, body, clock.time - 100 * hour)
  ops.objects.set(key, Buffer.from(body))
  return pointerTo(body, { bucket: 'ops', key })
}

const below = ({ ops }: World, prefix: string): string[] =>
  [...ops.objects.keys()].filter((key) => key.startsWith(prefix)).sort()

async function runToEnd(world: World) {
  for (let run = 0; run < 20 && world.job()?.end === undefined; run++) {
    await world.run(world.newProcess())
    world.clock.time += 60_000
  }
  return world.job()
}

const numbers = async (world: World) =>
  (await world.rows('github_webhook', ['number'])).map(({ number }) => Number(number)).sort()

describe('a redrive of dead letters', () => {
  test('sends each back to its queue and moves it out of the open ones', async () => {
    const world = redriveWorld()
    await world.archive({ messageId: 'a', body: messageOf(world, 1) })
    await world.archive({ messageId: 'b', body: messageOf(world, 2), queue: 'records-bulk' })
    world.order({ kind: 'dead-letters' })
    const dead = below(world, 'dead/')
    const contents = dead.map((key) => world.ops.text(key))
    expect((await runToEnd(world))?.counts.tallies).toEqual([
      { of: 'records', reason: 'not_written', redriven: 1, left: 0 },
      { of: 'records-bulk', reason: 'not_written', redriven: 1, left: 0 },
    ])
    expect(world.queues.records.bodies).toHaveLength(1)
    expect(world.queues['records-bulk'].bodies).toHaveLength(1)
    expect(below(world, 'dead/')).toEqual([])
    const moved = dead.map((key) => key.replace('dead/', 'redriven/'))
    expect(below(world, 'redriven/')).toEqual(moved)
    expect(moved.map((key) => world.ops.text(key))).toEqual(contents)
    expect(await world.deliver()).toEqual([])
    expect(await numbers(world)).toEqual([1, 2])
  })

  test('a long message is sent with its archived content, weeks after the first copy has expired', async () => {
    const world = redriveWorld()
    const long = messageOf(world, 1, randomBytes(300_000).toString('base64'))
    await world.archive({ messageId: 'a', body: claim(world, long) })
    for (const key of below(world, 'claims/')) world.ops.objects.delete(key)
    world.clock.time += 70 * 24 * hour
    world.order({ kind: 'dead-letters' })
    await runToEnd(world)
    expect(await world.deliver()).toEqual([])
    expect(await numbers(world)).toEqual([1])
  })

  test('rows that close failures are believed again, from their own place', async () => {
    const world = redriveWorld()
    const [failure] = await world.addFailures([{ text: 'no event' }])
    const context = { sourceId: 'hooks', sourceLabel: 'Hooks', receivedAt: world.clock.time }
    const resolution = compileResolutions(classificationFailures)(
      String(failure?.p_row_id),
      { logType: 'GitHub.Webhook', origin: 'recovery' },
      context,
    )
    const { logType } = classificationFailures
    const [body = ''] = encodeMessages({ logType, ...context, rows: [resolution] })
    await world.archive({ messageId: 'a', body: claim(world, body, 'resolutions/') })
    for (const key of below(world, 'resolutions/')) world.ops.objects.delete(key)
    world.order({ kind: 'dead-letters' })
    await runToEnd(world)
    expect(await world.deliver()).toEqual([])
    expect(await world.openFailures()).toEqual([])
  })

  test('a forged row that closes a failure is refused again', async () => {
    const world = redriveWorld()
    const [failure] = await world.addFailures([{ text: 'no event' }])
    const context = { sourceId: 'hooks', sourceLabel: 'Hooks', receivedAt: world.clock.time }
    const row = compileResolutions(classificationFailures)(
      String(failure?.p_row_id),
      { logType: 'GitHub.Webhook', origin: 'recovery' },
      context,
    )
    const [body = ''] = encodeMessages({ logType: classificationFailures.logType, ...context, rows: [row] })
    await world.archive({ messageId: 'inline', body, reason: 'forged_resolution' })
    await world.archive({ messageId: 'claimed', body: claim(world, body), reason: 'forged_resolution' })
    // A pointer to a place where nobody but a recovery could have put it.
    const key = claimKey('resolutions/', body, world.clock.time)
    await world.archive({ messageId: 'pointing', body: pointerTo(body, { bucket: 'ops', key }), reason: 'claim_gone' })
    world.order({ kind: 'dead-letters' })
    expect((await runToEnd(world))?.counts.left).toMatchObject([{ why: 'content_gone', count: 1 }])
    expect(await world.deliver()).toEqual(['forged_resolution', 'forged_resolution'])
    expect(await world.openFailures()).toEqual([failure?.p_row_id])
  })

  test('a message about an object goes to the queue that its source has now', async () => {
    const world = redriveWorld()
    const letter = { reason: 'not_read', source: 'stream', body: '{"Records":[]}' } as const
    await world.archive({ messageId: 'a', queue: 'a-queue-that-was-replaced', ...letter })
    await world.archive({ messageId: 'b', queue: undefined, ...letter })
    await world.archive({ messageId: 'c', queue: 'of-a-source-that-is-gone', ...letter, source: 'gone' })
    world.order({ kind: 'dead-letters' })
    expect((await runToEnd(world))?.counts.left).toMatchObject([{ why: 'unknown_queue', count: 1 }])
    expect(world.queues.stream.bodies).toEqual([letter.body, letter.body])
  })

  test('a request for a merge goes back as it is', async () => {
    const world = redriveWorld()
    const body = '{"table":"hex_audit","dt":"2026-06-01"}'
    await world.archive({ messageId: 'a', queue: 'merges', reason: 'not_merged', body })
    world.order({ kind: 'dead-letters' })
    await runToEnd(world)
    expect(world.queues.merges.bodies).toEqual([body])
    expect(below(world, 'dead/')).toEqual([])
  })

  test('without the name of its queue a message of ours goes to the bulk queue, anything else is reported', async () => {
    const world = redriveWorld()
    await world.archive({ messageId: 'a', queue: undefined, body: messageOf(world, 1) })
    await world.archive({ messageId: 'b', queue: undefined, body: '{"what":"is this"}' })
    world.ops.objects.set('dead/dt=2026-06-15/c.json', Buffer.from('edited by hand'))
    world.order({ kind: 'dead-letters' })
    const { counts } = (await runToEnd(world)) ?? {}
    expect(counts?.left.map(({ why, example }) => [why, example])).toEqual([
      ['unknown_queue', 'dead/dt=2026-06-15/b.json'],
      ['unreadable', 'dead/dt=2026-06-15/c.json'],
    ])
    expect(world.queues['records-bulk'].bodies).toHaveLength(1)
    expect(below(world, 'dead/')).toHaveLength(2)
  })

  test('a message that is refused again is a dead letter of its own, and the job ends', async () => {
    const world = redriveWorld()
    await world.archive({ messageId: 'first', body: 'not a message', reason: 'not_a_message' })
    world.order({ kind: 'dead-letters' })
    await runToEnd(world)
    expect(await world.deliver()).toEqual(['not_a_message'])
    // The writer has archived it.
    expect(below(world, 'dead/')).toHaveLength(1)
    expect(below(world, 'redriven/')).toHaveLength(1)
    // What becomes a dead letter after the order belongs to the next one.
    world.order({ kind: 'dead-letters', createdAt: world.clock.time - hour }, 'older')
    await world.run(world.newProcess())
    expect(world.job('older')).toMatchObject({ end: 'done', counts: { tallies: [] } })
  })

  test('a dry run counts and changes nothing', async () => {
    const world = redriveWorld()
    await world.archive({ messageId: 'a', body: messageOf(world, 1) })
    const before = below(world, 'dead/')
    world.order({ kind: 'dead-letters', dryRun: true })
    expect((await runToEnd(world))?.counts.tallies).toMatchObject([{ redriven: 1 }])
    expect(below(world, 'dead/')).toEqual(before)
    expect(world.queues.records.bodies).toEqual([])
  })

  test.each([
    [{ source: 'other' }, ['b']],
    [{ queue: 'records' }, ['a', 'b']],
    [{ reason: 'too_large' }, ['c']],
    [{ since: Date.UTC(2026, 5, 15) }, ['a', 'b']],
  ])('takes those that %j means', async (choice, ids) => {
    const world = redriveWorld()
    await world.archive({ messageId: 'a', body: messageOf(world, 1) })
    await world.archive({ messageId: 'b', body: messageOf(world, 2), source: 'other' })
    const early = world.clock.time - 100 * hour
    const other = { queue: 'records-bulk', reason: 'too_large' } as const
    await world.archive({ messageId: 'c', body: messageOf(world, 3), ...other }, early)
    world.order({ kind: 'dead-letters', ...choice })
    await runToEnd(world)
    expect(below(world, 'redriven/').map((key) => /([^/]+)\.json/.exec(key)?.[1])).toEqual(ids)
  })

  test('sends no more in a second than was asked for', async () => {
    const world = redriveWorld()
    for (let index = 0; index < 21; index++)
      await world.archive({ messageId: `m${index}`, body: messageOf(world, index) })
    world.order({ kind: 'dead-letters', perSecond: 2 })
    const begun = world.clock.time
    await world.run(world.newProcess())
    expect(world.queues.records.bodies).toHaveLength(21)
    expect(world.clock.time - begun).toBe(10_000)
  })
})

describe('killed before or after each step', () => {
  test('a redrive of dead letters loses none, and leaves none open', async () => {
    let points = 0
    for (let point = 0; ; point++) {
      let steps = 0
      const world = redriveWorld(() => {
        if (steps++ === point) throw new Killed()
      })
      await world.archive({ messageId: 'a', body: messageOf(world, 1) })
      const long = messageOf(world, 2, randomBytes(200_000).toString('base64'))
      await world.archive({ messageId: 'b', body: claim(world, long), queue: 'records-bulk' })
      world.order({ kind: 'dead-letters' })
      await world.run(world.newProcess()).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error
      })
      const wasKilled = steps > point
      world.clock.time += 2 * hour
      await runToEnd(world)
      await world.run(world.newProcess())
      expect(await world.deliver()).toEqual([])
      expect(new Set(await numbers(world))).toEqual(new Set([1, 2]))
      expect(below(world, 'dead/')).toEqual([])
      expect(below(world, 'redriven/')).toHaveLength(2)
      if (!wasKilled) break
      points++
    }
    expect(points).toBeGreaterThan(12)
  })
})
