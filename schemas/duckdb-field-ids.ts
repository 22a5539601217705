import type { ValueType } from './definition.ts'
import type { TableColumn } from './table-columns.ts'

/**
 * The ids of columns as DuckDB takes them when it writes Parquet: `COPY … (FORMAT parquet, FIELD_IDS {…})`. DuckDB
 * refuses names that the written rows lack, so the rows need exactly these columns, with every struct member.
 * https://duckdb.org/docs/stable/sql/statements/copy.html#parquet-options
 */
export function duckDbFieldIds(columns: readonly TableColumn[]): string {
  return struct(columns.map(({ column, id, value }) => member(column, id, value)))
}

function member(name: string, id: number, value: ValueType): string {
  return `'${name.replaceAll("'", "''")}': ${ids(id, value)}`
}

function ids(id: number, value: ValueType): string {
  if (value.type !== 'array' && value.type !== 'object') return String(id)
  const own = `__duckdb_field_id: ${id}`
  if (value.type === 'array') return struct([own, member('element', value.elementId, value.element)])
  return struct([own, ...value.fields.map((field) => member(field.column, field.id, field))])
}

const struct = (members: readonly string[]): string => `{${members.join(', ')}}`
