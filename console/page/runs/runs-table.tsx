import { useMemo, useState } from 'preact/hooks'
import { spanText } from '../../../lambdas/core/time-text.ts'
import type { Run, RunLane } from '../../api.ts'
import { Drawer } from '../components/drawer.tsx'
import { Empty } from '../components/notes.tsx'
import { Sign } from '../components/sign.tsx'
import { type Column, Table } from '../components/table.tsx'
import { Text } from '../components/text.tsx'
import { Time } from '../components/values.tsx'
import { counted, grouped, timeText } from '../format.ts'
import { hasFailed } from './lane-drawing.ts'

interface RunsTableProps {
  readonly lanes: readonly RunLane[]
  readonly failed: number
}

interface RunRow extends Run {
  readonly source: string
  readonly stream: string
}

/** Most rows of the table. */
const most = 10_000

/** The same as the timeline, for those who do not see it and for details. */
export function RunsTable({ lanes, failed }: RunsTableProps) {
  const [isFailedOnly, setIsFailedOnly] = useState(false)
  const [open, setOpen] = useState<RunRow>()
  const rows = useMemo(
    () =>
      lanes
        .flatMap(({ source, stream, runs }) => runs.map((run): RunRow => ({ ...run, source, stream })))
        .filter((run) => !isFailedOnly || hasFailed(run))
        .sort((a, b) => b.startedAt - a.startedAt),
    [lanes, isFailedOnly],
  )
  const gaps = lanes.flatMap(({ source, stream, gaps: all }) => all.map((gap) => ({ ...gap, source, stream })))
  return (
    <>
      {gaps.length > 0 && (
        <section aria-labelledby="gaps">
          <h2 id="gaps">{counted(gaps.length, 'gap')}: event time that no run has read to its end</h2>
          <Table caption="Gaps" columns={gapColumns} rows={gaps} />
        </section>
      )}
      <section aria-labelledby="all-runs">
        <div class="bar">
          <h2 id="all-runs">{counted(rows.length, 'run')}</h2>
          <label class="check">
            <input
              type="checkbox"
              checked={isFailedOnly}
              onChange={(event) => setIsFailedOnly(event.currentTarget.checked)}
            />{' '}
            only those that failed ({grouped(failed)})
          </label>
          {rows.length > most && <span class="quiet">the newest {grouped(most)}</span>}
        </div>
        {rows.length === 0 ? (
          <Empty>No run has failed.</Empty>
        ) : (
          <Table
            key={String(isFailedOnly)}
            caption="Runs, newest first"
            columns={columns}
            rows={rows.length > most ? rows.slice(0, most) : rows}
            onOpen={setOpen}
            openName={(run) => `Open the ${run.kind.slice(0, 40)} of ${timeText(run.startedAt)}`}
          />
        )}
      </section>
      {open && <RunDrawer run={open} onClose={() => setOpen(undefined)} />}
    </>
  )
}

interface GapRow {
  readonly source: string
  readonly stream: string
  readonly from: number
  readonly to: number
}

const gapColumns: readonly Column<GapRow>[] = [
  { title: 'From', text: (gap) => timeText(gap.from), cell: (gap) => <Time of={gap.from} /> },
  { title: 'To', text: (gap) => timeText(gap.to), cell: (gap) => <Time of={gap.to} /> },
  { title: 'Length', text: (gap) => spanText(gap.to - gap.from), isNumber: true },
  { title: 'Source', text: (gap) => gap.source },
  { title: 'Stream', text: (gap) => gap.stream },
]

const number = (title: string, of: (run: RunRow) => number | undefined): Column<RunRow> => ({
  title,
  isNumber: true,
  text: (run) => {
    const value = of(run)
    return value === undefined ? '' : grouped(value)
  },
})

const columns: readonly Column<RunRow>[] = [
  { title: 'Started', text: (run) => timeText(run.startedAt), cell: (run) => <Time of={run.startedAt} /> },
  { title: 'Took', text: (run) => spanText(run.endedAt - run.startedAt), isNumber: true },
  { title: 'Source', text: (run) => run.source },
  { title: 'Stream', text: (run) => run.stream },
  { title: 'Kind', text: (run) => run.kind },
  {
    title: 'Outcome',
    text: (run) => `    ${run.outcome}`,
    cell: (run) => (
      <span class={hasFailed(run) ? 'state bad' : 'state plain'}>
        {hasFailed(run) && <Sign of="crossed" />} <Text of={run.outcome} cut={80} />
      </span>
    ),
  },
  number('Fetched', (run) => run.fetched),
  number('Published', (run) => run.published),
  { title: 'Detail', text: (run) => run.detail ?? '' },
]

function RunDrawer({ run, onClose }: { readonly run: RunRow; readonly onClose: () => void }) {
  const { kind, source, stream, startedAt, endedAt, outcome, window, fetched, published, detail } = run
  return (
    <Drawer title={<Text of={`${kind} of ${source}`} cut={160} />} onClose={onClose}>
      <dl class="fields">
        {[
          ['Stream', <Text of={stream} />],
          ['Started', <Time of={startedAt} />],
          ['Ended', <Time of={endedAt} />],
          ['Outcome', <Text of={outcome} />],
          ...(window ? [['Event time', [<Time of={window.from} />, ' to ', <Time of={window.to} />]]] : []),
          ...(fetched === undefined ? [] : [['Fetched', grouped(fetched)]]),
          ...(published === undefined ? [] : [['Published', grouped(published)]]),
        ].map(([name, value]) => (
          <div key={String(name)}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {detail !== undefined && (
        <p class="why">
          <Text of={detail} cut={Number.POSITIVE_INFINITY} />
        </p>
      )}
    </Drawer>
  )
}
