import { useState } from 'preact/hooks'
import { visible } from '../../../schemas/compiler/visible.ts'
import type { Failures, Redrive, RedriveRequest, SourceCard } from '../../api.ts'
import { Confirm } from '../components/confirm.tsx'
import { Failed } from '../components/notes.tsx'
import { Sign } from '../components/sign.tsx'
import { Text } from '../components/text.tsx'
import { post, useOrder } from '../fetch.ts'

interface RedriveFormProps {
  readonly data: Failures
  readonly sources: readonly SourceCard[]
  readonly onOrdered: () => void
}

type Filter = Pick<RedriveRequest, 'source' | 'reason' | 'logType' | 'queue'>

/** The filters that a kind of redrive knows. */
const filters = {
  failures: ['source', 'reason', 'logType'],
  'dead-letters': ['source', 'queue', 'reason'],
} as const satisfies Record<RedriveRequest['kind'], readonly (keyof Filter)[]>

const nouns = { failures: 'failures', 'dead-letters': 'dead letters' } as const
const words = { source: 'source', reason: 'reason', logType: 'log type', queue: 'queue' } as const

/** Orders that failures are read once more, or dead letters sent once more, and shows how far that is. */
export function RedriveForm({ data, sources, onOrdered }: RedriveFormProps) {
  const [kind, setKind] = useState<RedriveRequest['kind']>(data.openFailures > 0 ? 'failures' : 'dead-letters')
  const [filter, setFilter] = useState<Filter>({})
  const ordered = useOrder(async (request: RedriveRequest, signal: AbortSignal) => {
    const redrive = await post<Redrive>('redrive', request, signal)
    onOrdered()
    return redrive
  })
  const chosen = filters[kind].flatMap((name) => {
    const value = filter[name]
    return value === undefined || value === '' ? [] : [[name, value] as const]
  })
  const redrives = ordered.result ? withFirst(ordered.result, data.redrives) : data.redrives
  return (
    <section class="sheet redrive" aria-labelledby="redrive">
      <h2 id="redrive">Redrive</h2>
      <p class="quiet">
        After the cause is mended: failures are read once more, dead letters are sent to their queue once more. What
        fails again stays.
      </p>
      <div class="bar">
        <label>
          <span class="label">what</span>
          <select
            value={kind}
            onChange={(event) => setKind(event.currentTarget.value === 'failures' ? 'failures' : 'dead-letters')}
          >
            <option value="failures">failures</option>
            <option value="dead-letters">dead letters</option>
          </select>
        </label>
        {filters[kind].map((name) => (
          <label key={name}>
            <span class="label">{words[name]}</span>
            <select
              value={filter[name] ?? ''}
              onChange={(event) => setFilter({ ...filter, [name]: event.currentTarget.value })}
            >
              <option value="">any</option>
              {valuesOf(name, kind, data, sources).map((value) => (
                <option key={value} value={value}>
                  {visible(value).slice(0, 80)}
                </option>
              ))}
            </select>
          </label>
        ))}
        <Confirm
          question={
            <>
              Redrive all {nouns[kind]}
              {chosen.map(([name, value]) => (
                <span key={name}>
                  , {words[name]} <Text of={value} cut={80} />
                </span>
              ))}
              ?
            </>
          }
          yes="Yes, redrive"
          isDisabled={ordered.isUnderWay}
          onYes={() => ordered.give({ kind, ...Object.fromEntries(chosen) })}
        >
          Redrive …
        </Confirm>
      </div>
      {ordered.error !== undefined && <Failed error={ordered.error} />}
      <ul class="redrives" aria-live="polite">
        {redrives.map(({ id, text, isOpen }) => (
          <li key={id}>
            <span class={isOpen ? 'state late' : 'state good'}>
              <Sign of={isOpen ? 'late' : 'good'} /> {isOpen ? 'open' : 'ended'}
            </span>
            <Text of={text} />
          </li>
        ))}
      </ul>
    </section>
  )
}

/** The new one is first until the list has it. */
const withFirst = (first: Redrive, list: readonly Redrive[]): readonly Redrive[] =>
  list.some(({ id }) => id === first.id) ? list : [first, ...list]

/** What a filter can ask for: what the shown ones have, and any source. */
function valuesOf(
  name: keyof Filter,
  kind: RedriveRequest['kind'],
  { failures, history, deadLetters }: Failures,
  sources: readonly SourceCard[],
): readonly string[] {
  const known: readonly Partial<Record<keyof Filter, string | undefined>>[] = [
    ...(name === 'source' ? sources : []),
    ...(kind === 'failures' ? [...failures, ...history] : deadLetters),
  ]
  return [...new Set(known.flatMap((one) => one[name] || []))].sort()
}
