export interface Stoppable {
  /** Aborts the work. Resolves when it has ended. */
  stop(): Promise<void>
}

/**
 * Runs endless work.
 *
 * @param work an error that it throws after its signal is aborted is ignored
 */
export function runUntilStopped(work: (signal: AbortSignal) => Promise<void>): Stoppable {
  const stopping = new AbortController()
  const { signal } = stopping
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
