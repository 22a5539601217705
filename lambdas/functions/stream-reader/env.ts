/** The function's environment variables, shared by the construct that sets them and the handler that reads them. */
export const env = {
  /** The type of its source in the settings, such as `github-audit-stream-s3`. */
  sourceType: 'SOURCE_TYPE',
  /** JSON: `{id, label}`, the source's options, and `secretId` if it has a secret. */
  source: 'SOURCE',
  /** Name of the bucket that the provider writes to. */
  streamBucket: 'STREAM_BUCKET',
  /** URL of the queue of events fetched in bulk. */
  recordsBulkQueueUrl: 'RECORDS_BULK_QUEUE_URL',
  /** Name of the bucket for everything but the lake; keeps the state of the source. */
  opsBucket: 'OPS_BUCKET',
} as const

/** Base URL of the provider's API; set only when the settings name another than the public one. */
export const apiUrlVariable = 'API_URL'

/**
 * Flags of Node for the function: without this bound V8 lets young garbage grow with the memory of the machine,
 * whatever the reader holds.
 */
export const nodeFlags = '--max-semi-space-size=8'
