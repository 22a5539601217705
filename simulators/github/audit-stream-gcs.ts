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
import { SimulatedFeed } from '../shared/simulated-feed.ts'
import { auditStream } from './audit-stream.ts'
import { GcsObjects } from './gcs-objects.ts'

export interface GcsStreamOptions extends ServerOptions, Partial<Pick<TokenOptions, 'grantsPool' | 'seed'>> {
  /** @default 'example-audit-log' */
  readonly bucket?: string
  /** Slug of the enterprise. @default 'example' */
  readonly enterprise?: string
  /** Whether the stream is on: a file a minute from an hour ago on, and its checks. @default true */
  readonly flows?: boolean
  readonly pool?: WorkloadPool
}

export interface GcsStreamServer extends ProviderSimulator {
  /** The key file of the service account. */
  readonly keyFile: string
  readonly serviceAccount: string
  readonly objects: GcsObjects
  readonly tokens: GoogleTokens
  /** From now on the account may not read the bucket. */
  withdrawRole(): void
  /** Gives the account back its role. */
  grantRole(): void
}

const serviceAccount = 'audit-lake-reader@example-project.iam.gserviceaccount.com'
const keyId = '0123456789abcdef0123456789abcdef01234567'

/**
 * A bucket of Google Cloud Storage to which the audit-log stream of an invented enterprise is written, and Google's
 * token endpoints, all at one address.
 */
export async function startGcsStreamServer(options: GcsStreamOptions = {}): Promise<GcsStreamServer> {
  const { bucket = 'example-audit-log', enterprise = 'example', seed = 1, flows = true, now = Date.now } = options
  const keys = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const account = { email: serviceAccount, keyId, publicKey: keys.publicKey }
  const tokens = new GoogleTokens({ ...options, account })
  const objects = new GcsObjects(auditStream({ enterprise, seed }), {
    seed,
    ...(flows && { flowsFrom: now() - 3_600_000 }),
  })
  let hasRole = true
  const withdrawRole = () => {
    hasRole = false
  }
  const grantRole = () => {
    hasRole = true
  }

  const provide = (): SimulatedProvider => ({
    // The stream has no feed of events; what it has written says what was shown.
    feed: new SimulatedFeed({ startAt: now(), eventsPerMinute: 0, invent: () => ({ id: '', event: {} }) }),
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
  return { ...server, keyFile, serviceAccount, objects, tokens, withdrawRole, grantRole }
}
