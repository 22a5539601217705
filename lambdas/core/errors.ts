/** Why an event, a message or a request was refused. Stable, because tables and metrics hold these codes. */
export type RecordErrorCode =
  | 'empty'
  | 'invalid_utf8'
  | 'not_json'
  | 'not_object'
  | 'too_deep'
  | 'too_large'
  | 'unknown_log_type'
  | 'bad_encoding'
  | 'unsupported_encoding'
  | 'unsupported_content_type'
  | 'bad_message'
  | 'incomplete'
  | 'gone'
  | 'undelivered'

/** One record cannot be processed; its neighbours can. */
export class RecordError extends Error {
  override readonly name = 'RecordError'
  readonly code: RecordErrorCode

  /** @param message the fault, without any of the record's content */
  constructor(code: RecordErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** A failure that should pass, such as an outage or a lost race. Nothing was acknowledged. */
export class TransientError extends Error {
  override readonly name: string = 'TransientError'
  /** When the provider asked us to retry, in milliseconds since 1970; absent when it named no time. */
  readonly retryAt?: number

  constructor(message: string, options: ErrorOptions & { readonly retryAt?: number } = {}) {
    super(message, options)
    if (options.retryAt !== undefined) this.retryAt = options.retryAt
  }
}

/** The provider's answer is larger than the limit. The same request would fail again, one for fewer events may not. */
export class TooLargeError extends TransientError {
  override readonly name = 'TooLargeError'
}

/** One of our own stores or queues failed: it says nothing about the provider or about a place in its feed. */
export class StoreError extends TransientError {
  override readonly name = 'StoreError'
}

/**
 * The credential is missing or refused, so a retry does not help. The message names the remedy, never the credential.
 */
export class AuthError extends Error {
  override readonly name = 'AuthError'
  /** Whether the fault was found without a request to the provider, so that checking again soon costs nothing. */
  readonly unasked: boolean

  constructor(message: string, { unasked = false, ...options }: ErrorOptions & { readonly unasked?: boolean } = {}) {
    super(message, options)
    this.unasked = unasked
  }
}

/** The settings cannot work, so a retry does not help. The message names what to change. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** The provider no longer accepts a cursor. Continuing from a time still works. */
export class CursorError extends Error {
  override readonly name = 'CursorError'
}
