import { randomUUID } from 'node:crypto'
import { listAll } from '../../aws/list-all.ts'
import { formIn, isText, listOf, objectOf, type Passing } from '../../json/forms.ts'
import type { ObjectStore } from '../../ports.ts'
import { dataPrefix, dayMs, listKey, type Partition } from '../partition.ts'
import { parseList, urlOf } from '../table-list.ts'

/** Prefix of the notes on merges: `merges/<table>/dt=<day>/<time>-<id>.json`. */
const mergesPrefix = 'merges/'

const keyForm = /^merges\/([^/]+)\/dt=(\d{4}-\d\d-\d\d)\/([^/]+Z)-[0-9a-f-]+\.json$/

/** How long replaced files stay, in milliseconds, because queries under way read them; longer than any query runs. */
const grace = 2 * 3_600_000

/** Longer than a merge takes from its note to its swap, in milliseconds: the timeout of a function, with much to spare. */
const longestMerge = 30 * 60_000

/** How long the files of a day are kept whose list is missing, in milliseconds. */
const longestLoss = 30 * dayMs

/** What a merge is about to do; all are keys of data files. */
export type MergeNote = Passing<typeof isNote>

const isNote = objectOf({ replaced: listOf(isText), added: listOf(isText) })

/**
 * Notes a merge before it is done: whatever becomes of it then, the files that no list names in the end are found and
 * deleted, and no other is.
 */
export async function noteMerge(
  ops: Pick<ObjectStore, 'putOnce'>,
  { table, dt }: Partition,
  note: MergeNote,
  now: number,
): Promise<void> {
  const key = `${mergesPrefix}${table}/dt=${dt}/${new Date(now).toISOString()}-${randomUUID()}.json`
  await ops.putOnce(key, Buffer.from(JSON.stringify(note)))
}

/** All files that merges of a partition named and that are not deleted yet, by key. */
export async function notedFiles(ops: ObjectStore, { table, dt }: Partition): Promise<ReadonlySet<string>> {
  const noted = new Set<string>()
  for await (const { key } of listAll(ops, `${mergesPrefix}${table}/dt=${dt}/`)) {
    const note = await readNote(ops, key)
    for (const file of [...(note?.replaced ?? []), ...(note?.added ?? [])]) noted.add(file)
  }
  return noted
}

export interface CleanOptions {
  readonly ops: ObjectStore
  readonly lake: ObjectStore
  /** The lake bucket's name, for the URLs in the lists. */
  readonly bucket: string
  /** When to stop, in milliseconds since 1970; the next round goes on from there. */
  readonly deadline: number
  readonly now?: () => number
}

/**
 * Deletes the files of merges that are long over, unless a list names them: those that were replaced, and the merged file
 * of a merge that lost its race. A list never names such a file again, because only who writes a file adds it to a list.
 * @returns how many files were deleted
 */
export async function deleteReplaced({ ops, lake, bucket, deadline, now = Date.now }: CleanOptions): Promise<number> {
  let deleted = 0
  for await (const { key } of listAll(ops, mergesPrefix)) {
    const [, table, dt, time = ''] = keyForm.exec(key) ?? []
    if (table === undefined || dt === undefined || now() < Date.parse(time) + grace + longestMerge) continue
    if (now() >= deadline) break
    const list = await lake.get(listKey({ table, dt }))
    // A list that was lost can be written anew from the names of the files; those of expired days go with their day.
    if (!list) {
      if (now() >= Date.parse(time) + longestLoss) await ops.delete(key)
      continue
    }
    const note = await readNote(ops, key)
    const live = new Set(parseList(list.body))
    const unlisted = [...(note?.replaced ?? []), ...(note?.added ?? [])].filter(
      (file) => file.startsWith(dataPrefix({ table, dt })) && !live.has(urlOf(bucket, file)),
    )
    await Promise.all(unlisted.map((file) => lake.delete(file)))
    await ops.delete(key)
    deleted += unlisted.length
  }
  return deleted
}

const readNote = async (ops: ObjectStore, key: string): Promise<MergeNote | undefined> =>
  formIn((await ops.get(key))?.body, isNote)
