/** The environment of the function, named once for the construct that sets it and the handler that reads it. */
export const env = {
  /** URL of the queue that takes messages for the writer. */
  recordsQueueUrl: 'RECORDS_QUEUE_URL',
  /** JSON: source id -> `{label, secretId}`. */
  sources: 'SOURCES',
} as const
