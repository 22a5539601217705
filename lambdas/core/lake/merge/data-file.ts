import { randomUUID } from 'node:crypto'
import type { DataFile } from './choose-files.ts'

const mergedName = /\/merged-(\d+)-[0-9a-f-]{36}\.parquet$/

/**
 * A new name for a merged file. It holds the size, so that whoever plans merges need not ask for it. No other file ever has
 * the same name, so a file that is given up can be deleted at any time.
 * @param prefix of the partition's data files
 */
export const newMergedKey = (prefix: string, size: number): string => `${prefix}merged-${size}-${randomUUID()}.parquet`

/** The size that the name of a merged file states, in bytes; `undefined` for a file as the writer made it. */
function mergedSize(key: string): number | undefined {
  const size = mergedName.exec(key)?.[1]
  return size === undefined ? undefined : Number(size)
}

/** @param size in bytes, if it is known; by default the one in the name */
export function dataFile(key: string, size?: number): DataFile {
  const stated = mergedSize(key)
  return { key, size: size ?? stated ?? 0, isMerged: stated !== undefined }
}
