import { hash } from 'node:crypto'
import type { LogSchema } from '../../../schemas/definition.ts'
import { RecordError } from '../errors.ts'
import type { Row } from '../normalize/normalizer.ts'
import type { ObjectStore } from '../ports.ts'
import { type Batch, decodeMessage } from '../publish/message.ts'
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
  readonly retentionDays: number
  readonly schemas: readonly LogSchema[]
}

/** Rows of a source that became visible. */
export interface Written {
  readonly sourceId: string
  readonly rows: number
  /** When the newest of them reached us, in milliseconds since 1970. */
  readonly newestReceivedAt: number
}

/** What became of the messages of one call. */
export interface WriteOutcome {
  readonly written: readonly Written[]
  /** Messages that must come again, each with why. A message is done only when every row of it is visible. */
  readonly failed: ReadonlyMap<string, Error>
}

/** Writes the rows of queued messages into the lake: data file first, then its line in the table's list. */
export type LakeWriter = (messages: readonly QueuedMessage[]) => Promise<WriteOutcome>

/** Rows that go into one data file, and the messages they came in. */
interface FileContent {
  readonly partition: Partition
  readonly file: ParquetFile
  readonly messageIds: Set<string>
}

/** Prepares the writing for all schemas once. */
export function createLakeWriter(options: LakeOptions): LakeWriter {
  const tables = new Map(options.schemas.map((schema) => [schema.logType, compileParquet(schema)]))
  const writeFile = async ({ partition, file, messageIds }: FileContent): Promise<void> => {
    // Named after the messages it holds: the same messages written twice are one file, not rows twice.
    const name = hash('sha256', [...messageIds].sort().join('\n'), 'hex').slice(0, 32)
    const key = `${dataPrefix(partition)}${name}.parquet`
    await options.store.put(key, file.encode())
    await addToList(options.store, listKey(partition), `s3://${options.bucket}/${key}`)
  }

  return async (messages) => {
    const failed = new Map<string, Error>()
    const batches = new Map<string, Batch>()
    const files = new Map<string, FileContent>()
    for (const { messageId, body } of messages) {
      try {
        const batch = decodeMessage(body)
        const table = tables.get(batch.logType)
        if (!table) throw new RecordError('unknown_log_type', `no schema for log type ${JSON.stringify(batch.logType)}`)
        // All days first: a message with one bad row must not leave the others behind in a file.
        const days = batch.rows.map((row) => partitionDay(row, options.retentionDays))
        for (const [index, row] of batch.rows.entries()) addRow(files, table, days[index] ?? '', row, messageId)
        batches.set(messageId, batch)
      } catch (error) {
        failed.set(messageId, asError(error))
      }
    }
    for (const file of files.values()) {
      try {
        await writeFile(file)
      } catch (error) {
        for (const messageId of file.messageIds) failed.set(messageId, asError(error))
      }
    }
    const done = [...batches].filter(([messageId]) => !failed.has(messageId)).map(([, batch]) => batch)
    return { written: perSource(done), failed }
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))

function addRow(files: Map<string, FileContent>, table: ParquetTable, dt: string, row: Row, messageId: string): void {
  const partition = { table: table.name, dt }
  const prefix = dataPrefix(partition)
  const content = files.get(prefix) ?? { partition, file: table.newFile(), messageIds: new Set<string>() }
  content.file.add(row)
  content.messageIds.add(messageId)
  files.set(prefix, content)
}

function perSource(batches: readonly Batch[]): Written[] {
  const sources = new Map<string, Written>()
  for (const { sourceId, rows, receivedAt } of batches) {
    const known = sources.get(sourceId)
    sources.set(sourceId, {
      sourceId,
      rows: (known?.rows ?? 0) + rows.length,
      newestReceivedAt: Math.max(known?.newestReceivedAt ?? 0, receivedAt),
    })
  }
  return [...sources.values()]
}
