import { setTimeout as pause } from 'node:timers/promises'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { WriterSetUp } from '../shared/simulator.ts'
import { runUntilStopped, type Stoppable } from '../shared/until-stopped.ts'
import { auditStream, dailyCheck, duplicatedFile, type StreamPart, setUpCheck, steadyFlow } from './audit-stream.ts'
import { fileOf, type StreamObject, type Written } from './audit-stream-objects.ts'
import { truncatedFile } from './audit-stream-spoiled.ts'

export interface AuditStreamWriterOptions extends Omit<WriterSetUp, 'options'> {
  /** Slug of the enterprise. */
  readonly enterprise: string
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number
  /** Milliseconds from file to file. @default 5,000 */
  readonly periodMs?: number
  /** Number of files after which the endpoint is checked again. @default 60 */
  readonly filesPerCheck?: number
  /** Called with each object once the bucket has it. */
  readonly onWritten?: (object: StreamObject) => void
  /** Called with each failure to write, before it is tried again. */
  readonly onFailure?: (error: unknown) => void
}

const entriesPerFile = 5
/** After an outage of the bucket one file holds what was missed, with at most this number of entries. */
const mostEntriesPerFile = 1000
const putTimeoutMs = 30_000
/** The first pause before an object is tried again; it doubles up to the last. */
const pauseMs = { first: 250, last: 5_000 }

/**
 * Writes the audit-log stream of an enterprise into an S3 bucket without end: the check at set-up, ten minutes of files
 * with a duplicate and a truncated one, then a file in each period, with a check now and then. An object that cannot be
 * written is tried again until the bucket has it; later ones wait.
 */
export function startAuditStreamWriter(options: AuditStreamWriterOptions): Stoppable {
  const { enterprise, seed, now = Date.now, periodMs = 5_000, filesPerCheck = 60 } = options
  const { endpoint, region, credentials, bucket, onWritten, onFailure } = options
  const stream = auditStream({ enterprise, seed })

  return runUntilStopped(async (signal) => {
    const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 })
    const write = async ({ objects }: Written) => {
      for (const object of objects) {
        await untilDone(signal, onFailure, () => putOnce(client, bucket, object, signal))
        onWritten?.(object)
      }
    }
    try {
      const start = now()
      let writtenUntil = start
      await write(setUpCheck())
      await write(steadyFlow(stream, { now: start }))
      await write(duplicatedFile(stream, { now: start }))
      await write(truncatedFile(stream, { now: start }))
      for (let files = 1; ; files++) {
        await pause(periodMs, undefined, { signal })
        const until = now()
        const part = stream.part(`live since ${start}, ${files}`)
        await write(liveFile(part, { from: writtenUntil, until, periodMs }))
        if (files % filesPerCheck === 0) await write(dailyCheck(stream, { now: until }))
        writtenUntil = until
      }
    } finally {
      client.destroy()
    }
  })
}

function liveFile(
  part: StreamPart,
  { from, until, periodMs }: { readonly from: number; readonly until: number; readonly periodMs: number },
): Written {
  const count = Math.min(Math.ceil((entriesPerFile * (until - from)) / periodMs), mostEntriesPerFile)
  return fileOf(part.entries(count, from, until), until, part.random)
}

async function putOnce(client: S3Client, Bucket: string, object: StreamObject, signal: AbortSignal): Promise<void> {
  const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(putTimeoutMs)])
  await client.send(new PutObjectCommand({ Bucket, Key: object.name, Body: object.body }), { abortSignal })
}

async function untilDone(
  signal: AbortSignal,
  onFailure: ((error: unknown) => void) | undefined,
  work: () => Promise<void>,
): Promise<void> {
  for (let delay = pauseMs.first; ; delay = Math.min(2 * delay, pauseMs.last)) {
    try {
      return await work()
    } catch (error) {
      signal.throwIfAborted()
      onFailure?.(error)
      await pause(delay, undefined, { signal })
    }
  }
}
