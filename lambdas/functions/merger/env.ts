/** The function's environment variables, shared by the construct that sets them and the handler that reads them. */
export const env = {
  /** Name of the bucket that holds data files and table lists. */
  lakeBucket: 'LAKE_BUCKET',
  /** Name of the bucket for everything but the lake; takes the notes on merges. */
  opsBucket: 'OPS_BUCKET',
  /** URL of the queue that the requests come from; a merge can find that another day needs one. */
  mergesQueueUrl: 'MERGES_QUEUE_URL',
} as const
