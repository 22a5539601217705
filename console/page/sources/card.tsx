import type { ComponentChildren } from 'preact'
import { spanText } from '../../../lambdas/core/time-text.ts'
import { visible } from '../../../schemas/compiler/visible.ts'
import type { Rates, SourceCard } from '../../api.ts'
import { Spark } from '../components/spark.tsx'
import { Advice, Text } from '../components/text.tsx'
import { Ago } from '../components/values.tsx'
import { grouped } from '../format.ts'
import { linkTo } from '../route.ts'
import { countsOf, type Span } from './counts.ts'
import { StateWord } from './state-word.tsx'

interface CardProps {
  readonly card: SourceCard
  readonly span: Span
  /** Absent until they are known. */
  readonly rates: Rates | undefined
}

/** One feed: its state, its rate, and its figures in the same place on every card. */
export function Card({ card, span, rates }: CardProps) {
  const { source, label, type, stream, feed, standing, rejected, lastRun, openFailures, deadLetters } = card
  const counts = feed === 'recovery' ? [] : countsOf(card, span, rates)
  return (
    <article class="sheet card" aria-label={visible(`${source}${stream === undefined ? '' : `, ${stream}`}`)}>
      <header>
        <h3>
          <a href={linkTo('events', '', { source })} title="Its events">
            <Text of={source} cut={120} />
          </a>
        </h3>
        <StateWord word={standing.word} />
        <p class="quiet">
          <Text of={[label, stream ?? type].filter((one) => one !== undefined).join(' · ')} cut={160} />
        </p>
      </header>
      {counts.length === 0 ? (
        <p class="spark none">{rates === undefined ? 'Counting …' : 'No rows of it are counted.'}</p>
      ) : (
        counts.map((one) => <Spark key={one.from} counts={one} span={span} />)
      )}
      <dl>
        <Fact name="Last event">{card.lastEventAt === undefined ? 'none' : <Ago time={card.lastEventAt} />}</Fact>
        {card.lagMs !== undefined && <Fact name="Lag">{spanText(card.lagMs)}</Fact>}
        {lastRun && (
          <Fact name="Last run">
            <Text of={lastRun.outcome} />, <Ago time={lastRun.at} />
          </Fact>
        )}
        {card.waitsUntil !== undefined && (
          <Fact name="Next attempt">
            <Ago time={card.waitsUntil} />
          </Fact>
        )}
        {feed !== 'webhook' && (
          <Fact name="Credential">
            <Text of={card.credential} cut={80} />
          </Fact>
        )}
        {rejected && (
          <Fact name="Rejected">
            at least {grouped(rejected.count)}, the last <Ago time={rejected.lastAt} />:{' '}
            <Text of={rejected.lastReason} />
          </Fact>
        )}
        <Fact name="Failures">
          {openFailures === 0 ? '0' : <a href={linkTo('failures')}>{grouped(openFailures)} open</a>}
        </Fact>
        {deadLetters > 0 && (
          <Fact name="Dead letters">
            <a href={linkTo('failures')}>{grouped(deadLetters)}</a>
          </Fact>
        )}
      </dl>
      <Why card={card} />
      {card.canConnect && (
        <p class="foot">
          <a href={linkTo('connect', source)}>
            Connect<span class="hush"> {visible(source)}</span>
          </a>
        </p>
      )}
    </article>
  )
}

/** What is wrong, whole. What needs a person stands on top already. */
function Why({ card: { standing, lastRun } }: { readonly card: SourceCard }) {
  const { why, remedy, needsPerson } = standing
  const detail = lastRun?.detail
  if (needsPerson) return <p class="why quiet">Needs a person: see above.</p>
  const isNew = detail !== undefined && !why?.includes(detail)
  return (
    <>
      {why !== undefined && (
        <p class="why">
          <Text of={why} cut={Number.POSITIVE_INFINITY} />
        </p>
      )}
      {remedy !== undefined && (
        <p class="why">
          <Advice of={remedy} />
        </p>
      )}
      {isNew && (
        <p class="why quiet">
          <Text of={detail} cut={Number.POSITIVE_INFINITY} />
        </p>
      )}
    </>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
