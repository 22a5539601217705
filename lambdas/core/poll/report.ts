import type { Logger } from '@aws-lambda-powertools/logger'
import type { Metrics } from '@aws-lambda-powertools/metrics'
import { emitCounts } from '../aws/emit.ts'
import { detailOf, type Outcome } from './outcome.ts'
import type { RunResult } from './run-types.ts'
import type { PastResult, TickReport } from './tick.ts'

/** Outcomes that an operator has to act on; reported with every tick while they last. */
const errors = ['transient', 'credentials', 'configuration', 'internal'] as const

const isError = (outcome: string): boolean => errors.some((error) => error === outcome)

/** Reports the ticks of a source: metrics, zeros included, and log lines for errors and new events. */
export const createReport = (source: string, logger: Logger, metrics: Metrics): TickReport => ({
  live: (run) => reportRun(source, run, logger, metrics),
  past: (past) => reportPast(source, past, logger, metrics),
})

function reportRun(source: string, run: RunResult, logger: Logger, metrics: Metrics): void {
  const { row, outcome, last, restored, stretched } = run
  // While a stream waits to retry, the error that it waits for persists.
  const state = outcome === 'waiting' ? (last?.outcome ?? outcome) : outcome
  const count = (is: Outcome) => (state === is ? 1 : 0)
  const detail = outcome === 'waiting' ? last?.detail : (row?.detail ?? detailOf(run.error))
  const counts = {
    EventsReceived: row?.new ?? 0,
    EventsFailed: row?.failed ?? 0,
    Polls: outcome === 'busy' || outcome === 'waiting' ? 0 : 1,
    TransientErrors: count('transient'),
    CredentialErrors: count('credentials'),
    ConfigurationErrors: count('configuration'),
    InternalErrors: count('internal'),
    StatesRestored: restored && restored !== 'other' ? 1 : 0,
    RereadsStretched: stretched ? 1 : 0,
  }
  const behind = run.readUntil === undefined ? {} : { SecondsBehind: Math.max(0, (Date.now() - run.readUntil) / 1_000) }
  emitCounts(metrics, source, counts, detail ? { detail } : {}, behind)
  if (restored === 'other') logger.warn('the settings name another log, which is read from its beginning', { source })
  else if (restored) logger.error('the state of the stream was lost and made anew', { source, restored })
  if (run.died) logger.error('the run before ended without a result', { source })
  if (isError(outcome)) logger.error('poll failed', { source, outcome, detail })
  else if (row && row.fetched > row.duplicate) logger.info('polled', { source, ...row })
}

function reportPast(source: string, { swept, jobs, error }: PastResult, logger: Logger, metrics: Metrics): void {
  emitCounts(metrics, source, {
    SweepErrors: swept.filter((one) => one.error !== undefined).length + (error === undefined ? 0 : 1),
    SweepFindings: swept.reduce((sum, one) => sum + one.row.new, 0),
  })
  for (const { row, error: failure } of swept) {
    if (failure !== undefined) logger.error('sweep failed', { source, detail: detailOf(failure) })
    else if (row.new > 0) logger.warn('a sweep found what the lake lacked', { source, ...row })
  }
  for (const { job, error: failure } of jobs) {
    const progress = { source, job: job.id, until: new Date(job.until).toISOString() }
    if (failure !== undefined) logger.error('job is stuck', { ...progress, detail: detailOf(failure) })
    else logger.info('worked on a job', { ...progress, ...job.counts })
  }
  if (error !== undefined) logger.error('sweeps and jobs could not be looked at', { source, detail: detailOf(error) })
}
