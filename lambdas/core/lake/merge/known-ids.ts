import { StoreError } from '../../errors.ts'
import type { ObjectReader, OpenObject } from '../../ports.ts'
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
  const found = new Map<string, ReadonlySet<string>>()
  if (ids.size === 0) return found
  for (let at = 0; at < keys.length; at += parallel) {
    await Promise.all(
      keys.slice(at, at + parallel).map(async (key) => {
        const hits = await hitsIn(files, key, ids)
        if (hits.size > 0) found.set(key, hits)
      }),
    )
  }
  return found
}

/**
 * Ids of all rows of a file.
 * @throws {UnreadableFile} when it is gone or cannot be read
 */
export async function idsIn(files: ObjectReader, key: string): Promise<Set<string>> {
  const ids = new Set<string>()
  await reading(files, key, async (file) => {
    for await (const values of readColumn(file, 'p_row_id')) {
      for (const id of Array.from(values)) if (typeof id === 'string') ids.add(id)
    }
  })
  return ids
}

async function hitsIn(files: ObjectReader, key: string, ids: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const hits = new Set<string>()
  await reading(files, key, async (file) => {
    for await (const values of readColumn(file, 'p_row_id')) {
      for (const id of Array.from(values)) if (typeof id === 'string' && ids.has(id)) hits.add(id)
    }
  })
  return hits
}

async function reading(files: ObjectReader, key: string, read: (file: OpenObject) => Promise<void>): Promise<void> {
  const file = await files.open(key)
  if (!file) throw new UnreadableFile(key, 'it is not there')
  try {
    await read(file)
  } catch (error) {
    if (error instanceof StoreError) throw error
    throw new UnreadableFile(key, error)
  }
}
