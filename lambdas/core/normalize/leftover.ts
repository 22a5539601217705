import type { Json } from '../json/json.ts'
import type { IndicatorValues } from './indicators.ts'
import type { RowValue } from './row-value.ts'

/**
 * The results of a cast besides its value. One object serves a whole event, so that casting a value allocates nothing.
 */
export interface Leftover {
  /** The part of the last value that its column does not hold exactly; `undefined` when nothing is left over. */
  rest: Json | undefined
  readonly indicators: IndicatorValues
  /** The candidates for the event's time, in the schema's order, in milliseconds since 1970. */
  readonly eventTimes: (number | undefined)[]
}

/** Casts a value that is not null; `undefined` when the column stays null. Sets `leftover.rest` every time. */
export type Cast = (value: Json, leftover: Leftover) => RowValue | undefined

/** The column holds the value exactly. */
export function keep<T extends RowValue>(held: T, leftover: Leftover): T {
  leftover.rest = undefined
  return held
}

/** The column holds a near value or nothing, and the original is left over. */
export function keepBoth<T extends RowValue>(held: T | undefined, original: Json, leftover: Leftover): T | undefined {
  leftover.rest = original
  return held
}

/** The column stays null, and the original is left over. */
export const keepAll = (original: Json, leftover: Leftover): undefined => {
  leftover.rest = original
}
