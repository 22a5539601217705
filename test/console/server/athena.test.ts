import { AthenaClient } from '@aws-sdk/client-athena'
import { TrinoSQL } from 'dt-sql-parser'
import { expect, onTestFinished, test } from 'vitest'
import { type RunQuery, runQuery } from '../../../cli/athena/query.ts'
import { readsEveryDayOf } from '../../../cli/unbounded-days.ts'
import type { Events, Failures, Rates, Runs, SqlCatalog, SqlResult, WholeEvent } from '../../../console/api.ts'
import { askAthena } from '../../../console/server/ask.ts'
import { dayOf } from '../../../lambdas/core/lake/partition.ts'
import { loadSavedQueries } from '../../../schemas/compiler/saved-queries.ts'
import { tableSchemas } from '../../../schemas/generated/index.ts'
import { type AthenaBehaviour, AthenaServer } from '../../support/athena-server.ts'
import { consoleOver } from '../../support/console-world.ts'
import { goldenLake } from '../../support/golden-lake.ts'
import { collectionRow, failureRow, webhookRow } from '../../support/planted-rows.ts'

/** Every statement reads so many bytes. */
const billed = 1_234

async function athena(behaviour: Partial<AthenaBehaviour> = {}) {
  const server = await AthenaServer.start({ looks: 0, ...behaviour })
  const client = new AthenaClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'KeyOfNobody' },
  })
  onTestFinished(() => client.destroy())
  const place = { workgroup: 'AuditLake', database: 'auditlake' }
  const query: RunQuery = (sql, options) => runQuery(client, place, sql, options)
  return { server, query }
}

test('over a deployment, every statement of the page is of the grammar of Athena and bounds dt, and says what it read', async () => {
  const event = { action: 'big', sender: { login: 'ada', id: 1 }, size: 7, note: ['x', { deep: true }] }
  const row = webhookRow(event)
  const now = Date.now()
  const lake = goldenLake([
    row,
    failureRow(Buffer.from('x'), now),
    collectionRow({ startedAt: now - 9_000, endedAt: now - 5_000 }),
  ])
  const { server, query } = await athena({ answer: (sql) => lake.query(sql) })
  const client = await consoleOver(lake, query)

  const events = await client.get<Events>('/api/events?search=ada')
  expect(events).toMatchObject({
    rows: [{ id: row.p_row_id, table: 'github_webhook', at: expect.any(Number) }],
    scannedBytes: billed,
  })
  expect(Math.abs((events.rows[0]?.at ?? 0) - now)).toBeLessThan(60_000)
  const before = encodeURIComponent(JSON.stringify([now + 60_000, 'x']))
  expect((await client.get<Events>(`/api/events?source=hooks&before=${before}`)).rows).toHaveLength(1)
  const whole = await client.get<WholeEvent>(`/api/event?table=github_webhook&dt=${dayOf(now)}&id=${row.p_row_id}`)
  expect(whole.scannedBytes).toBe(billed)
  expect(JSON.parse(whole.event.text)).toEqual(event)
  expect(whole.columns.find(({ name }) => name === 'p_parse_time')?.value.text).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  expect(whole.columns.find(({ name }) => name === 'p_any_usernames')?.value.text).toBe('["ada"]')
  expect(await client.get<Failures>('/api/failures')).toMatchObject({
    failures: [{ reason: 'internal' }],
    scannedBytes: 2 * billed,
  })
  const runs = await client.get<Runs>('/api/runs')
  expect(runs).toMatchObject({ scannedBytes: billed })
  expect(runs.lanes.find(({ stream }) => stream === 'github.audit')?.runs).toMatchObject([{ kind: 'run', fetched: 7 }])
  const rates = await client.get<Rates>('/api/rates')
  expect(rates).toMatchObject({ scannedBytes: billed })
  expect(rates.tables.find(({ source }) => source === 'hooks')?.day.counts.at(-1)).toBe(1)
  await client.get<SqlCatalog>('/api/sql')

  // What a page asks again and again is billed once.
  const { length } = server.asked
  for (const where of ['/api/rates', '/api/failures', '/api/runs', '/api/sql', '/api/overview']) await client.get(where)
  expect(server.asked).toHaveLength(length)

  const relations = [...tableSchemas.map(({ table }) => table), 'all_events', 'open_failures']
  for (const sql of server.asked) {
    expect([sql, new TrinoSQL().validate(sql)]).toEqual([sql, []])
    expect([sql, readsEveryDayOf(relations, sql)]).toEqual([sql, false])
    if (sql !== 'show tables') expect(sql).toMatch(/\bdt (?:>=|=) '\d{4}-\d\d-\d\d'/)
  }
})

test('no statement of a person runs without a bound on dt for each table that it reads', async () => {
  const { server, query } = await athena({ answer: async () => ({ columns: ['n'], rows: [[1]] }) })
  const ask = askAthena(query)
  for (const sql of [
    'select * from github_audit',
    'select * from all_events',
    'select * from open_failures',
    'select count(*) from collection_runs',
    'SELECT * FROM "auditlake"."github_audit"',
    'select * from awsdatacatalog.auditlake.github_audit',
    "select * from github_audit where dt < '2026-01-31'",
    "select * from github_audit a join hex_audit b on a.p_row_id = b.p_row_id where a.dt >= '2026-01-01'",
    "select * from github_audit, hex_audit where github_audit.dt >= '2026-01-01'",
    'select * from ((github_audit))',
    'select * from/**/github_audit',
    "select * from github_audit -- where dt >= '2026-01-01'",
    "select 'dt >= 1' from github_audit",
    'with a as (select * from github_audit) select * from a',
    'select * from (table github_audit)',
    'explain select * from github_audit',
    'values ((select count(*) from github_webhook))',
    '(values 1) union all (select 1 from github_webhook)',
    `select x as "it's" from github_webhook where y = 'a'`,
  ]) {
    await expect(ask(sql), sql).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('Add to each SELECT that reads a table or view: where dt >='),
    })
  }
  for (const sql of [
    'drop table github_audit',
    "insert into github_audit select * from github_audit where dt >= '2026-01-01'",
    "explain analyze select * from github_audit where dt = '2026-01-01'",
    '/* */ explain analyze insert into x select 1',
    '-- why\nexplain/**/analyze select 1',
    `"it's" select 'x'`,
    "unload (select 1) to 's3://elsewhere'",
    'execute x',
    'call y()',
    'table github_audit',
  ]) {
    await expect(ask(sql), sql).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('Nothing is changed'),
    })
  }
  expect(server.asked).toEqual([])
  for (const sql of [
    "select * from github_audit where dt >= '2026-01-01'",
    "select * from github_audit where dt = '2026-01-31'",
    "with a as (select * from github_audit where dt >= '2026-01-01') select * from a",
    'show tables',
    'describe github_audit',
    'show columns from github_audit',
    'select 1 as n',
  ]) {
    expect(await ask(sql)).toMatchObject({ scannedBytes: billed })
  }
})

test('every saved query runs', async () => {
  const { server, query } = await athena({ answer: async () => ({ columns: ['n'], rows: [[1]] }) })
  const client = await consoleOver(goldenLake([]), query)
  for (const { name } of loadSavedQueries()) {
    expect(await client.post<SqlResult>('/api/sql', { saved: name, set: {} })).toMatchObject({
      scannedBytes: billed,
      rows: [[1]],
    })
  }
  expect(server.asked).toHaveLength(loadSavedQueries().length)
})

test('a long result stops at the limit, says that there is more, and a long value is cut', async () => {
  const rows = Array.from({ length: 10_500 }, (_, index) => [index, index === 0 ? 'x'.repeat(70_000) : 'y'])
  const { query } = await athena({ answer: async () => ({ columns: ['n', 'text'], rows }) })
  const client = await consoleOver(goldenLake([]), query)
  const found = await client.post<SqlResult>('/api/sql', { sql: 'select n, text from (values 1)' })
  expect([found.rows.length, found.total, found.isAtLeast]).toEqual([10_000, 10_001, true])
  expect(found.rows[0]).toEqual([0, `${'x'.repeat(65_536)}…`])
})

test("a fault is said in Athena's words, a time limit in ours, and a reader who leaves cancels", async () => {
  const reason = "TABLE_NOT_FOUND: line 1:15: Table 'nothing' does not exist"
  const failing = await athena({ answer: () => Promise.reject(new Error(reason)) })
  await expect(askAthena(failing.query)('select * from nothing')).rejects.toMatchObject({
    status: 400,
    message: `Athena: ${reason}`,
  })
  const { query, server } = await athena({ hangs: () => true })
  await expect(askAthena(query, 50)('select 1')).rejects.toMatchObject({ status: 504 })
  expect(server.stopped).toEqual(['select 1'])
  const leaving = new AbortController()
  const left = expect(askAthena(query)('select 2', { signal: leaving.signal })).rejects.toThrow('interrupted')
  await expect.poll(() => server.asked).toHaveLength(2)
  leaving.abort()
  await left
  expect(server.stopped).toEqual(['select 1', 'select 2'])
})
