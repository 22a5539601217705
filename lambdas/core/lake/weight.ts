import type { Row } from '../normalize/event.ts'
import { isRowStruct, type RowValue } from '../normalize/row-value.ts'

/** Memory of each value in a list or struct, in bytes, however short its text is. */
const valueBytes = 50

/**
 * About how much memory rows take, in bytes.
 * @param textBytes size of their JSON
 */
export function weightOf(rows: readonly Row[], textBytes: number): number {
  let values = 0
  for (const row of rows) for (const name in row) values += valuesIn(row[name])
  return Math.max(textBytes, values * valueBytes)
}

/** The number of values in a list or struct, at any depth. */
function valuesIn(value: RowValue | null | undefined): number {
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  if (Array.isArray(value)) for (const held of value) count += 1 + valuesIn(held)
  else if (isRowStruct(value)) for (const name in value) count += 1 + valuesIn(value[name])
  return count
}
