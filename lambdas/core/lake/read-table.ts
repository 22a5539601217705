import { listAll } from '../aws/list-all.ts'
import { TransientError } from '../errors.ts'
import type { ObjectReader, OpenObject, StoreReader } from '../ports.ts'
import { dayOf, listKey, listsPrefix, type Partition } from './partition.ts'
import { type ReadRow, readRows, type Span } from './read-parquet.ts'
import { keyOf, listedUrls } from './table-list.ts'

/** The stores that hold a table. */
export interface TablePorts {
  /** Holds the lists of live files. */
  readonly lists: StoreReader
  /** Opens data files by key. */
  readonly files: ObjectReader
  /** The bucket of the data files, as the lists name it. */
  readonly bucket: string
}

/** Files that are open at a time; each takes about 64 KiB. */
const parallel = 8

/** The days for which a table has a list, as `YYYY-MM-DD`, the oldest first. */
export async function partitionsOf(lists: StoreReader, table: string): Promise<string[]> {
  const days: string[] = []
  for await (const { key } of listAll(lists, listsPrefix(table))) {
    const dt = /\/dt=(\d{4}-\d\d-\d\d)\//.exec(key)?.[1]
    if (dt !== undefined && key === listKey({ table, dt })) days.push(dt)
  }
  return days
}

/**
 * Reads columns of a day's live files, one row group at a time; a column that a file lacks is null in all its rows. A
 * day without a list has no rows.
 * @param span only rows whose time in a column lies within; row groups without such rows are skipped
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
 * Opens a day's live files, in the order of the list, or reversed: files listed last were mostly written last.
 * @throws {TransientError} when files were merged while they were being read; reading the day again then repeats the
 *   rows already returned
 */
export async function* openFiles(
  ports: TablePorts,
  partition: Partition,
  { latestFirst = false }: { readonly latestFirst?: boolean } = {},
): AsyncGenerator<OpenObject> {
  const { lists, files, bucket } = ports
  const listed = async () => {
    const urls = await listedUrls(lists, listKey(partition))
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
      // If a merge replaced a file that was already read, its rows would come twice.
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

/**
 * Opens one live file.
 * @throws {TransientError} when it is not there, because it was merged in the meantime
 */
export async function openFile({ files, bucket }: TablePorts, url: string): Promise<OpenObject> {
  const file = await files.open(keyOf(url, bucket))
  if (!file) throw new TransientError(`${url} is not there; was it just merged?`)
  return file
}

/**
 * Ids of the rows whose event time lies in [from, to], in milliseconds since 1970. A row stored under the day of its
 * receipt, because its own time was implausible, is found only if that day lies within as well.
 * @param mayGoOn called with each row; true by default
 * @throws {TransientError} as {@link readPartition}, and when `mayGoOn` returns false
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
