import type { Batch } from '../../lambdas/core/publish/message.ts'
import { decodeRows, readMessage } from '../../lambdas/core/publish/read-message.ts'

/** Decodes a message that holds its rows. @returns the batch, and the size of its rows before compression, in bytes */
export function decodeMessage(body: string): Batch & { readonly bytes: number } {
  const { content, ...envelope } = readMessage(body)
  if (!('rows' in content)) throw new Error('the message points to its rows')
  const { count: _, ...batch } = envelope
  return { ...batch, rows: decodeRows(envelope, content.rows) }
}
