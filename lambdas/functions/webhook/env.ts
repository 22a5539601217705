/** The environment of the function, named once for the construct that sets it and the handler that reads it. */
export const env = {
  /** The type of its sources in the settings, such as `github-webhook`. */
  sourceType: 'SOURCE_TYPE',
  /** JSON: source id -> `{label, secretId}` and the source's options. */
  sources: 'SOURCES',
  /** Hours during which the secret before the current one still counts. */
  previousSecretHours: 'PREVIOUS_SECRET_HOURS',
  /** URL of the queue that takes messages for the writer. */
  recordsQueueUrl: 'RECORDS_QUEUE_URL',
  /** Name of the bucket for everything beside the lake; takes what the queue does not. */
  opsBucket: 'OPS_BUCKET',
} as const
