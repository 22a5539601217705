import { listAll } from '../../aws/list-all.ts'
import type { ObjectStore } from '../../ports.ts'
import { dataPrefix, listKey, type Partition } from '../partition.ts'
import { keyOf, listedUrls } from '../table-list.ts'
import type { DataFile } from './choose-files.ts'
import { dataFile } from './data-file.ts'

/**
 * The files that a partition's list names, in its order, with their sizes.
 * @throws {StoreError} when the list names a file elsewhere
 */
export async function liveFiles(
  { lake, bucket }: { readonly lake: ObjectStore; readonly bucket: string },
  partition: Partition,
): Promise<DataFile[]> {
  const keys = (await listedUrls(lake, listKey(partition))).map((url) => keyOf(url, bucket))
  if (keys.length === 0) return []
  const sizes = new Map<string, number>()
  for await (const { key, size } of listAll(lake, dataPrefix(partition))) sizes.set(key, size)
  // A list that an operator edited may name a file twice.
  return [...new Set(keys)].map((key) => dataFile(key, sizes.get(key)))
}
