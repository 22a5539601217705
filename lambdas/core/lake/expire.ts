import type { ListedObject, ObjectStore } from '../ports.ts'
import { dayMs, dayOf } from './partition.ts'

/**
 * Days for which a day stays after its last query: by the calendar of the store, of the function and of Athena, whose
 * clocks may differ, a day must never be deleted while a query sees it.
 */
const deletionDelayDays = 7

/** Most objects that one round deletes; the rest waits for the next. */
const roundSize = 5_000

/** Objects of one listing, and objects that are deleted at the same time. */
const pageSize = 250
const atOnce = 25

const listsFolder = 'tables/'
const filesFolder = 'data/'
const dayFolder = /^([^/]+)\/dt=(\d{4}-\d{2}-\d{2})\//

export interface ExpireOptions {
  /** The bucket of the lake. */
  readonly lake: ObjectStore
  readonly retentionDays: number
  /** When to stop, in milliseconds since 1970. */
  readonly deadline: number
  readonly now?: () => number
}

export interface ExpireOutcome {
  readonly lists: number
  readonly files: number
  /** Whether something is left for the next round. */
  readonly unfinished: boolean
}

/**
 * Deletes the days of all tables that no query has seen for a week, as a whole: a list is always deleted before any
 * file that it names, so a query that sees a day later, because the retention was raised, sees either all of it or
 * nothing.
 */
export async function deleteExpiredDays(options: ExpireOptions): Promise<ExpireOutcome> {
  const { lake, retentionDays, deadline, now = Date.now } = options
  const startedAt = now()
  const firstKept = dayOf(startedAt - (retentionDays + deletionDelayDays) * dayMs)
  const round = { left: roundSize, inTime: () => now() < deadline }
  const lists = await deleteAll(lake, expired(lake, listsFolder, firstKept), round)
  // Files only after the last list, and none that a writer may be about to name in a new list.
  const isSettled = ({ writtenAt }: ListedObject) => writtenAt < startedAt - dayMs
  const files = lists.unfinished
    ? { deleted: 0, unfinished: true }
    : await deleteAll(lake, expired(lake, filesFolder, firstKept, isSettled), round)
  return { lists: lists.deleted, files: files.deleted, unfinished: files.unfinished }
}

/**
 * The objects of days before the first that is kept. The oldest day of a table comes first, so that a table without
 * such days costs one listing.
 */
async function* expired(
  store: ObjectStore,
  folder: string,
  firstKept: string,
  matches: (object: ListedObject) => boolean = () => true,
): AsyncGenerator<ListedObject> {
  let page = await store.list(folder, pageSize)
  for (let last = page.at(-1)?.key; last !== undefined; last = page.at(-1)?.key) {
    let after = last
    for (const object of page) {
      const [, table, day] = dayFolder.exec(object.key.slice(folder.length)) ?? []
      if (table === undefined || day === undefined) continue
      if (day >= firstKept) {
        // The character after "/", so that the next listing begins with the next table.
        after = `${folder}${table}0`
        break
      }
      if (matches(object)) yield object
    }
    page = await store.list(folder, pageSize, after)
  }
}

/** Deletes objects until the round is over. */
async function deleteAll(
  store: ObjectStore,
  objects: AsyncGenerator<ListedObject>,
  round: { left: number; readonly inTime: () => boolean },
): Promise<{ readonly deleted: number; readonly unfinished: boolean }> {
  let deleted = 0
  let batch: string[] = []
  const flush = async () => {
    await Promise.all(batch.map((key) => store.delete(key)))
    deleted += batch.length
    batch = []
  }
  for await (const { key } of objects) {
    if (round.left === 0 || !round.inTime()) {
      await flush()
      return { deleted, unfinished: true }
    }
    round.left--
    batch.push(key)
    if (batch.length === atOnce) await flush()
  }
  await flush()
  return { deleted, unfinished: false }
}
