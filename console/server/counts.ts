import type { Counts } from '../api.ts'

/** Equal spans of time, of which the last one is under way. */
export function spanTo(now: number, stepMs: number, count: number): Counts {
  const from = Math.floor(now / stepMs) * stepMs - (count - 1) * stepMs
  return { from, stepMs, counts: Array<number>(count).fill(0) }
}

/** The spans with what was counted in each. */
export function filled(
  { from, stepMs, counts }: Counts,
  rows: readonly { readonly at: number; readonly n: number }[],
): Counts {
  const sums = [...counts]
  for (const { at, n } of rows) {
    const index = Math.floor((at - from) / stepMs)
    if (index >= 0 && index < sums.length) sums[index] = (sums[index] ?? 0) + n
  }
  return { from, stepMs, counts: sums }
}
