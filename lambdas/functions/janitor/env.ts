/** The function's environment variables, shared by the construct that sets them and the handler that reads them. */
export const env = {
  /** Name of the bucket for everything but the lake. */
  opsBucket: 'OPS_BUCKET',
  /** Retention in days, some time after which a day is deleted. */
  retentionDays: 'RETENTION_DAYS',
  /** Seconds between two plans of merges. */
  mergeEverySeconds: 'MERGE_EVERY_SECONDS',
  /** Hours in which a new source may have no event, because it is being set up. */
  setUpGraceHours: 'SET_UP_GRACE_HOURS',
  /**
   * The stack's facts for the commands, as JSON, published as `stack.json` in the ops bucket; with buckets and queues.
   */
  stack: 'STACK',
} as const

/**
 * JSON: the names of the queues of messages about objects, by the ids of their sources; set only when there are any.
 */
export const streamQueuesVariable = 'STREAM_QUEUES'
