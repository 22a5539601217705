import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, onTestFinished, test } from 'vitest'
import type { Events, Failures, Overview, Rates, Runs, SqlResult, WholeEvent } from '../../../console/api.ts'
import { askLake } from '../../../console/server/ask.ts'
import { dayOf } from '../../../lambdas/core/lake/partition.ts'
import { type ConsoleClient, consoleOver } from '../../support/console-world.ts'
import { goldenLake } from '../../support/golden-lake.ts'
import { hostile } from '../../support/hostile-text.ts'
import { collectionRow, failureRow, webhookRow } from '../../support/planted-rows.ts'

const markup = '<img src=x onerror=alert(1)><script>alert(2)</script>'

const opened = (client: ConsoleClient, id: unknown) =>
  client.get<WholeEvent>(`/api/event?table=github_webhook&dt=${dayOf(Date.now())}&id=${String(id)}`)

test('what strangers planted is data of JSON: no header, no address and no markup holds it', async () => {
  const evil = `${markup}${hostile}`
  const row = webhookRow({
    action: evil,
    sender: { login: evil, id: 1 },
    repository: { full_name: evil },
    [evil]: evil,
  })
  const failure = failureRow(Buffer.from(evil), Date.now())
  const now = Date.now()
  const run = collectionRow({ startedAt: now - 60_000, endedAt: now, outcome: 'transient', detail: evil })
  const client = await consoleOver(goldenLake([row, failure, run]))
  client.ops.objects.set(
    `dead/dt=2026-01-31/${markup}.json`,
    Buffer.from(JSON.stringify({ source: null, body: evil, reason: evil })),
  )
  const { rows } = await client.get<Events>('/api/events')
  expect(rows[0]).toMatchObject({ who: evil, resource: evil })
  const { event, columns } = await opened(client, row.p_row_id)
  expect(JSON.parse(event.text)).toMatchObject({ action: evil, [evil]: evil })
  expect(columns.find(({ name }) => name === 'action')?.value.text).toBe(evil)
  expect((await client.get<Events>(`/api/events?search=${encodeURIComponent(markup)}`)).rows).toHaveLength(1)
  const failures = await client.get<Failures>('/api/failures')
  expect(failures.failures[0]?.content.text).toBe(evil)
  const { lanes } = await client.get<Runs>('/api/runs')
  expect(lanes.flatMap(({ runs }) => runs)[0]?.detail).toBe(evil)
  const found = await client.post<SqlResult>('/api/sql', { sql: 'select action from github_webhook' })
  expect(found.rows).toEqual([[evil]])
  for (const where of ['/api/failures', '/api/nothing-<script>', `/api/events?days=${encodeURIComponent(markup)}`]) {
    const answer = await client.ask(where)
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect([...answer.headers].join()).not.toMatch(/script>|onerror/)
  }
})

/** A Parquet file of so many webhooks, written by a statement. */
async function manyWebhooks(count: number): Promise<Uint8Array> {
  const folder = mkdtempSync(path.join(tmpdir(), 'many-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'many.parquet')
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  await connection.run("SET TimeZone = 'UTC'")
  const now = new Date().toISOString()
  await connection.run(`COPY (
    SELECT TIMESTAMP '${now}' - to_milliseconds(i) AS p_event_time, TIMESTAMP '${now}' - to_milliseconds(i) AS p_parse_time,
      'GitHub.Webhook' AS p_log_type, 'row-' || i AS p_row_id, 'hooks' AS p_source_id, 'push' AS p_webhook_event,
      ['user-' || (i % 1000)] AS p_any_usernames, ['192.0.2.' || (i % 250)] AS p_any_ip_addresses
    FROM range(${count}) AS r(i)) TO '${file}' (FORMAT parquet)`)
  connection.closeSync()
  return readFileSync(file)
}

test('a value of 5 MB and 100,000 rows freeze nothing, and come in parts', async () => {
  const huge = 'ä'.repeat(2_621_440)
  const row = webhookRow({ action: 'huge', note: huge, sender: { login: huge.slice(0, 1_000_000), id: 1 } })
  const lake = goldenLake([row])
  lake.add('github_webhook', 'many.parquet', await manyWebhooks(100_000))
  const client = await consoleOver(lake)
  const { rows } = await client.get<Events>('/api/events?limit=500')
  expect(rows).toHaveLength(500)
  expect(JSON.stringify(rows).length).toBeLessThan(500_000)
  const found = await client.get<Events>('/api/events?search=USER-77&limit=60')
  expect(found.rows).toHaveLength(60)
  expect(found.next).toBeDefined()
  const { columns, event } = await opened(client, row.p_row_id)
  expect(event.isCut).toBe(true)
  expect(event.bytes).toBeGreaterThan(5_242_880)
  for (const { value } of [...columns, { value: event }]) {
    expect(Buffer.byteLength(value.text)).toBeLessThanOrEqual(65_536)
    // No character is cut in two.
    expect(value.text).not.toContain('\ufffd')
  }
  const sql = (text: string) => client.post<SqlResult>('/api/sql', { sql: text })
  const all = await sql('select * from github_webhook order by p_event_time desc')
  expect([all.rows.length, all.total]).toEqual([10_000, 100_001])
  expect(all.rows.flat().filter((value) => String(value).length > 65_537)).toEqual([])
  // As many long values as fit into an answer.
  const wide = await sql(`select repeat('x', 5000000) as v from range(1000)`)
  expect(wide.rows[0]?.[0]).toBe(`${'x'.repeat(65_536)}…`)
  expect([wide.rows.length < 400, wide.total]).toEqual([true, 1_000])
  const { tables } = await client.get<Rates>('/api/rates')
  expect(tables.find(({ source }) => source === 'hooks')?.hour.counts.reduce((a, b) => a + b)).toBe(100_001)
})

/** Takes minutes. */
const endless = 'select count(*) from range(100000000000) as r(i) where i % 7 = 3'

test('a statement without end blocks no other request, and ends when its reader goes away', async () => {
  const lake = goldenLake([webhookRow({ action: 'x' })])
  const client = await consoleOver(lake)
  const leaving = new AbortController()
  const ask = () =>
    client.post('/api/sql', { sql: endless }, { signal: leaving.signal }).catch((error: unknown) => error)
  const running = [ask(), ask(), ask()]
  await pause(200)
  expect((await client.get<Overview>('/api/overview')).sources.length).toBeGreaterThan(0)
  expect((await client.get<Events>('/api/events')).rows).toHaveLength(1)
  leaving.abort()
  expect(await Promise.all(running)).toEqual(Array(3).fill(expect.objectContaining({ name: 'AbortError' })))
  // Only one of a person runs at a time, so that this one would wait for them.
  expect((await client.post<SqlResult>('/api/sql', { sql: 'select 1 as n' })).rows).toEqual([[1]])
})

test('a statement ends at the time limit, with a sentence', async () => {
  const lake = goldenLake([])
  await expect(askLake(lake.dataDir, 300)(endless)).rejects.toMatchObject({
    status: 504,
    message: expect.stringContaining('was cancelled after 0.3 seconds'),
  })
})

test('rows that were taken are shown although counting the others takes too long', async () => {
  const ask = askLake(goldenLake([]).dataDir, 3_000)
  const all = 'select i from range(100000000000) as r(i)'
  const { rows, total, isAtLeast } = await ask(all)
  expect(rows.map(([n]) => n)).toEqual(Array.from({ length: 10_000 }, (_, index) => index))
  expect([total > 10_000, isAtLeast]).toEqual([true, true])
  const slowly = 'select i from range(100000000000) as r(i) where i % 5000000 = 0'
  await expect(ask(slowly)).rejects.toMatchObject({ status: 504 })
  expect(await ask('select 1 as n')).toEqual({ columns: ['n'], rows: [[1]], total: 1 })
})

test('a statement takes a part of the memory and one core, and leaves nothing on the disk', async () => {
  const ask = askLake(goldenLake([]).dataDir)
  const names = ['memory_limit', 'temp_directory', 'threads']
  const settings = `select name, value from duckdb_settings() where name in ('${names.join("', '")}') order by name`
  expect((await ask(settings)).rows).toEqual([
    ['memory_limit', '953.6 MiB'],
    ['temp_directory', ''],
    ['threads', '1'],
  ])
  const within = { statements: 1, memoryMegabytes: 50, threads: 1 }
  const narrow = askLake(goldenLake([]).dataDir, 60_000, within)
  await expect(narrow("select list(repeat('x', 100000) || i) from range(20000) as r(i)")).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining('needs more than the 50 MB of memory that the console gives it'),
  })
})

test('however many ask, two statements of the console run at a time', async () => {
  const ask = askLake(goldenLake([]).dataDir)
  const leaving = new AbortController()
  const running = [0, 1].map(() => ask(endless, { signal: leaving.signal }).catch((error: unknown) => error))
  let isAnswered = false
  const next = ask('select 1 as n').then(() => {
    isAnswered = true
  })
  await pause(500)
  expect(isAnswered).toBe(false)
  leaving.abort()
  await Promise.all([...running, next])
})
