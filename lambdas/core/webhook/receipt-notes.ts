import { formIn, isNumber, objectOf } from '../json/forms.ts'
import { stateFolder } from '../poll/past/job.ts'
import type { ObjectStore } from '../ports.ts'

/** Key of the object that says when the newest event of a webhook source was received. */
export const receiptKey = (sourceId: string): string => `${stateFolder(sourceId)}received.json`

const isNote = objectOf({ receivedAt: isNumber })

/** When the newest noted event was received, in milliseconds since 1970; `undefined` when the note is invalid. */
export const decodeReceipt = (body: Uint8Array): number | undefined => formIn(body, isNote)?.receivedAt

/** Least time between two notes of a source, in milliseconds: a note is a request that costs money. */
export const betweenNotesMs = 10 * 60_000

export interface ReceiptNotesOptions {
  readonly store: Pick<ObjectStore, 'get' | 'putIf'>
  /** Called when a receipt could not be noted; the next one after ten minutes is. */
  readonly onFailure: (sourceId: string, error: unknown) => void
  readonly now?: () => number
}

/** The newest receipt among the written rows of a source. */
interface Receipt {
  readonly sourceId: string
  readonly newestReceivedAt: number
}

/**
 * Notes when the newest event of each webhook source was received, at most every ten minutes for each, so that it is
 * known however long ago that was. A note never becomes older: writers that run beside each other, and old events,
 * leave a newer one alone.
 * @returns a function that never throws
 */
export function createReceiptNotes({ store, onFailure, now = Date.now }: ReceiptNotesOptions) {
  const tried = new Map<string, number>()

  async function note({ sourceId, newestReceivedAt: receivedAt }: Receipt): Promise<void> {
    const key = receiptKey(sourceId)
    const stored = await store.get(key)
    const known = stored && decodeReceipt(stored.body)
    // Another writer has noted one that is recent enough.
    if (known !== undefined && receivedAt - known < betweenNotesMs) return
    const body = new TextEncoder().encode(JSON.stringify({ receivedAt }))
    // If another writer was faster, its note is as good.
    await store.putIf(key, body, stored ? { etag: stored.etag } : { absent: true })
  }

  return async (receipts: readonly Receipt[]): Promise<void> => {
    const newest = new Map<string, Receipt>()
    for (const receipt of receipts) {
      const before = newest.get(receipt.sourceId)
      if (!before || before.newestReceivedAt < receipt.newestReceivedAt) newest.set(receipt.sourceId, receipt)
    }
    const due = [...newest.values()].filter(
      ({ sourceId }) => now() - (tried.get(sourceId) ?? Number.NEGATIVE_INFINITY) >= betweenNotesMs,
    )
    await Promise.all(
      due.map(async (receipt) => {
        tried.set(receipt.sourceId, now())
        await note(receipt).catch((error: unknown) => onFailure(receipt.sourceId, error))
      }),
    )
  }
}
