/** The function's environment variables, shared by the construct that sets them and the handler that reads them. */
export const env = {
  /** The type of its sources in the settings, such as `github-webhook`. */
  sourceType: 'SOURCE_TYPE',
  /** JSON: source id -> `{label, secretId}` and the source's options. */
  sources: 'SOURCES',
  /** How long the previous secret is accepted after a change, in hours. */
  previousSecretHours: 'PREVIOUS_SECRET_HOURS',
  /** URL of the queue of live events. */
  recordsQueueUrl: 'RECORDS_QUEUE_URL',
  /** Name of the bucket for everything but the lake; takes the messages that the queue does not. */
  opsBucket: 'OPS_BUCKET',
} as const

/** What Lambda gives the function. The limits of a request rest on it: `lambdas/core/webhook/limits.ts`. */
export const room = { seconds: 10, memoryMb: 512 } as const
