import type { Counts } from '../../api.ts'
import { grouped, minuteText, rateText } from '../format.ts'
import { barsOf } from './bars.ts'

const width = 240
const height = 36

/** Events per minute over time as small bars, and the same in words. */
export function Spark({ counts, span }: { readonly counts: Counts; readonly span: string }) {
  const perStep = counts.stepMs / 60_000
  const total = counts.counts.reduce((sum, count) => sum + count, 0)
  const most = Math.max(0, ...counts.counts)
  const average = counts.counts.length === 0 ? 0 : total / (counts.counts.length * perStep)
  const peak = `at most ${rateText(most / perStep)} a minute`
  const said = `Events per minute in the last ${span}: ${grouped(total)} in all, on average ${rateText(average)}, ${peak}.`
  return (
    <figure class="spark">
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={said}>
        <title>
          {said} From {minuteText(counts.from)} UTC.
        </title>
        <path class="base" d={`M0 ${height - 0.5}H${width}`} />
        <path class="bars" d={barsOf(counts.counts, width, height - 1)} />
      </svg>
      <figcaption>
        <b>{rateText(average)}</b>/min{' '}
        <span class="quiet">
          · peak {rateText(most / perStep)} · {grouped(total)} in the last {span}
        </span>
      </figcaption>
    </figure>
  )
}
