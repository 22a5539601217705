import { useCallback, useState } from 'preact/hooks'
import type { DeadLetter, Failure, Failures as FailuresAnswer, Place, SourceCard } from '../../api.ts'
import { CostLine, costOf, Empty, Failed, Loading } from '../components/notes.tsx'
import { Sign } from '../components/sign.tsx'
import { type Column, Table } from '../components/table.tsx'
import { Time } from '../components/values.tsx'
import { get, useAsked } from '../fetch.ts'
import { bytesText, counted, grouped, timeText } from '../format.ts'
import { isBeingRead, liveMs } from '../live.ts'
import { FailureDrawer } from './failure-drawer.tsx'
import { History } from './history.tsx'
import { RedriveForm } from './redrive.tsx'

interface FailuresProps {
  readonly place: Place
  readonly sources: readonly SourceCard[]
}

/** How often a redrive that is open is followed on AWS, in milliseconds. */
const redriveMs = 30_000

/** What became no row, and the way back. */
export function Failures({ place, sources }: FailuresProps) {
  const asked = useAsked(
    useCallback((signal: AbortSignal) => get<FailuresAnswer>('failures', {}, signal), []),
    (data) => liveMs[place.kind] ?? (data?.redrives.some(({ isOpen }) => isOpen) ? redriveMs : undefined),
    isBeingRead,
  )
  const { data, error, again, tookMs } = asked
  return (
    <>
      <div class="bar">
        <h1>Failures</h1>
        {data && <CostLine tookMs={tookMs} {...costOf(data)} />}
        <button type="button" disabled={asked.isLoading} onClick={again}>
          Read again
        </button>
      </div>
      {error !== undefined && <Failed error={error} again={again} />}
      {!data && error === undefined && <Loading what="failures and dead letters" />}
      {data && <Shown data={data} sources={sources} again={again} />}
    </>
  )
}

interface ShownProps extends Pick<FailuresProps, 'sources'> {
  readonly data: FailuresAnswer
  readonly again: () => void
}

function Shown({ data, sources, again }: ShownProps) {
  const { failures, openFailures, history, deadLetters, deadLetterTotal, redrives } = data
  const [open, setOpen] = useState<Failure>()
  const hasAny = openFailures > 0 || deadLetterTotal > 0
  return (
    <>
      {!hasAny && (
        <p class="calm">
          <Sign of="good" /> Everything that was received became rows.
        </p>
      )}
      <History history={history} />
      {(hasAny || redrives.length > 0) && <RedriveForm data={data} sources={sources} onOrdered={again} />}
      <section aria-labelledby="open-failures">
        <div class="bar">
          <h2 id="open-failures">{counted(openFailures, 'open failure')}</h2>
          {failures.length < openFailures && (
            <span class="quiet">the newest {grouped(failures.length)}; all are in the table open_failures</span>
          )}
        </div>
        {failures.length === 0 ? (
          <Empty>No failure is open.</Empty>
        ) : (
          <Table
            caption="Open failures, newest first"
            columns={failureColumns}
            rows={failures}
            onOpen={setOpen}
            openName={(row) => `Open the failure of ${timeText(row.receivedAt)}: ${row.reason.slice(0, 100)}`}
          />
        )}
      </section>
      <DeadLetters letters={deadLetters} total={deadLetterTotal} />
      {open && <FailureDrawer failure={open} onClose={() => setOpen(undefined)} />}
    </>
  )
}

const failureColumns: readonly Column<Failure>[] = [
  { title: 'Received', text: (row) => timeText(row.receivedAt), cell: (row) => <Time of={row.receivedAt} /> },
  { title: 'Reason', text: (row) => row.reason },
  { title: 'Bytes', text: (row) => bytesText(row.content.bytes), isNumber: true },
  { title: 'Source', text: (row) => row.source },
  { title: 'Log type', text: (row) => row.logType },
  { title: 'Detail', text: (row) => row.detail ?? '', width: 48 },
]

function DeadLetters({ letters, total }: { readonly letters: readonly DeadLetter[]; readonly total: number }) {
  return (
    <section aria-labelledby="dead-letters">
      <div class="bar">
        <h2 id="dead-letters">{counted(total, 'dead letter')}</h2>
        {letters.length < total && <span class="quiet">the newest {grouped(letters.length)}</span>}
      </div>
      {letters.length === 0 ? (
        <Empty>No message was given up.</Empty>
      ) : (
        <Table caption="Dead letters, newest first" columns={letterColumns} rows={letters} />
      )}
    </section>
  )
}

const letterColumns: readonly Column<DeadLetter>[] = [
  { title: 'Archived', text: (row) => timeText(row.archivedAt), cell: (row) => <Time of={row.archivedAt} /> },
  { title: 'Reason', text: (row) => row.reason ?? 'not known' },
  { title: 'Bytes', text: (row) => bytesText(row.bytes), isNumber: true },
  { title: 'Source', text: (row) => row.source ?? '–' },
  { title: 'Queue', text: (row) => row.queue ?? '–' },
  { title: 'Object in the ops bucket', text: (row) => row.key, width: 48 },
]
