import { isNumber, objectOf, type Passing } from '../../json/forms.ts'

/**
 * A part of all rows, by their ids: those whose first two hexadecimal digits, as a number, leave the remainder `index`
 * when divided by `count`. Ids are digests, so slices are equally large. Names of files and requests hold slices: the
 * rule never changes.
 */
export type Slice = Passing<typeof hasNumbers>

const hasNumbers = objectOf({
  index: isNumber,
  /** A power of two, up to {@link mostSlices}. */
  count: isNumber,
})

/** As many as two hexadecimal digits have values. */
const mostSlices = 256

/** All rows. */
export const wholeDay: Slice = { index: 0, count: 1 }

/**
 * Whether slices can hold the same row. As counts are powers of two, the finer slice lies within the coarser one, or
 * apart.
 */
export function overlap(one: Slice, other: Slice): boolean {
  const count = Math.min(one.count, other.count)
  return one.index % count === other.index % count
}

export const isSameSlice = (one: Slice, other: Slice): boolean => one.index === other.index && one.count === other.count

/** Of two slices that overlap, the one that lies within the other. */
export const finer = (one: Slice, other: Slice): Slice => (one.count > other.count ? one : other)

/** The slices of a larger count that make up a slice. */
export const partsOf = ({ index, count }: Slice, parts: number): Slice[] =>
  Array.from({ length: parts / count }, (_, n) => ({ index: index + n * count, count: parts }))

/** Whether there is such a slice. */
export function isSlice(value: unknown): value is Slice {
  if (!hasNumbers(value)) return false
  const { index, count } = value
  return (
    Number.isInteger(Math.log2(count)) && count <= mostSlices && Number.isInteger(index) && index >= 0 && index < count
  )
}

/**
 * SQL for the index of the slice that holds a row. Any other character than a lower-case digit counts as 0, so every
 * text has one.
 */
export const sliceSql = (count: number): string => `COALESCE((${digitSql(1)} * 16 + ${digitSql(2)}) % ${count}, 0)`

const digitSql = (place: number): string => `GREATEST(strpos('0123456789abcdef', substr(p_row_id, ${place}, 1)) - 1, 0)`
