import { AthenaClient } from '@aws-sdk/client-athena'
import { expect, onTestFinished, test } from 'vitest'
import { QueryFailed, type QueryOptions, runQuery } from '../../../cli/athena/query.ts'
import type { QueryRow } from '../../../cli/athena/rows.ts'
import { Lake, type QueryResult } from '../../../local/query/lake-query.ts'
import { type AthenaBehaviour, AthenaServer } from '../../support/athena-server.ts'
import { HandMadeLake } from '../../support/lake.ts'

const place = { workgroup: 'AuditLake', database: 'auditlake' }

async function startWorld(behaviour: Partial<AthenaBehaviour> = {}) {
  const server = await AthenaServer.start(behaviour)
  const client = new AthenaClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'KeyOfNobody' },
    maxAttempts: 5,
  })
  onTestFinished(() => client.destroy())
  const run = async (sql: string, options?: QueryOptions) => {
    const { columns, rows, scannedBytes } = await runQuery(client, place, sql, options)
    const all: QueryRow[] = []
    for await (const row of rows) all.push(row)
    return { columns, rows: all, scannedBytes }
  }
  return { server, run, client }
}

const numbers = (count: number): QueryResult => ({
  columns: ['n', 'name'],
  rows: Array.from({ length: count }, (_, index) => [index, `row ${index}`]),
})

test('a result has named and typed columns, rows of texts, and what was read', async () => {
  const made = new HandMadeLake()
  await made.parquet(
    'data/a.parquet',
    `select 7 as id, timestamp '2026-01-31 12:00:00.250' as happened, '' as name
     union all select null, null, null`,
  )
  made.list(new Date().toISOString().slice(0, 10), 'data/a.parquet')
  const answer = async (sql: string) => {
    const lake = await Lake.open(made.dataDir)
    return await lake.query(sql).finally(() => lake.close())
  }
  const { run, server } = await startWorld({ answer })
  const sql = 'select id, happened, name from "audit"."events" order by id'
  expect(await run(sql)).toEqual({
    columns: [
      { name: 'id', type: 'bigint' },
      { name: 'happened', type: 'varchar' },
      { name: 'name', type: 'varchar' },
    ],
    rows: [
      ['7', '2026-01-31 12:00:00.250', ''],
      [null, null, null],
    ],
    scannedBytes: 1_234,
  })
  expect(server.asked).toEqual([sql])
  expect(server.databases).toEqual(new Set(['auditlake']))
})

test.each([1, 2, 3, 7, 1_000])('a result of many pages is whole, with %d rows each', async (pageSize) => {
  const { run } = await startWorld({ answer: async () => numbers(7), pageSize })
  const { rows } = await run('select n, name from numbers')
  expect(rows).toEqual(numbers(7).rows.map((row) => row.map(String)))
})

test('pages are fetched while rows are read: who stops reading fetches no more', async () => {
  const { server, client } = await startWorld({ answer: async () => numbers(50), pageSize: 10 })
  const { rows } = await runQuery(client, place, 'select n, name from numbers')
  server.behaviour.refusals.push(...Array<string>(9).fill('InternalServerException'))
  for await (const [first] of rows) {
    expect(first).toBe('0')
    break
  }
  expect(server.behaviour.refusals).toHaveLength(9)
})

test('the rows of other statements have no names of columns before them', async () => {
  const tables = { columns: ['tab_name'], rows: [['github_audit'], ['hex_audit']] }
  const { run } = await startWorld({ answer: async () => tables })
  expect((await run('show tables')).rows).toEqual(tables.rows)
})

test('a row that equals the names of the columns stays', async () => {
  const { run } = await startWorld({ answer: async () => ({ columns: ['a'], rows: [['a'], ['a']] }) })
  expect((await run("select 'a' as a")).rows).toEqual([['a'], ['a']])
})

test("a query that fails is an error with Athena's reason", async () => {
  const reason = "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.auditlake.nothing' does not exist"
  const { run, server } = await startWorld({ answer: () => Promise.reject(new Error(reason)) })
  const error = await run('select * from nothing').catch((cause: unknown) => cause)
  expect(error).toBeInstanceOf(QueryFailed)
  expect(error).toHaveProperty('message', reason)
  expect(server.stopped).toEqual([])
})

test('a query that somebody else cancels is an error', async () => {
  const { run, server } = await startWorld({ hangs: () => true })
  const running = run('select 1')
  const cancelled = expect(running).rejects.toThrow('Query cancelled by user')
  await expect.poll(() => server.asked).toHaveLength(1)
  server.stopAll()
  await cancelled
})

test('throttled calls are made again, and start no second query', async () => {
  const refusals = ['TooManyRequestsException', 'ThrottlingException', 'ThrottlingException']
  const { run, server } = await startWorld({ answer: async () => numbers(1), refusals })
  expect((await run('select n, name from numbers')).rows).toEqual([['0', 'row 0']])
  expect(server.asked).toHaveLength(1)
})

test('a query is cancelled at the limit, and when the signal comes', async () => {
  const { run, server } = await startWorld({ hangs: () => true })
  await expect(run('select 1', { limitMs: 1 })).rejects.toThrow(/^no result after 0 seconds\.$/)
  expect(server.stopped).toEqual(['select 1'])
  const leaving = new AbortController()
  const left = expect(run('select 2', { signal: leaving.signal })).rejects.toThrow('the command was interrupted.')
  await expect.poll(() => server.asked).toHaveLength(2)
  leaving.abort()
  await left
  expect(server.stopped).toEqual(['select 1', 'select 2'])
})

test('a query that cannot be watched any longer is cancelled', async () => {
  const { run, server } = await startWorld({ looks: 1 })
  const answer = async () => {
    server.behaviour.refusals.push('AccessDeniedException')
    return numbers(1)
  }
  server.behaviour.answer = answer
  await expect(run('select 1')).rejects.toMatchObject({ name: 'AccessDeniedException' })
  expect(server.stopped).toEqual(['select 1'])
})

test('a query that cannot be cancelled is named, with the command that cancels it', async () => {
  const { run, server } = await startWorld({ hangs: () => true })
  const leaving = new AbortController()
  const left = expect(run('select 1', { signal: leaving.signal })).rejects.toThrow(
    /interrupted\. The query still runs: aws athena stop-query-execution --query-execution-id [0-9a-f-]{36}$/,
  )
  await expect.poll(() => server.asked).toHaveLength(1)
  leaving.abort()
  server.behaviour.refusals.push('AccessDeniedException', 'AccessDeniedException')
  await left
})

test('another workgroup than the stack has is refused', async () => {
  const { run } = await startWorld({ workgroup: 'Other' })
  await expect(run('select 1')).rejects.toThrow('WorkGroup is not found.')
})

test('after the signal nothing is asked', async () => {
  const { run, server } = await startWorld()
  await expect(run('select 1', { signal: AbortSignal.abort() })).rejects.toThrow('the command was interrupted.')
  expect(server.asked).toEqual([])
})
