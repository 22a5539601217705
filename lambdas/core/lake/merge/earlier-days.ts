import type { ObjectReader, ObjectStore } from '../../ports.ts'
import { dayAfter, listKey, type Partition } from '../partition.ts'
import { keyOf, listedUrls, urlOf } from '../table-list.ts'
import { type DataFile, mostRewritten } from './choose-files.ts'
import { idsIn, idsInFiles } from './known-ids.ts'

/** Days before and after a day in which an event that carries no time can have come again. */
const reach = 8

export interface DayPorts {
  readonly lake: ObjectStore
  readonly files: ObjectReader
  /** The lake bucket's name, for the URLs in the lists. */
  readonly bucket: string
}

export interface OtherDays {
  /** Ids that days before hold: these rows are left out here. */
  readonly earlier: ReadonlySet<string>
  /** Days after that hold some of the rows: there they are to be left out. */
  readonly laterDays: readonly string[]
}

/**
 * Looks for rows in the days around. An event without a time of its own, or with an implausible one, lies under the day of its receipt, so one that is
 * sent again the next day lies under both. The earliest day keeps it, and never the other way round: if two days left out
 * each other's row at the same time, it would be lost.
 * @param received ids of the rows that lie under the day because of their receipt
 */
export async function rowsOfEarlierDays(
  ports: DayPorts,
  partition: Partition,
  received: ReadonlySet<string>,
): Promise<OtherDays> {
  const earlier = new Set<string>()
  const laterDays: string[] = []
  if (received.size === 0) return { earlier, laterDays }
  for (let offset = 1; offset <= reach; offset++) {
    for (const id of await idsOfDay(ports, around(partition, -offset), received)) earlier.add(id)
    const later = around(partition, offset)
    if ((await idsOfDay(ports, later, received)).size > 0) laterDays.push(later.dt)
  }
  return { earlier, laterDays }
}

/**
 * The files of a day that hold rows which days before hold as well, at most as many bytes as one merge rewrites: the next one
 * finds the others.
 */
export async function filesWithEarlierRows(
  ports: DayPorts,
  partition: Partition,
  live: readonly DataFile[],
): Promise<readonly DataFile[]> {
  const chosen: DataFile[] = []
  let bytes = 0
  for (const file of live) {
    if (!(await isHeldBefore(ports, partition, await idsIn(ports.files, file.key)))) continue
    chosen.push(file)
    bytes += file.size
    if (bytes >= mostRewritten) break
  }
  return chosen
}

async function isHeldBefore(ports: DayPorts, partition: Partition, ids: ReadonlySet<string>): Promise<boolean> {
  if (ids.size === 0) return false
  for (let offset = 1; offset <= reach; offset++) {
    if ((await idsOfDay(ports, around(partition, -offset), ids)).size > 0) return true
  }
  return false
}

const around = ({ table, dt }: Partition, days: number): Partition => ({ table, dt: dayAfter(dt, days) })

async function idsOfDay(
  { lake, files, bucket }: DayPorts,
  day: Partition,
  ids: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const urls = await listedUrls(lake, listKey(day))
  // What else an operator has written into the list of another day must not hold up this one.
  const keys = urls.filter((url) => url.startsWith(urlOf(bucket, ''))).map((url) => keyOf(url, bucket))
  const hits = await idsInFiles(files, [...new Set(keys)], ids)
  return new Set([...hits.values()].flatMap((found) => [...found]))
}
