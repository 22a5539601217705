import { useCallback, useState } from 'preact/hooks'
import type { Overview, Rates, RingingAlarm, SourceCard } from '../../api.ts'
import { CostLine, costOf, Empty } from '../components/notes.tsx'
import { Sign } from '../components/sign.tsx'
import { Text } from '../components/text.tsx'
import { get, useAsked } from '../fetch.ts'
import { counted } from '../format.ts'
import { Attention } from './attention.tsx'
import { Card } from './card.tsx'
import type { Span } from './counts.ts'

/** How often the rates are asked for, in milliseconds; on AWS they are counted anew each time. */
const ratesMs = { local: 60_000, aws: 300_000 }

/** Each source with its state; first what needs a person. */
export function Sources({ overview }: { readonly overview: Overview }) {
  const { sources, alarms = [], place } = overview
  const [span, setSpan] = useState<Span>('hour')
  const rates = useAsked(
    useCallback((signal: AbortSignal) => get<Rates>('rates', {}, signal), []),
    () => ratesMs[place.kind],
  )
  const urgent = sources.filter(({ standing }) => standing.needsPerson)
  const withAttention = [...urgent, ...sources.filter(({ standing }) => !standing.needsPerson)]
  return (
    <>
      <h1>Sources</h1>
      {sources.length === 0 ? (
        <Empty>
          The settings name no source. Add one to <code>audit-lake.yaml</code>; <code>docs/sources/</code> has a page
          for each provider.
        </Empty>
      ) : (
        <Attention sources={urgent} total={sources.length} />
      )}
      {alarms.length > 0 && <Alarms alarms={alarms} />}
      {sources.length > 0 && (
        <section aria-labelledby="all-sources">
          <div class="bar">
            <h2 id="all-sources">{counted(sources.length, 'feed')}</h2>
            <SpanChoice span={span} onChoose={setSpan} />
            {rates.data && <CostLine {...costOf(rates.data)} />}
          </div>
          {rates.error !== undefined && (
            <p class="problem">
              <Sign of="warning" /> The rates cannot be read: <Text of={rates.error} />
            </p>
          )}
          <ul class="cards">
            {withAttention.map((card) => (
              <li key={keyOf(card)}>
                <Card card={card} span={span} rates={rates.data} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

const keyOf = ({ source, stream }: SourceCard): string => `${source} ${stream ?? ''}`

function SpanChoice({ span, onChoose }: { readonly span: Span; readonly onChoose: (span: Span) => void }) {
  return (
    <fieldset class="choice">
      <legend class="hush">Span of the drawn rates</legend>
      {(['hour', 'day'] as const).map((one) => (
        <label key={one}>
          <input type="radio" name="span" checked={one === span} onChange={() => onChoose(one)} />
          <span>last {one}</span>
        </label>
      ))}
    </fieldset>
  )
}

function Alarms({ alarms }: { readonly alarms: readonly RingingAlarm[] }) {
  return (
    <section class="sheet attention" aria-labelledby="alarms">
      <h2 id="alarms">
        <Sign of="warning" /> {alarms.length === 1 ? '1 alarm rings' : `${alarms.length} alarms ring`}
      </h2>
      <ul>
        {alarms.map(({ name, meaning, heading }) => (
          <li key={name}>
            <p>
              <b>
                <Text of={name} />
              </b>
            </p>
            <p>
              <Text of={meaning} />{' '}
              <span class="quiet">
                Runbook: <Text of={heading} cut={120} />
              </span>
            </p>
          </li>
        ))}
      </ul>
    </section>
  )
}
