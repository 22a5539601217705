import type { Stoppable } from './until-stopped.ts'

/** What is known of a source when its provider is set up. */
export interface SetUp {
  /** The options of its type, as in the settings. */
  readonly options: Readonly<Record<string, unknown>>
  /** Another one for each source, so that no two sources see the same events. */
  readonly seed: number
}

interface Needs {
  /** Options, texts all, that it cannot be set up without. */
  readonly needs?: readonly string[]
}

/** A provider that sends its events. */
export interface Sender extends Needs {
  send(target: SetUp & { readonly url: string; readonly secret: string }): Stoppable
}

/** A provider whose events are fetched: its server, and the credential that it accepts. */
export interface Feed extends Needs {
  serve(setUp: SetUp): Promise<{ readonly server: Stoppable & { readonly url: string }; readonly credential: string }>
}

/** What the `index.ts` of a provider's folder exports as `simulators`, by source type. */
export type Simulators = Readonly<Record<string, Sender | Feed>>
