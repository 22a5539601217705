import type { OpenObject } from '../ports.ts'
import type { Partition } from './partition.ts'
import { readRows } from './read-parquet.ts'
import { openFiles, partitionsOf, type TablePorts } from './read-table.ts'

/** The table of runs, a row for each that did something. */
const table = 'collection_runs'

/** What a checkpoint is read from: other kinds of runs move none. */
const kinds = new Set<unknown>(['run', 'idle'])

/** How many of the days that have runs are looked at: a source that was silent for longer is begun anew. */
const maxDays = 40

/** One stream of one source. */
export interface RunOf {
  readonly sourceId: string
  readonly stream: string
}

/**
 * Where a stream's last run on record, or one shortly before it, left its checkpoint, in milliseconds since 1970; `undefined` when the last 40 days
 * that have runs hold none of this stream.
 * @throws {TransientError} when files were merged while they were being read
 */
export async function lastCheckpoint(ports: TablePorts, run: RunOf): Promise<number | undefined> {
  const days = await partitionsOf(ports.lists, table, { newestFirst: true })
  for (const dt of days.slice(0, maxDays)) {
    const checkpoint = await lastOfDay(ports, { table, dt }, run)
    if (checkpoint !== undefined) return checkpoint
  }
  return undefined
}

/** From the file that was written last and holds one: an older checkpoint only costs repeats, reading all files time. */
async function lastOfDay(ports: TablePorts, day: Partition, run: RunOf): Promise<number | undefined> {
  for await (const file of openFiles(ports, day, { latestFirst: true })) {
    const checkpoint = await lastOfFile(file, run)
    if (checkpoint !== undefined) return checkpoint
  }
  return undefined
}

async function lastOfFile(file: OpenObject, { sourceId, stream }: RunOf): Promise<number | undefined> {
  const columns = ['p_source_id', 'stream', 'kind', 'started_at', 'checkpoint_after']
  let newest = Number.NEGATIVE_INFINITY
  let checkpoint: number | undefined
  for await (const row of readRows(file, columns)) {
    const { started_at: startedAt, checkpoint_after: after } = row
    if (row.p_source_id !== sourceId || row.stream !== stream || !kinds.has(row.kind)) continue
    if (typeof startedAt !== 'number' || typeof after !== 'number' || startedAt <= newest) continue
    newest = startedAt
    checkpoint = after
  }
  return checkpoint
}
