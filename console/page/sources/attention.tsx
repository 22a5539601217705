import type { SourceCard } from '../../api.ts'
import { Sign } from '../components/sign.tsx'
import { Advice, Text } from '../components/text.tsx'
import { linkTo } from '../route.ts'
import { StateWord } from './state-word.tsx'

/** What needs a person, whole: why, and what to do. */
export function Attention({ sources, total }: { readonly sources: readonly SourceCard[]; readonly total: number }) {
  if (sources.length === 0) {
    return (
      <p class="calm">
        <Sign of="good" /> Nothing needs a person: {total === 1 ? 'the only feed' : `each of ${total} feeds`} works or
        mends itself.
      </p>
    )
  }
  const count = new Set(sources.map(({ source }) => source)).size
  return (
    <section class="sheet attention" aria-labelledby="attention">
      <h2 id="attention">
        <Sign of="warning" /> {count === 1 ? '1 source needs' : `${count} sources need`} a person
      </h2>
      <ul>
        {sources.map((card) => {
          const { source, stream, standing, canConnect } = card
          return (
            <li key={`${source} ${stream ?? ''}`}>
              <p>
                <b>
                  <Text of={source} />
                </b>
                {stream !== undefined && (
                  <span class="quiet">
                    <Text of={stream} />
                  </span>
                )}
                <StateWord word={standing.word} />
              </p>
              {standing.why !== undefined && (
                <p>
                  <Text of={standing.why} cut={Number.POSITIVE_INFINITY} />
                </p>
              )}
              {standing.remedy !== undefined && (
                <p>
                  <Advice of={standing.remedy} />
                </p>
              )}
              {canConnect && standing.word !== 'silent' && (
                <p>
                  <a href={linkTo('connect', source)}>Connect it here</a>
                </p>
              )}
            </li>
          )
        })}
      </ul>
    </section>
  )
}
