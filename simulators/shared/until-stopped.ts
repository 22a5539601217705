export interface Stoppable {
  /** Aborts the work. Resolves when it has ended. */
  stop(): Promise<void>
}

/**
 * Runs endless work.
 *
 * @param work an error that it throws after its signal is aborted is ignored
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
