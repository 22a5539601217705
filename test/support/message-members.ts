/** The members of a message's envelope. */
export const envelopeMembers = [
  'v',
  'logType',
  'sourceId',
  'receivedAt',
  'count',
  'bytes',
  'encoding',
  'rows',
  'pointer',
] as const
