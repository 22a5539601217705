/** The function's environment variables, shared by the construct that sets them and the handler that reads them. */
export const env = {
  /** URL of the queue of live events. */
  recordsQueueUrl: 'RECORDS_QUEUE_URL',
  /** URL of the queue of events fetched in bulk. */
  recordsBulkQueueUrl: 'RECORDS_BULK_QUEUE_URL',
  /** Name of the bucket for everything but the lake. */
  opsBucket: 'OPS_BUCKET',
  /** Retention in days, some time after which a day is deleted. */
  retentionDays: 'RETENTION_DAYS',
  /** URL of the queue of requests for merges. */
  mergesQueueUrl: 'MERGES_QUEUE_URL',
  /** Seconds between two plans of merges. */
  mergeEverySeconds: 'MERGE_EVERY_SECONDS',
  /** The stack's facts for the commands, as JSON; published as `stack.json` in the ops bucket. They name the lake bucket. */
  stack: 'STACK',
} as const
