import type { z } from 'zod'
import type { SourceSettings } from './settings.ts'
import { sourceTypes } from './source-types.ts'

/** Refuses options that would do nothing, because another one is missing or makes them meaningless. */
export function checkOptions(sources: readonly SourceSettings[], context: z.core.$RefinementCtx<unknown>): void {
  for (const [index, { type, options }] of sources.entries()) {
    for (const [name, { needs, excludes }] of Object.entries(sourceTypes.get(type)?.options ?? {})) {
      if (options[name] === undefined) continue
      const problem = (message: string) => context.addIssue({ code: 'custom', path: [index, name], message })
      if (needs !== undefined && options[needs] === undefined)
        problem(`does nothing without ${needs}; add that, or remove it`)
      if (excludes !== undefined && options[excludes] !== undefined)
        problem(`does nothing beside ${excludes}; remove one of them`)
    }
  }
}
