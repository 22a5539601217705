import type { SourceSettings } from './settings.ts'

/** What the commands need to know of a deployed stack to work on it; an object of the ops bucket, `stack.json`. */
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
