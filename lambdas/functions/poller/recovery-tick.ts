import { classificationFailures as failureSchema } from '../../../schemas/generated/classification_failures.ts'
import { collectionRuns as runsSchema } from '../../../schemas/generated/collection_runs.ts'
import type { RegisteredRecovery } from '../../connectors/registry.ts'
import { compileNormalizer } from '../../core/normalize/normalizer.ts'
import { createHttpClient } from '../../core/poll/provider/http.ts'
import { createRecorder } from '../../core/poll/recorder.ts'
import { scopeOf } from '../../core/poll/source.ts'
import type { SourcePorts } from '../../core/poll/source-ports.ts'
import type { StreamTick } from '../../core/poll/streams.ts'
import type { DeliveryLog } from '../../core/webhook/recovery/deliveries.ts'
import { reportRecovery } from '../../core/webhook/recovery/report.ts'
import { recover } from '../../core/webhook/recovery/run.ts'

/** The largest answer with the body of a delivery, in bytes: bodies have up to 25 MB before escapes. */
const maxDetailBytes = 64 * 1024 * 1024

/** The list of a webhook's deliveries. */
export function deliveriesOf(
  { connect }: RegisteredRecovery,
  { source, apiUrl, secret, http }: SourcePorts,
): DeliveryLog {
  return connect({
    options: source.options,
    ...(apiUrl && { apiUrl }),
    secret: secret.value,
    http,
    httpForBodies: createHttpClient({ maxBytes: maxDetailBytes }),
  })
}

/** The recovery as rows and checks name it. */
export const recoveryStream = (sourceType: string): string => `${sourceType} recovery`

/** Recovers the failed deliveries of a webhook source, every minute. */
export function recoveryTick(sourceType: string, registered: RegisteredRecovery, ports: SourcePorts): () => StreamTick {
  const { facts, schema } = registered
  const { source, apiUrl, secret, publisher, bulkPublisher, ops, logger, metrics } = ports
  const log = deliveriesOf(registered, ports)
  const normalizer = compileNormalizer(schema)
  const record = createRecorder({ source, runsSchema, publisher })
  return () => ({
    async live(deadline) {
      const result = await recover({
        log,
        facts,
        stream: recoveryStream(sourceType),
        scope: scopeOf(source, apiUrl),
        source: { sourceId: source.id, sourceLabel: source.label },
        normalizer,
        failureSchema,
        bulkPublisher,
        store: ops,
        deadline,
        record,
        credentialSince: secret.since,
      })
      if (result.outcome === 'credentials') secret.forget()
      reportRecovery(source.id, result, logger, metrics)
    },
    past: async () => {},
  })
}
