import type { z } from 'zod'
import { apiUrlOption, oauthOption, webUrlOption } from '../lambdas/connectors/manifest.ts'
import type { SourceSettings } from './settings.ts'
import { sourceTypes } from './source-types.ts'

/**
 * Refuses options that would do nothing, because another one is missing or makes them meaningless, and consents that
 * could connect a source to something else than its settings mean.
 */
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
    const message = oauthProblem(type, options)
    if (message !== undefined) context.addIssue({ code: 'custom', path: [index, oauthOption], message })
  }
}

function oauthProblem(type: string, options: SourceSettings['options']): string | undefined {
  const facts = sourceTypes.get(type)
  const oauth = facts?.mode === 'poll' ? facts.oauth : undefined
  if (!oauth || options[oauthOption] === undefined) return undefined
  if (options[oauth.expects] === undefined) {
    return `needs ${oauth.expects}, so that nobody can connect the source to another one; add it`
  }
  // The token would be sent to another installation than the one that gave it out.
  const [missing, ...others] = [apiUrlOption, webUrlOption].filter((name) => options[name] === undefined)
  if (missing === undefined || others.length > 0) return undefined
  return `needs ${missing} as well, because the token is given out by one address and used at the other; add it`
}
