import type { Logger } from '@aws-lambda-powertools/logger'
import type { Metrics } from '@aws-lambda-powertools/metrics'
import { emitCounts } from '../../aws/emit.ts'
import { detailOf } from '../../poll/outcome.ts'
import type { RecoveryResult } from './run.ts'

/** Outcomes that need no action. */
const quiet = ['done', 'open', 'busy', 'lost']

/** Reports a run: metrics, and log lines for errors and for what was done. */
export function reportRecovery(source: string, result: RecoveryResult, logger: Logger, metrics: Metrics): void {
  const { row, last, error } = result
  // While a recovery waits to retry, the error that it waits for persists.
  const outcome = result.outcome === 'waiting' ? (last?.outcome ?? result.outcome) : result.outcome
  const detail = result.outcome === 'waiting' ? last?.detail : detailOf(error)
  const hasFailed = ![...quiet, 'waiting'].includes(outcome)
  emitCounts(
    metrics,
    source,
    {
      EventsReceived: row?.new ?? 0,
      EventsFailed: row?.failed ?? 0,
      DeliveriesAskedAgain: row?.asked ?? 0,
      DeliveriesRepaired: row?.repaired ?? 0,
      RecoveryErrors: hasFailed ? 1 : 0,
    },
    detail === undefined ? {} : { detail },
  )
  if (result.outcome !== 'waiting' && hasFailed) logger.error('recovery failed', { source, outcome, detail })
  else if (row && (row.failed > 0 || (row.asked ?? 0) > 0 || row.new > 0)) logger.info('recovered', { source, ...row })
}
