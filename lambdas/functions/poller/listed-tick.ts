import { classificationFailures as failureSchema } from '../../../schemas/generated/classification_failures.ts'
import { collectionRuns as runsSchema } from '../../../schemas/generated/collection_runs.ts'
import type { RegisteredObjects } from '../../connectors/registry.ts'
import { gcsBucket } from '../../core/google/source-bucket.ts'
import { outcomeOf } from '../../core/poll/outcome.ts'
import { createRecorder } from '../../core/poll/recorder.ts'
import type { SourcePorts } from '../../core/poll/source-ports.ts'
import type { StreamTick } from '../../core/poll/streams.ts'
import { listedBucket } from '../../core/stream/listed-bucket.ts'
import { readerPorts } from '../../core/stream/reader-ports.ts'
import { createStreamReport } from '../../core/stream/report.ts'
import { createStreamTick } from '../../core/stream/stream-tick.ts'

/** Time reserved for the last batch of rows, the state and the metrics, in milliseconds. */
const reserve = 20_000

/** Reads a bucket of Google Cloud Storage into which a provider writes its events. */
export function listedTick({ id, stream, schema }: RegisteredObjects, poll: SourcePorts): () => StreamTick {
  const { source, secret, ops, publisher, bulkPublisher, logger, metrics } = poll
  const bucket = gcsBucket(poll)
  const ports = readerPorts({ source, stream, schema, failureSchema, bucket, publisher: bulkPublisher, ops })
  const report = createStreamReport(source.id, logger, metrics)
  const tick = createStreamTick({
    ...listedBucket(ports),
    ports,
    stream: { id, logType: schema.logType },
    record: createRecorder({ source, runsSchema, publisher }),
    report: {
      ...report,
      objects(totals, error) {
        if (error !== undefined && outcomeOf(error) === 'credentials') secret.forget()
        report.objects(totals, error)
      },
    },
  })
  return () => {
    const { live, past } = tick()
    return { live: (deadline) => live(deadline - reserve), past: (deadline) => past(deadline - reserve) }
  }
}
