import { rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LogSchema } from '../../../../schemas/definition.ts'
import { TransientError } from '../../errors.ts'
import { inParallel } from '../../in-parallel.ts'
import type { ObjectCopier, ObjectReader, ObjectStore } from '../../ports.ts'
import { parquetOf } from '../parquet.ts'
import { dataPrefix, type Partition } from '../partition.ts'
import { urlOf } from '../table-list.ts'
import { type DataFile, isClosed, largeFrom } from './choose-files.ts'
import { type CorruptFile, findCorrupt, setAside, UnreadableFile } from './corrupt-files.ts'
import { dataFile, newCutKey, newMergedKey } from './data-file.ts'
import { bytesOfDays, type DaysAround, daysAround, filesWithEarlierRows, rowsOfEarlierDays } from './earlier-days.ts'
import { isOutOfMemory, type MergeEngine, NewerFiles } from './engine.ts'
import { idsInFiles } from './known-ids.ts'
import { liveFiles } from './live-files.ts'
import { nextWork, type SliceBounds, sliceOf, slicesFor, usualBounds, type Work } from './next-work.ts'
import { finer, isSameSlice, overlap, partsOf, type Slice, wholeDay } from './slice.ts'
import { type Output, swapFiles } from './swap-files.ts'

/** Files that are copied at the same time. */
const parallel = 16

export interface MergePorts {
  /** Holds lists and data files. */
  readonly lake: ObjectStore
  /** Copies data files. */
  readonly copies: ObjectCopier
  /** Reads parts of data files. */
  readonly files: ObjectReader
  /** Takes the notes on merges and on corrupt files. */
  readonly ops: Pick<ObjectStore, 'putOnce'>
  /** The lake bucket's name, for the URLs in the lists. */
  readonly bucket: string
}

export interface MergeOptions extends MergePorts {
  readonly schema: LogSchema
  readonly dt: string
  /** Merges the files that hold rows of days before, and no others. @default false */
  readonly recheck?: boolean | undefined
  /** With `recheck`, looks for rows of this slice only. @default all rows */
  readonly slice?: Slice | undefined
  readonly engine: MergeEngine
  /** An empty folder for copies; the caller removes it. */
  readonly folder: string
  /**
   * Takes the later days that hold rows of this day as well; they are to be merged with `recheck`. So are the slices of
   * a day that is too large to be looked at again as a whole. Called before anything is changed here, so that no crash
   * forgets them.
   */
  readonly requestRecheck: (wanted: readonly Recheck[]) => Promise<void>
  /** @default {@link usualBounds} */
  readonly bounds?: SliceBounds
  readonly now?: () => number
}

/** A day, or a slice of it, that holds rows of days before. */
export interface Recheck {
  readonly dt: string
  readonly slice?: Slice
}

export interface MergeOutcome {
  /** Files that were replaced; 0 when there was nothing to do. */
  readonly files: number
  /** Rows of these files. */
  readonly rows: number
  /** How many of them are no longer there, because the same row is. */
  readonly repeated: number
  /** Files that cannot be read, which were taken off the list. */
  readonly corrupt: readonly CorruptFile[]
  /** Whether another merger was faster, and nothing was changed. */
  readonly lostRace: boolean
  /** Whether the files were only cut, and none of them that was there before is left to be merged now. */
  readonly isLast: boolean
}

/**
 * Merges files of a partition: rewrites them as one without repeated rows, and swaps their lines in the list. Of a day
 * that is too large to be compared with as a whole, it cuts files into slices, or merges those of one slice. A crash
 * between any two steps, and any number of mergers at once, lose no row and leave no file behind for good.
 *
 * Rows that another merged file holds are left out of the merge. The other file, if it is of the same slice and not
 * large, takes part in it, so that the copy with more values stays.
 * @throws {NewerFiles} when a newer version has to merge them
 * @throws {UnreadableFile} when files vanish under way; as {@link swapInList} does; and what stores and DuckDB throw.
 *   The merge can be tried again
 */
export async function mergePartition(options: MergeOptions): Promise<MergeOutcome> {
  const { schema, dt, recheck = false, bounds, now = Date.now } = options
  const live = await liveFiles(options, { table: schema.table, dt })
  const merging = new Merging(options, live)
  try {
    const work = recheck ? await merging.workOfRecheck() : nextWork(live, isClosed(dt, now()), bounds)
    return work === undefined ? nothing : await mergeWhatFits(merging, work, options)
  } catch (error) {
    if (error instanceof TransientError || error instanceof NewerFiles || isOutOfMemory(error)) throw error
    await options.engine.restart()
    const suspects = new Set([...merging.copied, ...(error instanceof UnreadableFile ? [error.key] : [])])
    const corrupt = await setAside(options, await findCorrupt(options, suspects), now())
    if (corrupt.length === 0) throw error
    return { ...nothing, corrupt }
  }
}

/** Merges half of the files, and half of those, when their rows are too large to be sorted together. */
async function mergeWhatFits(
  merging: Merging,
  { files, isCut }: Work,
  { engine }: Pick<MergeOptions, 'engine'>,
): Promise<MergeOutcome> {
  try {
    return await merging.run({ files, isCut })
  } catch (error) {
    if (!isOutOfMemory(error)) throw error
    await engine.restart()
    const fresh = files.filter(({ isMerged }) => !isMerged)
    const half = fresh.length === files.length ? fresh.slice(0, Math.floor(fresh.length / 2)) : fresh
    if (half.length === 0) throw error
    // With them the rows of other files would have to be sorted as well.
    merging.othersWin = true
    return await mergeWhatFits(merging, { files: half, isCut }, { engine })
  }
}

const nothing: MergeOutcome = { files: 0, rows: 0, repeated: 0, corrupt: [], lostRace: false, isLast: false }

/** One merge of a partition. */
class Merging {
  /** Whether the rows of all other merged files win, not those of large ones alone. */
  othersWin = false
  readonly #options: MergeOptions
  readonly #partition: Partition
  readonly #live: readonly DataFile[]
  readonly #bounds: SliceBounds
  /** Paths of the copies, by key. */
  readonly #copied = new Map<string, string>()
  #daysAround: Promise<DaysAround> | undefined

  constructor(options: MergeOptions, live: readonly DataFile[]) {
    this.#options = options
    this.#partition = { table: options.schema.table, dt: options.dt }
    this.#live = live
    this.#bounds = options.bounds ?? usualBounds
  }

  /** Keys of the files that were copied. */
  get copied(): Iterable<string> {
    return this.#copied.keys()
  }

  /**
   * The files with rows of days before. When there are too many to look through, it requests that for each slice
   * instead.
   */
  async workOfRecheck(): Promise<Work | undefined> {
    const { dt, slice = wholeDay, requestRecheck } = this.#options
    const { before } = await this.#around()
    const count = slicesFor(this.#live, bytesOfDays(before), this.#bounds)
    if (count > slice.count) {
      await requestRecheck(partsOf(slice, count).map((part) => ({ dt, slice: part })))
      return undefined
    }
    const files = await filesWithEarlierRows(this.#options, before, this.#live, slice)
    const isUnsliced = files[0] !== undefined && files[0].slice === undefined
    return files.length === 0 ? undefined : { files, isCut: isUnsliced && slicesFor(this.#live, 0, this.#bounds) > 1 }
  }

  async run({ files, isCut }: Work): Promise<MergeOutcome> {
    await this.#copy(files)
    // Rows that are only cut are compared when their slices are merged, but nobody looks at a day again then.
    const compared = isCut && this.#options.recheck !== true ? new Set<string>() : await this.#comparedIds(files)
    const isUnsliced = files.every(({ slice }) => slice === undefined)
    if (isCut || (isUnsliced && compared.size > 0 && (await this.#slices()) > 1))
      return await this.#cut(files, compared)
    return await this.#merge(files, compared)
  }

  /** @param compared ids of the files that other days may hold */
  async #merge(files: readonly DataFile[], compared: Set<string>): Promise<MergeOutcome> {
    const { engine, schema, folder, bucket } = this.#options
    const slice = sliceOfAll(files)
    const { taken, elsewhere, needed } = await this.#rowsElsewhere(files, slice)
    const more = taken.filter((file) => !files.includes(file))
    if (more.length > 0) for (const id of await this.#comparedIds(more)) compared.add(id)
    const leftOut = elsewhere.union(await this.#idsOfEarlierDays(compared, slice))
    const path = join(folder, 'merged.parquet')
    const { read, written } = await engine.merge({ schema, inputs: this.#paths(taken), leftOut, output: path })
    // The merged file may hold no rows: an empty list is nothing that every engine reads.
    const key = newMergedKey(dataPrefix(this.#partition), (await stat(path)).size, slice)
    const known = new Set(this.#live.map((file) => urlOf(bucket, file.key)))
    const isSwapped = await swapFiles(this.#options, this.#partition, {
      taken,
      needed,
      outputs: [{ key, path }],
      // Another merger may have written a row of this merge meanwhile.
      isOutdated: (urls) => urls.some((url) => !known.has(url) && isComparedWith(slice, dataFile(url))),
    })
    if (!isSwapped) return { ...nothing, lostRace: true }
    return { ...nothing, files: taken.length, rows: read, repeated: read - written }
  }

  /** @param compared ids of the files that days before may hold, and which are then left out */
  async #cut(files: readonly DataFile[], compared: ReadonlySet<string>): Promise<MergeOutcome> {
    const { engine, schema, folder, recheck = false, dt, now = Date.now } = this.#options
    const count = Math.max(2, await this.#slices())
    const leftOut = recheck ? await this.#idsOfEarlierDays(compared, wholeDay) : []
    const output = join(folder, 'cut')
    // What a try before left that ran out of memory.
    await rm(output, { recursive: true, force: true })
    const cut = await engine.cut({ schema, inputs: this.#paths(files), leftOut, output, count })
    const prefix = dataPrefix(this.#partition)
    const outputs: Output[] = []
    for (const { path, index } of cut.files) {
      outputs.push({ key: newCutKey(prefix, (await stat(path)).size, { index, count }), path })
    }
    if (outputs.length === 0) {
      // An empty list is nothing that every engine reads.
      const path = join(folder, 'empty.parquet')
      const bytes = parquetOf(schema, [])
      await writeFile(path, bytes)
      outputs.push({ key: newMergedKey(prefix, bytes.length), path })
    }
    const isSwapped = await swapFiles(this.#options, this.#partition, { taken: files, needed: [], outputs })
    if (!isSwapped) return { ...nothing, lostRace: true }
    const left = this.#live.filter((file) => !files.includes(file))
    const work = nextWork([...left, ...outputs.map(({ key }) => dataFile(key))], isClosed(dt, now()), this.#bounds)
    const isLast = !recheck && work === undefined
    return { ...nothing, files: files.length, rows: cut.read, repeated: cut.read - cut.written, isLast }
  }

  /** Ids of rows that other days may hold as well. */
  async #comparedIds(files: readonly DataFile[]): Promise<Set<string>> {
    const { engine, recheck = false, dt } = this.#options
    // A day that is looked at again holds rows of days before, whatever their times.
    return await engine.ids(this.#paths(files), recheck ? {} : { receivedOn: dt })
  }

  /** Those of some ids that days before hold. Requests that later days with some of them are looked at again. */
  async #idsOfEarlierDays(ids: ReadonlySet<string>, slice: Slice): Promise<ReadonlySet<string>> {
    if (ids.size === 0) return new Set()
    const { requestRecheck, slice: part = wholeDay } = this.#options
    const within = finer(slice, part)
    const { earlier, laterDays } = await rowsOfEarlierDays(this.#options, await this.#around(), ids, within)
    const wanted = laterDays.map((dt) => ({ dt, ...(within.count > 1 && { slice: within }) }))
    if (wanted.length > 0) await requestRecheck(wanted)
    return earlier
  }

  #around(): Promise<DaysAround> {
    this.#daysAround ??= daysAround(this.#options, this.#partition)
    return this.#daysAround
  }

  /** Slices that keep every comparison with this day and with those around within its bounds. */
  async #slices(): Promise<number> {
    const { before, after } = await this.#around()
    return slicesFor(this.#live, bytesOfDays([...before, ...after]), this.#bounds)
  }

  /**
   * Compares with the merged files of the partition that are not chosen and can hold the same rows. Those that do, are
   * of the same slice and are not large, are chosen as well; of others the rows win.
   */
  async #rowsElsewhere(chosen: readonly DataFile[], slice: Slice) {
    const { engine, files } = this.#options
    const taken = new Set(chosen)
    const elsewhere = new Set<string>()
    const needed = new Set<DataFile>()
    let compared = chosen
    while (compared.length > 0) {
      // Files that were not compared yet and are not chosen are compared when their turn comes.
      const others = this.#live.filter((file) => isComparedWith(slice, file) && !taken.has(file))
      if (others.length === 0) break
      const ids = await engine.ids(this.#paths(compared))
      const hits = await idsInFiles(
        files,
        others.map(({ key }) => key),
        ids,
      )
      const added: DataFile[] = []
      for (const file of others) {
        const held = hits.get(file.key)
        if (held === undefined) continue
        if (file.size < largeFrom && isSameSlice(sliceOf(file), slice) && !this.othersWin) added.push(file)
        else {
          needed.add(file)
          for (const id of held) elsewhere.add(id)
        }
      }
      await this.#copy(added)
      for (const file of added) taken.add(file)
      compared = added
    }
    return { taken: this.#live.filter((file) => taken.has(file)), elsewhere, needed: [...needed] }
  }

  #paths(files: readonly DataFile[]): string[] {
    return files.map(({ key }) => this.#copied.get(key) ?? '')
  }

  async #copy(files: readonly DataFile[]): Promise<void> {
    const { copies, folder } = this.#options
    // Named by their places in the list, so that of equal rows the one listed first stays.
    const missing = files.filter(({ key }) => !this.#copied.has(key))
    const copyOne = async (file: DataFile) => {
      const { key } = file
      const path = join(folder, `${String(this.#live.indexOf(file)).padStart(6, '0')}.parquet`)
      if (!(await copies.copy(key, path))) throw new UnreadableFile(key, 'it is not there')
      this.#copied.set(key, path)
    }
    await inParallel(missing, copyOne, parallel)
  }
}

/** Whether a merge of a slice is compared with a file. */
const isComparedWith = (slice: Slice, file: DataFile): boolean => file.isMerged && overlap(sliceOf(file), slice)

const sliceOfAll = ([file]: readonly DataFile[]): Slice => (file ? sliceOf(file) : wholeDay)
