import type { SourceCard } from '../../api.ts'
import { Sign, type SignName } from '../components/sign.tsx'

type Word = SourceCard['standing']['word']

const signs: Readonly<Record<Word, readonly [SignName, 'good' | 'bad' | 'late' | 'still']>> = {
  working: ['good', 'good'],
  'not set up': ['open', 'still'],
  refused: ['crossed', 'bad'],
  failing: ['warning', 'bad'],
  silent: ['quiet', 'late'],
  behind: ['late', 'late'],
}

/** The state of a source in its word, with a colour and a sign. */
export function StateWord({ word }: { readonly word: Word }) {
  const [sign, tone] = signs[word]
  return (
    <span class={`state ${tone}`}>
      <Sign of={sign} /> {word}
    </span>
  )
}
