import { generateKeyPairSync } from 'node:crypto'
import { apiError } from '../shared/google-answers.ts'
import { storageAnswer } from '../shared/google-storage.ts'
import { GoogleTokens, type TokenOptions, type WorkloadPool } from '../shared/google-tokens.ts'
import {
  type ProviderSimulator,
  type ServerOptions,
  type SimulatedProvider,
  startProviderSimulator,
} from '../shared/provider-simulator.ts'
import { type FeedOptions, SimulatedFeed } from '../shared/simulated-feed.ts'
import { auditEventsOf } from './audit-events.ts'
import { StreamObjects, type StreamObjectsOptions } from './stream-objects.ts'

export interface GcsStreamOptions
  extends ServerOptions,
    Partial<Omit<StreamObjectsOptions, 'feed'>>,
    Partial<Pick<TokenOptions, 'grantsPool'>>,
    Partial<Pick<FeedOptions, 'startAt' | 'eventsPerMinute' | 'lateShare'>> {
  /** @default 'example-audit-log' */
  readonly bucket?: string
  readonly pool?: WorkloadPool
}

export interface GcsStreamServer extends ProviderSimulator {
  /** The key file of the service account. */
  readonly keyFile: string
  readonly serviceAccount: string
  readonly objects: StreamObjects
  /** From now on the account may not read the bucket. */
  withdrawRole(): void
  readonly tokens: GoogleTokens
}

const serviceAccount = 'audit-lake-reader@example-project.iam.gserviceaccount.com'

/**
 * A bucket of Google Cloud Storage to which the audit-log stream of an invented enterprise is written, and Google's
 * token endpoints, all at one address.
 */
export async function startGcsStreamServer(options: GcsStreamOptions = {}): Promise<GcsStreamServer> {
  const { bucket = 'example-audit-log', seed = 1, now = Date.now, pool, startAt = now() - 3_600_000 } = options
  const invent = auditEventsOf({ login: 'example-org', business: 'example' })
  const feed = new SimulatedFeed({
    seed,
    startAt,
    ...(options.eventsPerMinute !== undefined && { eventsPerMinute: options.eventsPerMinute }),
    ...(options.lateShare !== undefined && { lateShare: options.lateShare }),
    invent: (time, random) => invent(time, random, true),
  })
  const objects = new StreamObjects({ ...options, feed, seed })
  const keys = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const keyId = '0123456789abcdef0123456789abcdef01234567'
  const account = { email: serviceAccount, keyId, publicKey: keys.publicKey }
  const { grantsPool } = options
  const tokens = new GoogleTokens({
    account,
    seed,
    ...(pool && { pool }),
    ...(grantsPool !== undefined && { grantsPool }),
  })
  let hasRole = true
  const withdrawRole = () => {
    hasRole = false
  }

  const provide = (): SimulatedProvider => ({
    feed,
    isFeed: ({ url }) => url.pathname.startsWith('/storage/'),
    expireCursors: () => {},
    answer(request) {
      const token = tokens.answer(request)
      if (token) return token
      if (!tokens.mayRead(request)) return apiError(401, 'Invalid Credentials', 'authError')
      if (!hasRole) {
        const message = `${serviceAccount} does not have storage.objects.list access to the Google Cloud Storage bucket.`
        return apiError(403, message, 'forbidden')
      }
      return storageAnswer(request, bucket, objects.at(request.now))
    },
  })

  const server = await startProviderSimulator(options, provide)
  const keyFile = JSON.stringify({
    type: 'service_account',
    project_id: 'example-project',
    private_key_id: keyId,
    private_key: keys.privateKey,
    client_email: serviceAccount,
    client_id: '100000000000000000001',
    token_uri: 'https://oauth2.googleapis.com/token',
  })
  return { ...server, keyFile, serviceAccount, objects, tokens, withdrawRole }
}
