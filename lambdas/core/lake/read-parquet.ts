import { zstdDecompressSync } from 'node:zlib'
import {
  type Compressors,
  type ParquetParsers,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from 'hyparquet'
import type { OpenObject } from '../ports.ts'

/** A value of a file: a time in milliseconds since 1970, a 64-bit integer as a bigint, JSON as its text. */
export type ReadValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly ReadValue[]
  | { readonly [name: string]: ReadValue }

/** A row by its columns: all that were asked for are in it. */
export type ReadRow = Readonly<Record<string, ReadValue>>

/** The times [from, to] in a column, in milliseconds since 1970. */
export interface Span {
  readonly column: string
  readonly from: number
  readonly to: number
}

/** As much as is fetched to open a file, in bytes: asking for more would cost another request. */
const footerBytes = 65_536

const compressors: Compressors = {
  // Nothing is stored as nothing, not as a compressed nothing.
  ZSTD: (bytes, length) => (length === 0 ? new Uint8Array() : zstdDecompressSync(bytes, { maxOutputLength: length })),
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const dayMs = 86_400_000

const parsers: Partial<ParquetParsers> = {
  timestampFromMilliseconds: Number,
  timestampFromMicroseconds: (micros) => Math.floor(Number(micros) / 1e3),
  timestampFromNanoseconds: (nanos) => Math.floor(Number(nanos) / 1e6),
  dateFromDays: (days) => days * dayMs,
  // The library's own would take a byte order mark away, and parse JSON.
  stringFromBytes: (bytes) => bytes && decoder.decode(bytes),
  jsonFromBytes: (bytes) => bytes && decoder.decode(bytes),
}

/**
 * The rows of a Parquet file by these columns, read and held one row group at a time.
 * @param span only rows whose time in a column lies within; row groups that say that they hold none are not read
 */
export async function* readRows(file: OpenObject, columns: readonly string[], span?: Span): AsyncGenerator<ReadRow> {
  const metadata = await parquetMetadataAsync(file, { parsers, initialFetchSize: footerBytes, geoparquet: false })
  const present = new Set(parquetSchema(metadata).children.map(({ element }) => element.name))
  // A column that is null in every row is not in the file.
  if (span && !present.has(span.column)) return
  const options = {
    file,
    metadata,
    columns: columns.filter((column) => present.has(column)),
    ...(span && { filter: { [span.column]: { $gte: span.from, $lte: span.to } } }),
    compressors,
    parsers,
  }
  let rowStart = 0
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows)
    const rows: readonly Record<string, unknown>[] = await parquetReadObjects({ ...options, rowStart, rowEnd })
    for (const row of rows) yield Object.fromEntries(columns.map((column) => [column, readValue(row[column])]))
    rowStart = rowEnd
  }
}

function readValue(value: unknown): ReadValue {
  switch (typeof value) {
    case 'boolean':
    case 'number':
    case 'bigint':
    case 'string':
      return value
    case 'object':
      if (value === null) return null
      if (Array.isArray(value)) return value.map(readValue)
      return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, readValue(member)]))
    default:
      return null
  }
}
