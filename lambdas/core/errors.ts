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

/** Why a message of the queue is refused for good. Stable, because dead letters and scripts hold these codes. */
export type RefusalReason =
  /** Not a JSON object. */
  | 'not_a_message'
  /** A member of the envelope is missing or has another form. */
  | 'bad_envelope'
  /** States or holds more than any message of a publisher. */
  | 'too_large'
  /** The rows cannot be decompressed to what the envelope states, or are not JSON objects. */
  | 'bad_rows'
  /** A time lies ahead of the clock, before the retention, or has no form of a time. */
  | 'bad_time'
  /** The source has no form of an id, or a row names another source than the envelope. */
  | 'wrong_source'
  /** A row names another log type than the envelope. */
  | 'wrong_log_type'
  /** A row without an id of its form. */
  | 'bad_row_id'
  /** The pointer names no object in which rows are kept. */
  | 'bad_pointer'
  /** The object that the pointer names does not exist. */
  | 'claim_gone'
  /** The object is not the one that was stored under its name. */
  | 'claim_changed'
  /** Pointer and object state different things. */
  | 'claim_differs'
  /** A row that resolves a failure, from a function that may not do so. */
  | 'forged_resolution'

/** No retry makes the message valid. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  readonly reason: RefusalReason

  /** @param message the fault; texts of the message are cut and JSON-encoded */
  constructor(reason: RefusalReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}

interface FaultOptions extends ErrorOptions {
  readonly fault?: Fault | undefined
}

interface TransientErrorOptions extends FaultOptions {
  readonly retryAt?: number | undefined
}

/** A failure that should pass, such as an outage or a lost race. Nothing was acknowledged. */
export class TransientError extends Error {
  override readonly name: string = 'TransientError'
  /** When the provider asked us to retry, in milliseconds since 1970; absent when it named no time. */
  readonly retryAt?: number
  /** `no-egress` when no connection to the provider came about. */
  readonly fault?: Fault

  constructor(message: string, { retryAt, fault, ...options }: TransientErrorOptions = {}) {
    super(message, options)
    if (retryAt !== undefined) this.retryAt = retryAt
    if (fault !== undefined) this.fault = fault
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

/** Why a source does not work, where the provider's answer shows it; `npm run verify` names it. Stable for scripts. */
export type Fault =
  /** The provider's plan does not include the log. */
  | 'plan'
  /** The person behind the credential lacks a role. */
  | 'role'
  /** The credential lacks a scope or permission. */
  | 'scope'
  /** The credential is not authorized for single sign-on. */
  | 'sso'
  /** The organization has not approved the app. */
  | 'app-not-approved'
  /** The credential belongs to another organization, workspace or account than the settings name. */
  | 'wrong-organization'
  /** The credential is of another kind than the log takes. */
  | 'wrong-key'
  /** The API is switched off at the provider. */
  | 'api-off'
  /** The credential is invalid, expired or revoked. */
  | 'expired-or-revoked'
  /** The person who installed the app was deactivated, or the app was uninstalled. */
  | 'deactivated'
  /** The secret is empty, or holds an example. */
  | 'placeholder'
  /** The provider cannot be reached. */
  | 'no-egress'
  /** The settings of the source cannot work. */
  | 'settings'

/**
 * The credential is missing or refused, so a retry does not help. The message names the remedy, never the credential.
 */
export class AuthError extends Error {
  override readonly name = 'AuthError'
  /** Whether the fault was found without a request to the provider, so that checking again soon costs nothing. */
  readonly unasked: boolean
  /** Absent where the provider's answer does not tell one fault from another. */
  readonly fault?: Fault

  constructor(
    message: string,
    { unasked = false, fault, ...options }: FaultOptions & { readonly unasked?: boolean } = {},
  ) {
    super(message, options)
    this.unasked = unasked
    if (fault !== undefined) this.fault = fault
  }
}

/** The settings cannot work, so a retry does not help. The message names what to change. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly fault: Fault

  constructor(message: string, { fault = 'settings', ...options }: FaultOptions = {}) {
    super(message, options)
    this.fault = fault
  }
}

/** The provider no longer accepts a cursor. Continuing from a time still works. */
export class CursorError extends Error {
  override readonly name = 'CursorError'
}

/** What was thrown, as an error. */
export const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))

/** The error with which something failed; `undefined` when it did not. */
export async function errorOf(action: () => Promise<unknown>): Promise<Error | undefined> {
  try {
    await action()
    return undefined
  } catch (error) {
    return asError(error)
  }
}
