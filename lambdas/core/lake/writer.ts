import { hash } from 'node:crypto'
import type { LogSchema } from '../../../schemas/definition.ts'
import { RecordError, TransientError } from '../errors.ts'
import type { ObjectStore } from '../ports.ts'
import { type DecodedMessage, decodeMessage, pointerIn } from '../publish/message.ts'
import { compileParquet, type ParquetFile, type ParquetTable } from './parquet.ts'
import { dataPrefix, listKey, type Partition, partitionDay } from './partition.ts'
import { addToList } from './table-list.ts'

/** A message as the queue delivers it. */
export interface QueuedMessage {
  readonly messageId: string
  readonly body: string
}

export interface LakeOptions {
  readonly store: ObjectStore
  /** The lake bucket's name, for the URLs in the table lists. */
  readonly bucket: string
  /** Holds the messages that were too long for the queue. */
  readonly ops: ObjectStore
  readonly retentionDays: number
  readonly schemas: readonly LogSchema[]
}

/** Rows of a source that are visible to queries now. */
export interface Written {
  readonly sourceId: string
  readonly rows: number
  /** When the newest of them was received, in milliseconds since 1970. */
  readonly newestReceivedAt: number
}

export interface WriteOutcome {
  readonly written: readonly Written[]
  /** Messages to be delivered again, each with its error. A message is done only when all its rows are visible. */
  readonly failed: ReadonlyMap<string, Error>
}

/**
 * Writes the rows of queued messages into the lake: data file first, then its line in the table's list.
 * @param deadline messages not read by then fail, in milliseconds since 1970; none by default
 */
export type LakeWriter = (messages: readonly QueuedMessage[], deadline?: number) => Promise<WriteOutcome>

/** Uncompressed bytes of rows to hold before they are written. */
const maxHeldBytes = 64_000_000

/** Parallel calls of the object store. */
const parallel = 8

/** Prepares the writing for all schemas once. */
export function createLakeWriter(options: LakeOptions): LakeWriter {
  const tables = new Map(options.schemas.map((schema) => [schema.logType, compileParquet(schema)]))
  return async (messages, deadline = Number.POSITIVE_INFINITY) => {
    const failed = new Map<string, Error>()
    const done = new Map<string, Written>()
    const held = new HeldRows(options)
    const flush = async () => {
      for (const [messageId, error] of await held.flush()) failed.set(messageId, error)
    }
    for await (const { messageId, body } of claimedMessages(options.ops, messages)) {
      try {
        if (Date.now() > deadline) throw new TransientError('no time left for this message')
        const message = decodeMessage(await body)
        const table = tables.get(message.logType)
        if (!table) {
          throw new RecordError('unknown_log_type', `no schema for log type ${JSON.stringify(message.logType)}`)
        }
        held.add(table, messageId, message)
        const { sourceId, rows, receivedAt } = message
        done.set(messageId, { sourceId, rows: rows.length, newestReceivedAt: receivedAt })
      } catch (error) {
        failed.set(messageId, asError(error))
      }
      if (held.bytes >= maxHeldBytes) await flush()
    }
    await flush()
    const written = [...done].filter(([messageId]) => !failed.has(messageId)).map(([, part]) => part)
    return { written: perSource(written), failed }
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))

/** The messages with their contents, fetched a group at a time. */
async function* claimedMessages(ops: ObjectStore, messages: readonly QueuedMessage[]) {
  for (let at = 0; at < messages.length; at += parallel) {
    const group = messages
      .slice(at, at + parallel)
      .map(({ messageId, body }) => ({ messageId, body: claimed(ops, body) }))
    await Promise.allSettled(group.map(({ body }) => body))
    yield* group
  }
}

/** The message itself, fetched if the queue holds only a pointer to it. */
async function claimed(ops: ObjectStore, body: string): Promise<string> {
  const pointer = pointerIn(body)
  if (!pointer) return body
  const object = await ops.get(pointer.key)
  if (!object) throw new RecordError('bad_message', `the message's content is gone: ${pointer.key}`)
  return new TextDecoder().decode(object.body)
}

/** The rows of one data file, and the messages they came in. */
interface FileContent {
  readonly partition: Partition
  readonly file: ParquetFile
  readonly messageIds: Set<string>
}

/** Rows that wait to be written. */
class HeldRows {
  readonly #options: LakeOptions
  #files = new Map<string, FileContent>()
  #bytes = 0

  constructor(options: LakeOptions) {
    this.#options = options
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Adds all rows of a message, or throws and adds none. */
  add(table: ParquetTable, messageId: string, { rows, bytes }: DecodedMessage): void {
    // During a deployment, rows of a newer schema can arrive before the new writer; they must wait instead of losing a
    // column.
    if (!rows.every((row) => table.accepts(row))) {
      throw new RecordError('bad_message', `a row does not fit the table ${table.name}`)
    }
    const days = rows.map((row) => partitionDay(row, this.#options.retentionDays))
    this.#bytes += bytes
    for (const [index, row] of rows.entries()) {
      const partition = { table: table.name, dt: days[index] ?? '' }
      const content = this.#content(table, partition)
      content.file.add(row)
      content.messageIds.add(messageId)
    }
  }

  /** Writes all held rows. @returns messages with rows that may not be visible, each with its error */
  async flush(): Promise<ReadonlyMap<string, Error>> {
    const failed = new Map<string, Error>()
    const files = [...this.#files.values()]
    this.#files = new Map()
    this.#bytes = 0
    for (let at = 0; at < files.length; at += parallel) {
      await Promise.all(
        files.slice(at, at + parallel).map((content) =>
          this.#write(content).catch((error: unknown) => {
            for (const messageId of content.messageIds) failed.set(messageId, asError(error))
          }),
        ),
      )
    }
    return failed
  }

  #content(table: ParquetTable, partition: Partition): FileContent {
    const prefix = dataPrefix(partition)
    const content = this.#files.get(prefix) ?? { partition, file: table.newFile(), messageIds: new Set<string>() }
    this.#files.set(prefix, content)
    return content
  }

  async #write({ partition, file, messageIds }: FileContent): Promise<void> {
    const { store, bucket } = this.#options
    // Named after its messages, so that the same messages written twice make the same file.
    const name = hash('sha256', [...messageIds].sort().join('\n'), 'hex').slice(0, 32)
    const key = `${dataPrefix(partition)}${name}.parquet`
    await store.put(key, file.encode())
    await addToList(store, listKey(partition), `s3://${bucket}/${key}`)
  }
}

function perSource(parts: readonly Written[]): Written[] {
  const sources = new Map<string, Written>()
  for (const { sourceId, rows, newestReceivedAt } of parts) {
    const known = sources.get(sourceId)
    sources.set(sourceId, {
      sourceId,
      rows: (known?.rows ?? 0) + rows,
      newestReceivedAt: Math.max(known?.newestReceivedAt ?? 0, newestReceivedAt),
    })
  }
  return [...sources.values()]
}
