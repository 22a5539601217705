import { formIn, isPlainObject, isText, objectOf, optional, type Passing } from './json/forms.ts'
import type { JsonObject } from './json/json.ts'
import { stateFolder } from './poll/past/job.ts'
import type { ObjectStore } from './ports.ts'

/** How commands reach a source: the name of its own function, the id of the secret that it reads, and its options. */
export type FunctionNote = Passing<typeof isFunctionNote>

const isFunctionNote = objectOf({
  functionName: isText,
  secretId: optional(isText),
  options: optional(isPlainObject),
})

/** Key of the note, beside the state of the source; for a webhook source it is the note of its recovery. */
export const functionNoteKey = (sourceId: string): string => `${stateFolder(sourceId)}function.json`

/** Reads the note of a source's function; `undefined` before the function ran for the first time. */
export const readFunctionNote = async (
  ops: Pick<ObjectStore, 'get'>,
  sourceId: string,
): Promise<FunctionNote | undefined> => formIn((await ops.get(functionNoteKey(sourceId)))?.body, isFunctionNote)

/** The least time that an invocation must have left for the note, in milliseconds. */
const enoughMs = 3_000

/**
 * Notes a function once in each process, after its work. The note never fails the work: what cannot be stored now is
 * stored by the next invocation.
 * @returns to be called with the function's name and the milliseconds that are left
 */
export function functionNoter(
  ops: Pick<ObjectStore, 'get' | 'put'>,
  { id, secretId, options }: { readonly id: string; readonly secretId?: string; readonly options: JsonObject },
): (functionName: string, leftMs: number) => Promise<void> {
  let isNoted = false
  return async (functionName, leftMs) => {
    if (isNoted || leftMs < enoughMs) return
    try {
      const note = Buffer.from(JSON.stringify({ functionName, secretId, options }))
      const stored = await ops.get(functionNoteKey(id))
      if (!stored || !note.equals(stored.body)) await ops.put(functionNoteKey(id), note)
      isNoted = true
    } catch {
      // Commands say that the note is missing, and the next invocation tries again.
    }
  }
}
