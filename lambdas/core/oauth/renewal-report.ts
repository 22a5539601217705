import type { Logger } from '@aws-lambda-powertools/logger'
import type { Metrics } from '@aws-lambda-powertools/metrics'
import { emitCounts } from '../aws/emit.ts'
import { detailOf, outcomeOf } from '../poll/outcome.ts'

/**
 * Reports that a token could not be renewed while it still works: what an operator does before it expires, keeps the
 * source working.
 */
export function reportRenewal(source: string, error: unknown, logger: Logger, metrics: Metrics): void {
  const detail = detailOf(error) ?? 'unknown'
  emitCounts(metrics, source, { PollErrors: outcomeOf(error) === 'transient' ? 0 : 1 }, { kind: 'renewal', detail })
  logger.error('the token could not be renewed, and works until it expires', { source, detail })
}
