/** The function's environment variables, shared by the construct that sets them and the handler that reads them. */
export const env = {
  /** Name of the bucket for everything but the lake. */
  opsBucket: 'OPS_BUCKET',
} as const
