import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isObject, isRawNumber, type Json } from '../../lambdas/core/json/json.ts'
import { parquetOf } from '../../lambdas/core/lake/parquet.ts'
import type { Row } from '../../lambdas/core/normalize/event.ts'
import type { LogSchema, ValueType } from '../../schemas/definition.ts'
import { tableColumns } from '../../schemas/table-columns.ts'
import { readParquet } from './duckdb.ts'

/** Another engine's reading of a Parquet file with these rows. */
export async function throughParquet(schema: LogSchema, rows: readonly Row[]): Promise<Record<string, unknown>[]> {
  const folder = await mkdtemp(join(tmpdir(), 'auditlake-parquet-'))
  try {
    const file = join(folder, 'rows.parquet')
    await writeFile(file, parquetOf(schema, rows))
    return await readParquet(file)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The rows as an engine must return them: sorted by event time, bigint columns as integers of any size. */
export function asRead(schema: LogSchema, rows: readonly Row[]): Record<string, unknown>[] {
  const types = new Map<string, ValueType>(tableColumns(schema).map(({ column, value }) => [column, value]))
  const byTime = (a: Row, b: Row) => String(a.p_event_time).localeCompare(String(b.p_event_time))
  return rows.toSorted(byTime).map((row) => membersAsRead(types, row))
}

function membersAsRead(types: ReadonlyMap<string, ValueType>, members: Readonly<Record<string, Json>>) {
  return Object.fromEntries(
    Object.entries(members).map(([column, value]) => [column, valueAsRead(types.get(column), value)]),
  )
}

function valueAsRead(type: ValueType | undefined, value: Json): unknown {
  if (value === null) return null
  if (type?.type === 'bigint') return `${isRawNumber(value) ? value.rawJSON : value}n`
  if (type?.type === 'array' && Array.isArray(value)) return value.map((element) => valueAsRead(type.element, element))
  if (type?.type !== 'object' || !isObject(value)) return value
  return membersAsRead(new Map(type.fields.map((field) => [field.column, field])), value)
}
