/** The environment of the function, named once for the construct that sets it and the handler that reads it. */
export const env = {
  /** Name of the bucket for everything beside the lake. */
  opsBucket: 'OPS_BUCKET',
} as const
