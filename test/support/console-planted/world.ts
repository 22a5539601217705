import type {
  ConnectForm,
  CredentialResult,
  Events,
  Failures,
  LongText,
  Overview,
  Rates,
  Redrive,
  Runs,
  ShownSecret,
  SqlCatalog,
  SqlResult,
  Waited,
  WholeEvent,
} from '../../../console/api.ts'

/** A request of the page, as far as planted answers depend on it. */
export interface Asked {
  /** The source that the path names; empty without one. */
  readonly source: string
  readonly query: URLSearchParams
  /** What a POST orders. */
  readonly body: unknown
  /** How often a wait was asked before. */
  readonly turn: number
}

/**
 * Everything that the page can ask for, as one installation would answer it: by method and path, without the name of a
 * source.
 */
export interface ConsoleWorld {
  'GET overview'(): Overview
  'GET rates'(): Rates
  'GET events'(asked: Asked): Events
  'GET event'(): WholeEvent
  'GET failures'(): Failures
  'POST redrive'(): Redrive
  'GET runs'(asked: Asked): Runs
  'GET sql'(): SqlCatalog
  'POST sql'(asked: Asked): SqlResult
  'GET connect'(asked: Asked): ConnectForm
  'POST connect/secret'(): ShownSecret
  'POST connect/credential'(asked: Asked): CredentialResult
  'GET connect/wait'(asked: Asked): Waited
}

/** The time of each planted installation. */
export const now = Date.UTC(2026, 0, 15, 12)

export const hour = 3_600_000

/** A text that the server has not cut. */
export const whole = (text: string): LongText => ({ text, bytes: Buffer.byteLength(text), isCut: false })
