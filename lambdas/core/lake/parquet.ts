import { constants, zstdCompressSync } from 'node:zlib'
import type { SchemaElement } from 'hyparquet'
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer'
import type { LogSchema } from '../../../schemas/definition.ts'
import { tableColumns } from '../../../schemas/table-columns.ts'
import type { RowValue } from '../normalize/cast.ts'
import type { Row } from '../normalize/normalizer.ts'
import { compileParquetColumn, type ParquetColumn } from './parquet-column.ts'

/** Rows in a row group: more objects at once cost memory and time without making the file smaller. */
const rowGroupSize = 10_000

const zstd = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
// Nothing compresses to something: an empty page is stored as it is.
const compress = (bytes: Uint8Array): Uint8Array => (bytes.length === 0 ? bytes : zstdCompressSync(bytes, zstd))

/** Minimum and maximum are kept for the columns that people filter by; for others they would be wide and useless. */
const withStatistics = new Set(['p_event_time', 'p_parse_time', 'p_source_id'])

/** Encodes rows of one log type as a Parquet file, sorted by event time. Columns that are null in every row are left out. */
export type ParquetEncoder = (rows: readonly Row[]) => Uint8Array

/** Prepares the encoding of a schema's rows once. */
export function compileParquet(schema: LogSchema): ParquetEncoder {
  const columns = tableColumns(schema).map(({ column, value }) => compileParquetColumn(column, value))
  const indexes = new Map(columns.map(({ name }, index) => [name, index]))
  return (rows) => {
    const data = transpose(sortByTime(rows), columns, indexes)
    const columnData: ColumnSource[] = []
    const elements: SchemaElement[] = []
    columns.forEach((column, index) => {
      const values = data[index]
      if (!values) return
      columnData.push({ name: column.name, data: values, statistics: withStatistics.has(column.name) })
      elements.push(...column.elements(values))
    })
    const root: SchemaElement = { name: 'root', num_children: columnData.length }
    const file = parquetWriteBuffer({
      schema: [root, ...elements],
      columnData,
      codec: 'ZSTD',
      compressors: { ZSTD: compress },
      rowGroupSize,
      createdBy: 'auditlake',
    })
    return new Uint8Array(file)
  }
}

/** All times have one form, in which the order of texts is the order of instants. */
function sortByTime(rows: readonly Row[]): readonly Row[] {
  const time = (row: Row) => String(row.p_event_time)
  return rows.toSorted((a, b) => (time(a) < time(b) ? -1 : time(a) > time(b) ? 1 : 0))
}

/** Walks each row's own members: an event fills a fraction of its table's columns. */
function transpose(
  rows: readonly Row[],
  columns: readonly ParquetColumn[],
  indexes: ReadonlyMap<string, number>,
): (unknown[] | undefined)[] {
  const data: (unknown[] | undefined)[] = columns.map(() => undefined)
  rows.forEach((row, at) => {
    for (const name in row) {
      const index = indexes.get(name)
      const value: RowValue | undefined = row[name]
      if (index === undefined || value === undefined) continue
      const values = data[index] ?? new Array(rows.length).fill(null)
      values[at] = columns[index]?.convert(value)
      data[index] = values
    }
  })
  return data
}
