import { isPlainObject, jsonIn } from '../../json/forms.ts'
import type { ObjectStore } from '../../ports.ts'
import type { Publisher } from '../../publish/publish.ts'
import { Seen, seenId } from '../live/seen.ts'

/**
 * How long published failures are known, in milliseconds: as far back as the last sweep of a day reaches, and longer.
 */
const keptMs = 8 * 86_400_000

/** Most failures that are known. Older ones may be published again, with equal row ids. */
const mostKept = 10_000

export interface PublishedFailuresOptions {
  readonly store: Pick<ObjectStore, 'get' | 'put'>
  /** Folder of the stream's objects in the store, with a slash at its end. */
  readonly prefix: string
  /** Schema of `classification_failures`. */
  readonly failureSchema: { readonly logType: string }
  readonly now: () => number
}

/** The rows of failures that a stream has published lately. */
export interface PublishedFailures {
  /** Reads them. @returns whether a row is one of them, by its `p_row_id` */
  known(): Promise<(rowId: string) => boolean>
  /** The publisher, which also notes the failures that are durable now. */
  noting(publisher: Pick<Publisher, 'publish'>): Pick<Publisher, 'publish'>
}

/**
 * Keeps the ids of a stream's failures in its own state, because in the lake they lie among the raw bytes of all
 * sources. Forgotten ids cost no more than rows that come again with equal ids, so a note that fails is left out.
 */
export function publishedFailures(options: PublishedFailuresOptions): PublishedFailures {
  const { store, prefix, failureSchema, now } = options
  const key = `${prefix}failures.json`
  const load = async (): Promise<Seen> => {
    const stored = await store.get(key)
    const value = stored && jsonIn(stored.body)
    return (isPlainObject(value) ? Seen.fromJSON(value) : undefined) ?? new Seen()
  }
  const note = async (rowIds: readonly string[]): Promise<void> => {
    const seen = await load()
    for (const rowId of rowIds) seen.add(seenId(rowId), now())
    seen.keepOnly([[now() - keptMs, Number.POSITIVE_INFINITY]], mostKept)
    await store.put(key, Buffer.from(JSON.stringify(seen)))
  }
  return {
    async known() {
      const seen = await load()
      return (rowId) => seen.has(seenId(rowId))
    },
    noting: (publisher) => ({
      async publish(batches) {
        await publisher.publish(batches)
        const failed = batches.filter(({ logType }) => logType === failureSchema.logType)
        const rowIds = failed.flatMap(({ rows }) => rows.map(({ p_row_id: id }) => String(id)))
        if (rowIds.length > 0) await note(rowIds).catch(() => undefined)
      },
    }),
  }
}
