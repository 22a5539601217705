/** Why an event, a message or a request cannot be taken as it is. Stable: these words stand in tables and metrics. */
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

/** One record cannot be processed; its neighbours can. */
export class RecordError extends Error {
  override readonly name = 'RecordError'
  readonly code: RecordErrorCode

  /** @param message what was wrong, without any of the record's content */
  constructor(code: RecordErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Something that should work again later: a store that is down, a lost race. Nothing was acknowledged. */
export class TransientError extends Error {
  override readonly name = 'TransientError'
  /** Not to be tried again before this time, in milliseconds since 1970, if whoever refused said so. */
  readonly retryAt?: number

  constructor(message: string, options: ErrorOptions & { readonly retryAt?: number } = {}) {
    super(message, options)
    if (options.retryAt !== undefined) this.retryAt = options.retryAt
  }
}

/** A provider does not accept our credential. Trying again does not help; the message names the remedy, never the credential. */
export class AuthError extends Error {
  override readonly name = 'AuthError'
  /** Whether we saw that ourselves, without asking the provider: looking again soon bothers nobody. */
  readonly unasked: boolean

  constructor(message: string, { unasked = false, ...options }: ErrorOptions & { readonly unasked?: boolean } = {}) {
    super(message, options)
    this.unasked = unasked
  }
}

/** The settings cannot work, whoever tries and however often. The message names what to change. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** A provider no longer knows the place where a page ended. Going on from a time still works. */
export class CursorError extends Error {
  override readonly name = 'CursorError'
}
