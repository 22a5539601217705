import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import * as sdk from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { s3Store } from '../../lambdas/core/aws/s3-store.ts'
import type { ObjectStore } from '../../lambdas/core/ports.ts'
import { Lake, type QueryResult } from '../../local/query/lake-query.ts'
import { tableSchemas } from '../../schemas/generated/index.ts'
import { AthenaServer } from '../support/athena-server.ts'
import { hiddenCharacters, hostile } from '../support/hostile-text.ts'
import { eventually, type Pipeline, startPipeline, webhookSettings } from '../support/pipeline.ts'

/** `npm run verify -- --ops-bucket NAME` over the stores of a local run, and a server that answers as Athena does. */

/** The only day that a statement asks for; the text without one sorts before all. */
const dayIn = (sql: string): string => / dt = '(\d{4}-\d\d-\d\d)'$/.exec(sql)?.[1] ?? ''
const isTomorrow = (sql: string): boolean => dayIn(sql) > new Date().toISOString().slice(0, 10)
const isLongAgo = (sql: string): boolean => dayIn(sql) !== '' && !isTomorrow(sql)

let pipeline: Pipeline
let client: sdk.S3Client
let lake: ObjectStore
beforeAll(async () => {
  pipeline = await startPipeline(webhookSettings)
  const { run, query } = pipeline
  await run.schedules.get('janitor')?.tick()
  for (const schedule of run.schedules.values()) schedule.stop()
  const { ready, gateway } = run
  client = new sdk.S3Client({ endpoint: ready.endpoints.s3, region: ready.region, credentials: ready.credentials })
  const { url = '', secretId = '' } = ready.webhooks.notebooks ?? {}
  const headers = { 'content-type': 'application/json', 'X-Test-Secret': gateway.secrets.current(secretId) }
  const body = JSON.stringify({ event: { action: 'seen', actor: {}, occurred_at: new Date().toISOString() } })
  expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(200)
  const rows = () => query('select 1 as one from hex_audit')
  await eventually(rows, ({ length }) => length === 1)
  const storeOf = (bucket = '') => s3Store(async () => ({ sdk, client }), bucket)
  lake = storeOf(ready.buckets.lake)
  // Only a source that works, so that the exit status is that of the lake.
  const ops = storeOf(ready.buckets.ops)
  const facts = factsForm.parse(JSON.parse(Buffer.from((await ops.get('stack.json'))?.body ?? []).toString()))
  const { notebooks } = facts.sources
  const { lifecycle } = gateway.objects.factsOf(ready.buckets.ops ?? '')
  const ofStack = lifecycle.filter(({ prefix }) => !prefix?.startsWith('state/'))
  gateway.objects.ensureBucket(ready.buckets.ops ?? '', { lifecycle: ofStack })
  await ops.put('stack.json', Buffer.from(JSON.stringify({ ...facts, sources: { notebooks } })))
})
afterAll(async () => {
  client.destroy()
  await pipeline.stop()
})

const factsForm = z.looseObject({ sources: z.record(z.string(), z.unknown()) })

/** The lake of the run, as Athena would show it. */
async function answer(sql: string): Promise<QueryResult> {
  const opened = await Lake.open(pipeline.data)
  return await opened.query(sql).finally(() => opened.close())
}

/** Starts a command for the deployment. */
function startCommand(command: 'verify' | 'query', athena: AthenaServer, args: readonly string[]) {
  const { ready, gateway } = pipeline.run
  const services = ['S3', 'LAMBDA', 'SECRETS_MANAGER'].map((name) => [`AWS_ENDPOINT_URL_${name}`, gateway.url])
  return spawn(process.execPath, [join(import.meta.dirname, `../../cli/${command}.ts`), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      ...Object.fromEntries(services),
      AWS_ENDPOINT_URL_ATHENA: athena.url,
      AWS_REGION: ready.region,
      AWS_ACCESS_KEY_ID: ready.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ready.credentials.secretAccessKey,
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AUDITLAKE_OPS_BUCKET: ready.buckets.ops,
    },
  })
}

const start = (athena: AthenaServer, ...args: string[]) => startCommand('verify', athena, args)

async function endOf(child: ReturnType<typeof start>) {
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { status, stdout, stderr }
}

const findingForm = z.object({
  check: z.string(),
  subject: z.string(),
  ok: z.boolean().nullable(),
  asked: z.string().nullable(),
  says: z.string().nullable(),
  remedy: z.string().nullable(),
})

/** The findings about the lake, of those with `--json`. */
async function findings(athena: AthenaServer) {
  const { status, stdout, stderr } = await endOf(start(athena, '--json'))
  expect(stderr).toBe('')
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => findingForm.safeParse(JSON.parse(line)))
  return { status, found: lines.flatMap(({ data }) => data ?? []) }
}

const emptyTable = 'anthropic_activity'
const listsOfEmptyTable = () => lake.list(`tables/${emptyTable}/`, 10)

describe('npm run query', () => {
  const query = async (athena: AthenaServer, ...args: string[]) => endOf(startCommand('query', athena, args))

  test('asks Athena with the same text, and says how much it read', async () => {
    const athena = await AthenaServer.start({ answer })
    const sql =
      "select p_source_id, count(*) as rows, cast(null as boolean) as nothing from hex_audit where dt >= '2026-01-01' group by 1"
    const { status, stdout, stderr } = await query(athena, '--json', sql)
    expect({ status, stderr }).toEqual({ status: 0, stderr: 'Athena read 0.0 MB.\n' })
    expect(JSON.parse(stdout)).toMatchObject({ p_source_id: 'notebooks', rows: 1, nothing: null })
    expect(athena.asked).toEqual([sql])
    expect((await query(athena, sql)).stdout).toMatch(/^p_source_id +rows\n-+ +-+\nnotebooks +1\n\(1 row; /)
  })

  test('fails with the reason of Athena, whose words are harmless', async () => {
    const athena = await AthenaServer.start({ answer: async () => Promise.reject(new Error(`no ${hostile}`)) })
    const { status, stdout, stderr } = await query(athena, 'select 1')
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/^Athena: no /)
    expect(stderr.trimEnd()).not.toMatch(hiddenCharacters)
  })
})

describe('a lake that Athena reads', () => {
  test('works: every table, the view, a day without a list, an empty list', async () => {
    const athena = await AthenaServer.start({ answer })
    const { status, stdout, stderr } = await endOf(start(athena))
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const lines = stdout
      .trim()
      .split('\n')
      .filter((line) => !/^(lake|ops) bucket .*: works$/.test(line))
    expect(lines.slice(0, 2)).toEqual([
      'notebooks (webhook): works',
      expect.stringMatching(/^Athena, first row of a day \(writer\): works: it has begun s3:\/\/.+\/hex_audit\/dt=/),
    ])
    expect(lines.slice(2, -4).map((line) => line.replace(/works: .+ rows? since .+/, 'works'))).toEqual([
      ...tableSchemas.map(({ table }) => `Athena, table (${table}): works`),
      'Athena, view (open_failures): works',
      'Athena, view (all_events): works',
    ])
    expect(stdout).toMatch(/\(hex_audit\): works: 1 row since [\d-]{10}, the newest of [\d-]{10} [\d:.]{12}\n/)
    expect(stdout).toMatch(/\(github_audit\): works: 0 rows since [\d-]{10}\n/)
    expect(lines.slice(-4)).toEqual([
      `Athena, day without a list (${emptyTable}): works: 0 rows`,
      `Athena, empty list (${emptyTable}): works: 0 rows`,
      '',
      'Everything works.',
    ])
  })

  test('is asked for few days, in the database of the stack, and is left as it was', async () => {
    const athena = await AthenaServer.start({ answer })
    const seen: number[] = []
    athena.behaviour.answer = async (sql) => {
      if (isLongAgo(sql)) seen.push((await listsOfEmptyTable()).length)
      return await answer(sql)
    }
    const { status, found } = await findings(athena)
    expect(status).toBe(0)
    expect(athena.asked).toHaveLength(tableSchemas.length + 4)
    for (const sql of athena.asked) {
      expect(sql).toMatch(/ from "auditlake"\."\w+" where dt (= '[\d-]{10}'|between '[\d-]{10}' and '[\d-]{10}')$/)
    }
    expect(athena.databases).toEqual(new Set(['auditlake']))
    expect(found.flatMap(({ asked }) => asked ?? []).sort()).toEqual(athena.asked.sort())
    expect(seen).toEqual([1])
    expect(await listsOfEmptyTable()).toEqual([])
  })

  test('is not asked for a single source', async () => {
    const athena = await AthenaServer.start({ answer })
    const { status, stdout } = await endOf(start(athena, 'notebooks'))
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'notebooks (webhook): works\n\nEverything works.\n' })
    expect(athena.asked).toEqual([])
  })
})

describe('a lake that Athena cannot read', () => {
  const troubles: readonly { check: string; meets: (sql: string) => boolean; reason: string; remedy: string }[] = [
    {
      check: 'table',
      meets: (sql) => sql.includes('"hex_audit"'),
      reason: 'HIVE_BAD_DATA: Field p_event_time is of the wrong type',
      remedy: 'Report it as an issue',
    },
    {
      check: 'table',
      meets: (sql) => sql.includes('"slack_accesslogs"'),
      reason: "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.auditlake.slack_accesslogs' does not exist",
      remedy: 'deploy it again',
    },
    {
      check: 'table',
      meets: (sql) => sql.includes('"slack_auditlogs"'),
      reason: 'Insufficient permissions to execute the query. Insufficient Lake Formation permission(s)',
      remedy: 'grant SELECT and DESCRIBE',
    },
    {
      check: 'table',
      meets: (sql) => sql.includes('"collection_runs"'),
      reason: 'Query cancelled! : Bytes scanned limit was exceeded',
      remedy: 'Raise queryLimitGB',
    },
    {
      check: 'view',
      meets: (sql) => sql.includes('"open_failures"'),
      reason: 'INVALID_VIEW: line 1:15: Failed to parse the view definition',
      remedy: 'schemas/views.ts',
    },
    {
      check: 'day-without-list',
      meets: isTomorrow,
      reason: 'HIVE_FILESYSTEM_ERROR: Error parsing symlinks from: s3://lake/tables/x/dt=2026-01-01 does not exist',
      remedy: 'limit queries to days that have a list',
    },
    {
      check: 'empty-list',
      meets: isLongAgo,
      reason: 'HIVE_UNKNOWN_ERROR: no lines',
      remedy: 'no function writes an empty list',
    },
  ]

  test('says for each fault what was asked, why it failed, and what to do', async () => {
    const athena = await AthenaServer.start()
    athena.behaviour.answer = (sql) => {
      const trouble = troubles.find(({ meets }) => meets(sql))
      return trouble ? Promise.reject(new Error(trouble.reason)) : answer(sql)
    }
    const { status, found } = await findings(athena)
    expect(status).toBe(1)
    const failed = found.filter(({ ok }) => !ok)
    expect(failed.map(({ asked, ...finding }) => ({ ...finding, asked: typeof asked }))).toEqual(
      troubles.map(({ check, reason, remedy }) => ({
        check,
        subject: expect.any(String),
        ok: false,
        asked: 'string',
        says: reason,
        remedy: expect.stringContaining(remedy),
      })),
    )
    expect(await listsOfEmptyTable()).toEqual([])
  })

  test("is shown with the statement, and Athena's words cannot take over the terminal", async () => {
    const athena = await AthenaServer.start()
    athena.behaviour.answer = (sql) =>
      sql.includes('"github_audit"') ? Promise.reject(new Error(`HIVE_CURSOR_ERROR: ${hostile}`)) : answer(sql)
    const { status, stdout } = await endOf(start(athena))
    expect(status).toBe(1)
    const lines = stdout.split('\n')
    const at = lines.indexOf('Athena, table (github_audit): DOES NOT WORK')
    expect(lines.slice(at + 1, at + 4)).toEqual([
      expect.stringMatching(
        /^ {2}asked: select count\(\*\), max\("p_event_time"\) from "auditlake"\."github_audit" where dt between /,
      ),
      expect.stringMatching(/^ {2}HIVE_CURSOR_ERROR: /),
      '  Report it as an issue, with these lines.',
    ])
    expect(lines.filter((line) => hiddenCharacters.test(line))).toEqual([])
    expect(lines.filter((line) => line.startsWith('Done.'))).toEqual([])
    expect(lines.at(-2)).toMatch(/^1 of \d+ do not work\.$/)
  })

  test('because it may not be asked: one finding, and nothing is put into the lake', async () => {
    const athena = await AthenaServer.start({ answer, refusals: ['AccessDeniedException'] })
    const { status, found } = await findings(athena)
    expect(status).toBe(1)
    expect(found.map(({ check, ok }) => [check, ok])).toEqual([
      ['first-row', true],
      ['workgroup', false],
    ])
    expect(found[1]).toMatchObject({
      subject: 'AuditLake',
      says: expect.stringContaining('AccessDeniedException'),
      remedy: expect.stringContaining('the rights that --help names'),
    })
  })
})

describe('an empty list', () => {
  test('that the writer has continued meanwhile stays', async () => {
    const athena = await AthenaServer.start()
    let key = ''
    athena.behaviour.answer = async (sql) => {
      if (!isLongAgo(sql)) return await answer(sql)
      const [list] = await listsOfEmptyTable()
      key = list?.key ?? ''
      await lake.put(key, Buffer.from('continued'))
      return { columns: ['count'], rows: [[0]] }
    }
    const { status, found } = await findings(athena)
    expect(status).toBe(0)
    expect(found.at(-1)).toMatchObject({ check: 'empty-list', ok: true })
    expect(Buffer.from((await lake.get(key))?.body ?? []).toString()).toBe('continued')
    await lake.delete(key)
  })

  test('is removed, and its query cancelled, after Ctrl-C', async () => {
    const athena = await AthenaServer.start({ answer, hangs: isLongAgo })
    const child = start(athena)
    const ended = endOf(child)
    await expect.poll(() => isLongAgo(athena.asked.at(-1) ?? '')).toBe(true)
    expect(await listsOfEmptyTable()).toHaveLength(1)
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ status: 1, stderr: 'the command was interrupted.\n' })
    expect(athena.stopped).toEqual(athena.asked.slice(-1))
    expect(await listsOfEmptyTable()).toEqual([])
  })
})
