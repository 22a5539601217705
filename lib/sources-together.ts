import { z } from 'zod'
import { wordProblem } from './problem-wording.ts'
import { sourceTypes } from './source-types.ts'

type Context = z.core.$RefinementCtx<unknown>

/** What can be told of an entry that may be wrong in every respect. */
const entryForm = z.object({
  id: z.string().optional().catch(undefined),
  type: z.string().optional().catch(undefined),
})

interface Entry extends Partial<z.infer<typeof entryForm>> {
  readonly index: number
  readonly value: unknown
}

/**
 * Checks what no source can get wrong alone: ids that are too alike, and more sources of one type than their function
 * has room for. Where the type is unknown it also checks what all sources have in common, so that no problem waits
 * until the type is right. Expects a list in which anything may be wrong.
 */
export function checkSourcesTogether(common: z.ZodType): (sources: unknown, context: Context) => void {
  return (sources, context) => {
    if (!Array.isArray(sources)) return
    const entries = sources.map((value: unknown, index) => ({ index, value, ...entryForm.safeParse(value).data }))
    checkIds(entries, context)
    checkRoom(entries, context)
    for (const { index, value, type } of entries) {
      if (type !== undefined && sourceTypes.has(type)) continue
      const { error } = common.safeParse(value, { error: wordProblem })
      for (const { path, message } of error?.issues ?? []) {
        if (path.length > 0) context.addIssue({ code: 'custom', path: [index, ...path], message })
      }
    }
  }
}

/** Ids become parts of names in CloudFormation, which have no hyphens. */
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

/**
 * Lambda gives the environment of a function 4 KB, which all sources of a type share; the rest is for its other
 * variables. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
const ROOM_IN_BYTES = 3_600

/** What the longest ARN of a secret has beside the type and id of its source. */
const ARN_BYTES = 'arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:IntakeSecret'.length + 30

function checkRoom(entries: readonly Entry[], context: Context): void {
  for (const [type, ofType] of Map.groupBy(entries, ({ type }) => type)) {
    if (type === undefined) continue
    let taken = 0
    const tooMany = ofType.findIndex(({ value, id = '' }) => {
      taken += Buffer.byteLength(JSON.stringify(value)) + ARN_BYTES + type.length + id.length
      return taken > ROOM_IN_BYTES
    })
    const first = ofType[tooMany]
    if (first === undefined) continue
    const message = `the function of type ${type} has room for ${tooMany} sources like those before this one; shorten ids and labels, or deploy the others from a second settings file in another account or region`
    context.addIssue({ code: 'custom', path: [first.index], message })
  }
}
