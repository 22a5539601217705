import { objectStreams } from '../../connectors/generated/objects.ts'
import { recoveries } from '../../connectors/generated/recoveries.ts'
import { registered } from '../../connectors/registry.ts'
import { gcsBucket } from '../../core/google/source-bucket.ts'
import { withRenewal } from '../../core/oauth/renewal-check.ts'
import { lastRenewal, renewalKey } from '../../core/oauth/renewal-lease.ts'
import { type Checkable, feedCheck } from '../../core/poll/check.ts'
import { stateFolder } from '../../core/poll/past/job.ts'
import type { SourcePorts } from '../../core/poll/source-ports.ts'
import { objectsCheck } from '../../core/stream/check.ts'
import { deliveriesOf, recoveryStream } from './recovery-tick.ts'
import { connectorOf, forChosen } from './ticks.ts'

/** What to check of a source of this type, with connectors of its own, so that nothing cached counts. */
export async function checksOf(sourceType: string, ports: SourcePorts): Promise<readonly Checkable[]> {
  if (sourceType in recoveries) {
    const deliveries = deliveriesOf(await registered(recoveries, sourceType), ports)
    return [{ stream: recoveryStream(sourceType), read: () => deliveries.fetchPage() }]
  }
  if (sourceType in objectStreams) {
    const { id } = await registered(objectStreams, sourceType)
    return [objectsCheck(id, gcsBucket(ports))]
  }
  const renewal = () => lastRenewal(ports.ops, renewalKey(stateFolder(ports.source.id)), ports.secret.value)
  return forChosen(sourceType, ports, (stream, own) =>
    withRenewal(feedCheck(stream.facts, connectorOf(stream, own)), renewal),
  )
}
