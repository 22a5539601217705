import { useCallback, useEffect, useState } from 'preact/hooks'
import type { Waited } from '../../api.ts'
import { Failed } from '../components/notes.tsx'
import { Sign } from '../components/sign.tsx'
import { Text } from '../components/text.tsx'
import { Time } from '../components/values.tsx'
import { get, useAsked } from '../fetch.ts'
import { linkTo } from '../route.ts'

const everyMs = 2_000

interface WaitingProps {
  readonly path: string
  readonly source: string
  /** When the waiting began. */
  readonly since: number
  /** What shows that it works. */
  readonly works: string
}

/** Waits for the first event of the source to be a row. */
export function Waiting({ path, source, since, works }: WaitingProps) {
  const [found, setFound] = useState<Waited['found']>()
  const ask = useCallback((signal: AbortSignal) => get<Waited>(`${path}/wait`, { since }, signal), [path, since])
  const waited = useAsked(found ? undefined : ask, () => everyMs)
  useEffect(() => {
    if (waited.data?.found) setFound(waited.data.found)
  }, [waited.data])
  return (
    <section class="sheet step" aria-labelledby="step-wait">
      <h2 id="step-wait">The first event</h2>
      <p class="quiet">
        <Text of={works} />
      </p>
      {!found && (
        <p class="wait">
          <span class="pulse" />
          <Text of={waited.data?.text ?? 'Waiting for the first event'} />
        </p>
      )}
      <div aria-live="polite">
        {found && (
          <p class="wait found">
            <Sign of="good" /> Received: an event of <Time of={found.eventAt} /> UTC is a row of{' '}
            <code>
              <Text of={found.table} />
            </code>
            .
          </p>
        )}
      </div>
      {found && (
        <p>
          <a href={linkTo('events', '', { source })}>See its events</a>
        </p>
      )}
      {!found && waited.error !== undefined && <Failed error={waited.error} again={waited.again} />}
    </section>
  )
}
