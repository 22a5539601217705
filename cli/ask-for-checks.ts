import { isFlag, isNumber, isText, listOf, objectOf, optional, type Passing } from '../lambdas/core/json/forms.ts'
import { checkEvent } from '../lambdas/core/poll/check.ts'
import { type Installation, reasonOf } from './installation.ts'

/** What the function of a source found out about a stream: `StreamCheck` of any version. */
export type FoundCheck = Passing<typeof isFoundCheck>

const isFoundCheck = objectOf({
  stream: isText,
  ok: isFlag,
  /** One of `Fault`, or a later one of a newer function. */
  fault: optional(isText),
  /** What was answered, with the remedy where it is known. It can quote a provider. */
  says: optional(isText),
  /** When the credential expires, in milliseconds since 1970. */
  expiresAt: optional(isNumber),
  remarks: optional(listOf(isText)),
})

const isAnswer = objectOf({ checks: listOf(isFoundCheck) })

/**
 * Has the function of a source check its credential, with the role, the secret and the network of its runs.
 * @throws {Error} when the function cannot be called, or is older than this command
 */
export async function askForChecks(
  { call }: Pick<Installation, 'call'>,
  functionName: string,
): Promise<readonly FoundCheck[]> {
  const answer = await call(functionName, checkEvent).catch((error: unknown) => {
    throw new Error(`the function ${functionName} cannot be called: ${reasonOf(error)}`)
  })
  if (isAnswer(answer) && answer.checks.length > 0) return answer.checks.map(known)
  throw new Error(`the function ${functionName} is older than this command and knows no checks: deploy again`)
}

/** A newer function may say more. */
const known = ({ stream, ok, fault, says, expiresAt, remarks }: FoundCheck): FoundCheck => ({
  stream,
  ok,
  fault,
  says,
  expiresAt,
  remarks,
})
