import { type DataFile, filesToMerge, largeFrom } from './choose-files.ts'
import { type Slice, wholeDay } from './slice.ts'

const megabyte = 1024 * 1024

/** When days are sliced, and when files of a slice are merged; sizes in bytes. */
export interface SliceBounds {
  /** Bytes of files of its own day that a merge shall compare with. */
  readonly compared: number
  /** Bytes of the writer's files from which on they are cut before slices are merged. */
  readonly cutFrom: number
  /** Bytes of cut files from which on a slice is merged. */
  readonly mergedFrom: number
}

/**
 * A gigabyte holds some 16 million rows, whose ids are read in 22 seconds. A merge that compares with so much of its
 * own day and with {@link daysCompared} times as much of other days so ends within four minutes, of the fifteen that it
 * has.
 */
export const usualBounds: SliceBounds = {
  compared: 1024 * megabyte,
  cutFrom: 128 * megabyte,
  mergedFrom: 64 * megabyte,
}

/** Days before and after a day with which it is compared. */
export const daysCompared = 8

/**
 * Most slices of a day. With 256 a cut of a million rows did not fit into the merger's memory; with 64 it took 0.9 GB.
 */
const mostMade = 64

/** Most cut files of a slice that wait to be merged: queries open all of them. */
const mostCut = 64

/**
 * Most merged files of a slice that are not large, when a day is over: late rows then rewrite a slice once in a few
 * times only.
 */
const fewFiles = 4

/** What to do next in a partition. */
export interface Work {
  /** All of the same slice, in the order of the list. */
  readonly files: readonly DataFile[]
  /** Whether the files are only divided into slices, and compared with nothing. Otherwise they are merged. */
  readonly isCut: boolean
}

/** The slice that holds all rows of a file. */
export const sliceOf = ({ slice }: DataFile): Slice => slice ?? wholeDay

export const bytesOf = (files: readonly DataFile[]): number => files.reduce((sum, { size }) => sum + size, 0)

/** Whether a file is as the writer made it. */
export const isFresh = ({ isMerged, slice }: DataFile): boolean => !isMerged && slice === undefined

/** Bytes of the files that merges made, by their names. */
const bytesFromMerges = (files: readonly DataFile[]): number => bytesOf(files.filter((file) => !isFresh(file)))

/**
 * How many slices keep the comparison of a merge within its bounds: a power of two, 1 for none.
 * @param own files of the day
 * @param around bytes of the days that it is compared with
 */
export function slicesFor(own: readonly DataFile[], around: number, { compared }: SliceBounds): number {
  const wanted = Math.max(bytesFromMerges(own) / compared, around / (daysCompared * compared))
  return Math.min(mostMade, 2 ** Math.ceil(Math.log2(Math.max(1, wanted))))
}

/**
 * What to do next in a partition. While its files are small it is one slice, and {@link filesToMerge} says it all. A
 * larger one is sliced: the writer's files are cut, and the cut files of a slice are merged when they are many, or when
 * the day is over.
 * @param files in the order of the list
 * @returns `undefined` when there is nothing to do
 */
export function nextWork(files: readonly DataFile[], closed: boolean, bounds = usualBounds): Work | undefined {
  const isCut = slicesFor(files, 0, bounds) > 1
  const unsliced = files.filter(({ slice }) => slice === undefined)
  // Small merged files are cut with the others: a sliced day merges none that hold any row.
  const chosen = !isCut || closed || unsliced.some(isFresh) ? filesToMerge(unsliced, closed || isCut) : []
  const isMuch = chosen.length > 0 && bytesOf(chosen) >= bounds.cutFrom
  const fullest = isMuch ? undefined : fullestSlice(files, closed, bounds)
  if (fullest) return { files: fullest, isCut: false }
  return chosen.length > 0 ? { files: chosen, isCut } : undefined
}

/** The files to merge of the slice with the most cut bytes, of those that are to be merged. */
function fullestSlice(
  files: readonly DataFile[],
  closed: boolean,
  { mergedFrom }: SliceBounds,
): readonly DataFile[] | undefined {
  const ready = [...bySlice(files.filter(({ slice }) => slice !== undefined)).values()].flatMap((slice) => {
    const cut = slice.filter(({ isMerged }) => !isMerged)
    const bytes = bytesOf(cut)
    const small = slice.filter(({ isMerged, size }) => isMerged && size < largeFrom)
    const isDue =
      cut.length > 0 ? closed || bytes >= mergedFrom || cut.length >= mostCut : closed && small.length > fewFiles
    return isDue ? [{ bytes, chosen: filesToMerge(slice, cut.length === 0) }] : []
  })
  return ready.sort((a, b) => b.bytes - a.bytes)[0]?.chosen
}

/** Files by their slices. */
export const bySlice = (files: readonly DataFile[]): ReadonlyMap<string, readonly DataFile[]> =>
  Map.groupBy(files, (file) => `${sliceOf(file).index}of${sliceOf(file).count}`)
