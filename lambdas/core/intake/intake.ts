import type { LogSchema } from '../../../schemas/definition.ts'
import { TransientError } from '../errors.ts'
import type { JsonObject } from '../json/json.ts'
import type { EventContext, Row } from '../normalize/event.ts'
import type { Normalizer } from '../normalize/normalizer.ts'
import type { Publisher } from '../publish/publish.ts'
import type { Counts } from './counts.ts'
import { compileFailures, type Failure } from './failure.ts'
import type { Found, FoundEvent } from './found.ts'

export interface IntakeOptions {
  readonly normalizer: Normalizer
  /** Schema of `classification_failures`. */
  readonly failureSchema: LogSchema
  /** How the events reach us, for rows of failures. */
  readonly origin: 'webhook' | 'poll' | 'stream' | 'recovery'
}

/** The source of the events, and when they were received. */
export interface Receipt extends Pick<EventContext, 'sourceId' | 'sourceLabel' | 'receivedAt'> {
  /** Address of the object that held the events; rows of failures then name it as their origin. */
  readonly object?: string
}

export interface IntakeTarget {
  readonly publisher: Pick<Publisher, 'publish'>
  /**
   * Whether to publish a row; called once for each. Without `event` it is the row of a failure.
   * @default true for every row
   */
  isNew?(row: Row, event?: JsonObject): boolean | Promise<boolean>
}

export interface Taken {
  readonly counts: Counts
  /** The published rows, those of failures included. */
  readonly rows: readonly Row[]
  /** Everything that did not become a row of its table, known or new, in the order of reading. */
  readonly failures: readonly Failure[]
}

export type Intake = (found: Found, receipt: Receipt, target: IntakeTarget) => Promise<Taken>

/**
 * The one way from found events to the queue: normalize, make rows of failures, publish, count. The returned function
 * resolves when everything new is durable; only then may the provider be answered or a checkpoint advance. It throws a
 * TransientError when neither the queue nor the object store took all of it.
 */
export function createIntake({ normalizer, failureSchema, origin }: IntakeOptions): Intake {
  const { logType } = normalizer.schema
  const failureRow = compileFailures(failureSchema)
  const normalize = ({ event, attributes }: FoundEvent, receipt: Receipt): Row =>
    normalizer.normalize(event, { ...receipt, ...(attributes && { attributes }) })

  return async (found, receipt, { publisher, isNew = () => true }) => {
    const { sourceId, receivedAt } = receipt
    const fresh: { readonly found: FoundEvent; readonly row: Row }[] = []
    const failures: Failure[] = []
    const failureRows: Row[] = []
    const fail = async (failure: Failure) => {
      failures.push(failure)
      // Nothing was received, unless an object is gone or ends in the middle.
      if (failure.bytes.length === 0 && receipt.object === undefined) return
      const row = failureRow(failure, { logType, origin: receipt.object ?? origin }, receipt)
      if (await isNew(row)) failureRows.push(row)
    }
    const publish = async (rows: readonly Row[]): Promise<Taken> => {
      const batches = [
        { logType, sourceId, receivedAt, rows },
        { logType: failureSchema.logType, sourceId, receivedAt, rows: failureRows },
      ].filter((batch) => batch.rows.length > 0)
      if (batches.length > 0) await publisher.publish(batches)
      const fetched = found.events.length + found.failures.length
      const published = { new: rows.length, failed: failureRows.length }
      const counts = { fetched, ...published, duplicate: fetched - published.new - published.failed }
      return { counts, rows: [...rows, ...failureRows], failures }
    }

    for (const failure of found.failures) await fail(failure)
    for (const one of found.events) {
      let row: Row
      try {
        row = normalize(one, receipt)
      } catch (error) {
        await fail(failureOf(one, error))
        continue
      }
      if (await isNew(row, one.event)) fresh.push({ found: one, row })
    }
    try {
      return await publish(fresh.map(({ row }) => row))
    } catch (error) {
      if (error instanceof TransientError) throw error
      // Our own code failed on an unknown row, so the bytes of every new event are kept instead.
      for (const one of fresh) await fail(failureOf(one.found, error))
      return await publish([])
    }
  }
}

const failureOf = ({ event, bytes, position, attributes }: FoundEvent, error: unknown): Failure => ({
  error,
  bytes: bytes ?? Buffer.from(JSON.stringify(event)),
  ...(position !== undefined && { position }),
  ...(attributes && { attributes }),
})
