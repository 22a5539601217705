import type { Logger } from '@aws-lambda-powertools/logger'
import type { Metrics } from '@aws-lambda-powertools/metrics'
import { emitCounts } from '../aws/emit.ts'
import { detailOf } from '../poll/outcome.ts'
import type { StreamReport } from './stream-tick.ts'

/** Reports what a source has read: metrics, and log lines for errors and findings. */
export const createStreamReport = (source: string, logger: Logger, metrics: Metrics): StreamReport => ({
  objects({ done, excluded, ignored, gone, events, failed }, error) {
    emitCounts(metrics, source, {
      EventsReceived: events,
      EventsFailed: failed,
      ObjectsRead: done,
      ObjectsExcluded: excluded + ignored,
      ReadErrors: error === undefined ? 0 : 1,
    })
    if (gone > 0) logger.error('objects were deleted before they were read, or given up', { source, objects: gone })
    if (error !== undefined) logger.error('objects could not be read', { source, detail: detailOf(error) })
  },
  listing({ found, isOpen }, error) {
    if (error !== undefined) logger.error('the bucket could not be listed', { source, detail: detailOf(error) })
    else if (!isOpen && found > 0) logger.warn('a listing found objects that nothing else had named', { source, found })
  },
  replays(results) {
    for (const { job, error } of results) {
      if (error !== undefined) logger.error('job is stuck', { source, job: job.id, detail: detailOf(error) })
      else logger.info('worked on a job', { source, job: job.id, ...job.counts })
    }
  },
  configuration({ outcome, detail, streams }) {
    if (outcome !== 'done') logger.error("the stream's configuration cannot be read", { source, detail })
    for (const { id, destination, enabled, pausedAt } of streams) {
      if (enabled && pausedAt === undefined) continue
      logger.warn('the provider has switched off or paused a stream', { source, stream: id, destination })
    }
  },
})
