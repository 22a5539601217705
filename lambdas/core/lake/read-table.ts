import { listAll } from '../aws/list-all.ts'
import { TransientError } from '../errors.ts'
import type { ObjectReader, ObjectStore, OpenObject } from '../ports.ts'
import { listKey, listsPrefix, type Partition } from './partition.ts'
import { type ReadRow, readRows, type Span } from './read-parquet.ts'
import { parseList } from './table-list.ts'

/** What a table is read through. */
export interface TablePorts {
  /** Holds the lists of live files. */
  readonly lists: ObjectStore
  /** Opens the files, by their keys. */
  readonly files: ObjectReader
  /** The bucket of the files, which the lists name. */
  readonly bucket: string
}

/** Files that are opened at a time; each holds some 64 KiB. */
const parallel = 8

/** The days of which a table has a list, as `YYYY-MM-DD`. The oldest comes first by default. */
export async function partitionsOf(
  lists: ObjectStore,
  table: string,
  { newestFirst = false }: { readonly newestFirst?: boolean } = {},
): Promise<string[]> {
  const days: string[] = []
  for await (const { key } of listAll(lists, listsPrefix(table))) {
    const dt = /\/dt=(\d{4}-\d\d-\d\d)\//.exec(key)?.[1]
    if (dt !== undefined && key === listKey({ table, dt })) days.push(dt)
  }
  return newestFirst ? days.reverse() : days
}

/**
 * The rows of a day's live files, by these columns; a column that a file lacks is null in all its rows. Rows are held
 * in memory for one row group at a time. A day without a list has none.
 * @param span only rows whose time in a column lies within; parts of files that hold none are not read
 * @throws {TransientError} as {@link openFiles}
 */
export async function* readPartition(
  ports: TablePorts,
  partition: Partition,
  columns: readonly string[],
  span?: Span,
): AsyncGenerator<ReadRow> {
  for await (const file of openFiles(ports, partition)) yield* readRows(file, columns, span)
}

/**
 * A day's live files, opened, in the order in which they were listed, or the other way round: what was listed last was
 * mostly written last.
 * @throws {TransientError} when files were merged while they were being read: rows that were given until then come again
 *   when the day is read again
 */
export async function* openFiles(
  ports: TablePorts,
  partition: Partition,
  { latestFirst = false }: { readonly latestFirst?: boolean } = {},
): AsyncGenerator<OpenObject> {
  const { files, bucket } = ports
  const listed = async () => {
    const urls = await liveFiles(ports, partition)
    return latestFirst ? urls.reverse() : urls
  }
  const done = new Set<string>()
  let mayReread = true
  let waiting = await listed()
  while (waiting.length > 0) {
    const urls = waiting.slice(0, parallel)
    const opened = await Promise.all(urls.map(async (url) => ({ url, file: await files.open(keyOf(url, bucket)) })))
    const gone = opened.find(({ file }) => !file)
    if (gone) {
      const live: Set<string> = mayReread ? new Set(await listed()) : new Set([gone.url])
      mayReread = false
      // Of a file that was read already, the rows would come twice.
      if (live.has(gone.url) || !done.isSubsetOf(live)) {
        throw new TransientError(`${listKey(partition)} names ${gone.url}, which is not there; was it just merged?`)
      }
      waiting = [...live.difference(done)]
      continue
    }
    for (const { url, file } of opened) {
      if (file) yield file
      done.add(url)
    }
    waiting = waiting.slice(urls.length)
  }
}

async function liveFiles({ lists }: TablePorts, partition: Partition): Promise<string[]> {
  const list = await lists.get(listKey(partition))
  return list ? parseList(list.body) : []
}

/** @throws {TransientError} when the file lies elsewhere: somebody is at work on the list by hand */
function keyOf(url: string, bucket: string): string {
  const prefix = `s3://${bucket}/`
  if (url.startsWith(prefix)) return url.slice(prefix.length)
  throw new TransientError(`a list of live files names ${url}, which is not in ${prefix}`)
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10)

/**
 * Ids of the rows whose event time lies in [from, to], in milliseconds since 1970. A row that lies on the day of its
 * receipt because its own time was beyond belief is found only if that day is within as well.
 * @param mayGoOn asked with each row; by default it may
 * @throws {TransientError} as {@link readPartition}, and when it may not go on
 */
export async function rowIdsBetween(
  ports: TablePorts,
  table: string,
  from: number,
  to: number,
  mayGoOn: () => boolean = () => true,
): Promise<Set<string>> {
  const ids = new Set<string>()
  const span = { column: 'p_event_time', from, to }
  for (const dt of await partitionsOf(ports.lists, table)) {
    if (dt < dayOf(from) || dt > dayOf(to)) continue
    for await (const { p_row_id: id } of readPartition(ports, { table, dt }, ['p_row_id'], span)) {
      if (!mayGoOn()) throw new TransientError(`reading ${table} of ${dt} takes longer than a run has`)
      if (typeof id === 'string') ids.add(id)
    }
  }
  return ids
}
