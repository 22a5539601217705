import { classificationFailures as failureSchema } from '../../../schemas/generated/classification_failures.ts'
import { collectionRuns as runsSchema } from '../../../schemas/generated/collection_runs.ts'
import { objectStreams } from '../../connectors/generated/objects.ts'
import { polledStreams } from '../../connectors/generated/polled.ts'
import { recoveries } from '../../connectors/generated/recoveries.ts'
import { isChosen, streamsOption } from '../../connectors/manifest-streams.ts'
import { type RegisteredStream, registered } from '../../connectors/registry.ts'
import { createReport } from '../../core/poll/report.ts'
import type { SourcePorts } from '../../core/poll/source-ports.ts'
import { pollStream, type StreamConnector } from '../../core/poll/stream.ts'
import type { StreamTick } from '../../core/poll/streams.ts'
import { createTick } from '../../core/poll/tick.ts'

/** The work that a source of this type needs every minute, one entry for each of its streams. */
export async function ticksOf(sourceType: string, ports: SourcePorts): Promise<(() => StreamTick)[]> {
  if (sourceType in recoveries) {
    const { recoveryTick } = await import('./recovery-tick.ts')
    return [recoveryTick(sourceType, await registered(recoveries, sourceType), ports)]
  }
  if (sourceType in objectStreams) {
    const { listedTick } = await import('./listed-tick.ts')
    return [listedTick(await registered(objectStreams, sourceType), ports)]
  }
  return forChosen(sourceType, ports, feedTick)
}

/** Does something for each polled stream of a type that the source has chosen. */
export async function forChosen<T>(
  sourceType: string,
  ports: SourcePorts,
  action: (stream: RegisteredStream, ports: SourcePorts) => T,
): Promise<T[]> {
  const streams = await registered(polledStreams, sourceType)
  const { [streamsOption]: _choice, ...options } = ports.source.options
  // The choice says nothing of the log itself, which would else begin anew with another choice.
  const source = { ...ports.source, options }
  const chosen = streams.filter(({ facts }) => isChosen(ports.source.options, facts.id))
  return chosen.map((stream) => action(stream, { ...ports, source }))
}

/** The connector of a stream. */
export function connectorOf(
  { facts, connect }: RegisteredStream,
  { source, apiUrl, webUrl, secret, http }: SourcePorts,
): StreamConnector {
  return connect({
    options: source.options,
    pageSize: facts.pageSize,
    ...(apiUrl && { apiUrl }),
    ...(webUrl && { webUrl }),
    secret: secret.value,
    http,
  })
}

/** Fetches a stream page by page. */
function feedTick(registered: RegisteredStream, ports: SourcePorts): () => StreamTick {
  const { facts, schema } = registered
  const { source, apiUrl, secret, logger, metrics, ...stores } = ports
  const report = createReport(source.id, facts.id, logger, metrics)
  const connector = connectorOf(registered, ports)
  return createTick({
    ...stores,
    source,
    apiUrl,
    stream: pollStream(facts, schema, connector),
    schema,
    failureSchema,
    runsSchema,
    credentialSince: secret.since,
    report: {
      ...report,
      live(run) {
        if (run.outcome === 'credentials') secret.forget()
        report.live(run)
      },
    },
  })
}
