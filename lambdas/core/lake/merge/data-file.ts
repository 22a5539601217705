import { randomUUID } from 'node:crypto'
import type { DataFile } from './choose-files.ts'
import { isSlice, type Slice, wholeDay } from './slice.ts'

const nameForm = /\/(merged|cut)-(\d+)-(?:(\d{1,3})of(\d{1,3})-)?[0-9a-f]{8}-[0-9a-f-]{27}\.parquet$/

/**
 * A new name for a merged file. It holds size and slice, so that a plan of merges needs no request for them. No other
 * file ever has the same name, so a file that is given up can be deleted at any time.
 * @param prefix of the partition's data files
 */
export const newMergedKey = (prefix: string, size: number, slice = wholeDay): string =>
  `${prefix}merged-${size}-${sliceName(slice)}${randomUUID()}.parquet`

/** A new name for a file with rows of one slice that are not compared with other files yet. */
export const newCutKey = (prefix: string, size: number, slice: Slice): string =>
  `${prefix}cut-${size}-${sliceName(slice)}${randomUUID()}.parquet`

const sliceName = ({ index, count }: Slice): string => (count > 1 ? `${index}of${count}-` : '')

/**
 * A data file, by its name. One whose name states nothing, or a slice that this version does not know, counts as the
 * writer's.
 * @param size in bytes, if it is known; by default the one in the name
 */
export function dataFile(key: string, size?: number): DataFile {
  const [, kind, stated, index, count] = nameForm.exec(key) ?? []
  const slice = { index: Number(index), count: Number(count) }
  const isSliced = index !== undefined
  const isKnown = isSliced ? isSlice(slice) && slice.count > 1 : kind === 'merged'
  if (!isKnown) return { key, size: size ?? 0, isMerged: false }
  return { key, size: size ?? Number(stated), isMerged: kind === 'merged', ...(isSliced && { slice }) }
}
