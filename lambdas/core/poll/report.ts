import type { Logger } from '@aws-lambda-powertools/logger'
import type { Metrics } from '@aws-lambda-powertools/metrics'
import { emitCounts } from '../aws/emit.ts'
import { detailOf } from './outcome.ts'
import type { RunResult } from './run-types.ts'
import type { PastResult, TickReport } from './tick.ts'

/** Outcomes that an operator has to act on; reported with every tick while they last. */
const errors = ['transient', 'credentials', 'configuration', 'internal'] as const

const isError = (outcome: string): boolean => errors.some((error) => error === outcome)

/** Reports the ticks of a stream: metrics, and log lines for errors and new events. */
export const createReport = (source: string, stream: string, logger: Logger, metrics: Metrics): TickReport => ({
  live: (run) => reportRun({ source, stream }, run, logger, metrics),
  past: (past) => reportPast({ source, stream }, past, logger, metrics),
})

interface Reported {
  readonly source: string
  readonly stream: string
}

function reportRun({ source, stream }: Reported, run: RunResult, logger: Logger, metrics: Metrics): void {
  const { row, outcome, last, restored, stretched } = run
  // While a stream waits to retry, the error that it waits for persists.
  const state = outcome === 'waiting' ? (last?.outcome ?? outcome) : outcome
  const detail = outcome === 'waiting' ? last?.detail : (row?.detail ?? detailOf(run.error))
  const warnings = [...(restored && restored !== 'other' ? ['restored'] : []), ...(stretched ? ['stretched'] : [])]
  const counts = {
    EventsReceived: row?.new ?? 0,
    EventsFailed: row?.failed ?? 0,
    PollErrors: isError(state) ? 1 : 0,
    PollWarnings: warnings.length,
  }
  const facts = {
    stream,
    ...(isError(state) && { kind: state }),
    ...(detail !== undefined && { detail }),
    ...(warnings.length > 0 && { warnings: warnings.join(' ') }),
  }
  const behind = run.readUntil === undefined ? {} : { SecondsBehind: Math.max(0, (Date.now() - run.readUntil) / 1_000) }
  emitCounts(metrics, source, counts, facts, behind)
  if (restored === 'other') logger.warn('the settings name another log, which is read from its beginning', { source })
  else if (restored) logger.error('the state of the stream was lost and made anew', { source, restored })
  if (run.died) logger.error('the run before ended without a result', { source })
  if (isError(outcome)) logger.error('poll failed', { source, outcome, detail })
  else if (row && row.fetched > row.duplicate) logger.info('polled', { source, ...row })
}

function reportPast({ source }: Reported, past: PastResult, logger: Logger, metrics: Metrics): void {
  const { swept, jobs, error } = past
  const errors = swept.filter((one) => one.error !== undefined).length + (error === undefined ? 0 : 1)
  const found = swept.reduce((sum, one) => sum + one.row.new, 0)
  // Without the stream: what becomes of the past says nothing about how new events are fetched.
  if (errors > 0) emitCounts(metrics, source, { PollErrors: errors }, { kind: 'sweep' })
  if (found > 0) emitCounts(metrics, source, { PollWarnings: found }, { warnings: 'found' })
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
