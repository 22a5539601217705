export interface Stoppable {
  /** Starts nothing more and gives up what is under way. Ends when nothing is left. */
  stop(): Promise<void>
}

/**
 * Runs work that never ends by itself.
 *
 * @param work what it throws once its signal is aborted is how it ends, and no failure
 * @param outer stops the work as well
 */
export function runUntilStopped(work: (signal: AbortSignal) => Promise<void>, outer?: AbortSignal): Stoppable {
  const stopping = new AbortController()
  const signal = outer ? AbortSignal.any([stopping.signal, outer]) : stopping.signal
  const running = work(signal).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
  return {
    stop() {
      stopping.abort()
      return running
    },
  }
}
