import { dayMs } from '../partition.ts'
import type { Slice } from './slice.ts'

/** A live file of a partition. */
export interface DataFile {
  readonly key: string
  /** In bytes; 0 when unknown. */
  readonly size: number
  /** Whether it comes from a merge, so that no row is in it or in other merged files twice. */
  readonly isMerged: boolean
  /**
   * The slice that holds all its rows, if it holds only those of one. A file with a slice that is not merged was cut.
   */
  readonly slice?: Slice
}

/** Files from this size on, in bytes, are large: they are not rewritten, and their rows win. */
export const largeFrom = 128 * 1024 * 1024

/** Most bytes of files that one merge rewrites, unless a single file is longer. */
export const mostRewritten = 256 * 1024 * 1024

/** Most files of one merge, each of which is open for a moment. */
const mostFiles = 2_000

/** How much larger a merged file may be than all smaller ones together to be rewritten with them on an open day. */
const growth = 2

/** How long after its end events of a day still come as a rule, in milliseconds. */
const settling = 2 * 3_600_000

/** Whether a day is over, so that few large files are worth rewriting it once more. */
export const isClosed = (dt: string, now: number): boolean => Date.parse(dt) + dayMs + settling <= now

/**
 * The files of a slice to rewrite as one. On an open day these are the files that no merge has compared, and merged
 * ones as long as they are not much larger, so that a row is rewritten a few times only while the slice grows. On a
 * closed day it is everything that is not large.
 * @param files of one slice, in the order of the list
 * @returns in the order of the list; empty when nothing is to be done
 */
export function filesToMerge(files: readonly DataFile[], closed: boolean): readonly DataFile[] {
  const fresh = files.filter(({ isMerged }) => !isMerged)
  const merged = files.filter(({ isMerged, size }) => isMerged && size < largeFrom).sort((a, b) => a.size - b.size)
  if (fresh.length === 0 && !(closed && merged.length > 1)) return []
  const chosen = new Set<DataFile>()
  let bytes = 0
  for (const file of [...fresh, ...merged]) {
    if (chosen.size >= mostFiles || (chosen.size > 0 && bytes + file.size > mostRewritten)) break
    if (file.isMerged && !closed && file.size > growth * bytes) break
    chosen.add(file)
    bytes += file.size
  }
  // A merged file alone would be rewritten as itself.
  const [only, other] = chosen
  if (other === undefined && only?.isMerged === true) return []
  return files.filter((file) => chosen.has(file))
}
