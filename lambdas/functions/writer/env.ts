/** The function's environment variables, shared by the construct that sets them and the handler that reads them. */
export const env = {
  /** Name of the bucket that holds data files and table lists. */
  lakeBucket: 'LAKE_BUCKET',
  /** Name of the bucket for everything but the lake; holds messages that were too long for the queue. */
  opsBucket: 'OPS_BUCKET',
  /** Retention in days, which bounds the age of partitions that rows go to. */
  retentionDays: 'RETENTION_DAYS',
  /** URL of the queue of live events. */
  recordsQueueUrl: 'RECORDS_QUEUE_URL',
  /** URL of the queue of events that are fetched in bulk. */
  recordsBulkQueueUrl: 'RECORDS_BULK_QUEUE_URL',
  /** JSON list: the log types of webhook sources, whose newest receipts are noted. */
  webhookLogTypes: 'WEBHOOK_LOG_TYPES',
} as const
