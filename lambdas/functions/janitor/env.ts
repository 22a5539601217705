/** The environment of the function, named once for the construct that sets it and the handler that reads it. */
export const env = {
  /** URL of the queue of live events. */
  recordsQueueUrl: 'RECORDS_QUEUE_URL',
  /** URL of the queue of events that were fetched in bulk. */
  recordsBulkQueueUrl: 'RECORDS_BULK_QUEUE_URL',
  /** Name of the bucket for everything beside the lake. */
  opsBucket: 'OPS_BUCKET',
  /** JSON: what the command line needs to know of the stack; published as `stack.json` in the ops bucket. */
  stack: 'STACK',
} as const
