import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isObject, isRawNumber, type Json } from '../../../../lambdas/core/json/json.ts'
import { listKey } from '../../../../lambdas/core/lake/partition.ts'
import type { ReadRow } from '../../../../lambdas/core/lake/read-parquet.ts'
import {
  partitionsOf,
  readPartition,
  rowIdsBetween,
  type TablePorts,
} from '../../../../lambdas/core/lake/read-table.ts'
import type { Row } from '../../../../lambdas/core/normalize/event.ts'
import { parseEvent } from '../../../../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../../../../lambdas/core/normalize/normalizer.ts'
import type { ValueType } from '../../../../schemas/definition.ts'
import { tableColumns } from '../../../../schemas/table-columns.ts'
import { allOf } from '../../../support/all-of.ts'
import { arbitraryEvent } from '../../../support/arbitrary-events.ts'
import { everyType } from '../../../support/every-type.ts'
import { lakeInMemory } from '../../../support/lake-in-memory.ts'

const receivedAt = Date.UTC(2026, 5, 1, 12)
const { normalize } = compileNormalizer(everyType)
const { logType, table } = everyType
const dt = '2026-06-01'
const rowOf = (text: string): Row =>
  normalize(parseEvent(Buffer.from(text)), { sourceId: 'source', sourceLabel: 'S', receivedAt })
const rowAt = (time: number, more: object = {}): Row => rowOf(JSON.stringify({ '@timestamp': time, ...more }))

const columns = tableColumns(everyType)
const allColumns = columns.map(({ column }) => column)

async function readAll(ports: TablePorts, asked: readonly string[] = allColumns): Promise<ReadRow[]> {
  const rows: ReadRow[] = []
  for (const day of await partitionsOf(ports.lists, table)) {
    for await (const row of readPartition(ports, { table, dt: day }, asked)) rows.push(row)
  }
  return rows
}

/** The expected value after reading. */
function asRead(type: ValueType, value: Json | undefined): unknown {
  if (value === undefined || value === null) return null
  if (type.type === 'timestamp') return Date.parse(String(value))
  if (type.type === 'bigint') return BigInt(isRawNumber(value) ? value.rawJSON : String(value))
  if (type.type === 'array' && Array.isArray(value)) return value.map((held: Json) => asRead(type.element, held))
  if (type.type === 'object' && isObject(value)) {
    const members = type.fields.filter(({ column }) => value[column] !== undefined)
    return Object.fromEntries(members.map((field) => [field.column, asRead(field, value[field.column])]))
  }
  return typeof value === 'object' ? null : value
}

const rowAsRead = (row: Row): ReadRow =>
  Object.fromEntries(columns.map(({ column, value }) => [column, asRead(value, row[column])]))

/** A struct has the members of any row in its file, null where this row lacks them. */
function withoutNullMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNullMembers)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([, member]) => member !== null)
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNullMembers(member)]))
}

const comparable = (rows: readonly ReadRow[]): string[] =>
  rows
    .map((row) =>
      JSON.stringify(
        Object.entries(row).map(([column, value]) => [column, withoutNullMembers(value)]),
        (_, value) => (typeof value === 'bigint' ? `${value}n` : value),
      ),
    )
    .sort()

describe('rows are read as written', () => {
  test('random rows of every type', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(arbitraryEvent(everyType), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 }),
        async (batches) => {
          const { ports, write } = lakeInMemory([everyType])
          const rows = batches.map((texts) => texts.map(rowOf))
          for (const batch of rows) await write(logType, batch)
          expect(comparable(await readAll(ports))).toEqual(comparable(rows.flat().map(rowAsRead)))
        },
      ),
      { numRuns: 100 },
    )
  })

  test.each([
    '0001-01-01T00:00:00.001Z',
    '1969-12-31T23:59:59.999Z',
    '2255-06-05T23:47:34.741Z',
    '9999-12-31T23:59:59.994Z',
  ])('%s keeps its millisecond, as a value and in statistics', async (time) => {
    const { ports, addRows } = lakeInMemory([everyType])
    const at = Date.parse(time)
    const row = { ...rowAt(receivedAt, { when: time }), p_event_time: time }
    addRows({ table, dt }, everyType, [row])
    expect(await readAll(ports, ['p_event_time', 'when'])).toEqual([{ p_event_time: at, when: at }])
    const within = async (from: number, to: number) => {
      const span = { column: 'p_event_time', from, to }
      return await allOf(readPartition(ports, { table, dt }, ['p_row_id'], span))
    }
    expect(await within(at, at)).toHaveLength(1)
    expect(await within(at - 1, at - 1)).toEqual([])
    expect(await within(at + 1, at + 1)).toEqual([])
  })

  test('reads only the requested columns, null where a file lacks one', async () => {
    const { ports, write } = lakeInMemory([everyType])
    await write(logType, [rowAt(receivedAt, { text: '\ufeffa' })])
    await write(logType, [rowAt(receivedAt, { number: 2 })])
    expect(await readAll(ports, ['text', 'number', 'no such column'])).toEqual([
      { text: '\ufeffa', number: null, 'no such column': null },
      { text: null, number: 2, 'no such column': null },
    ])
    expect(await readAll(ports, ['raw'])).toEqual([{ raw: null }, { raw: null }])
  })

  test('reads several row groups one at a time', async () => {
    const { ports, addRows, slices } = lakeInMemory([everyType])
    const texts = Array.from({ length: 20_001 }, (_, i) => `${i} ${Math.sin(i)}`)
    addRows(
      { table, dt },
      everyType,
      texts.map((text) => rowAt(receivedAt, { text })),
    )
    const rows = readPartition(ports, { table, dt }, ['text'])
    expect((await rows.next()).value).toEqual({ text: texts[0] })
    expect(slices.length).toBe(2)
    const rest: unknown[] = []
    for await (const { text } of rows) rest.push(text)
    expect(rest).toEqual(texts.slice(1))
    expect(slices.length).toBe(4)
  })

  test('reads files of another engine', async () => {
    const { ports, add } = lakeInMemory([])
    const select = `select range::int as n, 'row ' || range as text, range * 10000000000 as big,
      (timestamp '2026-06-01' + to_hours(range::int))::timestamptz as us,
      (timestamp '2026-06-01' + to_hours(range::int))::timestamp_ms as ms,
      timestamp_ns '2026-06-01 00:00:00.002' as ns,
      date '1970-01-03' as day, '{"a":1}'::json as j, range % 2 = 0 as flag, range / 4 as real,
      [range::text, null] as list, {'a': range::int, 'b': null::text} as struct, null::text as nothing`
    add({ table, dt }, 'a.parquet', await copied(`${select} from range(3000)`))
    const rows = await readAll(ports, 'n text big us ms ns day j flag real list struct nothing'.split(' '))
    expect(rows).toHaveLength(3_000)
    expect(rows[2_999]).toEqual({
      n: 2_999,
      text: 'row 2999',
      big: 29_990_000_000_000n,
      us: Date.UTC(2026, 5, 1, 2_999),
      ms: Date.UTC(2026, 5, 1, 2_999),
      ns: Date.UTC(2026, 5, 1, 0, 0, 0, 2),
      day: 172_800_000,
      j: '{"a":1}',
      flag: false,
      real: 749.75,
      list: ['2999', null],
      struct: { a: 2_999, b: null },
      nothing: null,
    })
  })
})

/** A Parquet file that DuckDB writes from a query. */
async function copied(select: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'auditlake-read-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const connection = await (await DuckDBInstance.create()).connect()
  await connection.run(`copy (${select}) to '${folder}/file.parquet' (format parquet, codec zstd, row_group_size 2048)`)
  connection.closeSync()
  return readFile(join(folder, 'file.parquet'))
}

describe('days', () => {
  test('are read in order, past other objects, and over more than a page of them', async () => {
    const { ports, objects } = lakeInMemory([])
    const days = Array.from({ length: 1_203 }, (_, i) => new Date(i * 86_400_000).toISOString().slice(0, 10))
    for (const day of days) objects.set(listKey({ table, dt: day }), new Uint8Array())
    for (const key of ['dt=2026/symlink.txt', 'dt=2026-06-01/other.txt', 'x/dt=2026-06-01/symlink.txt']) {
      objects.set(`tables/${table}/${key}`, new Uint8Array())
    }
    objects.set(listKey({ table: `${table}_2`, dt }), new Uint8Array())
    expect(await partitionsOf(ports.lists, table)).toEqual(days)
  })

  test('a day without a list has no rows', async () => {
    expect(await allOf(readPartition(lakeInMemory([]).ports, { table, dt }, ['text']))).toEqual([])
  })
})

describe('files merged during a read', () => {
  const lakeOf = (names: readonly string[]) => {
    const lake = lakeInMemory([everyType])
    for (const name of names) lake.addRows({ table, dt }, everyType, [rowAt(receivedAt, { text: name })])
    const keys = [...lake.objects.keys()].filter((key) => key.startsWith('data/'))
    const list = (names: readonly string[]) =>
      lake.objects.set(listKey({ table, dt }), Buffer.from(names.map((key) => `s3://lake/${key}\n`).join('')))
    return { ...lake, keys, list, read: () => readPartition(lake.ports, { table, dt }, ['text']) }
  }
  const texts = async (rows: AsyncIterable<ReadRow>) => (await allOf(rows)).map(({ text }) => text)

  test('the list is read again if no row of a removed file was read yet', async () => {
    const { read, keys, objects, list, ports } = lakeOf(['a', 'b', 'c'])
    const get = ports.lists.get
    let reads = 0
    ports.lists.get = async (key) => {
      const stored = await get(key)
      if (reads++ === 0) {
        objects.delete(keys[1] ?? '')
        list([keys[2] ?? ''])
      }
      return stored
    }
    expect(await texts(read())).toEqual(['c'])
    expect(reads).toBe(2)
  })

  test('an error avoids that rows of a file come twice', async () => {
    const { read, keys, objects, list } = lakeOf(Array.from({ length: 20 }, (_, i) => `file ${i}`))
    const rows = read()
    await rows.next()
    objects.delete(keys[10] ?? '')
    list(keys.slice(5, 10))
    await expect(texts(rows)).rejects.toMatchObject({
      name: 'TransientError',
      message: expect.stringMatching(/merged/),
    })
  })

  test.each([
    [
      'that stays in the list',
      'TransientError',
      's3://lake/data/gone.parquet',
      /names s3:\/\/lake\/data\/gone.parquet, which is not there/,
    ],
    [
      'of another bucket',
      'StoreError',
      's3://lake2/data/x.parquet',
      /names s3:\/\/lake2\/data\/x.parquet, which is not in/,
    ],
  ])('a file %s is a %s', async (_, name, url, message) => {
    const { read, objects } = lakeOf([])
    objects.set(listKey({ table, dt }), Buffer.from(`${url}\n`))
    await expect(texts(read())).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message),
    })
  })
})

describe('the ids of a span of time', () => {
  test('are those of the rows within, ends included, over several days', async () => {
    const { ports, write, opened } = lakeInMemory([everyType])
    const hours = Array.from({ length: 96 }, (_, i) => Date.UTC(2026, 4, 29) + i * 3_600_000)
    const rows = hours.map((time) => rowAt(time, { id: String(time) }))
    await write(logType, rows)
    const idsOf = (from: number, to: number) => rows.slice(from, to + 1).map((row) => row.p_row_id)
    const ask = async (from: number, to: number) => [
      ...(await rowIdsBetween(ports, table, hours[from] ?? 0, hours[to] ?? 0)),
    ]
    expect(await ask(20, 50)).toEqual(idsOf(20, 50))
    expect(opened).toHaveLength(3)
    expect(await ask(30, 30)).toEqual(idsOf(30, 30))
    expect(opened).toHaveLength(4)
    expect(await ask(50, 20)).toEqual([])
  })

  test('row groups outside are not read', async () => {
    const { ports, addRows, slices } = lakeInMemory([everyType])
    const start = Date.UTC(2026, 5, 1)
    const rows = Array.from({ length: 30_000 }, (_, i) => rowAt(start + i, { id: String(i) }))
    addRows({ table, dt }, everyType, rows)
    expect(await rowIdsBetween(ports, table, start + 15_000, start + 15_001)).toEqual(
      new Set([rows[15_000]?.p_row_id, rows[15_001]?.p_row_id]),
    )
    const read = slices.reduce((sum, { start: from, end }) => sum + end - from, 0)
    const whole = slices.reduce((most, { end }) => Math.max(most, end), 0)
    expect(read).toBeLessThan(whole / 2)
  })
})
