/** Names that a statement may hold as they are; others, such as `time`, need quotes. */
const plain = /^[a-z_][a-z0-9_]*$/

const reserved: ReadonlySet<string> = new Set([
  'time',
  'date',
  'timestamp',
  'user',
  'group',
  'order',
  'from',
  'to',
  'end',
  'table',
  'values',
])

/** A name as a statement takes it. */
export const quoted = (name: string): string =>
  plain.test(name) && !reserved.has(name) ? name : `"${name.replaceAll('"', '""')}"`
