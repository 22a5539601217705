import type { ObjectReader, ObjectStore } from '../../ports.ts'
import { dayMs, listKey, type Partition } from '../partition.ts'
import { keyOf } from '../read-table.ts'
import { listedUrls } from '../table-list.ts'
import type { DataFile } from './choose-files.ts'
import { idsInFiles, receivedIds } from './known-ids.ts'

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
 * Looks for rows in the days around. An event without a time of its own lies under the day of its receipt, so one that is
 * sent again the next day lies under both. The earliest day keeps it, and never the other way round: if two days left out
 * each other's row at the same time, it would be lost.
 * @param received ids of the rows that have the time of their receipt
 */
export async function rowsOfEarlierDays(
  ports: DayPorts,
  partition: Partition,
  received: ReadonlySet<string>,
): Promise<OtherDays> {
  const earlier = new Set<string>()
  const laterDays: string[] = []
  if (received.size === 0) return { earlier, laterDays }
  for (let offset = -reach; offset <= reach; offset++) {
    if (offset === 0) continue
    const dt = dayAt(partition.dt, offset)
    const ids = await idsOfDay(ports, { ...partition, dt }, received)
    if (offset < 0) for (const id of ids) earlier.add(id)
    else if (ids.size > 0) laterDays.push(dt)
  }
  return { earlier, laterDays }
}

/** The files of a day that hold rows with the time of their receipt that days before hold as well. */
export async function filesWithEarlierRows(
  ports: DayPorts,
  partition: Partition,
  live: readonly DataFile[],
): Promise<readonly DataFile[]> {
  const chosen: DataFile[] = []
  for (const file of live) {
    const { earlier } = await rowsOfEarlierDays(ports, partition, await receivedIds(ports.files, file.key))
    if (earlier.size > 0) chosen.push(file)
  }
  return chosen
}

const dayAt = (dt: string, offset: number): string =>
  new Date(Date.parse(dt) + offset * dayMs).toISOString().slice(0, 10)

async function idsOfDay(
  { lake, files, bucket }: DayPorts,
  day: Partition,
  ids: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const keys = (await listedUrls(lake, listKey(day))).map((url) => keyOf(url, bucket))
  const hits = await idsInFiles(files, [...new Set(keys)], ids)
  return new Set([...hits.values()].flatMap((found) => [...found]))
}
