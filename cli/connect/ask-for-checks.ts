import { type Check, isFlag, isNumber, isText, listOf, objectOf, optional } from '../../lambdas/core/json/forms.ts'
import { checkEvent } from '../../lambdas/core/poll/check.ts'
import type { Installation } from '../installation.ts'

/** What the function of a source found out about a stream: `StreamCheck` of any version. */
export type FoundCheck = typeof isFoundCheck extends Check<infer T> ? T : never

const isFoundCheck = objectOf({
  stream: isText,
  ok: isFlag,
  fault: optional(isText),
  says: optional(isText),
  expiresAt: optional(isNumber),
  remarks: optional(listOf(isText)),
})

const isAnswer = objectOf({ checks: listOf(isFoundCheck) })

/**
 * Has the function of a source check its credential, with the role, the secret and the network of its runs.
 * @throws {Error} when the function fails, or is older than this command
 */
export async function askForChecks(
  { call }: Pick<Installation, 'call'>,
  functionName: string,
): Promise<readonly FoundCheck[]> {
  const answer = await call(functionName, checkEvent)
  if (isAnswer(answer) && answer.checks.length > 0) return answer.checks
  throw new Error(`the function ${functionName} checks nothing: deploy the stack again.`)
}
