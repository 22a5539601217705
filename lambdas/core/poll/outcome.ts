import { AuthError, ConfigError, RecordError, TransientError } from '../errors.ts'

/**
 * How a run ended. `done`: read to the end of the window. `open`: time or budget ran out, the next run goes on. `waiting`:
 * the next attempt is not due. `busy`: another run is at work. `lost`: another run took over. `cancelled`: a
 * person took a job back. The others are errors.
 */
export type Outcome =
  | 'done'
  | 'open'
  | 'waiting'
  | 'busy'
  | 'lost'
  | 'cancelled'
  | 'transient'
  | 'credentials'
  | 'configuration'
  | 'internal'

/** The state changed under us. Whoever changed it goes on; what we published without a checkpoint comes again, with equal row ids. */
export class LostError extends Error {
  override readonly name = 'LostError'
}

/** What kind of end an error is. */
export function outcomeOf(error: unknown): Outcome {
  if (error instanceof LostError) return 'lost'
  if (error instanceof AuthError) return 'credentials'
  if (error instanceof ConfigError) return 'configuration'
  return error instanceof TransientError || error instanceof RecordError ? 'transient' : 'internal'
}

/** Our own errors say what is wrong without content; others can quote what they met, so only their kind is told. */
export function detailOf(error: unknown): string | undefined {
  if (error === undefined) return undefined
  if (outcomeOf(error) !== 'internal' && error instanceof Error) return error.message
  return `an error of our own: ${error instanceof Error ? error.name : typeof error}`
}
