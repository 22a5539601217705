import { z } from 'zod'
import { valueAt, wordProblem } from '../schemas/compiler/problem-wording.ts'
import { sourceTypes } from './source-types.ts'

type Context = z.core.$RefinementCtx<unknown>

/** The readable members of an entry that may be invalid in every respect. */
const entryForm = z.object({
  id: z.string().optional().catch(undefined),
  type: z.string().optional().catch(undefined),
})

interface Entry extends Partial<z.infer<typeof entryForm>> {
  readonly index: number
}

/**
 * Checks the sources together: ids must differ enough. Where the type is unknown, the common options are checked here,
 * so that all problems are reported at once. Accepts a list in which anything may be invalid.
 */
export function checkSourcesTogether(common: z.ZodType): (sources: unknown, context: Context) => void {
  return (sources, context) => {
    if (!Array.isArray(sources)) return
    const entries = sources.map((value: unknown, index) => ({ index, value, ...entryForm.safeParse(value).data }))
    checkIds(entries, context)
    for (const { index, value, type } of entries) {
      if (type !== undefined && sourceTypes.has(type)) continue
      for (const issue of common.safeParse(value).error?.issues ?? []) {
        const message = wordProblem(issue, valueAt(value, issue.path))
        if (issue.path.length > 0) context.addIssue({ code: 'custom', path: [index, ...issue.path], message })
      }
    }
  }
}

/** Ids become parts of logical ids, which drop the hyphens. */
function checkIds(entries: readonly Entry[], context: Context): void {
  const named = entries.flatMap(({ index, id }) => (id === undefined ? [] : [{ index, id }]))
  for (const alike of Map.groupBy(named, ({ id }) => id.replaceAll('-', '')).values()) {
    for (const { index, id } of alike) {
      const others = alike.filter((candidate) => candidate.index !== index)
      const other = others.find((candidate) => candidate.id === id) ?? others[0]
      if (other === undefined) continue
      const message =
        other.id === id
          ? `"${id}" is also the id of sources[${other.index}]; give each source an id of its own`
          : `"${id}" differs from "${other.id}" of sources[${other.index}] in hyphens only; choose ids that differ in letters or digits`
      context.addIssue({ code: 'custom', path: [index, 'id'], message })
    }
  }
}
