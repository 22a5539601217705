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

/** Clients for functions that somebody waits for. */
export const ingressClients = () => ({
  sqs: new SQSClient(impatient),
  secrets: new SecretsManagerClient(impatient),
})

/** Clients for functions behind the queue. */
export const deliveryClients = () => ({ s3: new S3Client({}) })
