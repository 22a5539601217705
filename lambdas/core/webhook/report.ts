import type { Logger } from '@aws-lambda-powertools/logger'
import type { Metrics } from '@aws-lambda-powertools/metrics'
import { emitCounts } from '../aws/emit.ts'
import { TransientError } from '../errors.ts'
import type { Answer } from './receive.ts'

/** Writes the metrics of a request, and logs a request that was refused or held parts that are not events. */
export function reportAnswer(answer: Answer, logger: Logger, metrics: Metrics): void {
  if (answer.sourceId !== undefined) {
    const rejected = answer.status === 200 ? 0 : 1
    const properties = answer.reason === undefined ? {} : { reason: answer.reason }
    emitCounts(
      metrics,
      answer.sourceId,
      { EventsReceived: answer.received, EventsFailed: answer.failed, EventsRejected: rejected },
      properties,
    )
  }
  if (answer.reason === undefined) return
  const detail = {
    status: answer.status,
    reason: answer.reason,
    ...(answer.sourceId ? { source: answer.sourceId } : {}),
  }
  if (answer.status === 503) logger.error('request not stored', { ...detail, error: describe(answer.cause) })
  else logger.warn(answer.status === 200 ? 'a part of the request is not an event' : 'request refused', detail)
}

/** Only our own messages are logged; other errors may quote event data, so only their name is. */
function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown'
  const described = (error: Error): string =>
    error instanceof TransientError ? `${error.name}: ${error.message}` : error.name
  const inner = cause.cause instanceof Error ? `, because of ${described(cause.cause)}` : ''
  return `${described(cause)}${inner}`.slice(0, 1_000)
}
