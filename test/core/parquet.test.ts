import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isObject, isRawNumber, type Json, parseJson } from '../../lambdas/core/json.ts'
import { compileParquet } from '../../lambdas/core/lake/parquet.ts'
import { compileNormalizer, type Row } from '../../lambdas/core/normalize/normalizer.ts'
import type { Field, LogSchema, ValueType } from '../../schemas/definition.ts'
import { logSchemas } from '../../schemas/generated/index.ts'
import { tableColumns } from '../../schemas/table-columns.ts'
import { arbitraryEvent } from '../support/arbitrary-events.ts'
import { readParquet } from '../support/duckdb.ts'
import { everyType } from '../support/every-type.ts'

let folder: string
let files = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'auditlake-parquet-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function roundTrip(schema: LogSchema, rows: readonly Row[]): Promise<Record<string, unknown>[]> {
  const file = join(folder, `${files++}.parquet`)
  await writeFile(file, compileParquet(schema)(rows))
  return readParquet(file)
}

const normalizeAll = (schema: LogSchema, texts: readonly string[]): Row[] => {
  const { normalize } = compileNormalizer(schema)
  return texts.map((text, index) => {
    const event = parseJson(text)
    if (!isObject(event)) throw new TypeError('not an event')
    return normalize(event, { sourceId: 's', sourceLabel: 'S', receivedAt: 1_780_000_000_000 + index })
  })
}

/** A row as an engine must give it back: a bigint column as an integer whatever its size. */
function expected(schema: LogSchema, row: Row): Record<string, unknown> {
  const types = new Map<string, ValueType>(tableColumns(schema).map(({ column, value }) => [column, value]))
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column, asRead(types.get(column), value as Json)]),
  )
}

function asRead(type: ValueType | undefined, value: Json): unknown {
  if (value === null) return null
  if (type?.type === 'bigint') return `${isRawNumber(value) ? value.rawJSON : value}n`
  if (type?.type === 'array' && Array.isArray(value)) return value.map((element) => asRead(type.element, element))
  if (type?.type !== 'object' || !isObject(value)) return value
  const members = new Map<string, Field>(type.fields.map((field) => [field.column, field]))
  return Object.fromEntries(
    Object.entries(value).map(([column, member]) => [column, asRead(members.get(column), member)]),
  )
}

const byTime = (a: Row, b: Row): number => String(a.p_event_time).localeCompare(String(b.p_event_time))

describe('a file read by another engine holds exactly the rows, sorted by event time', () => {
  test.each([everyType, ...logSchemas])('$logType', async (schema) => {
    const texts = fc.sample(arbitraryEvent(schema), { numRuns: 200, seed: 7 })
    const rows = normalizeAll(schema, texts)
    const read = await roundTrip(schema, rows)
    expect(read).toEqual(rows.toSorted(byTime).map((row) => expected(schema, row)))
  })

  test('random files', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(arbitraryEvent(everyType), { minLength: 1, maxLength: 6 }), async (texts) => {
        const rows = normalizeAll(everyType, texts)
        expect(await roundTrip(everyType, rows)).toEqual(rows.toSorted(byTime).map((row) => expected(everyType, row)))
      }),
      { numRuns: 60 },
    )
  })

  test('more rows than one row group', async () => {
    const rows = normalizeAll(
      everyType,
      Array.from({ length: 10_001 }, (_, i) => `{"number":${i},"texts":["${i}"]}`),
    )
    const read = await roundTrip(everyType, rows)
    expect(read.map(({ number }) => number)).toEqual(rows.map((_, i) => i))
  })
})

test('columns that are null in every row are left out', async () => {
  const [read] = await roundTrip(everyType, normalizeAll(everyType, ['{"inner":{"deep":{"number":1}},"lists":[]}']))
  expect(Object.keys(read ?? {}).filter((column) => !column.startsWith('p_'))).toEqual(['inner', 'lists'])
})

test('the same rows make the same bytes', () => {
  const rows = normalizeAll(everyType, ['{"text":"a"}', '{"number":1}'])
  expect(Buffer.from(compileParquet(everyType)(rows))).toEqual(Buffer.from(compileParquet(everyType)(rows)))
})
