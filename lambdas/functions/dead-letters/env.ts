/** The function's environment variables, shared by the construct that sets them and the handler that reads them. */
export const env = {
  /** Name of the bucket for everything but the lake. */
  opsBucket: 'OPS_BUCKET',
  /** Name of the queue of live events. */
  recordsQueue: 'RECORDS_QUEUE',
  /** Name of the queue of events that are fetched in bulk. */
  recordsBulkQueue: 'RECORDS_BULK_QUEUE',
  /** Name of the queue of requests for merges. */
  mergesQueue: 'MERGES_QUEUE',
} as const

/**
 * JSON: the names of the dead-letter queues that belong to one source alone, by the source's id; set only when there
 * are any.
 */
export const ownQueuesVariable = 'OWN_QUEUES'
