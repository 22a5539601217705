import type { Readable } from 'node:stream'

/**
 * Reads a request's body. Uses listeners, because iterating costs a third of a small request.
 *
 * @returns undefined when it is longer than the limit, in bytes; the rest stays unread.
 * @throws when the sender disconnects before its end.
 */
export function readBody(body: Readable, limit: number): Promise<Buffer | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | undefined>()
  const chunks: Buffer[] = []
  let size = 0
  const take = (chunk: Buffer) => {
    size += chunk.length
    chunks.push(chunk)
    if (size <= limit) return
    body.off('data', take).pause()
    resolve(undefined)
  }
  body.on('data', take)
  body.on('end', () => resolve(Buffer.concat(chunks)))
  body.on('error', reject)
  body.on('close', () => reject(new Error('the sender went away')))
  return promise
}
