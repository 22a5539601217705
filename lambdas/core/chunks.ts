/** Splits items into parts of at most `most` items and of `mostSize` together; a larger item is a part of its own. */
export function* chunks<T>(
  items: Iterable<T>,
  most: number,
  mostSize: number,
  sizeOf: (item: T) => number,
): Generator<T[]> {
  let part: T[] = []
  let total = 0
  for (const item of items) {
    const size = sizeOf(item)
    if (part.length > 0 && (part.length === most || total + size > mostSize)) {
      yield part
      part = []
      total = 0
    }
    part.push(item)
    total += size
  }
  if (part.length > 0) yield part
}
