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

/**
 * Longer than a merge takes from its note to its swap, in milliseconds: the timeout of a function, with much to spare.
 */
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
    for (const file of filesOf(await readNote(ops, key))) noted.add(file)
  }
  return noted
}

const filesOf = (note: MergeNote | undefined): readonly string[] => [...(note?.replaced ?? []), ...(note?.added ?? [])]

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
 * Deletes the files of merges that are long over, unless a list names them: those that were replaced, and the merged
 * file of a merge that lost its race. A list never names such a file again, because only who writes a file adds it to a
 * list. A file that several merges named, because the first of them failed, stays until the last of them is over.
 * @returns how many files were deleted
 */
export async function deleteReplaced({ ops, lake, bucket, deadline, now = Date.now }: CleanOptions): Promise<number> {
  let deleted = 0
  for await (const { partition, notes } of notesByDay(ops)) {
    const isOver = ({ at }: NoteKey) => now() >= at + grace + longestMerge
    if (!notes.some(isOver)) continue
    if (now() >= deadline) break
    const list = await lake.get(listKey(partition))
    const live = list && new Set(parseList(list.body))
    const named = new Set<string>()
    for (const note of notes.toReversed()) {
      const { key, at } = note
      if (now() >= deadline) break
      // A list that was lost can be written anew from the names of the files; those of expired days go with their day.
      if (!live) {
        if (now() >= at + longestLoss) await ops.delete(key)
        continue
      }
      const files = filesOf(await readNote(ops, key))
      if (isOver(note)) {
        const unlisted = files.filter(
          (file) => file.startsWith(dataPrefix(partition)) && !live.has(urlOf(bucket, file)) && !named.has(file),
        )
        await Promise.all(unlisted.map((file) => lake.delete(file)))
        await ops.delete(key)
        deleted += unlisted.length
      }
      for (const file of files) named.add(file)
    }
  }
  return deleted
}

/** A note, and when it was made, in milliseconds since 1970. */
interface NoteKey {
  readonly key: string
  readonly at: number
}

/** The notes of each day of a table, oldest first. */
async function* notesByDay(
  ops: ObjectStore,
): AsyncGenerator<{ readonly partition: Partition; readonly notes: readonly NoteKey[] }> {
  let day: { readonly partition: Partition; readonly notes: NoteKey[] } | undefined
  for await (const { key } of listAll(ops, mergesPrefix)) {
    const [, table, dt, time = ''] = keyForm.exec(key) ?? []
    if (table === undefined || dt === undefined) continue
    if (day?.partition.table !== table || day.partition.dt !== dt) {
      if (day) yield day
      day = { partition: { table, dt }, notes: [] }
    }
    day.notes.push({ key, at: Date.parse(time) })
  }
  if (day) yield day
}

const readNote = async (ops: ObjectStore, key: string): Promise<MergeNote | undefined> =>
  formIn((await ops.get(key))?.body, isNote)
