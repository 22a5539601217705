import { useMemo, useState } from 'preact/hooks'
import type { Failures } from '../../api.ts'
import { Chart } from '../components/chart.tsx'
import { type Column, Table } from '../components/table.tsx'
import { Text } from '../components/text.tsx'
import { grouped, minuteText } from '../format.ts'
import { type DayOfStack, daysOf, type Stack, stackOf } from './stack.ts'

/** Failures over the last week by reason: drawn, and as figures. */
export function History({ history }: { readonly history: Failures['history'] }) {
  const stack = useMemo(() => stackOf(history), [history])
  const days = useMemo(() => daysOf(stack), [stack])
  const columns = useMemo(() => columnsOf(stack), [stack])
  const [at, setAt] = useState<number>()
  const { reasons, times, tops } = stack
  if (reasons.length === 0) return null
  const time = at === undefined ? undefined : times[at]
  return (
    <section aria-labelledby="history">
      <div class="bar">
        <h2 id="history">Received in the last week</h2>
        <span class="quiet">
          {time === undefined ? 'open and resolved, for each hour (UTC)' : `the hour from ${minuteText(time)} UTC`}
        </span>
      </div>
      <Chart times={times} tops={tops} onPoint={setAt} />
      <ul class="legend">
        {reasons.map(({ reason, counts, total }, index) => (
          <li key={reason}>
            <span class="swatch" style={{ background: `var(--c${index})` }} />
            <Text of={reason} cut={80} />
            <b>{grouped((at === undefined ? undefined : counts[at]) ?? total)}</b>
          </li>
        ))}
      </ul>
      <details>
        <summary>The same in figures</summary>
        <Table caption="Failures of each day by reason" columns={columns} rows={days} />
      </details>
    </section>
  )
}

/** A column for each reason, whose names can repeat once they are cut. */
const columnsOf = ({ reasons }: Stack): readonly Column<DayOfStack>[] => [
  { title: 'Day (UTC)', text: ({ day }) => day },
  ...reasons.map(
    ({ reason }, index): Column<DayOfStack> => ({
      title: reason,
      isNumber: true,
      text: ({ counts }) => grouped(counts[index] ?? 0),
      width: Math.max(8, Math.min(30, reason.length + 1)),
    }),
  ),
]
