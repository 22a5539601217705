import { StoreError } from '../../errors.ts'
import { inParallel } from '../../in-parallel.ts'
import type { ObjectReader } from '../../ports.ts'
import { readColumn } from '../read-parquet.ts'
import { UnreadableFile } from './corrupt-files.ts'

/** Files that are read at the same time. */
const parallel = 4

/**
 * Which of some row ids are in which files. Only the id column is read, by ranges.
 * @param keys of the files
 * @returns the ids found, by the key of the file; files without any are left out
 * @throws {UnreadableFile} when one is gone or cannot be read
 */
export async function idsInFiles(
  files: ObjectReader,
  keys: readonly string[],
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  if (ids.size === 0) return new Map()
  const hits = await inParallel(keys, async (key) => [key, await idsIn(files, key, ids)] as const, parallel)
  return new Map(hits.filter(([, held]) => held.size > 0))
}

/**
 * Ids of the rows of a file.
 * @param among only of these; of all rows by default
 * @throws {UnreadableFile} when it is gone or cannot be read
 */
export async function idsIn(files: ObjectReader, key: string, among?: ReadonlySet<string>): Promise<Set<string>> {
  const file = await files.open(key)
  if (!file) throw new UnreadableFile(key, 'it is not there')
  const ids = new Set<string>()
  try {
    for await (const values of readColumn(file, 'p_row_id')) {
      for (const id of Array.from(values)) if (typeof id === 'string' && among?.has(id) !== false) ids.add(id)
    }
  } catch (error) {
    if (error instanceof StoreError) throw error
    throw new UnreadableFile(key, error)
  }
  return ids
}
