import type {
  ConnectForm,
  CredentialResult,
  Events,
  Failures,
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

/** Everything that the page can ask for, as one installation would answer it. */
export interface ConsoleWorld {
  overview(): Overview
  rates(): Rates
  events(asked: URLSearchParams): Events
  event(asked: URLSearchParams): WholeEvent
  failures(): Failures
  redrive(order: unknown): Redrive
  runs(asked: URLSearchParams): Runs
  sql(): SqlCatalog
  ask(order: unknown): SqlResult
  form(source: string): ConnectForm
  secret(): ShownSecret
  credential(order: unknown): CredentialResult
  /** @param turn how often it was asked before */
  wait(turn: number): Waited
}
