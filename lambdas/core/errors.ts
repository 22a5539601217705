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
}

/** The function was deployed with settings it cannot work with. Thrown at start, names the variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}
