import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ObjectCopier, ObjectStore } from '../../ports.ts'
import { listKey, partitionOf } from '../partition.ts'
import { swapInList } from '../table-list.ts'
import type { MergeEngine } from './engine.ts'

/** Prefix of the notes on files that were set aside: `corrupt/<table>/dt=<day>/<file>.json`. */
export const corruptPrefix = 'corrupt/'

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
      if (fault !== undefined) corrupt.push({ key, fault })
    }
  }
  await rm(path, { force: true })
  return corrupt
}

/**
 * Takes corrupt files off their lists, since a query fails on a list with such a file. The files stay where they are, and a
 * note says what is wrong with each, so that a person can see to them.
 */
export async function setAside(
  { lake, ops, bucket }: Pick<CorruptPorts, 'lake' | 'ops' | 'bucket'>,
  files: readonly CorruptFile[],
  now: number,
): Promise<void> {
  for (const { key, fault } of files) {
    const partition = partitionOf(key)
    if (partition === undefined) continue
    const note = { file: key, fault, setAsideAt: new Date(now).toISOString() }
    await ops.putOnce(corruptKey(key), Buffer.from(JSON.stringify(note)))
    await swapInList(lake, listKey(partition), { removed: [`s3://${bucket}/${key}`], needed: [] })
  }
}
