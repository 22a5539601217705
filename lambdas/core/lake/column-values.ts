import type { RowValue } from '../normalize/row-value.ts'
import type { ParquetColumn } from './parquet-column.ts'
import { TextValues } from './text-values.ts'

/** The values of one column while a file fills, in the form that the Parquet writer takes. */
export interface ColumnValues {
  /** Sets the value of a row: the last one set, or a later one. Skipped rows are null. */
  set(row: number, value: RowValue): void
  /** The values of the first `rows` rows. */
  all(rows: number): unknown[]
  /** Whether any of the first `rows` rows is null. */
  hasNull(rows: number): boolean
  /**
   * How the column is stored: a dictionary pays for repeating texts, and numbers pack well without one; the writer
   * would take several times as long to find that out. `undefined` leaves composites to the writer.
   */
  readonly encoding: 'RLE_DICTIONARY' | 'PLAIN' | undefined
}

export function columnValues(column: ParquetColumn): ColumnValues {
  return column.kind === 'text' ? textColumn() : valueColumn(column)
}

function textColumn(): ColumnValues {
  const texts = new TextValues()
  return {
    set: (row, value) => texts.set(row, String(value)),
    all: (rows) => texts.all(rows),
    hasNull: (rows) => texts.hasNull(rows),
    get encoding() {
      return texts.repeats ? 'RLE_DICTIONARY' : 'PLAIN'
    },
  }
}

function valueColumn({ kind, convert }: ParquetColumn): ColumnValues {
  const values: unknown[] = []
  return {
    set: (row, value) => {
      while (values.length < row) values.push(null)
      values[row] = convert ? convert(value) : value
    },
    all: (rows) => {
      while (values.length < rows) values.push(null)
      return values
    },
    hasNull: (rows) => values.length < rows || values.includes(null),
    encoding: kind === 'number' ? 'PLAIN' : undefined,
  }
}
