/**
 * Bars as one path of SVG, from the left to the right. A count above nothing is at least a pixel high, so that a single
 * event is seen.
 */
export function barsOf(counts: readonly number[], width: number, height: number): string {
  const most = Math.max(1, ...counts)
  const step = width / Math.max(1, counts.length)
  const bar = Math.max(0.5, step * 0.8)
  return counts
    .flatMap((count, index) => {
      if (count <= 0) return []
      const tall = Math.max(1, (count / most) * height)
      const [x, y] = [(index * step).toFixed(2), (height - tall).toFixed(2)]
      return [`M${x} ${y}h${bar.toFixed(2)}V${height}h-${bar.toFixed(2)}z`]
    })
    .join('')
}
