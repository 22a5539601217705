import { spanText } from '../../../lambdas/core/time-text.ts'
import type { Run } from '../../api.ts'
import { Text } from '../components/text.tsx'
import { grouped, minuteText, timeText } from '../format.ts'
import { type Chosen, hasFailed } from './lane-drawing.ts'

/** A run in a few words. */
export function runText({ kind, startedAt, endedAt, outcome, window, fetched, published, detail }: Run): string {
  return [
    `${kind} ${timeText(startedAt)} UTC, ${spanText(endedAt - startedAt)}: ${outcome}`,
    ...(window ? [`event time ${minuteText(window.from)} to ${minuteText(window.to)}`] : []),
    ...(fetched === undefined ? [] : [`${grouped(fetched)} fetched`]),
    ...(published === undefined ? [] : [`${grouped(published)} published`]),
    ...(detail === undefined ? [] : [detail]),
  ].join(', ')
}

/** Tells of the run that is pointed at. It keeps its place when there is none, so that nothing jumps. */
export function RunLine({ chosen }: { readonly chosen: Chosen | undefined }) {
  if (!chosen) return <p class="run-line quiet">Point at a sign, or choose a lane and press the arrow keys.</p>
  const { lane, mark } = chosen
  const [run] = mark.runs
  if (!run) return null
  const more = mark.runs.length - 1
  return (
    <p class={hasFailed(run) ? 'run-line bad' : 'run-line'}>
      <b>
        <Text of={lane.source} cut={60} />
      </b>{' '}
      <Text of={lane.stream} cut={60} /> · <Text of={runText(run)} cut={600} />
      {more > 0 && <span class="quiet"> and {grouped(more)} more at this place</span>}
    </p>
  )
}
