import {
  DuckDBInstance,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api'

/** Reads a Parquet file with an independent engine: JSON, one object per row, nulls left out. */
export async function readParquet(file: string): Promise<Record<string, unknown>[]> {
  return readSql(
    `select * from read_parquet('${file.replaceAll("'", "''")}', file_row_number = true) order by file_row_number`,
  )
}

/** The columns of a Parquet file and their types, as the engine names them. */
export async function describeParquet(file: string): Promise<Record<string, unknown>> {
  const rows = await readSql(`describe select * from read_parquet('${file.replaceAll("'", "''")}')`)
  return Object.fromEntries(rows.map(({ column_name: name, column_type: type }) => [String(name), type]))
}

/** Runs one query in a database of its own. */
async function readSql(sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  try {
    const reader = await connection.runAndReadAll(sql)
    return reader.getRowObjects().map(({ file_row_number, ...row }) => plainObject(row))
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

function plainObject(entries: Readonly<Record<string, DuckDBValue>>): Record<string, unknown> {
  const present = Object.entries(entries).filter(([, value]) => value !== null)
  return Object.fromEntries(present.map(([name, value]) => [name, plain(value)]))
}

function plain(value: DuckDBValue): unknown {
  if (value instanceof DuckDBTimestampTZValue || value instanceof DuckDBTimestampValue) return iso(value.micros / 1000n)
  if (value instanceof DuckDBTimestampMillisecondsValue) return iso(value.millis)
  if (value instanceof DuckDBListValue) return value.items.map(plain)
  if (value instanceof DuckDBStructValue) return plainObject(value.entries)
  // Compared as text, so that no digit of a large integer is lost on either side.
  return typeof value === 'bigint' ? `${value}n` : value
}

const iso = (ms: bigint): string => new Date(Number(ms)).toISOString()
