import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openInstallation } from '../../cli/installation.ts'
import { listAll } from '../../lambdas/core/aws/list-all.ts'
import { auditStream, checks, steadyFlow } from '../../simulators/github/audit-stream.ts'
import { joined } from '../../simulators/github/audit-stream-objects.ts'
import { otherSuffixes } from '../../simulators/github/audit-stream-unusual.ts'
import { countRows, eventually } from '../support/pipeline.ts'
import { ownStream, StreamedPipeline } from '../support/streamed.ts'

const stream = auditStream({ seed: 21 })
const written = joined([
  steadyFlow(stream, { now: Date.now() }),
  checks(stream, { now: Date.now() }),
  otherSuffixes(stream, { now: Date.now() }),
])
const { excluded, ignored, events, usage } = written.expected
const files = written.objects.filter(({ name }) => name.endsWith('.gz') && !name.includes('_check'))
const bytes = files.reduce((sum, { body }) => sum + body.length, 0)
const started = new Date(Date.now() - 60_000).toISOString().replace(/\.\d+Z/, 'Z')

let world: StreamedPipeline
beforeAll(async () => {
  world = await StreamedPipeline.start()
  await world.put(written.objects)
  await world.expectEvents(written.expected)
  const opened = () => openInstallation(world.pipeline).catch(() => undefined)
  await world.pipeline.run.schedules.get('janitor')?.tick()
  const installation = await eventually(opened, (one) => one !== undefined)
  installation?.close()
})
afterAll(() => world.stop())

/** Runs a command in a process of its own while the reader ticks. */
async function run(command: 'replay' | 'status' | 'backfill', ...args: string[]) {
  const script = join(import.meta.dirname, '..', '..', 'cli', `${command}.ts`)
  const child = spawn(process.execPath, [script, ...args, '--data', world.pipeline.data])
  const end = once(child, 'close')
  let isOpen = true
  void end.then(() => (isOpen = false))
  const output = Promise.all([text(child.stdout), text(child.stderr)])
  await once(child.stdout, 'readable')
  while (command === 'replay' && isOpen) {
    await world.tick()
    await Promise.race([end, new Promise((resolve) => setTimeout(resolve, 1_000))])
  }
  const [[code], [stdout, stderr]] = await Promise.all([end, output])
  const lines = (): Record<string, unknown>[] =>
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  return { code, stdout, stderr, lines }
}

test('status counts what was read, excluded and ignored', async () => {
  const ofStream = async () =>
    (await run('status', '--json')).lines().find(({ kind, source }) => kind === 'source' && source === ownStream)
  const counts = { read: files.length, excluded, ignored, events: events.size + usage.size, failed: 0, leftOut: 0 }
  const found = await eventually(ofStream, (one) => JSON.stringify(one?.objects).includes(`"excluded":${excluded},`))
  expect(found).toMatchObject({ type: 'github-audit-stream-s3', state: 'ok', lastRun: { outcome: 'done' } })
  expect(found?.objects).toMatchObject({ ...counts, unfinished: [], provider: null })
  const { stdout } = await run('status', '--all')
  const sums = [files.length, excluded, ignored, counts.events, 0, 0].join(' +')
  expect(stdout).toMatch(new RegExp(`^ +last eight +${sums}$`, 'm'))
})

test('a dry run counts objects and bytes, and reads nothing', async () => {
  const { code, stdout, lines } = await run('replay', ownStream, '--from', started, '--dry-run', '--json')
  expect(code).toBe(0)
  expect(stdout).not.toBe('')
  expect(lines().at(-1)).toMatchObject({
    job: 'replay',
    dryRun: true,
    outcome: 'done',
    objects: { total: files.length, bytes, read: 0 },
    estimate: { requests: files.length, usd: expect.any(Number) },
    fetched: 0,
  })
})

test('a replay brings back rows that the lake has lost', async () => {
  const { data, run: local } = world.pipeline
  const days = await world.pipeline.query('select distinct dt from github_audit')
  for (const { dt } of days) {
    const list = `tables/github_audit/dt=${String(dt)}/symlink.txt`
    writeFileSync(local.gateway.objects.pathOf(local.ready.buckets.lake ?? '', list), '')
  }
  expect(await countRows(data, 'github_audit')).toBe(0)
  const { code, stdout } = await run('replay', ownStream, '--from', started)
  expect(code).toBe(0)
  const rows = (events.size + usage.size).toLocaleString('en-US')
  expect(stdout).toContain(
    `Done: ${files.length} objects read again; ${rows} rows published, with the same ids as before.\n`,
  )
  expect(stdout).not.toContain('complete up to')
  await world.expectEvents(written.expected)
})

test.each([
  [
    'backfill',
    ownStream,
    /^Source stream \(github-audit-stream-s3\) gets .* read them again with "npm run replay"\.\n$/,
  ],
  [
    'replay',
    'hooks',
    /^Source hooks .* Only sources with a bucket can be replayed: there are foreign-stream, stream\.\n$/,
  ],
] as const)('%s of %s is refused', async (command, source, stderr) => {
  expect(await run(command, source, '--from', '2026-01-01')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(stderr),
  })
})

test("a dead letter of the stream's own queue is archived and counted with its source", async () => {
  const { run: local } = world.pipeline
  const { endpoints, region, credentials } = local.ready
  const queue = local.queueNames.find((name) => /streamsstreamdeadletters/.test(name))
  expect(queue).toBeDefined()
  const sqs = new SQSClient({ endpoint: endpoints.sqs, region, credentials })
  const url = `${endpoints.sqs}/${local.gateway.accountId}/${queue}`
  await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: '{"Records":"damaged"}' }))
  sqs.destroy()
  const installation = await openInstallation(world.pipeline)
  const archived = async () => {
    const letters: unknown[] = []
    for await (const { key } of listAll(installation.ops, 'dead/')) {
      letters.push(JSON.parse(new TextDecoder().decode((await installation.ops.get(key))?.body)))
    }
    return letters
  }
  expect(await eventually(archived, (letters) => letters.length > 0)).toMatchObject([
    { source: ownStream, body: '{"Records":"damaged"}' },
  ])
  installation.close()
  const lines = (await run('status', '--json')).lines()
  expect(lines.find(({ source }) => source === ownStream)).toMatchObject({ deadLetters: 1 })
  expect(lines.at(-1)).toMatchObject({ deadLetters: 1, deadLettersOfUnknownSource: 0 })
})
