import { hash, randomBytes } from 'node:crypto'
import type { LogSchema } from '../../../schemas/definition.ts'
import { asError, RecordError, RefusedError, TransientError } from '../errors.ts'
import { inParallel } from '../in-parallel.ts'
import type { Row } from '../normalize/event.ts'
import type { ObjectReader, ObjectStore } from '../ports.ts'
import { decodeRows, type Message, readMessage, shown } from '../publish/read-message.ts'
import { checkEnvelope, checkRow, type Receipts, receiptsAt } from './check-message.ts'
import { fittingGroups, isResolution, packedRows } from './fetch-rows.ts'
import { compileParquet, type ParquetFile, type ParquetTable } from './parquet.ts'
import { dataPrefix, listKey, type Partition, partitionDay } from './partition.ts'
import { archiveRefused, type QueuedMessage, type Refused, type RefusedMessage } from './refused-messages.ts'
import { addToList, isListed, urlOf } from './table-list.ts'
import { weightOf } from './weight.ts'

export interface LakeOptions {
  readonly store: ObjectStore
  /** The lake bucket's name, for the URLs in the table lists. */
  readonly bucket: string
  /** Takes dead letters. */
  readonly ops: Pick<ObjectStore, 'putOnce'>
  /** Holds the messages that were too long for the queue. */
  readonly claims: ObjectReader
  readonly retentionDays: number
  readonly schemas: readonly LogSchema[]
  readonly now?: () => number
}

/** Rows of a source and log type that are visible to queries now. */
export interface Written {
  readonly sourceId: string
  readonly logType: string
  readonly rows: number
  /** Those with members that the schema does not name (`p_unmapped`). */
  readonly unmapped: number
  /** Those that resolve a failure. */
  readonly resolving: number
  /** When the newest of them was received, in milliseconds since 1970. */
  readonly newestReceivedAt: number
}

export interface WriteOutcome {
  readonly written: readonly Written[]
  /** Messages that can never be written and were archived. */
  readonly refused: readonly Refused[]
  /** Messages to be delivered again, each with its error. All others are done: visible, or archived. */
  readonly failed: ReadonlyMap<string, Error>
}

/**
 * Writes the rows of queued messages into the lake: data file first, then its line in the table's list. Messages are
 * not believed: one that no publisher can have sent becomes a dead letter, whatever becomes of its neighbours.
 * @param deadline messages not read by then fail, in milliseconds since 1970; none by default
 */
export type LakeWriter = (messages: readonly QueuedMessage[], deadline?: number) => Promise<WriteOutcome>

/** Uncompressed bytes of rows to hold before they are written. */
const maxHeldBytes = 64_000_000

/** Prepares the writing for all schemas once. */
export function createLakeWriter(options: LakeOptions): LakeWriter {
  const tables = new Map(options.schemas.map((schema) => [schema.logType, compileParquet(schema)]))
  return (messages, deadline = Number.POSITIVE_INFINITY) => new Writing(options, tables, deadline).write(messages)
}

/** A message whose envelope was checked. */
interface Opened {
  readonly queued: QueuedMessage
  readonly message: Message
  readonly table: ParquetTable
}

/** One batch of messages. */
class Writing {
  readonly #options: LakeOptions
  readonly #tables: ReadonlyMap<string, ParquetTable>
  readonly #deadline: number
  readonly #now: () => number
  readonly #receipts: Receipts
  readonly #held: HeldRows
  readonly #failed = new Map<string, Error>()
  readonly #done = new Map<string, Written>()
  readonly #refused: RefusedMessage[] = []

  constructor(options: LakeOptions, tables: ReadonlyMap<string, ParquetTable>, deadline: number) {
    const { now = Date.now, retentionDays } = options
    this.#options = options
    this.#tables = tables
    this.#deadline = deadline
    this.#now = now
    this.#receipts = receiptsAt(now(), retentionDays)
    this.#held = new HeldRows(options)
  }

  async write(messages: readonly QueuedMessage[]): Promise<WriteOutcome> {
    const opened = messages.flatMap((queued) => this.#open(queued))
    for (const group of fittingGroups(opened, maxHeldBytes)) {
      // What is fetched after the deadline would only use up the time to say what has failed.
      const packed = this.#isLate ? [] : group.map(({ message }) => packedRows(this.#options.claims, message))
      await Promise.allSettled(packed)
      for (const one of group) await this.#take(one, packed)
    }
    await this.#flush()
    const refused = await archiveRefused(this.#refused, {
      ...this.#options,
      deadline: this.#deadline,
      now: this.#now,
      failed: (messageId, error) => this.#failed.set(messageId, asError(error)),
    })
    const written = [...this.#done].filter(([messageId]) => !this.#failed.has(messageId)).map(([, part]) => part)
    return { written: perFeed(written), refused, failed: this.#failed }
  }

  get #isLate(): boolean {
    return this.#now() > this.#deadline
  }

  #open(queued: QueuedMessage): Opened[] {
    try {
      const message = readMessage(queued.body)
      checkEnvelope(message, this.#receipts)
      const table = this.#tables.get(message.logType)
      // It may be that of a newer version, whose writer is about to be deployed.
      if (!table) throw new RecordError('unknown_log_type', `no schema for log type ${shown(message.logType)}`)
      return [{ queued, message, table }]
    } catch (error) {
      this.#fail(queued, error)
      return []
    }
  }

  /** @param packed the compressed rows of this message and those after it; each is taken out, to be held no longer */
  async #take({ queued, message, table }: Opened, packed: (Promise<string> | undefined)[]): Promise<void> {
    const { messageId } = queued
    const { sourceId, logType, receivedAt, bytes } = message
    try {
      const own = (await packed.shift()) ?? ''
      if (this.#isLate) throw new TransientError('no time left for this message')
      const rows = decodeRows(message, own)
      const days = this.#daysOf(rows, message)
      // During a deployment, rows of a newer schema can arrive before the new writer; they must wait instead of losing
      // a column.
      if (!rows.every((row) => table.accepts(row))) {
        throw new RecordError('bad_message', `a row does not fit the table ${table.name}`)
      }
      const weight = weightOf(rows, bytes)
      if (this.#held.weight + weight > maxHeldBytes) await this.#flush()
      this.#held.add(table, messageId, { rows, days, weight })
      this.#done.set(messageId, { sourceId, logType, ...countsOf(rows), newestReceivedAt: receivedAt })
    } catch (error) {
      this.#fail(queued, error)
    }
  }

  #daysOf(rows: readonly Row[], message: Message): string[] {
    const resolves = isResolution(message)
    const times = rows.map((row) => checkRow(row, message, resolves, this.#receipts))
    return times.map((time) => partitionDay(time, this.#receipts.oldest))
  }

  #fail(queued: QueuedMessage, error: unknown): void {
    if (error instanceof RefusedError) this.#refused.push({ queued, error })
    else this.#failed.set(queued.messageId, asError(error))
  }

  async #flush(): Promise<void> {
    for (const [messageId, error] of await this.#held.flush()) this.#failed.set(messageId, error)
  }
}

/** The rows of one data file, and the messages they came in. */
interface FileContent {
  readonly partition: Partition
  readonly file: ParquetFile
  readonly messageIds: Set<string>
  readonly rowIds: string[]
}

interface Placed {
  readonly rows: readonly Row[]
  /** The day of each. */
  readonly days: readonly string[]
  readonly weight: number
}

/** Rows that wait to be written. */
class HeldRows {
  readonly #options: LakeOptions
  #files = new Map<string, FileContent>()
  #weight = 0

  constructor(options: LakeOptions) {
    this.#options = options
  }

  /** About how much memory the rows take, in bytes. */
  get weight(): number {
    return this.#weight
  }

  /** Adds all rows of a message, each to its day. */
  add(table: ParquetTable, messageId: string, { rows, days, weight }: Placed): void {
    this.#weight += weight
    for (const [index, row] of rows.entries()) {
      const content = this.#content(table, { table: table.name, dt: days[index] ?? '' })
      content.file.add(row)
      content.messageIds.add(messageId)
      content.rowIds.push(String(row.p_row_id))
    }
  }

  /** Writes all held rows. @returns messages with rows that may not be visible, each with its error */
  async flush(): Promise<ReadonlyMap<string, Error>> {
    const failed = new Map<string, Error>()
    const files = [...this.#files.values()]
    this.#files = new Map()
    this.#weight = 0
    await inParallel(files, (content) =>
      this.#write(content).catch((error: unknown) => {
        for (const messageId of content.messageIds) failed.set(messageId, asError(error))
      }),
    )
    return failed
  }

  #content(table: ParquetTable, partition: Partition): FileContent {
    const prefix = dataPrefix(partition)
    const content = this.#files.get(prefix) ?? { partition, file: table.newFile(), messageIds: new Set(), rowIds: [] }
    this.#files.set(prefix, content)
    return content
  }

  async #write({ partition, file, messageIds, rowIds }: FileContent): Promise<void> {
    const { store, bucket } = this.#options
    // The same messages written twice make the same file; a midnight in between can give them other rows here.
    const name = hash('sha256', [...messageIds, ...rowIds].sort().join('\n'), 'hex').slice(0, 32)
    const key = `${dataPrefix(partition)}${name}.parquet`
    const bytes = file.encode()
    if (await store.putOnce(key, bytes)) return addToList(store, listKey(partition), urlOf(bucket, key))
    if (await isListed(store, listKey(partition), urlOf(bucket, key))) return
    // A file that was not written now may have been merged, and is then deleted soon: only who writes a file lists it.
    const again = `${dataPrefix(partition)}${name}-${randomBytes(4).toString('hex')}.parquet`
    await store.putOnce(again, bytes)
    await addToList(store, listKey(partition), urlOf(bucket, again))
  }
}

const countsOf = (rows: readonly Row[]): Pick<Written, 'rows' | 'unmapped' | 'resolving'> => ({
  rows: rows.length,
  unmapped: rows.filter((row) => (row.p_unmapped ?? null) !== null).length,
  resolving: rows.filter((row) => (row.resolves ?? null) !== null).length,
})

function perFeed(parts: readonly Written[]): Written[] {
  const feeds = new Map<string, Written>()
  for (const { sourceId, logType, newestReceivedAt, ...counts } of parts) {
    const feed = JSON.stringify([sourceId, logType])
    const known = feeds.get(feed)
    feeds.set(feed, {
      sourceId,
      logType,
      rows: (known?.rows ?? 0) + counts.rows,
      unmapped: (known?.unmapped ?? 0) + counts.unmapped,
      resolving: (known?.resolving ?? 0) + counts.resolving,
      newestReceivedAt: Math.max(known?.newestReceivedAt ?? 0, newestReceivedAt),
    })
  }
  return [...feeds.values()]
}
