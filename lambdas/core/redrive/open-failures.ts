import { listKey, type Partition } from '../lake/partition.ts'
import { openParquet, type ParquetRows, type ReadRow, type RowRange } from '../lake/read-parquet.ts'
import { openFile, partitionsOf, readPartition, type TablePorts } from '../lake/read-table.ts'
import { listedUrls } from '../lake/table-list.ts'
import { digestOf } from '../publish/claims.ts'
import type { Position } from './job.ts'

/** A failure as its row tells of it, without its bytes. */
export interface FailureFacts {
  readonly id: string
  readonly sourceId: string
  readonly sourceLabel: string
  /** When it was received, in milliseconds since 1970. */
  readonly receivedAt: number
  readonly reason: string
  readonly logType: string
  readonly origin: string
}

/** A failure with what was received. */
export interface OpenFailure extends FailureFacts {
  readonly bytes: Uint8Array
  /** The number of the line or element, where the bytes are one of several parts of what came. */
  readonly position: number | undefined
  /** JSON of the attributes that came beside them. */
  readonly attributes: string | undefined
}

/** Some failures of a day, and the position after them. */
export interface FailureWindow {
  readonly failures: readonly OpenFailure[]
  readonly position: Position
}

/** Bytes of failures that are read together, and their number; a longer one is read alone. */
const windowLimits = { bytes: 16_000_000, failures: 1_000 } as const

const factColumns = [
  'p_row_id',
  'p_source_id',
  'p_source_label',
  'p_parse_time',
  'reason',
  'log_type',
  'origin',
  'resolves',
]
const sizeColumns = [...factColumns, 'raw_bytes']
const wholeColumns = [...factColumns, 'raw', 'raw_encoding', 'position', 'attributes']

/** The ids of failures that need no work: those that rows resolve, and those that were dealt with. */
export interface Settled {
  /**
   * Reads which failures rows of a day or later resolve. Days that an earlier call has read are not read again.
   * @returns false when the time was up
   * @throws {TransientError} when files were merged while they were being read
   */
  load(firstDay: string, mayGoOn: () => boolean): Promise<boolean>
  has(id: string): boolean
  add(id: string): void
}

export function settledFailures(ports: TablePorts, table: string): Settled {
  const ids = new Set<string>()
  const read = new Set<string>()
  return {
    async load(firstDay, mayGoOn) {
      // The newest day grows, so it is read with every call.
      for (const [index, dt] of (await partitionsOf(ports.lists, table)).reverse().entries()) {
        if (dt < firstDay || (index > 0 && read.has(dt))) continue
        for await (const { resolves } of readPartition(ports, { table, dt }, ['resolves'])) {
          if (!mayGoOn()) return false
          if (typeof resolves === 'string') ids.add(resolves)
        }
        read.add(dt)
      }
      return true
    },
    has: (id) => ids.has(id),
    add: (id) => void ids.add(id),
  }
}

/**
 * Reads the failures of a day in the order of its list of files, some at a time, so that memory stays bounded.
 * @param start where an earlier reading stopped; the day begins anew if its files were merged since
 * @param isMeant which failures are read with their bytes
 * @throws {TransientError} when a file was merged in the meantime
 */
export async function* failureWindows(
  ports: TablePorts,
  { table, dt }: Partition,
  start: Position | undefined,
  isMeant: (facts: FailureFacts) => boolean,
): AsyncGenerator<FailureWindow> {
  const urls = await listedUrls(ports.lists, listKey({ table, dt }))
  const at = (files: number, rows: number): Position => ({ day: dt, files, rows, digest: digestTo(urls, files, rows) })
  const isSame = start?.day === dt && start.digest === digestTo(urls, start.files, start.rows)
  const { files: first, rows } = isSame ? start : { files: 0, rows: 0 }
  for (const [index, url] of urls.entries()) {
    if (index < first) continue
    const file = await openParquet(await openFile(ports, url))
    for (const group of file.groups) {
      const from = Math.max(group.from, index === first ? rows : 0)
      if (from >= group.to) continue
      for await (const range of rangesOf(file, { from, to: group.to }, isMeant)) {
        const failures = (await file.read(wholeColumns, range)).flatMap((row) => failureIn(row, isMeant))
        yield { failures, position: at(index, range.to) }
      }
    }
    yield { failures: [], position: at(index + 1, 0) }
  }
}

const digestTo = (urls: readonly string[], files: number, rows: number): string =>
  digestOf(urls.slice(0, files + (rows > 0 ? 1 : 0)).join('\n'))

/** The ranges of rows that hold the meant failures and are read together. */
async function* rangesOf(
  file: ParquetRows,
  rows: RowRange,
  isMeant: (facts: FailureFacts) => boolean,
): AsyncGenerator<RowRange> {
  let range: RowRange | undefined
  let bytes = 0
  let count = 0
  for (const [index, row] of (await file.read(sizeColumns, rows)).entries()) {
    const number = rows.from + index
    // Rows between are read along.
    bytes += Number(row.raw_bytes ?? 0)
    const facts = factsIn(row)
    if (!facts || !isMeant(facts)) continue
    if (range && (bytes > windowLimits.bytes || count === windowLimits.failures)) {
      yield range
      range = undefined
    }
    if (!range) {
      bytes = Number(row.raw_bytes ?? 0)
      count = 0
    }
    range = { from: range?.from ?? number, to: number + 1 }
    count++
  }
  if (range) yield range
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** `undefined` for a row that resolves another. */
function factsIn(row: ReadRow): FailureFacts | undefined {
  const { p_row_id: id, p_parse_time: receivedAt } = row
  if (typeof id !== 'string' || typeof receivedAt !== 'number' || typeof row.resolves === 'string') return undefined
  return {
    id,
    receivedAt,
    sourceId: textOf(row.p_source_id),
    sourceLabel: textOf(row.p_source_label),
    reason: textOf(row.reason),
    logType: textOf(row.log_type),
    origin: textOf(row.origin),
  }
}

function failureIn(row: ReadRow, isMeant: (facts: FailureFacts) => boolean): OpenFailure[] {
  const facts = factsIn(row)
  if (!facts || !isMeant(facts)) return []
  const { raw, raw_encoding: encoding, position, attributes } = row
  return [
    {
      ...facts,
      bytes: Buffer.from(textOf(raw), encoding === 'base64' ? 'base64' : 'utf8'),
      position: position === null ? undefined : Number(position),
      attributes: typeof attributes === 'string' ? attributes : undefined,
    },
  ]
}
