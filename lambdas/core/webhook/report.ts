import type { Logger } from '@aws-lambda-powertools/logger'
import type { Metrics } from '@aws-lambda-powertools/metrics'
import { emitCounts } from '../aws/emit.ts'
import { TransientError } from '../errors.ts'
import type { Answer } from './receive.ts'

/** Time between two metrics of refused senders, in milliseconds: strangers must not be able to run up a bill. */
const quietMs = 60_000

/**
 * Prepares the reports of a function: metrics for each request, and a log line for one that was not stored or held
 * parts that are not events. A request that does not know the secret leaves no line of its own beside the API's access
 * log; a metric says at most once a minute how many there were, with the next request: the last ones of an instance
 * that gets none are in the access log alone.
 */
export function createAnswerReport(logger: Logger, metrics: Metrics, now = Date.now): (answer: Answer) => void {
  const refused = new Map<string, Refused>()
  return (answer) => {
    for (const [source, { count, reportedAt }] of refused) {
      if (count > 0 && now() - reportedAt >= quietMs) reportRefused(source, count)
    }
    const { status, reason, sourceId: source } = answer
    if (source === undefined) return
    if (status === 401) return countRefused(source)
    const counts = {
      EventsReceived: answer.received,
      EventsFailed: answer.failed,
      EventsRejected: status === 200 ? 0 : 1,
    }
    emitCounts(metrics, source, counts, reason === undefined ? {} : { reason })
    if (reason === undefined) return
    const detail = { status, reason, source }
    if (status === 503) logger.error('request not stored', { ...detail, error: describe(answer.cause) })
    else logger.warn(status === 200 ? 'a part of the request is not an event' : 'request refused', detail)
  }

  function countRefused(source: string): void {
    const { count, reportedAt } = refused.get(source) ?? { count: 0, reportedAt: Number.NEGATIVE_INFINITY }
    if (now() - reportedAt >= quietMs) reportRefused(source, count + 1)
    else refused.set(source, { count: count + 1, reportedAt })
  }

  function reportRefused(source: string, count: number): void {
    refused.set(source, { count: 0, reportedAt: now() })
    emitCounts(metrics, source, { EventsRejected: count }, { reason: 'bad_credential' })
  }
}

/** The refused requests of a source since the last metric. */
interface Refused {
  readonly count: number
  readonly reportedAt: number
}

/** Only our own messages are logged; other errors may quote event data, so only their name is. */
function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown'
  const described = (error: Error): string =>
    error instanceof TransientError ? `${error.name}: ${error.message}` : error.name
  const inner = cause.cause instanceof Error ? `, because of ${described(cause.cause)}` : ''
  return `${described(cause)}${inner}`.slice(0, 1_000)
}
