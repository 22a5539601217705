import { jsonIn } from '../../../lambdas/core/json/forms.ts'
import { embeddedPoints } from './embedded-metrics.ts'
import type { LineFilter } from './filter-pattern.ts'
import type { Metric } from './metric.ts'
import type { MetricStore } from './metric-store.ts'

/** Counts the lines of a log group that match. */
export interface MetricFilter {
  readonly matches: LineFilter
  /** Has no dimensions, as those of a filter would be members of the line. */
  readonly metric: Metric
}

/** Takes the metrics out of the lines that go to log groups; the lines themselves are kept elsewhere, or not at all. */
export class LogGroups {
  readonly #filters = new Map<string, MetricFilter[]>()
  readonly #store: MetricStore

  constructor(store: MetricStore) {
    this.#store = store
  }

  addFilter(group: string, filter: MetricFilter): void {
    this.#filters.set(group, [...(this.#filters.get(group) ?? []), filter])
  }

  /** @param at when the line came, on the run's clock; metrics in the embedded format bring their own time */
  take(group: string, text: string, at: number): void {
    const filters = this.#filters.get(group) ?? []
    const isEmbedded = text.includes('"CloudWatchMetrics"')
    if (!isEmbedded && filters.length === 0) return
    const line = jsonIn(text)
    if (isEmbedded) for (const point of embeddedPoints(line)) this.#store.add(point)
    for (const { matches, metric } of filters) if (matches(line)) this.#store.add({ ...metric, value: 1, at })
  }
}
