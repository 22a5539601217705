/**
 * A signal for work that cleans up after itself: it comes with the first Ctrl-C, and a second one ends the program.
 * `release` gives Ctrl-C back.
 */
export function interruptSignal(): { readonly signal: AbortSignal; release(): void } {
  const leaving = new AbortController()
  const leave = () => leaving.abort()
  process.once('SIGINT', leave)
  return { signal: leaving.signal, release: () => void process.off('SIGINT', leave) }
}
