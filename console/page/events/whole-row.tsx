import { useCallback } from 'preact/hooks'
import type { EventRow, WholeEvent } from '../../api.ts'
import { CostLine, costOf, Failed, Loading } from '../components/notes.tsx'
import { Text, WholeText } from '../components/text.tsx'
import { get, useAsked } from '../fetch.ts'
import { counted } from '../format.ts'
import { indicatorsIn } from './indicators.ts'

interface WholeRowProps {
  readonly of: Pick<EventRow, 'table' | 'dt' | 'id'>
  /** Searches for an indicator; without it they are no buttons. */
  readonly onSearch?: (text: string) => void
}

/** A row of any table with all of its columns, and what came. */
export function WholeRow({ of: { table, dt, id }, onSearch }: WholeRowProps) {
  const { data, error, again, tookMs } = useAsked(
    useCallback((signal: AbortSignal) => get<WholeEvent>('event', { table, dt, id }, signal), [table, dt, id]),
  )
  return (
    <>
      {error !== undefined && <Failed error={error} again={again} />}
      {!data && error === undefined && <Loading what="the row" />}
      {data && (
        <>
          <h3>As it came</h3>
          <WholeText of={data.event} name="the event" lines />
          <h3>The row</h3>
          <p class="quiet">
            {counted(data.columns.length, 'column')}; {data.nulls} more {data.nulls === 1 ? 'is' : 'are'} null.{' '}
            <CostLine {...costOf(data)} tookMs={tookMs} />
          </p>
          <dl class="columns">
            {data.columns.map(({ name, type, value }) => (
              <div key={name}>
                <dt>
                  <Text of={name} cut={200} />{' '}
                  <span class="quiet">
                    <Text of={type} cut={60} />
                  </span>
                </dt>
                <dd>
                  <WholeText of={value} name={name} />
                  {onSearch && <Indicators name={name} text={value.isCut ? '' : value.text} onSearch={onSearch} />}
                </dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </>
  )
}

interface IndicatorsProps {
  readonly name: string
  readonly text: string
  readonly onSearch: (text: string) => void
}

/** Most indicators of a column that get a button. */
const most = 20

function Indicators({ name, text, onSearch }: IndicatorsProps) {
  const found = name.startsWith('p_any_') ? indicatorsIn(text).slice(0, most) : []
  if (found.length === 0) return null
  return (
    <p class="indicators">
      <span class="quiet">Search:</span>
      {found.map((one) => (
        <button type="button" key={one} class="find" onClick={() => onSearch(one)}>
          <Text of={one} cut={100} />
        </button>
      ))}
    </p>
  )
}
