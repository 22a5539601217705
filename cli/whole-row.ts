import { type Json, type JsonObject, parseJson, rawNumber } from '../lambdas/core/json/json.ts'
import type { Row } from '../lambdas/core/normalize/event.ts'
import type { Plain } from '../local/query/query-value.ts'
import type { LogSchema, ValueType } from '../schemas/definition.ts'
import { tableColumns } from '../schemas/table-columns.ts'

/**
 * SQL of all columns of a table, from whose values {@link wholeRow} makes the row again, over DuckDB and Athena alike.
 */
export const wholeRowSql = (schema: LogSchema): readonly string[] =>
  tableColumns(schema).map(({ column, value }) =>
    isComposite(value) ? `json_format(CAST("${column}" AS json)) AS "${column}"` : `"${column}"`,
  )

/** A row as the pipeline had it, without the columns that are null: what `renderEvent` takes. */
export function wholeRow(schema: LogSchema, found: Readonly<Record<string, Plain>>): Row {
  const values = tableColumns(schema).map(
    ({ column, value }) => [column, columnValue(value, found[column] ?? null)] as const,
  )
  return Object.fromEntries(values.filter(([, value]) => value !== null)) as Row
}

const isComposite = ({ type }: ValueType): boolean => type === 'array' || type === 'object'

/** A column's value as the row had it, whichever engine has read it. */
function columnValue(type: ValueType, value: Plain): Json {
  if (value === null) return null
  return isComposite(type) ? exact(type, parseJson(String(value))) : exact(type, value as Json)
}

/** Times in ISO 8601, whole numbers with all digits, no nulls in structs. */
function exact(type: ValueType, value: Json): Json {
  if (value === null) return null
  if (type.type === 'timestamp') return isoOf(String(value))
  if (type.type === 'bigint') return typeof value === 'string' ? rawNumber(value) : value
  if (type.type === 'array' && Array.isArray(value)) return value.map((element) => exact(type.element, element))
  if (type.type !== 'object' || typeof value !== 'object') return value
  const struct = value as JsonObject
  const members = type.fields.map((field) => [field.column, exact(field, struct[field.column] ?? null)] as const)
  return Object.fromEntries(members.filter(([, member]) => member !== null))
}

/** Engines leave out the `T` and the zone, which is UTC. */
function isoOf(text: string): string {
  const time = Date.parse(/[zZ]$|UTC$/.test(text) ? text : `${text.replace(' ', 'T')}Z`)
  return Number.isNaN(time) ? text : new Date(time).toISOString()
}
