import { chunks } from '../../chunks.ts'
import type { ObjectReader, ObjectStore } from '../../ports.ts'
import { dayAfter, listKey, type Partition } from '../partition.ts'
import { keyOf, listedUrls, urlOf } from '../table-list.ts'
import { type DataFile, mostRewritten } from './choose-files.ts'
import { dataFile } from './data-file.ts'
import { idsIn, idsInFiles } from './known-ids.ts'
import { bySlice, bytesOf, daysCompared, sliceOf } from './next-work.ts'
import { finer, isSameSlice, overlap, type Slice } from './slice.ts'

export interface DayPorts {
  readonly lake: ObjectStore
  readonly files: ObjectReader
  /** The lake bucket's name, for the URLs in the lists. */
  readonly bucket: string
}

/** The files of another day, with the sizes in their names. */
export interface OtherDay {
  readonly dt: string
  readonly files: readonly DataFile[]
}

/** The days in which an event that carries no time can have come again. */
export interface DaysAround {
  readonly before: readonly OtherDay[]
  readonly after: readonly OtherDay[]
}

export interface OtherDays {
  /** Ids that days before hold: these rows are left out here. */
  readonly earlier: ReadonlySet<string>
  /** Days after that hold some of the rows: there they are to be left out. */
  readonly laterDays: readonly string[]
}

/** Reads the lists of the days around a day. */
export async function daysAround(ports: DayPorts, { table, dt }: Partition): Promise<DaysAround> {
  const read = (direction: number) =>
    Promise.all(
      Array.from({ length: daysCompared }, (_, at) =>
        otherDay(ports, { table, dt: dayAfter(dt, direction * (at + 1)) }),
      ),
    )
  const [before, after] = await Promise.all([read(-1), read(1)])
  return { before, after }
}

async function otherDay({ lake, bucket }: DayPorts, day: Partition): Promise<OtherDay> {
  const urls = await listedUrls(lake, listKey(day))
  // What else an operator has written into the list of another day must not hold up this one.
  const keys = urls.filter((url) => url.startsWith(urlOf(bucket, ''))).map((url) => keyOf(url, bucket))
  return { dt: day.dt, files: [...new Set(keys)].map((key) => dataFile(key)) }
}

/** Bytes of the files of days. */
export const bytesOfDays = (days: readonly OtherDay[]): number => bytesOf(days.flatMap(({ files }) => files))

/**
 * Looks for rows in the days around. An event without a time of its own, or with an implausible one, lies under the day
 * of its receipt, so one that is sent again the next day lies under both. The earliest day keeps it, and never the
 * other way round: if two days left out each other's row at the same time, it would be lost.
 * @param received ids of the rows that lie under the day because of their receipt
 * @param slice that holds the rows
 */
export async function rowsOfEarlierDays(
  ports: DayPorts,
  { before, after }: DaysAround,
  received: ReadonlySet<string>,
  slice: Slice,
): Promise<OtherDays> {
  const earlier = new Set<string>()
  for (const day of before) for (const id of await idsOfDay(ports, day, received, slice)) earlier.add(id)
  const laterDays: string[] = []
  for (const day of after) if ((await idsOfDay(ports, day, received, slice)).size > 0) laterDays.push(day.dt)
  return { earlier, laterDays }
}

/**
 * The files of a day that hold rows which days before hold as well, all of one slice, and about as many bytes as one
 * merge rewrites: the next one finds the others.
 * @param slice of the rows to look for
 */
export async function filesWithEarlierRows(
  ports: DayPorts,
  before: readonly OtherDay[],
  live: readonly DataFile[],
  slice: Slice,
): Promise<readonly DataFile[]> {
  const chosen: DataFile[] = []
  for (const files of portions(live.filter((file) => overlap(sliceOf(file), slice)))) {
    const isOther = chosen[0] && files[0] && !isSameSlice(sliceOf(chosen[0]), sliceOf(files[0]))
    if (isOther || bytesOf(chosen) >= mostRewritten) break
    const ids = new Set<string>()
    for (const { key } of files) for (const id of await idsIn(ports.files, key)) ids.add(id)
    const within = files[0] ? finer(sliceOf(files[0]), slice) : slice
    const earlier = new Set<string>()
    for (const day of before) for (const id of await idsOfDay(ports, day, ids, within)) earlier.add(id)
    const keys = files.map(({ key }) => key)
    const holding = await idsInFiles(ports.files, keys, earlier)
    chosen.push(...files.filter(({ key }) => holding.has(key)))
  }
  return live.filter((file) => chosen.includes(file))
}

/**
 * Files of one slice each, whose ids are held in memory together: as many bytes as one merge rewrites, or a single
 * file.
 */
function* portions(live: readonly DataFile[]): Generator<readonly DataFile[]> {
  for (const files of bySlice(live).values()) {
    yield* chunks(files, Number.POSITIVE_INFINITY, mostRewritten, ({ size }) => size)
  }
}

async function idsOfDay(
  { files }: DayPorts,
  day: OtherDay,
  ids: ReadonlySet<string>,
  slice: Slice,
): Promise<ReadonlySet<string>> {
  const keys = day.files.filter((file) => overlap(sliceOf(file), slice)).map(({ key }) => key)
  const hits = await idsInFiles(files, keys, ids)
  return new Set([...hits.values()].flatMap((found) => [...found]))
}
