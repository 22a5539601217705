import { listAll } from '../../aws/list-all.ts'
import { formIn, isNumber, isText, objectOf, optional } from '../../json/forms.ts'
import type { ListedObject } from '../../ports.ts'
import { dataPrefix, dayMs, listKey, type Partition, partitionOf } from '../partition.ts'
import { parseList, urlOf } from '../table-list.ts'
import { corruptKey } from './corrupt-files.ts'
import { type CleanOptions, notedFiles } from './replaced-files.ts'

/** Where the sweep has come to, in the ops bucket. */
const sweepKey = 'merges/sweep.json'

/** Time between two sweeps, in milliseconds. */
const sweepEvery = dayMs

/** More files on no list than this, and than are on it, mean that the list is not what it was. */
const mostOrphans = 20

/** Age from which on no function is about to add the file to a list, in milliseconds. */
const orphanAge = dayMs

const isPosition = objectOf({ startedAt: isNumber, after: optional(isText) })

/**
 * Deletes data files that are on no list and more than a day old, once a day: what a writer or a merger left behind
 * that was killed. A day without a list is left alone: its files go with the retention.
 * @returns the keys of the deleted files; `undefined` when it is not time yet
 */
export async function sweepOrphans(options: CleanOptions): Promise<readonly string[] | undefined> {
  const { lake, ops, deadline, now = Date.now } = options
  const last = formIn((await ops.get(sweepKey))?.body, isPosition)
  const begun = now()
  // A sweep in the future is that of a clock that was ahead: it holds up no other.
  const isOver = last?.after === undefined
  if (isOver && last !== undefined && last.startedAt <= begun && begun < last.startedAt + sweepEvery) return undefined
  const startedAt = isOver ? begun : last.startedAt
  const save = (after?: string) =>
    ops.put(sweepKey, Buffer.from(JSON.stringify({ startedAt, ...(after !== undefined && { after }) })))
  const orphans: string[] = []
  let files: ListedObject[] = []
  const sweep = async () => {
    const partition = files[0] && partitionOf(files[0].key)
    if (partition) orphans.push(...(await deleteOrphans(options, partition, files)))
    files = []
  }
  for await (const file of listAll(lake, 'data/', last?.after)) {
    if (folderOf(file.key) !== folderOf(files[0]?.key ?? file.key)) {
      await sweep()
      if (now() >= deadline) {
        // The files of the next day come after its folder's name.
        await save(folderOf(file.key))
        return orphans
      }
    }
    files.push(file)
  }
  await sweep()
  await save()
  return orphans
}

const folderOf = (key: string): string => key.slice(0, key.lastIndexOf('/') + 1)

/** @param files all data files of the partition, listed before */
async function deleteOrphans(
  { lake, ops, bucket, now = Date.now }: CleanOptions,
  partition: Partition,
  files: readonly ListedObject[],
): Promise<string[]> {
  const old = files.filter(({ writtenAt }) => writtenAt < now() - orphanAge)
  const list = old.length > 0 ? await lake.get(listKey(partition)) : undefined
  if (!list) return []
  const urls = parseList(list.body)
  const prefix = urlOf(bucket, dataPrefix(partition))
  const live = new Set(urls)
  const unlisted = old.map(({ key }) => key).filter((key) => !live.has(urlOf(bucket, key)))
  // A list that a person has edited, cut short or lost says nothing about what is left behind.
  if (!urls.every((url) => url.startsWith(prefix)) || unlisted.length > mostOrphans + urls.length) return []
  if (unlisted.length === 0) return []
  // Read after the list: a file that was replaced in the meantime was noted before it left the list.
  const noted = await notedFiles(ops, partition)
  const deleted: string[] = []
  for (const key of unlisted) {
    if (noted.has(key) || (await ops.get(corruptKey(key)))) continue
    await lake.delete(key)
    deleted.push(key)
  }
  return deleted
}
