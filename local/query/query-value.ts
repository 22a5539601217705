import {
  DuckDBArrayValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api'

/** What JSON can say. */
export type Plain = null | boolean | number | string | Plain[] | { [name: string]: Plain }

/**
 * A result's value as JSON: times in ISO 8601, UTC, with milliseconds; whole numbers beyond JavaScript's precision as
 * text; lists and structs as arrays and objects; anything else as DuckDB prints it.
 */
export function plainValue(value: DuckDBValue): Plain {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (value instanceof DuckDBDecimalValue) return value.toDouble()
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(plainValue)
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([name, member]) => [name, plainValue(member)]))
  }
  if (value instanceof DuckDBMapValue) {
    return Object.fromEntries(value.entries.map((entry) => [String(entry.key), plainValue(entry.value)]))
  }
  return isoTime(value) ?? String(value)
}

/** Undefined for anything but a time, and for times outside JavaScript's range. */
function isoTime(value: object): string | undefined {
  const date = new Date(Number(milliseconds(value)))
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}

function milliseconds(value: object): bigint | undefined {
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) return value.micros / 1000n
  if (value instanceof DuckDBTimestampMillisecondsValue) return value.millis
  if (value instanceof DuckDBTimestampSecondsValue) return value.seconds * 1000n
  if (value instanceof DuckDBTimestampNanosecondsValue) return value.nanos / 1_000_000n
  return undefined
}
