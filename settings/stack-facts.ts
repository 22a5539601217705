import { z } from 'zod'
import { streamsOption } from '../lambdas/connectors/manifest-streams.ts'
import type { SourceSettings } from './settings.ts'

/** The facts of a deployed stack that the commands need; the janitor stores them as `stack.json` in the ops bucket. */
export type StackFacts = z.infer<typeof stackFactsForm>

export const stackFactsForm = z.object({
  region: z.string(),
  /** Names. */
  buckets: z.object({ lake: z.string(), ops: z.string() }),
  /** URLs. */
  queues: z.object({ records: z.string(), recordsBulk: z.string(), deadLetters: z.string() }),
  /** Name of the Glue database. */
  database: z.string(),
  /** Name of the Athena workgroup. */
  workgroup: z.string(),
  /** By the source's id. */
  sources: z.record(
    z.string(),
    z.object({
      type: z.string(),
      label: z.string(),
      /** Which streams of its type it reads, if not all. */
      [streamsOption]: z.string().optional(),
    }),
  ),
})

export function sourceFacts(sources: readonly SourceSettings[]): StackFacts['sources'] {
  return Object.fromEntries(
    // A source whose settings are invalid, which is reported elsewhere, may have no options.
    sources.map(({ id, type, label, options: { [streamsOption]: choice } = {} }) => {
      const isPartial = typeof choice === 'string' && choice !== 'both'
      return [id, { type, label, ...(isPartial && { [streamsOption]: choice }) }]
    }),
  )
}
