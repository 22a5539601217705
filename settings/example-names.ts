import type { z } from 'zod'
import type { SourceOption } from '../lambdas/connectors/manifest.ts'
import { valueAt } from '../schemas/compiler/problem-wording.ts'
import type { Config } from './settings.ts'
import { sourceTypes } from './source-types.ts'

/**
 * The names in the shipped settings, which the simulated providers know: "example-org", and ids such as "T0EXAMPLE1".
 */
const exampleName = /^(example-|[A-Z]0EXAMPLE)/i

/**
 * Refuses the names of the shipped settings, each with its line: the owner of such a name at a provider could otherwise
 * write into the user's account, and would be taken for the user.
 */
export function refuseExamples({ sources }: Config, context: z.core.$RefinementCtx<unknown>): void {
  for (const [index, { type, options }] of sources.entries()) {
    for (const path of namesIn(sourceTypes.get(type)?.options ?? {})) {
      const value = valueAt(options, path)
      if (typeof value !== 'string' || !exampleName.test(value)) continue
      const message = `is "${value}", an example that only the simulated providers know; write your own name, or remove the source`
      context.addIssue({ code: 'custom', path: ['sources', index, ...path], message })
    }
  }
}

/** The paths of the options that are names. */
function namesIn(options: Readonly<Record<string, SourceOption>>): string[][] {
  return Object.entries(options).flatMap(([name, option]) => {
    if (option.kind === 'group') return namesIn(option.options).map((path) => [name, ...path])
    return option.isName ? [[name]] : []
  })
}
