import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { jobOf } from '../../cli/jobs/order.ts'
import { encodeJob } from '../../lambdas/core/poll/past/job.ts'
import { auditStream, burst, checks, steadyFlow } from '../../simulators/github/audit-stream.ts'
import { joined, minutePrefix, type Outcome } from '../../simulators/github/audit-stream-objects.ts'
import { corruptFile, truncatedFile } from '../../simulators/github/audit-stream-spoiled.ts'
import { ListedPipeline } from '../support/listed.ts'
import { byKey, byTrust } from '../support/listed-sources.ts'
import { eventually } from '../support/pipeline.ts'

let world: ListedPipeline
beforeAll(async () => {
  world = await ListedPipeline.start()
})
afterEach(() => world.run.faults.clear())
afterAll(() => world.stop())

/** Waits until the table holds all of these events of a source, and expects each in the partition of its time. */
async function expectEvents({ events, usage }: Outcome, id: string): Promise<void> {
  const day = (time: number) => new Date(time).toISOString().slice(0, 10)
  const wanted = [...events, ...usage].map(([key, time]) => `${key} ${day(time)}`).sort()
  const sql = `select distinct coalesce(_document_id, event_id || '/' || "type") as id, dt from github_audit where p_source_id = '${id}'`
  const found = await eventually(
    async () => (await world.pipeline.query(sql)).map((row) => `${row.id} ${row.dt}`),
    (rows) => wanted.every((one) => rows.includes(one)),
  )
  expect(found).toEqual(expect.arrayContaining(wanted))
}

const failuresOf = (id: string) =>
  world.pipeline.query(`select reason, origin from classification_failures where p_source_id = '${id}'`)

describe.each([byKey, byTrust])('%s', (id) => {
  const seed = id === byKey ? 1 : 2

  test('what the stream writes becomes rows, failures and counts', async () => {
    const stream = auditStream({ seed })
    const now = Date.now()
    const written = joined([
      burst(stream, { now, files: 20 }),
      steadyFlow(stream, { now }),
      checks(stream, { now }),
      truncatedFile(stream, { now }),
      corruptFile(stream, { now }),
    ])
    world.server.objects.add(written, now)
    await world.tick(id)
    await expectEvents(written.expected, id)
    const fromGoogle = (rows: Awaited<ReturnType<typeof failuresOf>>) =>
      rows.filter(({ origin }) => String(origin).startsWith('gs://example-audit-log/'))
    const failures = await eventually(
      async () => fromGoogle(await failuresOf(id)),
      (rows) => rows.length >= written.expected.failures,
    )
    expect(failures.length).toBeGreaterThanOrEqual(written.expected.failures)
    const excluded = world.state(id)?.days.reduce((sum, day) => sum + day.excluded, 0)
    expect(excluded).toBeGreaterThanOrEqual(written.expected.excluded)
    expect(world.state(id)?.lastResult).toMatchObject({ outcome: 'done' })
  })

  test('a new object is a row after the next tick', async () => {
    const written = steadyFlow(auditStream({ seed: 10 + seed }), { now: Date.now(), minutes: 1 })
    world.server.objects.add(written, Date.now())
    await world.tick(id)
    await expectEvents(written.expected, id)
  })

  test('neither logs nor state show the key, a token or a signature', () => {
    const { data } = world.pipeline
    const logs = readdirSync(join(data, 'logs')).map((file) => readFileSync(join(data, 'logs', file), 'utf8'))
    const text = [...logs, JSON.stringify(world.state(id))].join('\n')
    const { private_key: key } = JSON.parse(world.server.keyFile)
    for (const line of key.split('\n').slice(1, -2)) expect(text).not.toContain(line)
    expect(text).not.toMatch(/ya29\.|Signature=|%22Authorization/)
  })
})

test('a source that a role opens has no secret', () => {
  expect(world.run.ready.secrets).not.toHaveProperty(byTrust)
  expect(world.run.ready.secrets).toHaveProperty(byKey)
})

test('long events are published, and while SQS is down they are put aside until the janitor sends them', async () => {
  const now = Date.now()
  const event = (id: string, bytes: number) =>
    JSON.stringify({
      '@timestamp': now,
      _document_id: id,
      action: 'repo.create',
      data: randomBytes(bytes).toString('hex'),
    })
  const put = (...events: readonly string[]) =>
    world.server.objects.put(`${minutePrefix(now)}/${events.length}.json.log.gz`, gzipSync(events.join('\n')), now)
  put(event('long', 400_000))
  await world.tick(byKey)
  expect(world.files('claims').length).toBeGreaterThan(0)
  world.run.faults.add({ service: 'sqs', action: 'sqs:SendMessage', kind: 'fail' })
  put(event('aside-1', 10), event('aside-2', 10))
  await world.tick(byKey)
  expect(world.files('unsent').length).toBeGreaterThan(0)
  world.run.faults.clear()
  await world.run.schedules.get('janitor')?.tick()
  const times = ['long', 'aside-1', 'aside-2'].map((id): [string, number] => [id, now])
  await expectEvents({ events: new Map(times), usage: new Map(), failures: 0, excluded: 0, ignored: 0 }, byKey)
})

test('a replay reads the objects of its window again', async () => {
  const [row] = await eventually(
    () => world.pipeline.query(`select count(*) as n from github_audit where p_source_id = '${byKey}'`),
    ([first]) => Number(first?.n) > 0,
  )
  const job = jobOf({ kind: 'replay', from: Date.now() - 3_600_000, dryRun: false }, 'github.audit-stream', Date.now())
  await world.put(`state/${byKey}/jobs/open/${job.id}.json`, encodeJob(job))
  await world.put(`state/${byKey}/jobs/bell`, Buffer.from(job.id))
  for (let ticks = 0; ticks < 5 && world.files(`state/${byKey}/jobs/open`).length > 0; ticks++) await world.tick(byKey)
  expect(existsSync(world.pathOf(`state/${byKey}/jobs/ended/${job.id}.json`))).toBe(true)
  const [run] = await eventually(
    () => world.pipeline.query(`select fetched, "new" as rows from collection_runs where kind = 'replay'`),
    (rows) => rows.length === 1,
  )
  expect(Number(run?.fetched)).toBeGreaterThan(100)
  await eventually(
    () => world.pipeline.query(`select count(*) as n from github_audit where p_source_id = '${byKey}'`),
    ([first]) => Number(first?.n) > Number(row?.n),
  )
})

test('a role that was taken away is a refusal that names it', async () => {
  world.server.withdrawRole()
  await world.tick(byKey)
  expect(world.state(byKey)?.lastResult).toMatchObject({
    outcome: 'credentials',
    detail: expect.stringContaining('roles/storage.objectViewer'),
  })
})
