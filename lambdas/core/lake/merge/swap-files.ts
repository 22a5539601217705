import { readFile } from 'node:fs/promises'
import { inParallel } from '../../in-parallel.ts'
import type { ObjectStore } from '../../ports.ts'
import { listKey, type Partition } from '../partition.ts'
import { swapInList, urlOf } from '../table-list.ts'
import type { DataFile } from './choose-files.ts'
import { noteMerge } from './replaced-files.ts'

/** Files that are put at the same time. */
const parallel = 4

export interface SwapPorts {
  readonly lake: ObjectStore
  readonly ops: Pick<ObjectStore, 'putOnce'>
  /** The lake bucket's name, for the URLs in the lists. */
  readonly bucket: string
  readonly now?: () => number
}

/** A file that a merge has written. */
export interface Output {
  /** Of the data file to put. */
  readonly key: string
  /** Path of its content. */
  readonly path: string
}

export interface FileSwap {
  readonly taken: readonly DataFile[]
  /** Files whose rows were left out. */
  readonly needed: readonly DataFile[]
  readonly outputs: readonly Output[]
  /** Whether files that are listed now make the outputs outdated; takes URLs. @default they never do */
  readonly isOutdated?: (urls: readonly string[]) => boolean
}

/**
 * Puts what a merge has written in place of what it took: notes it, puts the files, and swaps their lines in one put.
 * @returns whether the list holds the outcome now
 */
export async function swapFiles(
  { lake, ops, bucket, now = Date.now }: SwapPorts,
  partition: Partition,
  { taken, needed, outputs, isOutdated }: FileSwap,
): Promise<boolean> {
  const replaced = taken.map(({ key }) => key)
  await noteMerge(ops, partition, { replaced, added: outputs.map(({ key }) => key) }, now())
  await inParallel(outputs, async ({ key, path }) => await lake.putOnce(key, await readFile(path)), parallel)
  const swap = {
    removed: replaced.map((key) => urlOf(bucket, key)),
    needed: needed.map(({ key }) => urlOf(bucket, key)),
    added: outputs.map(({ key }) => urlOf(bucket, key)),
    ...(isOutdated && { isOutdated }),
  }
  try {
    return await swapInList(lake, listKey(partition), swap)
  } catch {
    // The answer may have been lost: the list says whether it was done.
    return await swapInList(lake, listKey(partition), swap)
  }
}
