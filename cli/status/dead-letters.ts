import { listAll } from '../../lambdas/core/aws/list-all.ts'
import type { ObjectStore } from '../../lambdas/core/ports.ts'
import { sourceOfArchived } from '../../lambdas/core/publish/dead-letters.ts'
import { inParallel } from './in-parallel.ts'

export interface DeadLetters {
  readonly total: number
  /** By source id. */
  readonly bySource: ReadonlyMap<string, number>
  /** Those that name no source or were not read. */
  readonly ofUnknownSource: number
}

/** Most dead letters to read, the newest first, because one can be megabytes long. */
const mostRead = 200

/** Counts the archived dead letters, and among the newest 200 those of each source. */
export async function countDeadLetters(ops: ObjectStore): Promise<DeadLetters> {
  const keys: string[] = []
  for await (const { key } of listAll(ops, 'dead/')) {
    if (/^dead\/dt=[^/]+\/[^/]+\.json$/.test(key)) keys.push(key)
  }
  const bySource = new Map<string, number>()
  let known = 0
  for (const source of await inParallel(keys.slice(-mostRead), (key) => sourceIn(ops, key))) {
    if (source === undefined) continue
    known++
    bySource.set(source, (bySource.get(source) ?? 0) + 1)
  }
  return { total: keys.length, bySource, ofUnknownSource: keys.length - known }
}

async function sourceIn(ops: ObjectStore, key: string): Promise<string | undefined> {
  const object = await ops.get(key)
  return object && sourceOfArchived(object.body)
}
