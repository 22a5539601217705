import { isRawNumber, type RawNumber } from '../json/json.ts'
import { isoText } from './time.ts'

/** The value of a column. Timestamps are ISO 8601 in UTC with milliseconds; integers beyond 2^53 keep their digits. */
export type RowValue = boolean | number | string | RawNumber | readonly (RowValue | null)[] | RowStruct
export interface RowStruct {
  readonly [column: string]: RowValue
}

/** @param value null only in a row that no normalizer made */
export const isRowStruct = (value: RowValue | null): value is RowStruct =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value)

/** A column of a row or struct: its name and its index there. */
export interface Slot {
  readonly column: string
  readonly index: number
}

/** Takes the values of a row or a struct one by one. Setting a column again replaces its value. */
export interface RowTarget {
  set(slot: Slot, value: RowValue): void
  /** @param ms milliseconds since 1970 */
  setTime(slot: Slot, ms: number): void
}

/** Fills an object. */
export class StructTarget implements RowTarget {
  readonly struct: Record<string, RowValue>

  constructor(struct: Record<string, RowValue> = {}) {
    this.struct = struct
  }

  set({ column }: Slot, value: RowValue): void {
    this.struct[column] = value
  }

  setTime({ column }: Slot, ms: number): void {
    this.struct[column] = isoText(ms)
  }
}
