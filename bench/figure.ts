/** A line of the report. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** The same figure for the comparison, or a limit. */
  readonly baseline: number
  /** `value / baseline`, or the median of such ratios. */
  readonly ratio: number
  readonly what: string
}

/** A figure beside a baseline or limit in the same unit. */
export function figure(
  name: string,
  value: number,
  unit: string,
  baseline: number,
  what: string,
  ratio = value / baseline,
): Figure {
  return { name, value, unit, baseline, ratio, what }
}

/** Prints a figure as a report does. */
export function print(...facts: Parameters<typeof figure>): void {
  console.log(JSON.stringify(figure(...facts)))
}

/** The median; with `share`, that quantile. */
export function median(values: readonly number[], share = 0.5): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * share
  const [low = Number.NaN, high = low] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]]
  return low + (high - low) * (at - Math.floor(at))
}
