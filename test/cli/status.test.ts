import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openInstallation } from '../../cli/installation.ts'
import { archiveDeadLetter } from '../../lambdas/core/publish/dead-letters.ts'
import { decodeReceipt, receiptKey } from '../../lambdas/core/webhook/receipt-notes.ts'
import { processInfo } from '../../local/process/process-table.ts'
import { hookSender } from '../support/hooks.ts'
import { memoryReader } from '../support/memory-reader.ts'
import {
  allLogs,
  countRows,
  eventually,
  notebooksLabel,
  type Pipeline,
  startPipeline,
  webhookSettings,
} from '../support/pipeline.ts'

async function status(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const script = join(import.meta.dirname, '..', '..', 'cli', 'status.ts')
  const child = spawn(process.execPath, [script, ...args], { env: { ...process.env, ...environment } })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code, stdout, stderr }
}

describe('a local run', () => {
  let pipeline: Pipeline
  beforeAll(async () => {
    pipeline = await startPipeline(webhookSettings)
  })
  afterAll(() => pipeline.stop())

  test('shows rows, a failure and a dead letter of a source', async () => {
    const { data } = pipeline
    const before = Date.now()
    const sender = hookSender(pipeline)
    await sender.postMany(3, 'created')
    await sender.post('no JSON, but private')
    const count = async () =>
      (await countRows(data, 'github_webhook')) + (await countRows(data, 'classification_failures'))
    expect(await eventually(count, (rows) => rows === 4)).toBe(4)
    const installation = await eventually(
      () => openInstallation({ data }).catch((error: Error) => error),
      (opened) => !(opened instanceof Error),
    )
    if (installation instanceof Error) throw installation
    expect(installation.facts.sources).toMatchObject({
      hooks: { type: 'github-webhook', label: 'Test hooks' },
      'other-hooks': { type: 'github-webhook', label: 'Other hooks' },
      notebooks: { type: 'hex-webhook', label: notebooksLabel },
    })
    const body = JSON.stringify({ sourceId: 'hooks', rows: 'private' })
    const letter = { messageId: 'm', body, source: 'hooks', reason: 'bad_time', detail: '' } as const
    await archiveDeadLetter({ ops: installation.ops, claims: memoryReader(new Map()).reader }, letter, Date.now())
    const { ops } = installation
    const note = await eventually(
      () => ops.get(receiptKey('hooks')),
      (stored) => stored !== undefined,
    )
    expect(note && decodeReceipt(note.body)).toBeGreaterThanOrEqual(before)
    installation.close()
    // The failure is a row as well, but none of the source.
    const writtenOf = async () => sumOf(await allLogs(data), 'hooks', 'RowsWritten')
    expect(await eventually(writtenOf, (rows) => rows >= 3)).toBe(3)

    await pipeline.run.schedules.get('github-webhook-recovery')?.tick()
    const { code, stdout, stderr } = await status(['--data', data, '--json'])
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    const lines: Record<string, unknown>[] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const webhooks = ['healing', 'hooks', 'notebooks', 'other-hooks']
    expect(lines.filter(({ source }) => webhooks.includes(String(source)))).toMatchObject([
      { kind: 'source', source: 'healing', stream: null },
      { kind: 'source', source: 'healing', stream: 'github-webhook recovery', credential: 'missing' },
      {
        kind: 'source',
        source: 'hooks',
        type: 'github-webhook',
        stream: null,
        credential: 'accepted',
        standing: 'working',
        needsPerson: true,
        rejected: { count: 1, lastReason: 'not_json' },
      },
      { kind: 'source', source: 'notebooks', type: 'hex-webhook' },
      { kind: 'source', source: 'other-hooks', type: 'github-webhook', openFailures: 0, deadLetters: 0 },
    ])
    const totals = { kind: 'totals', openFailures: 1, deadLetters: 1, deadLettersOfUnknownSource: 0 }
    expect(lines.at(-1)).toMatchObject(totals)
    const hooks = lines.find(({ source }) => source === 'hooks')
    expect(hooks).toMatchObject({ openFailures: 1, deadLetters: 1, deadLetterReasons: { bad_time: 1 } })
    const lastEvent = Date.parse(String(hooks?.lastEvent))
    expect([lastEvent >= before, lastEvent <= Date.now()]).toEqual([true, true])
    expect(stdout).not.toContain('private')

    const table = await status(['--data', data], { AUDITLAKE_OPS_BUCKET: 'not-asked-for' })
    expect(table.stdout).toMatch(/^\d+ sources, \d+ need a person; 1 open failure, 1 dead letter\n/)
    expect(table.stdout).toMatch(/\n! hooks +working .* 1 +1 +1\n! notebooks +not set up .*\n! other-hooks /)
    expect(table.stdout).toContain('\nhealing (github-webhook recovery), not set up: ')
  })

  test('shares its shifted clock with the command', async () => {
    const { now, close } = await openInstallation({ data: pipeline.data })
    close()
    const hoursAhead = () => Math.round((now() - Date.now()) / 3_600_000) || 0
    pipeline.run.shiftClock(7_200_000)
    expect(hoursAhead()).toBe(2)
    pipeline.run.shiftClock(0)
    expect(hoursAhead()).toBe(0)
  })

  test('is refused until run.json is complete', async () => {
    const run: object = JSON.parse(await readFile(join(pipeline.data, 'run.json'), 'utf8'))
    const { lake } = pipeline.run.ready.buckets
    const opened = openInstallation({ data: await folderWith({ ...run, buckets: { lake, ops: lake } }) })
    await expect(opened).rejects.toThrow(/^The local run in .* does not say yet .* try again then\.$/)
  })
})

/** The sum of a metric of a source in the logs of functions. */
function sumOf(logs: string, source: string, metric: string): number {
  const lines = logs.split('\n').filter((line) => line.startsWith('{') && line.includes(metric))
  const ofSource = lines
    .map((line): Record<string, unknown> => JSON.parse(line))
    .filter((line) => line.source === source)
  return ofSource.reduce((sum, line) => sum + Number(line[metric]), 0)
}

/** A folder with a run's `run.json`. */
async function folderWith(run?: object): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'auditlake-status-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  if (run) await writeFile(join(folder, 'run.json'), JSON.stringify(run))
  return folder
}

describe('installations that cannot be opened', () => {
  const self = { pid: process.pid, born: processInfo(process.pid)?.born }
  test.each([
    ['an empty folder', undefined, /^No local run is running in .*"npm start"/],
    ['a run that was killed', { pid: 1, born: 'long ago', ready: true }, /^No local run is running in .*"npm start"/],
    ['a run without a birth', { pid: 2 ** 30, ready: true }, /^No local run is running in .*"npm start"/],
    ['a run that is starting', { ...self }, /^The local run in .* is still starting/],
    [
      'a run of another kind',
      { ...self, ready: true, region: 'r' },
      /run\.json was not written by this version of npm start/,
    ],
  ])('%s', async (_, run, stderr) => {
    expect(await status(['--data', await folderWith(run)])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(stderr),
    })
  })

  test('a local run and a stack together', async () => {
    expect(await status(['--data', '.', '--ops-bucket', 'b'])).toEqual({
      code: 1,
      stdout: '',
      stderr: '--data names a local run and --ops-bucket a stack on AWS: give only one of them.\n',
    })
  })

  test('a stack without credentials', async () => {
    const nobody = { AWS_EC2_METADATA_DISABLED: 'true', AWS_REGION: 'us-east-1', AWS_CONFIG_FILE: '/nowhere' }
    const environment = { ...nobody, AWS_SHARED_CREDENTIALS_FILE: '/nowhere', AUDITLAKE_OPS_BUCKET: 'ops-of-nobody' }
    expect(await status([], environment)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^The ops bucket ops-of-nobody cannot be read: Could not load credentials/),
    })
  })
})
