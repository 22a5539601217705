import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditStream, burst, checks, steadyFlow } from '../../simulators/github/audit-stream.ts'
import { joined } from '../../simulators/github/audit-stream-objects.ts'
import { corruptFile, truncatedFile } from '../../simulators/github/audit-stream-spoiled.ts'
import { otherSuffixes, unusualNames } from '../../simulators/github/audit-stream-unusual.ts'
import { postDelivery, signDelivery } from '../../simulators/github/webhooks.ts'
import { countRows, eventually } from '../support/pipeline.ts'
import { foreignStream, ownStream, StreamedPipeline } from '../support/streamed.ts'

let world: StreamedPipeline
beforeAll(async () => {
  world = await StreamedPipeline.start()
})
afterAll(() => world.stop())

const failuresOf = (id: string) =>
  world.pipeline.query(
    `select reason, detail, origin, position, raw_bytes from classification_failures where p_source_id = '${id}'`,
  )

test('a burst of seven days becomes rows in the partitions of its times, while webhooks stay live', async () => {
  const stream = auditStream({ seed: 1 })
  const now = Date.now()
  const written = joined([
    burst(stream, { now }),
    steadyFlow(stream, { now }),
    checks(stream, { now }),
    otherSuffixes(stream, { now }),
    truncatedFile(stream, { now }),
    corruptFile(stream, { now }),
  ])
  const { webhooks } = world.pipeline.run.ready
  const secret = world.pipeline.run.gateway.secrets.current(webhooks.hooks?.secretId ?? '')
  const putting = world.put(written.objects)
  const delivery = signDelivery({ event: 'push', payload: { ref: 'refs/heads/main' }, secret })
  expect(await postDelivery(webhooks.hooks?.url ?? '', delivery)).toMatchObject({ ok: true })
  await putting
  await world.expectEvents(written.expected)
  await eventually(
    () => countRows(world.pipeline.data, 'github_webhook'),
    (count) => count === 1,
  )
  const failures = await eventually(
    () => failuresOf(ownStream),
    (rows) => rows.length === written.expected.failures,
  )
  expect(failures.length).toBe(written.expected.failures)
  const bucket = world.pipeline.run.ready.buckets[ownStream]
  for (const { reason, detail, origin } of failures) {
    expect(origin).toMatch(new RegExp(`^s3://${bucket}/.+\\.json\\.log\\.gz$`))
    if (reason === 'bad_encoding')
      expect(detail).toMatch(/gzip data .* its first \d+ bytes after decompression \(\d+ lines\) are stored$/)
  }
  const { excluded, ignored } = written.expected
  const state = await eventually(
    () => world.state(),
    (found) => found?.days.reduce((sum, day) => sum + day.excluded, 0) === excluded,
  )
  const sum = (count: 'excluded' | 'ignored' | 'objects') => state?.days.reduce((total, day) => total + day[count], 0)
  expect({ excluded: sum('excluded'), ignored: sum('ignored') }).toEqual({ excluded, ignored })
  expect(sum('objects')).toBe(written.objects.length - excluded - ignored)
})

describe('messages', () => {
  test('that come twice or late cost nothing, and names with space, plus and percent are read', async () => {
    const { notifications } = world.pipeline.run
    const stream = auditStream({ seed: 2 })
    const twice = unusualNames(stream, { now: Date.now() })
    notifications.repeatNext(twice.objects.length)
    await world.put(twice.objects)
    await world.expectEvents(twice.expected)

    const late = steadyFlow(auditStream({ seed: 3 }), { now: Date.now(), minutes: 2 })
    notifications.hold()
    await world.put(late.objects)
    await notifications.release()
    await world.expectEvents(late.expected)
  })

  test('that never come are made up for by the daily listing', async () => {
    const { notifications } = world.pipeline.run
    const lost = steadyFlow(auditStream({ seed: 4 }), { now: Date.now(), minutes: 3 })
    notifications.loseNext(lost.objects.length)
    await world.put(lost.objects)
    await world.tick()
    expect((await world.state())?.listing).toMatchObject({ isOpen: false, found: 0 })
    // A day and an hour later they are due, and the next listing is.
    world.pipeline.run.shiftClock(25 * 3_600_000)
    await world.tick()
    expect((await world.state())?.listing).toMatchObject({ isOpen: false, found: lost.objects.length })
    await world.expectEvents(lost.expected)
    const runs = await eventually(
      () => world.pipeline.query("select * from collection_runs where kind = 'listing'"),
      (rows) => rows.length > 0,
    )
    // Not before they are written: the writer refuses rows that were received a day ahead of its clock.
    world.pipeline.run.shiftClock(0)
    expect(runs).toMatchObject([{ p_source_id: ownStream, stream: 'github.audit-stream', outcome: 'done' }])
  })

  test('about an object that was deleted before it was read leave a failure that names it', async () => {
    const { notifications } = world.pipeline.run
    const { objects } = steadyFlow(auditStream({ seed: 5 }), { now: Date.now(), minutes: 1 })
    notifications.hold()
    await world.put(objects)
    for (const { name } of objects) await world.delete(name)
    await notifications.release()
    const gone = await eventually(
      async () => (await failuresOf(ownStream)).filter(({ reason }) => reason === 'gone'),
      (rows) => rows.length === objects.length,
    )
    const bucket = world.pipeline.run.ready.buckets[ownStream]
    expect(gone.map(({ origin }) => origin).sort()).toEqual(objects.map(({ name }) => `s3://${bucket}/${name}`).sort())
  })
})

test('while the queue takes nothing, rows are put aside and come later', async () => {
  const { run } = world.pipeline
  const { functionName } = world.source(ownStream)
  const written = steadyFlow(auditStream({ seed: 7 }), { now: Date.now(), minutes: 1 })
  const fault = run.faults.add({ principal: functionName, action: 'sqs:SendMessage', kind: 'fail' })
  await world.put(written.objects)
  const aside = async () => {
    const request = { Bucket: run.ready.buckets.ops, Prefix: 'unsent/records-bulk/' }
    return (await world.operator.send(new ListObjectsV2Command(request))).KeyCount ?? 0
  }
  expect(await eventually(aside, (count) => count > 0)).toBeGreaterThan(0)
  fault.remove()
  await run.schedules.get('janitor')?.tick()
  await world.expectEvents(written.expected)
})

test('a bucket of another account is read once its owner has let the reader in', async () => {
  const written = steadyFlow(auditStream({ seed: 6 }), { now: Date.now(), minutes: 3 })
  await world.put(written.objects, foreignStream, world.operator)
  await world.expectEvents(written.expected, foreignStream)
  await world.tick(foreignStream)
  expect((await world.state(foreignStream))?.listing).toMatchObject({ isOpen: false, found: 0 })
})
