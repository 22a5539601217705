import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { LogSchema } from '../../../../schemas/definition.ts'
import type { ObjectCopier, ObjectStore } from '../../ports.ts'
import { parquetOf } from '../parquet.ts'
import { dataPrefix, listKey, type Partition, partitionOf } from '../partition.ts'
import { readWhole } from '../read-parquet.ts'
import { listedUrls, swapInList, urlOf } from '../table-list.ts'
import { newMergedKey } from './data-file.ts'
import type { MergeEngine } from './engine.ts'

/** Prefix of the notes on files that were set aside: `corrupt/<table>/dt=<day>/<file>.json`. */
const corruptPrefix = 'corrupt/'

/** The note on a data file that was set aside. */
export const corruptKey = (key: string): string => `${corruptPrefix}${key.slice('data/'.length)}.json`

/** A data file that cannot be read. */
export interface CorruptFile {
  readonly key: string
  /** What is wrong with it. */
  readonly fault: string
}

/** A file failed while it was read: it may be corrupt, or the store was. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile'
  readonly key: string

  constructor(key: string, cause: unknown) {
    super(`${key} cannot be read`, { cause })
    this.key = key
  }
}

export interface CorruptPorts {
  readonly lake: ObjectStore
  readonly copies: ObjectCopier
  readonly ops: Pick<ObjectStore, 'putOnce'>
  /** The lake bucket's name, for the URLs in the lists. */
  readonly bucket: string
  readonly engine: MergeEngine
  /** Folder for copies. */
  readonly folder: string
}

/** Those of some data files that a fresh copy shows to be corrupt. */
export async function findCorrupt(
  { copies, engine, folder }: Pick<CorruptPorts, 'copies' | 'engine' | 'folder'>,
  keys: Iterable<string>,
): Promise<CorruptFile[]> {
  const corrupt: CorruptFile[] = []
  const path = join(folder, 'suspect.parquet')
  for (const key of keys) {
    await rm(path, { force: true })
    if (!(await copies.copy(key, path))) corrupt.push({ key, fault: 'it is not there' })
    else {
      const fault = await engine.faultOf(path)
      // Only when a second reader agrees: the engine may have failed for a reason of its own.
      if (fault !== undefined && !(await canBeRead(path))) corrupt.push({ key, fault })
    }
  }
  await rm(path, { force: true })
  return corrupt
}

async function canBeRead(path: string): Promise<boolean> {
  const { buffer } = new Uint8Array(await readFile(path))
  const file = { byteLength: buffer.byteLength, slice: async (start: number, end?: number) => buffer.slice(start, end) }
  try {
    await readWhole(file)
    return true
  } catch {
    return false
  }
}

/**
 * Takes corrupt files off their lists, since a query fails on a list with such a file. The files stay where they are,
 * and a note says what is wrong with each, so that a person can see to them.
 * @returns those that were on a list
 */
export async function setAside(
  { lake, ops, bucket, schema }: Pick<CorruptPorts, 'lake' | 'ops' | 'bucket'> & { readonly schema: LogSchema },
  files: readonly CorruptFile[],
  now: number,
): Promise<CorruptFile[]> {
  const done: CorruptFile[] = []
  for (const file of files) {
    const { key, fault } = file
    const partition = partitionOf(key)
    const listed = partition ? await listedUrls(lake, listKey(partition)) : []
    const url = urlOf(bucket, key)
    // Another merger may have replaced it, and its day may be past the retention.
    if (partition === undefined || !listed.includes(url)) continue
    const note = { file: key, fault, setAsideAt: new Date(now).toISOString() }
    await ops.putOnce(corruptKey(key), Buffer.from(JSON.stringify(note)))
    const isAlone = listed.every((other) => other === url)
    // An empty list is nothing that every engine reads.
    const added = isAlone ? await putEmptyFile(lake, schema, partition) : undefined
    const swap = { removed: [url], needed: [], added: added === undefined ? [] : [urlOf(bucket, added)] }
    await swapInList(lake, listKey(partition), swap)
    done.push(file)
  }
  return done
}

async function putEmptyFile(lake: ObjectStore, schema: LogSchema, partition: Partition): Promise<string> {
  const bytes = parquetOf(schema, [])
  const key = newMergedKey(dataPrefix(partition), bytes.length)
  await lake.putOnce(key, bytes)
  return key
}
