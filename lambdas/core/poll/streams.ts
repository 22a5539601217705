import { inTurns } from '../in-turns.ts'

/** One stream's work of a minute. */
export interface StreamTick {
  /** Reads new events. @param deadline in milliseconds since 1970 */
  live(deadline: number): Promise<void>
  /** Works on sweeps and jobs, if the live run left anything to them. */
  past(deadline: number): Promise<void>
}

/**
 * Runs the streams that share a function: all live runs before all sweeps and jobs. They take turns in coming first,
 * and each has an equal part of the time that is left.
 * @param deadline when Lambda will stop the function, in milliseconds since 1970
 * @throws {AggregateError} after all streams, when some have failed
 */
export async function runStreams(
  streams: readonly StreamTick[],
  deadline: number,
  now: () => number = Date.now,
): Promise<void> {
  const ordered = inTurns(streams, now())
  const errors: unknown[] = []
  for (const part of ['live', 'past'] as const) {
    for (const [index, stream] of ordered.entries()) {
      const time = now()
      await stream[part](time + (deadline - time) / (ordered.length - index)).catch((error: unknown) => {
        errors.push(error)
      })
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, 'streams failed')
}
