/** The environment of the function, named once for the construct that sets it and the handler that reads it. */
export const env = {
  /** Name of the bucket that holds data files and table lists. */
  lakeBucket: 'LAKE_BUCKET',
  /** Days that rows are kept; bounds how old a partition a row may be put into. */
  retentionDays: 'RETENTION_DAYS',
} as const
