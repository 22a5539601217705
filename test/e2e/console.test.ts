import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { GetQueueUrlCommand, ListQueuesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type {
  ConnectForm,
  CredentialResult,
  Events,
  Failures,
  Overview,
  Rates,
  Redrive,
  Runs,
  SqlResult,
  Waited,
  WholeEvent,
} from '../../console/api.ts'
import { type RunningConsole, startConsole } from '../../console/server/server.ts'
import { compileFailures } from '../../lambdas/core/intake/failure.ts'
import { encodeMessages } from '../../lambdas/core/publish/message.ts'
import { classificationFailures } from '../../schemas/generated/classification_failures.ts'
import { type ConsoleClient, clientOf } from '../support/console-world.ts'
import { eventually } from '../support/pipeline.ts'
import { PolledPipeline, type PolledSource, streamOf } from '../support/polled.ts'

const github = streamOf('github-audit')
const anthropic = streamOf('anthropic-activity')

let world: PolledPipeline
let source: PolledSource
let other: PolledSource
let running: RunningConsole
let page: ConsoleClient
beforeAll(async () => {
  world = await PolledPipeline.start([
    { id: github.type, facts: github, filled: false },
    { id: anthropic.type, facts: anthropic },
  ])
  source = world.sourceOf(github)
  other = world.sourceOf(anthropic)
  running = await startConsole({ choice: { data: world.pipeline.data } })
  page = clientOf(running.url)
})
afterAll(async () => {
  await running.close()
  await world.stop()
})

const cardOf = async (id: string) =>
  (await page.get<Overview>('/api/overview')).sources.find((card) => card.source === id)

test('until the run has written its facts, a sentence says so', async () => {
  await expect(page.get('/api/overview')).rejects.toThrow(
    /^503: .*stack\.json is missing\. It does so within its first minute/,
  )
  await world.pipeline.run.schedules.get('janitor')?.tick()
  const { place } = await page.get<Overview>('/api/overview')
  expect(place).toEqual({ kind: 'local', name: world.pipeline.data, simulated: false })
  expect(await cardOf(source.id)).toMatchObject({
    feed: 'polled',
    canConnect: true,
    standing: { word: 'not set up', needsPerson: true },
  })
})

test('a source is connected in the page, until its first event is a row', async () => {
  await expect(page.get(`/api/connect/${source.id}`)).rejects.toThrow(
    '503: The function of github-audit has not run yet',
  )
  await source.tick()
  const form = await page.get<ConnectForm>(`/api/connect/${source.id}`)
  expect(form).toMatchObject({ type: 'github-audit', hasSecret: false })
  expect(form.hints).toEqual([])
  expect(form.credentials[0]?.putIn).toMatch(/token/)
  const put = (credential: string) =>
    page.post<CredentialResult>(`/api/connect/${source.id}/credential`, { credential })
  await expect(put('ghp_xxxx')).rejects.toThrow('400: This is an example or a placeholder')
  await expect(put('{"key": "marked"}')).rejects.toThrow(/^(?!.*marked)400: The JSON lacks a member/)
  expect(await put(`${github.credential}\n`)).toEqual({
    works: true,
    lines: expect.arrayContaining([{ text: 'github.audit: the credential works.', ok: true }]),
  })
  const wrong = await put(`${github.credential.slice(0, -4)}0000`)
  expect(wrong.works).toBe(false)
  expect(wrong.lines.at(-1)).toEqual({ text: 'The former credential is back in the secret.', ok: false })

  const { now } = await page.get<Overview>('/api/overview')
  const wait = () => page.get<Waited>(`/api/connect/${source.id}/wait?since=${now}`)
  const waiting = await wait()
  expect(waiting.text).toMatch(/^Waiting for the first event of github-audit: /)
  expect(waiting).not.toHaveProperty('found')
  await source.insert({ members: { actor: 'kim' } })
  await source.catchUp()
  const { found } = await eventually(wait, (answer) => answer.found !== undefined)
  expect(found).toMatchObject({ table: 'github_audit' })
  // A card is kept for two seconds.
  const card = await eventually(
    () => cardOf(source.id),
    (answer) => answer?.standing.word === 'working',
  )
  expect(card).toMatchObject({ credential: 'accepted', lagMs: expect.any(Number) })
})

test('an event is found by what it names, opened as it came, and counted', async () => {
  await other.insert({ members: { actor: { type: 'user_actor', user_id: 'user_01kim' } } })
  await other.catchUp()
  const named = [
    { id: source.id, facts: github, who: 'kim' },
    { id: other.id, facts: anthropic, who: 'user_01kim' },
  ]
  for (const { id, facts, who } of named) {
    const [row] = await eventually(
      () =>
        world.pipeline.query(
          `select p_row_id, dt from ${facts.table} where contains(p_any_usernames, '${who}') or contains(p_any_actor_ids, '${who}')`,
        ),
      (rows) => rows.length > 0,
    )
    const { rows } = await page.get<Events>(`/api/events?search=${who}`)
    expect(rows.filter(({ id: found }) => found === row?.p_row_id)).toMatchObject([{ source: id, table: facts.table }])
    const query = new URLSearchParams({ table: facts.table, dt: String(row?.dt), id: String(row?.p_row_id) })
    const { event, columns, nulls } = await page.get<WholeEvent>(`/api/event?${query}`)
    expect(Object.keys(JSON.parse(event.text)).length).toBeGreaterThan(2)
    expect(columns.length * nulls).toBeGreaterThan(0)
  }
  const { tables } = await page.get<Rates>('/api/rates')
  const counted = tables.find((one) => one.source === source.id)
  expect(counted?.day.counts.reduce((a, b) => a + b)).toBeGreaterThan(0)
  const found = await page.post<SqlResult>('/api/sql', { sql: 'select count(*) as n from all_events' })
  expect(Number(found.rows[0]?.[0])).toBeGreaterThan(1)
  const runs = await eventually(
    () => page.get<Runs>('/api/runs'),
    ({ lanes }) =>
      lanes.some((lane) => lane.source === source.id && lane.runs.some(({ outcome }) => outcome === 'done')),
  )
  const lane = runs.lanes.find((one) => one.source === source.id)
  expect(lane?.runs.find(({ outcome }) => outcome === 'done')?.window).toBeDefined()
  expect(lane?.runs.map(({ outcome }) => outcome)).toContain('credentials')
})

test('a failure is shown with its bytes, and redriven', async () => {
  const { credentials, endpoints, region } = world.pipeline.run.ready
  const sqs = new SQSClient({ credentials, endpoint: endpoints.sqs, region })
  const event = { '@timestamp': world.clock.now(), _document_id: 'mended', action: 'org.mended', actor: 'mender' }
  const receivedAt = world.clock.now()
  const row = compileFailures(classificationFailures)(
    { error: new TypeError('a bug that is mended now'), bytes: Buffer.from(JSON.stringify(event)) },
    { logType: 'GitHub.Audit', origin: 'poll' },
    { sourceId: source.id, sourceLabel: 'Test', receivedAt },
  )
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}))
  const QueueName = QueueUrls.map((url) => url.split('/').at(-1) ?? '').find((name) =>
    /^deliveryrecords(?!.*(?:bulk|dlq))/i.test(name),
  )
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }))
  const batch = { logType: 'classification_failures', sourceId: source.id, receivedAt, rows: [row] }
  for (const MessageBody of encodeMessages(batch)) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }))
  sqs.destroy()
  const failures = () => page.get<Failures>('/api/failures')
  // The list and the count are read by different ways, so that one can be there first.
  const { failures: listed, openFailures } = await eventually(
    failures,
    (answer) => answer.failures.length > 0 && answer.openFailures > 0,
  )
  expect([listed.length, openFailures]).toEqual([1, 1])
  expect(listed[0]).toMatchObject({ reason: 'internal', source: source.id, content: { text: JSON.stringify(event) } })

  const ordered = await page.post<Redrive>('/api/redrive', { kind: 'failures', source: source.id })
  expect(ordered.isOpen).toBe(true)
  const ended = await eventually(
    async () => {
      await world.pipeline.run.schedules.get('janitor')?.tick()
      return (await failures()).redrives.find(({ id }) => id === ordered.id)
    },
    (redrive) => redrive?.isOpen === false,
  )
  expect(ended?.text).toContain('Done: 1 failure became 1 row.')
  const left = await eventually(failures, (answer) => answer.failures.length + answer.openFailures === 0)
  expect([left.failures, left.openFailures]).toEqual([[], 0])
  const { rows } = await eventually(
    () => page.get<Events>('/api/events?search=mender'),
    (answer) => answer.rows.length > 0,
  )
  expect(rows).toMatchObject([{ operation: 'org.mended', who: 'mender' }])
})

test('the command serves the page of a run until Ctrl-C', async () => {
  const script = join(import.meta.dirname, '../../cli/console.ts')
  const start = (data: string) =>
    spawn(process.execPath, [script, '--data', data, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] })
  const child = start(world.pipeline.data)
  onTestFinished(() => void child.kill('SIGKILL'))
  const exit = once(child, 'exit')
  const [line = ''] = await once(createInterface(child.stdout), 'line')
  const { console: url }: { console: string } = JSON.parse(String(line))
  const { place } = await clientOf(url).get<Overview>('/api/overview')
  expect(place.name).toBe(world.pipeline.data)
  child.kill('SIGINT')
  expect(await exit).toEqual([0, null])

  const refused = start(join(world.pipeline.data, 'nothing-here'))
  const [stderr, [code]] = await Promise.all([text(refused.stderr), once(refused, 'exit')])
  expect([code, stderr]).toEqual([1, expect.stringContaining('No local run is running in ')])
})

test('no credential stands in a log or a state', async () => {
  expect(await world.everythingWritten()).not.toContain(github.credential)
})
