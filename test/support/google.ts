import { googleAddresses } from '../../lambdas/core/google/addresses.ts'
import { storageBucket } from '../../lambdas/core/google/storage.ts'
import { type GoogleIdentity, googleTokens } from '../../lambdas/core/google/token.ts'
import { createDownloadClient } from '../../lambdas/core/poll/provider/download.ts'
import { createHttpClient, type HttpClient } from '../../lambdas/core/poll/provider/http.ts'
import type { StreamBucket } from '../../lambdas/core/stream/bucket.ts'
import { type GcsStreamServer, startGcsStreamServer } from '../../simulators/github/audit-stream-gcs.ts'
import type { WorkloadPool } from '../../simulators/shared/google-tokens.ts'
import { audience } from './listed-sources.ts'
import { started } from './provider.ts'

export const now = Date.UTC(2026, 0, 15, 10, 30)

/** Temporary credentials of a function, as Lambda gives them. */
export const functionIdentity = {
  region: 'eu-central-1',
  accessKeyId: 'ASIAEXAMPLEOFNOBODY1',
  secretAccessKey: 'SecretOfNobody/0123456789+abcdefghijklmn',
  sessionToken: 'SessionOfNobody//0123456789+/abcdefghijklmnopqrstuvwxyz==',
}

export const pool: WorkloadPool = {
  audience,
  identities: [{ ...functionIdentity, arn: 'arn:aws:sts::111122223333:assumed-role/audit-lake-gcs/audit-lake-gcs' }],
}

/** A simulated bucket with a stopped clock, ended with the test. */
export const serveBucket = (options: Parameters<typeof startGcsStreamServer>[0] = {}): Promise<GcsStreamServer> =>
  started(startGcsStreamServer({ now: () => now, flows: false, pool, ...options }))

/** The tokens of a client of the simulator; by its key unless another identity is given. */
export function tokensOf(
  server: GcsStreamServer,
  identity: GoogleIdentity = { kind: 'key', secret: async () => server.keyFile },
  http: HttpClient = createHttpClient({ now: () => now }),
) {
  return googleTokens(identity, { addresses: googleAddresses(server.url), http, now: () => now })
}

/** A client of the simulated bucket. */
export function bucketOf(
  server: GcsStreamServer,
  { bucket = 'example-audit-log', now: clock = () => now }: { bucket?: string; now?: () => number } = {},
): StreamBucket {
  const http = createHttpClient({ now: clock })
  const exchange = { addresses: googleAddresses(server.url), http, now: clock }
  const tokens = googleTokens({ kind: 'key', secret: async () => server.keyFile }, exchange)
  return storageBucket({ bucket, url: server.url, tokens, http, download: createDownloadClient({ now: clock }) })
}
