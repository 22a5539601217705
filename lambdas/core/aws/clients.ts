import { S3Client } from '@aws-sdk/client-s3'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'

/**
 * A webhook must be answered within 10 seconds, so a store gets two tries in about three seconds before it counts as
 * down. Work behind the queue is retried by the queue and keeps the SDK's patience.
 */
const impatient = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 500, requestTimeout: 1_500, throwOnRequestTimeout: true },
}

/** Limits one call of an SDK client. */
export interface CallBound {
  readonly abortSignal?: AbortSignal
}

/** The limit for an ingress function: the timeouts above say nothing of an answer that drips in. */
export const impatiently = (): CallBound => ({ abortSignal: AbortSignal.timeout(3_500) })

/** Clients for functions that somebody waits for. */
export const webhookClients = () => ({
  sqs: new SQSClient(impatient),
  s3: new S3Client(impatient),
  secrets: new SecretsManagerClient(impatient),
})

/** Clients for functions that nobody waits for. */
export const backgroundClients = () => ({ s3: new S3Client({}), sqs: new SQSClient({}) })

/** The schedule tries again every minute, so a store that hangs must not use the minute up. */
const steady = {
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
}

/** Clients for functions that fetch from providers. */
export const pollClients = () => ({
  s3: new S3Client(steady),
  sqs: new SQSClient(steady),
  secrets: new SecretsManagerClient(steady),
})
