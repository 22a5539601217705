import type { Failures } from '../../api.ts'
import { timeText } from '../format.ts'

/** Counts of reasons, stacked: each line of `tops` is the sum of its reason and of all before it. */
export interface Stack {
  readonly reasons: readonly { readonly reason: string; readonly counts: readonly number[]; readonly total: number }[]
  /** Beginnings of the spans, in milliseconds since 1970. */
  readonly times: readonly number[]
  readonly tops: readonly (readonly number[])[]
}

/** The counts of a UTC day, in the order of the reasons. */
export interface DayOfStack {
  readonly day: string
  readonly counts: readonly number[]
}

/** A stack in figures, a row for each UTC day, the newest first. */
export function daysOf({ reasons, times }: Stack): readonly DayOfStack[] {
  const days = new Map<string, number[]>()
  for (const [index, time] of times.entries()) {
    const day = timeText(time).slice(0, 10)
    const counts = days.get(day) ?? reasons.map(() => 0)
    days.set(
      day,
      counts.map((count, place) => count + (reasons[place]?.counts[index] ?? 0)),
    )
  }
  return [...days].map(([day, counts]) => ({ day, counts })).reverse()
}

/** Reasons with a colour of their own; the rest are drawn as one. */
const most = 5

/** Stacks counts by reason, the most frequent one at the bottom. */
export function stackOf(history: Failures['history']): Stack {
  const spans = history[0]?.counts ?? { from: 0, stepMs: 0, counts: [] }
  const times = spans.counts.map((_, index) => spans.from + index * spans.stepMs)
  const all = history
    .map(({ reason, counts: { counts } }) => ({ reason, counts, total: counts.reduce((sum, count) => sum + count, 0) }))
    .filter(({ total }) => total > 0)
    .sort((a, b) => b.total - a.total)
  const rest = all.slice(most)
  const other = {
    reason: `${rest.length} other reasons`,
    counts: times.map((_, index) => rest.reduce((sum, { counts }) => sum + (counts[index] ?? 0), 0)),
    total: rest.reduce((sum, { total }) => sum + total, 0),
  }
  const reasons = rest.length > 1 ? [...all.slice(0, most), other] : all
  const sums = times.map(() => 0)
  const tops = reasons.map(({ counts }) =>
    counts.map((count, index) => {
      const sum = (sums[index] ?? 0) + count
      sums[index] = sum
      return sum
    }),
  )
  return { reasons, times, tops }
}
