/** The function's environment variables, shared by the construct that sets them and the handler that reads them. */
export const env = {
  /** The type of its source in the settings, such as `github-audit`; a type of webhooks for a recovery. */
  sourceType: 'SOURCE_TYPE',
  /** JSON: `{id, label, secretId}` and the source's options. */
  source: 'SOURCE',
  /** URL of the queue of live events. */
  recordsQueueUrl: 'RECORDS_QUEUE_URL',
  /** URL of the queue of events fetched in bulk. */
  recordsBulkQueueUrl: 'RECORDS_BULK_QUEUE_URL',
  /** Name of the bucket for everything but the lake; keeps the state of the source. */
  opsBucket: 'OPS_BUCKET',
  /** Name of the bucket of the lake, which sweeps compare with the provider. */
  lakeBucket: 'LAKE_BUCKET',
} as const

/** The function's identity in AWS, set by Lambda. */
export const identityEnv = {
  region: 'AWS_REGION',
  accessKeyId: 'AWS_ACCESS_KEY_ID',
  secretAccessKey: 'AWS_SECRET_ACCESS_KEY',
  sessionToken: 'AWS_SESSION_TOKEN',
} as const

/** The operator's app at the provider; set only where the tokens that it was given can expire. */
export const renewalEnv = {
  clientId: 'OAUTH_CLIENT_ID',
  /** The secret with the client secret. */
  clientSecretId: 'OAUTH_CLIENT_SECRET_ID',
} as const

/** Base URL of the provider's API; set only when the settings name another than the public one. */
export const apiUrlVariable = 'API_URL'

/** Base URL of the provider's website; set only when the settings name another than the public one. */
export const webUrlVariable = 'WEB_URL'
