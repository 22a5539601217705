import type { StoreReader } from '../ports.ts'
import { decodeReceipt, receiptKey } from '../webhook/receipt-notes.ts'
import { decodeRejections, rejectionsKey } from '../webhook/rejections.ts'
import type { StandingFacts } from './standing.ts'

/** The last event is the newest noted one, by when it was received. */
type WebhookFacts = Pick<StandingFacts, 'lastEventAt' | 'rejected' | 'credential'>

/** Reads what is noted of a webhook source; an unreadable note counts as none, since the next one replaces it. */
export async function readWebhook(ops: Pick<StoreReader, 'get'>, sourceId: string): Promise<WebhookFacts> {
  const [receipt, rejections] = await Promise.all([ops.get(receiptKey(sourceId)), ops.get(rejectionsKey(sourceId))])
  const rejected = rejections && decodeRejections(rejections.body)
  return {
    lastEventAt: receipt && decodeReceipt(receipt.body),
    rejected: rejected && { count: rejected.count, lastAt: rejected.lastAt, lastReason: rejected.lastReason },
    credential: 'unknown',
  }
}
