import { constants, zstdCompressSync } from 'node:zlib'
import type { SchemaElement } from 'hyparquet'
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer'
import type { LogSchema } from '../../../schemas/definition.ts'
import { tableColumns } from '../../../schemas/table-columns.ts'
import type { Row } from '../normalize/event.ts'
import type { RowTarget, RowValue, Slot } from '../normalize/row-value.ts'
import { type ColumnValues, columnValues } from './column-values.ts'
import { acceptsMembers, compileParquetColumn, type ParquetColumn } from './parquet-column.ts'

/** Rows in a row group: larger ones cost memory and time without making the file smaller. */
const rowGroupSize = 10_000

const zstd = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
// An empty page is stored as it is, because compression would make it longer.
const compress = (bytes: Uint8Array): Uint8Array => (bytes.length === 0 ? bytes : zstdCompressSync(bytes, zstd))

/** Columns with minimum and maximum: those that queries filter by. For others these would only take space. */
const withStatistics = new Set(['p_event_time', 'p_parse_time', 'p_source_id'])

/** Makes the data files of one log type. */
export interface ParquetTable {
  /** The table's name. */
  readonly name: string
  /** Whether the table has a column for every value of the row, and the column can hold it. */
  accepts(row: Row): boolean
  /** An empty file to fill. */
  newFile(): ParquetFile
}

/** Prepares the encoding of a schema's rows once. */
export function compileParquet(schema: LogSchema): ParquetTable {
  const columns = tableColumns(schema).map(({ column, id, value }) => compileParquetColumn(column, id, value))
  const slots = new Map(columns.map(({ name }, index) => [name, { column: name, index }]))
  const byName = new Map(columns.map((column) => [column.name, column]))
  return {
    name: schema.table,
    accepts: (row) => acceptsMembers(byName, row),
    newFile: () => new ParquetFile(columns, slots),
  }
}

/** A data file with these rows. */
export function parquetOf(schema: LogSchema, rows: readonly Row[]): Uint8Array {
  const file = compileParquet(schema).newFile()
  for (const row of rows) file.add(row)
  return file.encode()
}

/**
 * Collects rows for a Parquet file by column, because an event fills only a fraction of its table's columns. Columns
 * that are null in every row are left out of the file.
 */
export class ParquetFile implements RowTarget {
  readonly #columns: readonly ParquetColumn[]
  readonly #slots: ReadonlyMap<string, Slot>
  readonly #values: ColumnValues[] = []
  #rows = 0

  constructor(columns: readonly ParquetColumn[], slots: ReadonlyMap<string, Slot>) {
    this.#columns = columns
    this.#slots = slots
  }

  get rows(): number {
    return this.#rows
  }

  set({ index }: Slot, value: RowValue): void {
    let values = this.#values[index]
    if (values === undefined) {
      const column = this.#columns[index]
      if (column === undefined) return
      values = columnValues(column)
      this.#values[index] = values
    }
    values.set(this.#rows, value)
  }

  setTime(slot: Slot, ms: number): void {
    this.set(slot, ms)
  }

  endRow(): void {
    this.#rows++
  }

  add(row: Row): void {
    for (const name in row) {
      const value = row[name]
      const slot = this.#slots.get(name)
      if (value !== undefined && slot) this.set(slot, value)
    }
    this.endRow()
  }

  /** The file's bytes, with the rows sorted by event time. */
  encode(): Uint8Array {
    const rows = this.#rows
    const order = timeOrder(this.#values[this.#slots.get('p_event_time')?.index ?? 0]?.all(rows) ?? [])
    const elements: SchemaElement[] = []
    const columnData: ColumnSource[] = []
    for (const [index, column] of this.#columns.entries()) {
      // A file without rows shows all that a row can have.
      const values = this.#values[index] ?? (rows === 0 ? columnValues(column) : undefined)
      if (!values) continue
      // The members of a composite depend on its values; for other columns only nulls matter.
      const sample = column.kind === 'composite' ? values.all(rows) : values.hasNull(rows) ? [null] : []
      elements.push(...column.elements(sample))
      columnData.push({
        name: column.name,
        // A getter, so that the values of only one column at a time exist in this form.
        get data() {
          const all = values.all(rows)
          return order ? Array.from(order, (row) => all[row]) : all
        },
        statistics: withStatistics.has(column.name),
        ...(values.encoding ? { encoding: values.encoding } : {}),
      })
    }
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

/** Row numbers in the order of time, stable for equal times; `undefined` when the rows are in order already. */
function timeOrder(times: readonly unknown[]): Uint32Array | undefined {
  const ms = Float64Array.from(times, Number)
  if (ms.every((time, row) => row === 0 || time >= (ms[row - 1] ?? 0))) return undefined
  return Uint32Array.from(ms.keys()).sort((a, b) => (ms[a] ?? 0) - (ms[b] ?? 0) || a - b)
}
