import { useCallback, useMemo, useState } from 'preact/hooks'
import type { Place, Runs as RunsAnswer } from '../../api.ts'
import { CostLine, costOf, Empty, Failed, Loading } from '../components/notes.tsx'
import { get, useAsked } from '../fetch.ts'
import { isBeingRead, liveMs } from '../live.ts'
import { hasFailed } from './lane-drawing.ts'
import { RunsTable } from './runs-table.tsx'
import { Timeline } from './timeline.tsx'

const spans = [6, 24, 72, 168] as const

const spanName = (hours: number): string => (hours <= 24 ? `${hours} hours` : `${hours / 24} days`)

/** What the pipeline did: drawn over time, and as a table. */
export function Runs({ place }: { readonly place: Place }) {
  const [hours, setHours] = useState<number>(24)
  const { data, error, again, tookMs, isLoading } = useAsked(
    useCallback((signal: AbortSignal) => get<RunsAnswer>('runs', { hours }, signal), [hours]),
    () => liveMs[place.kind],
    isBeingRead,
  )
  return (
    <>
      <div class="bar">
        <h1>Runs</h1>
        <fieldset class="choice">
          <legend class="hush">How far back</legend>
          {spans.map((one) => (
            <label key={one}>
              <input type="radio" name="hours" checked={one === hours} onChange={() => setHours(one)} />
              <span>{spanName(one)}</span>
            </label>
          ))}
        </fieldset>
        {data && <CostLine tookMs={tookMs} {...costOf(data)} />}
        <button type="button" disabled={isLoading} onClick={again}>
          Read again
        </button>
      </div>
      {error !== undefined && <Failed error={error} again={again} />}
      {!data && error === undefined && <Loading what="the runs" />}
      {data && <Shown runs={data} />}
    </>
  )
}

function Shown({ runs }: { readonly runs: RunsAnswer }) {
  const lanes = useMemo(() => runs.lanes.filter((lane) => lane.runs.length > 0 || lane.gaps.length > 0), [runs])
  const failed = lanes.reduce((sum, lane) => sum + lane.runs.filter(hasFailed).length, 0)
  if (lanes.length === 0) return <Empty>Nothing ran in this time.</Empty>
  return (
    <>
      <Timeline runs={runs} lanes={lanes} />
      <RunsTable lanes={lanes} failed={failed} />
    </>
  )
}
