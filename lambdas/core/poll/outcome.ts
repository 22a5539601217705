import { AuthError, ConfigError, RecordError, TransientError } from '../errors.ts'
import { isNumber, isText, objectOf, optional, type Passing } from '../json/forms.ts'

/**
 * How a run ended. `done`: read to the end of the window. `open`: time or budget ran out, the next run continues.
 * `waiting`: the next attempt is not due. `busy`: another run holds the lease. `lost`: another run took over.
 * `cancelled`: an operator cancelled the job. The others are errors.
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

/** The outcome in a state read back: any text is trusted to be one. */
export const isOutcome = (value: unknown): value is Outcome => isText(value)

/** How a run ended, for reports about the stream. */
export type LastResult = Passing<typeof isLastResult>

export const isLastResult = objectOf({ at: isNumber, outcome: isText, detail: optional(isText) })

/**
 * Another run changed the state and continues from it; rows published since our checkpoint come again, with equal ids.
 */
export class LostError extends Error {
  override readonly name = 'LostError'
}

export function outcomeOf(error: unknown): Outcome {
  if (error instanceof LostError) return 'lost'
  if (error instanceof AuthError) return 'credentials'
  if (error instanceof ConfigError) return 'configuration'
  return error instanceof TransientError || error instanceof RecordError ? 'transient' : 'internal'
}

/** The result of an attempt, as a state holds it. */
export const lastResultOf = (error: unknown, at: number): LastResult => ({
  at,
  outcome: error === undefined ? 'done' : outcomeOf(error),
  detail: detailOf(error),
})

/**
 * The text of an error for logs and rows. Only our own messages are used; others may quote event data, so only their
 * name is.
 */
export function detailOf(error: unknown): string | undefined {
  if (error === undefined) return undefined
  if (outcomeOf(error) !== 'internal' && error instanceof Error) return error.message
  return `an error of our own: ${error instanceof Error ? error.name : typeof error}`
}
