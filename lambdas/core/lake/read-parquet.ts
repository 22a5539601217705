import { zstdDecompressSync } from 'node:zlib'
import {
  type Compressors,
  type ParquetParsers,
  parquetMetadataAsync,
  parquetRead,
  parquetReadObjects,
  parquetSchema,
} from 'hyparquet'
import type { OpenObject } from '../ports.ts'
import { dayMs } from './partition.ts'

/**
 * A row with all requested columns, `null` where the file lacks one. A time is in milliseconds since 1970, a 64-bit
 * integer a bigint, JSON its text.
 */
export type ReadRow = Readonly<Record<string, unknown>>

/** A filter for times in [from, to] in a column, in milliseconds since 1970. */
export interface Span {
  readonly column: string
  readonly from: number
  readonly to: number
}

/** Bytes that opening a file has fetched already; more would cost another request. */
const footerBytes = 65_536

const compressors: Compressors = {
  // An empty page is stored without compression.
  ZSTD: (bytes, length) => (length === 0 ? new Uint8Array() : zstdDecompressSync(bytes, { maxOutputLength: length })),
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Rounded down to a millisecond; a number alone, though faster, is inexact beyond 2^53. */
function wholeMs(time: bigint, perMs: number): number {
  const number = Number(time)
  if (Number.isSafeInteger(number)) return Math.floor(number / perMs)
  const ms = Number(time / BigInt(perMs))
  return time < 0n && time % BigInt(perMs) !== 0n ? ms - 1 : ms
}

const parsers: Partial<ParquetParsers> = {
  timestampFromMilliseconds: Number,
  timestampFromMicroseconds: (micros) => wholeMs(micros, 1_000),
  timestampFromNanoseconds: (nanos) => wholeMs(nanos, 1_000_000),
  dateFromDays: (days) => days * dayMs,
  // The library's own parsers would drop a byte order mark and parse JSON.
  stringFromBytes: (bytes) => bytes && decoder.decode(bytes),
  jsonFromBytes: (bytes) => bytes && decoder.decode(bytes),
}

/** Numbers of rows in a file, from `from` up to but excluding `to`. */
export interface RowRange {
  readonly from: number
  readonly to: number
}

/** A Parquet file of which rows can be read by their numbers. */
export interface ParquetRows {
  /** Names of the columns; one that is null in every row is not in the file. */
  readonly present: ReadonlySet<string>
  readonly groups: readonly RowRange[]
  /** Reads columns of some rows of one group; columns that the file lacks are null. */
  read(columns: readonly string[], rows: RowRange, span?: Span): Promise<readonly ReadRow[]>
  /**
   * Reads some rows of one group without making rows of them.
   * @param columns that the file holds; all by default
   * @returns values of the columns, which make whole rows only for a single column that is no list or object
   */
  readChunks(rows: RowRange, columns?: string[]): Promise<readonly ArrayLike<unknown>[]>
}

/**
 * Reads columns of a Parquet file, one row group at a time.
 * @param span only rows whose time in a column lies within; row groups whose statistics exclude it are skipped
 */
export async function* readRows(file: OpenObject, columns: readonly string[], span?: Span): AsyncGenerator<ReadRow> {
  const { present, groups, read } = await openParquet(file)
  if (span && !present.has(span.column)) return
  for (const group of groups) yield* await read(columns, group, span)
}

/**
 * All values of one column that is no list or object, a row group at a time; nothing for a column that is null in every
 * row.
 */
export async function* readColumn(file: OpenObject, column: string): AsyncGenerator<ArrayLike<unknown>> {
  const { present, groups, readChunks } = await openParquet(file)
  if (!present.has(column)) return
  for (const group of groups) yield* await readChunks(group, [column])
}

/** Reads every value of a Parquet file, a row group at a time. @throws when it is none, or no whole one */
export async function readWhole(file: OpenObject): Promise<void> {
  const { groups, readChunks } = await openParquet(file)
  for (const group of groups) await readChunks(group)
}

/** Reads the footer of a Parquet file. */
export async function openParquet(file: OpenObject): Promise<ParquetRows> {
  const metadata = await parquetMetadataAsync(file, { parsers, initialFetchSize: footerBytes, geoparquet: false })
  const present = new Set(parquetSchema(metadata).children.map(({ element }) => element.name))
  let rowStart = 0
  const groups = metadata.row_groups.map(({ num_rows: rows }): RowRange => {
    const from = rowStart
    rowStart += Number(rows)
    return { from, to: rowStart }
  })
  return {
    present,
    groups,
    async readChunks({ from, to }, columns) {
      const chunks: ArrayLike<unknown>[] = []
      await parquetRead({
        file,
        metadata,
        ...(columns && { columns }),
        rowStart: from,
        rowEnd: to,
        compressors,
        parsers,
        onChunk: ({ columnData }) => void chunks.push(columnData),
      })
      return chunks
    },
    async read(columns, { from, to }, span) {
      const rows: readonly ReadRow[] = await parquetReadObjects({
        file,
        metadata,
        columns: columns.filter((column) => present.has(column)),
        rowStart: from,
        rowEnd: to,
        ...(span && { filter: { [span.column]: { $gte: span.from, $lte: span.to } } }),
        compressors,
        parsers,
      })
      return rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column] ?? null])))
    },
  }
}
