import type * as S3Sdk from '@aws-sdk/client-s3'
import type * as SecretsSdk from '@aws-sdk/client-secrets-manager'
import type * as SqsSdk from '@aws-sdk/client-sqs'
import { StoreError } from '../errors.ts'

/**
 * An AWS client and the module of its commands, loaded with the first call: evaluating the SDK is most of a cold start,
 * and many a function needs one of its clients in an outage only.
 */
type Lazy<Sdk, Client> = () => Promise<{ readonly sdk: Sdk; readonly client: Client }>

export type S3 = Lazy<typeof S3Sdk, S3Sdk.S3Client>
export type Sqs = Lazy<typeof SqsSdk, SqsSdk.SQSClient>
export type Secrets = Lazy<typeof SecretsSdk, SecretsSdk.SecretsManagerClient>

const once = <T>(load: () => Promise<T>): (() => Promise<T>) => {
  let loaded: Promise<T> | undefined
  return () => {
    loaded ??= load().catch((cause: unknown) => {
      loaded = undefined
      throw new StoreError('the AWS SDK cannot be loaded', { cause })
    })
    return loaded
  }
}

const s3 = (settings: S3Sdk.S3ClientConfig): S3 =>
  once(async () => {
    const sdk = await import('@aws-sdk/client-s3')
    return { sdk, client: new sdk.S3Client(settings) }
  })

const sqs = (settings: SqsSdk.SQSClientConfig): Sqs =>
  once(async () => {
    const sdk = await import('@aws-sdk/client-sqs')
    return { sdk, client: new sdk.SQSClient(settings) }
  })

const secrets = (settings: SecretsSdk.SecretsManagerClientConfig): Secrets =>
  once(async () => {
    const sdk = await import('@aws-sdk/client-secrets-manager')
    return { sdk, client: new sdk.SecretsManagerClient(settings) }
  })

/**
 * A webhook must be answered within 10 seconds, so a store gets two tries in about three seconds before it counts as
 * down. Functions that nothing waits for keep the SDK's defaults.
 */
const impatient = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 500, requestTimeout: 1_500, throwOnRequestTimeout: true },
}

/** Limits one call of an SDK client. */
export interface CallBound {
  readonly abortSignal?: AbortSignal
}

/** The limit for a webhook function: the timeouts above do not bound an answer that drips in. */
export const impatiently = (): CallBound => ({ abortSignal: AbortSignal.timeout(3_500) })

/** Clients for functions whose caller waits. */
export const webhookClients = () => ({ sqs: sqs(impatient), s3: s3(impatient), secrets: secrets(impatient) })

/**
 * A hanging store must not use up the time in which a writer can still say what failed: two tries take less than what
 * it reserves for that.
 */
const timely = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 8_000, throwOnRequestTimeout: true },
}

/** Clients for the writer. */
export const writerClients = () => ({ s3: s3(timely), sqs: sqs(timely) })

/** The schedule starts a run every minute, so a hanging store must not use up the minute. */
const steady = {
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
}

/**
 * A merged file of hundreds of megabytes takes its time until S3 has it; a store that hangs must not use up the
 * function's.
 */
const unhurried = {
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
}

/**
 * The limit for reading a part of an object that a provider wrote: without it, an answer that stops after its headers
 * lasts until the function is killed.
 */
export const partBound = (): CallBound => ({ abortSignal: AbortSignal.timeout(15_000) })

/** Clients for the merger. */
export const mergerClients = () => ({ s3: s3(unhurried), sqs: sqs(steady) })

/** Clients for functions that nothing waits for. */
export const backgroundClients = () => ({ s3: s3({}), sqs: sqs({}) })

/** Clients for functions that fetch from providers. */
export const pollClients = () => ({ s3: s3(steady), sqs: sqs(steady), secrets: secrets(steady) })
