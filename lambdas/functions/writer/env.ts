/** The environment of the function, named once for the construct that sets it and the handler that reads it. */
export const env = {
  /** Name of the bucket that holds data files and table lists. */
  lakeBucket: 'LAKE_BUCKET',
  /** Name of the bucket for everything beside the lake; holds messages that were too long for the queue. */
  opsBucket: 'OPS_BUCKET',
  /** Days that rows are kept; bounds how old a partition a row may be put into. */
  retentionDays: 'RETENTION_DAYS',
} as const
