import { maxSkewMs } from '../poll/waiting.ts'
import type { OpenObject } from '../ports.ts'
import { dayOf, type Partition } from './partition.ts'
import { readRows } from './read-parquet.ts'
import { openFiles, partitionsOf, type TablePorts } from './read-table.ts'

const table = 'collection_runs'

/** The kinds of runs that move a checkpoint. */
const kinds = new Set<unknown>(['run', 'idle'])

/** Most days of runs to search: a source that was silent for longer starts from its beginning. */
const maxDays = 40

/** One stream of one source. */
export interface RunOf {
  readonly sourceId: string
  readonly stream: string
}

/**
 * The checkpoint of a stream's last recorded run, or of one shortly before it, in milliseconds since 1970; `undefined`
 * when the last 40 days with runs hold none of this stream. Rows of the future are ignored, because a run that
 * continued there would skip all events until then.
 * @throws {TransientError} when files were merged while they were being read
 */
export async function lastCheckpoint(
  ports: TablePorts,
  run: RunOf,
  now: () => number = Date.now,
): Promise<number | undefined> {
  const latest = now() + maxSkewMs
  const today = dayOf(latest)
  const days = (await partitionsOf(ports.lists, table)).reverse()
  for (const dt of days.filter((one) => one <= today).slice(0, maxDays)) {
    const checkpoint = await lastOfDay(ports, { table, dt }, { ...run, latest })
    if (checkpoint !== undefined) return checkpoint
  }
  return undefined
}

interface Wanted extends RunOf {
  /** The latest time that a row may hold, in milliseconds since 1970. */
  readonly latest: number
}

/**
 * Stops at the latest file with a checkpoint: a slightly older one only costs repeats, while reading all files costs
 * time.
 */
async function lastOfDay(ports: TablePorts, day: Partition, wanted: Wanted): Promise<number | undefined> {
  for await (const file of openFiles(ports, day, { latestFirst: true })) {
    const checkpoint = await lastOfFile(file, wanted)
    if (checkpoint !== undefined) return checkpoint
  }
  return undefined
}

async function lastOfFile(file: OpenObject, { sourceId, stream, latest }: Wanted): Promise<number | undefined> {
  const columns = ['p_source_id', 'stream', 'kind', 'started_at', 'checkpoint_after']
  let newest = Number.NEGATIVE_INFINITY
  let checkpoint: number | undefined
  for await (const row of readRows(file, columns)) {
    const { started_at: startedAt, checkpoint_after: after } = row
    if (row.p_source_id !== sourceId || row.stream !== stream || !kinds.has(row.kind)) continue
    if (typeof startedAt !== 'number' || typeof after !== 'number' || startedAt <= newest) continue
    if (startedAt > latest || after > latest) continue
    newest = startedAt
    checkpoint = after
  }
  return checkpoint
}
