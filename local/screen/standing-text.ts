/** What the state of a source comes to, in the words of `npm run status`. */
export interface Explained {
  readonly source: string
  readonly word: string
  readonly why?: string | undefined
  readonly remedy?: string | undefined
}

/** Why a source is in its state, and what to do, the command last. */
export function standingText({ source, word, why, remedy }: Explained): string {
  const reasons = [`${source}, ${word}${why === undefined ? '' : `: ${why.replace(/[.;:\s]+$/, '')}`}`, remedy]
  return reasons.filter((text) => text !== undefined).join('. ')
}
