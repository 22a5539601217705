import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { LogSchema } from '../../../../schemas/definition.ts'
import { TransientError } from '../../errors.ts'
import type { ObjectCopier, ObjectReader, ObjectStore } from '../../ports.ts'
import { dataPrefix, listKey, type Partition } from '../partition.ts'
import { swapInList, urlOf } from '../table-list.ts'
import { type DataFile, filesToMerge, isClosed, largeFrom } from './choose-files.ts'
import { type CorruptFile, findCorrupt, setAside, UnreadableFile } from './corrupt-files.ts'
import { newMergedKey } from './data-file.ts'
import { filesWithEarlierRows, rowsOfEarlierDays } from './earlier-days.ts'
import { isOutOfMemory, type MergeEngine, NewerFiles } from './engine.ts'
import { idsInFiles } from './known-ids.ts'
import { liveFiles } from './live-files.ts'
import { noteMerge } from './replaced-files.ts'

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
  readonly engine: MergeEngine
  /** An empty folder for copies; the caller removes it. */
  readonly folder: string
  /**
   * Takes the later days that hold rows of this day as well; they are to be merged with `recheck`. Called before anything is
   * changed here, so that no crash forgets them.
   */
  readonly requestRecheck: (days: readonly string[]) => Promise<void>
  readonly now?: () => number
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
}

/**
 * Merges files of a partition: rewrites them as one without repeated rows, and swaps their lines in the list. A crash
 * between any two steps, and any number of mergers at once, lose no row and leave no file behind for good.
 *
 * Rows that another merged file holds are left out of the merge. The other file, if it is not large, takes part in it, so that the
 * copy with more values stays.
 * @throws {NewerFiles} when a newer version has to merge them
 * @throws {UnreadableFile} when files vanish under way; as {@link swapInList} does; and what stores and DuckDB throw. The merge
 *   can be tried again
 */
export async function mergePartition(options: MergeOptions): Promise<MergeOutcome> {
  const { schema, dt, recheck = false, now = Date.now } = options
  const partition = { table: schema.table, dt }
  const live = await liveFiles(options, partition)
  const merging = new Merging(options, partition, live)
  try {
    const chosen = recheck
      ? await filesWithEarlierRows(options, partition, live)
      : filesToMerge(live, isClosed(dt, now()))
    return chosen.length === 0 ? nothing : await mergeWhatFits(merging, chosen, options)
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
  chosen: readonly DataFile[],
  { engine }: Pick<MergeOptions, 'engine'>,
): Promise<MergeOutcome> {
  try {
    return await merging.merge(chosen)
  } catch (error) {
    if (!isOutOfMemory(error)) throw error
    await engine.restart()
    const fresh = chosen.filter(({ isMerged }) => !isMerged)
    const half = fresh.length === chosen.length ? fresh.slice(0, Math.floor(fresh.length / 2)) : fresh
    if (half.length === 0) throw error
    // With them the rows of other files would have to be sorted as well.
    merging.othersWin = true
    return await mergeWhatFits(merging, half, { engine })
  }
}

const nothing: MergeOutcome = { files: 0, rows: 0, repeated: 0, corrupt: [], lostRace: false }

/** One merge of a partition. */
class Merging {
  /** Whether the rows of all other merged files win, not those of large ones alone. */
  othersWin = false
  readonly #options: MergeOptions
  readonly #partition: Partition
  readonly #live: readonly DataFile[]
  /** Paths of the copies, by key. */
  readonly #copied = new Map<string, string>()

  constructor(options: MergeOptions, partition: Partition, live: readonly DataFile[]) {
    this.#options = options
    this.#partition = partition
    this.#live = live
  }

  /** Keys of the files that were copied. */
  get copied(): Iterable<string> {
    return this.#copied.keys()
  }

  async merge(chosen: readonly DataFile[]): Promise<MergeOutcome> {
    const { engine, schema, folder, recheck = false, requestRecheck } = this.#options
    await this.#copy(chosen)
    const { taken, elsewhere, needed } = await this.#rowsElsewhere(chosen)
    // A day that is looked at again holds rows of days before, whatever their times.
    const which = recheck ? {} : { receivedOn: this.#partition.dt }
    const ids = await engine.ids(this.#paths(taken), which)
    const { earlier, laterDays } = await rowsOfEarlierDays(this.#options, this.#partition, ids)
    if (laterDays.length > 0) await requestRecheck(laterDays)
    const output = join(folder, 'merged.parquet')
    const leftOut = elsewhere.union(earlier)
    const { read, written } = await engine.merge({ schema, inputs: this.#paths(taken), leftOut, output })
    const isSwapped = await this.#swap(taken, needed, output)
    if (!isSwapped) return { ...nothing, lostRace: true }
    return { ...nothing, files: taken.length, rows: read, repeated: read - written }
  }

  /**
   * Compares with the merged files of the partition that are not chosen. Those that hold a row of the others and are not large are
   * chosen as well; of large ones the rows win.
   */
  async #rowsElsewhere(chosen: readonly DataFile[]) {
    const { engine, files } = this.#options
    const taken = new Set(chosen)
    const elsewhere = new Set<string>()
    const needed = new Set<DataFile>()
    let compared = chosen
    while (compared.length > 0) {
      // Fresh files that are not chosen are compared when their turn comes.
      const others = this.#live.filter((file) => file.isMerged && !taken.has(file))
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
        if (file.size < largeFrom && !this.othersWin) added.push(file)
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
    for (let at = 0; at < missing.length; at += parallel) {
      await Promise.all(
        missing.slice(at, at + parallel).map(async (file) => {
          const { key } = file
          const path = join(folder, `${String(this.#live.indexOf(file)).padStart(6, '0')}.parquet`)
          if (!(await copies.copy(key, path))) throw new UnreadableFile(key, 'it is not there')
          this.#copied.set(key, path)
        }),
      )
    }
  }

  /** @param output path of the merged file, which may hold no rows: an empty list is nothing that every engine reads */
  async #swap(taken: readonly DataFile[], needed: readonly DataFile[], output: string): Promise<boolean> {
    const { lake, ops, bucket, now = Date.now } = this.#options
    const added = newMergedKey(dataPrefix(this.#partition), (await stat(output)).size)
    const replaced = taken.map(({ key }) => key)
    await noteMerge(ops, this.#partition, { replaced, added: [added] }, now())
    await lake.putOnce(added, await readFile(output))
    const swap = {
      removed: replaced.map((key) => urlOf(bucket, key)),
      needed: needed.map(({ key }) => urlOf(bucket, key)),
      added: urlOf(bucket, added),
    }
    try {
      return await swapInList(lake, listKey(this.#partition), swap)
    } catch {
      // The answer may have been lost: the list says whether it was done.
      return await swapInList(lake, listKey(this.#partition), swap)
    }
  }
}
