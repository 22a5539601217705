import type { Plain } from './query-value.ts'

/** A row of a result as an object. */
export const rowObject = (columns: readonly string[], values: readonly Plain[]): Record<string, Plain> =>
  Object.fromEntries(columns.map((name, index) => [name, values[index] ?? null]))
