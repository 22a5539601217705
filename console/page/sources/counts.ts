import type { Counts, Rates, SourceCard } from '../../api.ts'

/** How far back rates are drawn. */
export type Span = 'hour' | 'day'

/** The counts that a card shows: those of its stream, else of its whole source. */
export function countsOf(card: SourceCard, span: Span, rates: Rates | undefined): readonly Counts[] {
  return (rates?.tables ?? [])
    .filter(({ source, stream }) => source === card.source && (stream === undefined || stream === card.stream))
    .map((table) => table[span])
}
