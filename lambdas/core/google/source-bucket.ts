import { ConfigError } from '../errors.ts'
import { createDownloadClient } from '../poll/provider/download.ts'
import type { SourcePorts } from '../poll/source-ports.ts'
import type { StreamBucket } from '../stream/bucket.ts'
import { googleAddresses } from './addresses.ts'
import { storageBucket } from './storage.ts'
import { type GoogleIdentity, googleTokens } from './token.ts'

/**
 * The bucket that the options of a source name, read with the identity that they name: `audience` and perhaps
 * `serviceAccount` for a pool of workload identities, else the key file in the source's secret.
 * @throws {ConfigError} when the options cannot work
 */
export function gcsBucket({
  source,
  apiUrl,
  secret,
  http,
  identity: aws,
}: Pick<SourcePorts, 'source' | 'apiUrl' | 'secret' | 'http' | 'identity'>): StreamBucket {
  const { bucket, audience, serviceAccount } = source.options
  if (typeof bucket !== 'string') throw new ConfigError('the setting bucket is missing')
  if (typeof audience !== 'string' && serviceAccount !== undefined) {
    throw new ConfigError(
      'serviceAccount does nothing without audience: the key file in the secret names its own account',
    )
  }
  const identity: GoogleIdentity =
    typeof audience === 'string'
      ? { kind: 'federation', audience, aws, ...(typeof serviceAccount === 'string' && { serviceAccount }) }
      : { kind: 'key', secret: secret.value }
  const addresses = googleAddresses(apiUrl)
  const tokens = googleTokens(identity, { addresses, http, now: Date.now })
  return storageBucket({ bucket, url: addresses.storage, tokens, http, download: createDownloadClient() })
}
