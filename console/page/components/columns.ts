/** Where a table's rows and columns lie; no part of the browser is needed for it. */

/** Rows that are drawn beyond what is seen, on each side. */
const margin = 12

/**
 * The rows to draw of many, so that the page holds as few as are seen.
 * @param top scrolled distance in pixels
 * @param height of the seen part, in pixels
 */
export function windowOf(count: number, rowHeight: number, top: number, height: number): readonly [number, number] {
  const first = Math.max(0, Math.min(count, Math.floor(top / rowHeight)) - margin)
  const last = Math.min(count, Math.ceil((top + height) / rowHeight) + margin)
  return [first, Math.max(first, last)]
}

/** Widest column, in characters. */
const widest = 48

/** The width of a column in characters, of all of its texts, so that it stays while rows come into sight. */
export function widthOf<R>(title: string, rows: readonly R[], textOf: (row: R) => string): number {
  // A title has other letters, wider than those of the cells.
  let width = title.length + 1
  for (const row of rows) {
    width = Math.max(width, textOf(row).length)
    if (width >= widest) return widest
  }
  return Math.max(3, width)
}
