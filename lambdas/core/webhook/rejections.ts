import { randomUUID } from 'node:crypto'
import { formIn, isNumber, isText, objectOf, type Passing } from '../json/forms.ts'
import { stateFolder } from '../poll/past/job.ts'
import type { ObjectStore } from '../ports.ts'
import type { Answer } from './receive.ts'

/** Key of the object that counts the rejected requests of a webhook source. */
export const rejectionsKey = (sourceId: string): string => `${stateFolder(sourceId)}rejected.json`

/**
 * The requests of a webhook source that were answered 400, 401, 413 or 415: their count, when the last one came, in
 * milliseconds since 1970, and its reason. The count is a lower bound: an instance of the function that ends takes
 * along what it has not stored.
 */
export type Rejections = Passing<typeof isRejections>

const isRejections = objectOf({ count: isNumber, lastAt: isNumber, lastReason: isText })

/** @returns `undefined` when they are invalid */
export const decodeRejections = (body: Uint8Array): Rejections | undefined => formIn(body, isRejections)

/** Least time between two puts of an instance for a source, in milliseconds: strangers must not run up a bill. */
const betweenPutsMs = 60_000

/** The outcome of our own outage, after which senders try again, and of requests that name no source. */
const notRejected: readonly number[] = [200, 404, 503]

/** The rejections of a source that an instance knows. */
interface Known {
  pending: number
  /** When it last stored them, or tried to. */
  triedAt: number
  /** What it stored then, if no other instance has stored anything since. */
  stored?: { readonly etag: string; readonly count: number } | undefined
}

/**
 * Counts the rejected requests of sources and stores them, at most once a minute for each, and only with a rejected
 * request: an accepted one is never delayed.
 * @param store each call must end within half a second or so; a sender waits for it
 * @returns a function that never throws
 */
export function createRejections(store: Pick<ObjectStore, 'get' | 'putIf'>, now = Date.now) {
  const known = new Map<string, Known>()
  // Tells a put of this instance from an equal one of another.
  const by = randomUUID()

  /**
   * Reads the count only when another instance has changed it: this function may list nothing, so that it cannot ask
   * whether it is there.
   */
  async function save(sourceId: string, one: Known, lastReason: string): Promise<boolean> {
    const key = rejectionsKey(sourceId)
    const count = (one.stored?.count ?? 0) + one.pending
    const body = new TextEncoder().encode(JSON.stringify({ count, lastAt: now(), lastReason, by }))
    const etag = await store.putIf(key, body, one.stored ? { etag: one.stored.etag } : { absent: true })
    if (etag === undefined) {
      const object = await store.get(key)
      // The SDK repeats a put whose answer was lost, which then fails against the first.
      if (object && Buffer.from(object.body).equals(body)) return keep({ etag: object.etag, count })
      if (object) one.stored = { etag: object.etag, count: decodeRejections(object.body)?.count ?? 0 }
      else delete one.stored
      return false
    }
    return keep({ etag, count })

    function keep(stored: Known['stored']): true {
      one.stored = stored
      one.pending = 0
      return true
    }
  }

  return async ({
    sourceId,
    status,
    reason = 'unknown',
  }: Pick<Answer, 'sourceId' | 'status' | 'reason'>): Promise<void> => {
    if (sourceId === undefined || notRejected.includes(status)) return
    const one = known.get(sourceId) ?? { pending: 0, triedAt: Number.NEGATIVE_INFINITY }
    known.set(sourceId, one)
    one.pending++
    if (now() - one.triedAt < betweenPutsMs) return
    one.triedAt = now()
    try {
      if (!(await save(sourceId, one, reason))) await save(sourceId, one, reason)
    } catch {
      // The put may have taken effect all the same, and the count must not be too high. What is stored is found out
      // next time.
      one.pending = 0
      one.stored = undefined
    }
  }
}
