import type { SourceSettings } from './settings.ts'

/** The facts of a deployed stack that the commands need; the janitor stores them as `stack.json` in the ops bucket. */
export interface StackFacts {
  readonly region: string
  /** Names. */
  readonly buckets: { readonly lake: string; readonly ops: string }
  /** URLs. */
  readonly queues: { readonly records: string; readonly recordsBulk: string; readonly deadLetters: string }
  /** Name of the Glue database. */
  readonly database: string
  /** Name of the Athena workgroup. */
  readonly workgroup: string
  readonly sources: SourceFacts
}

/** By the source's id. */
type SourceFacts = Readonly<Record<string, { readonly type: string; readonly label: string }>>

export function sourceFacts(sources: readonly Pick<SourceSettings, 'id' | 'type' | 'label'>[]): SourceFacts {
  return Object.fromEntries(sources.map(({ id, type, label }) => [id, { type, label }]))
}
