import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda'
import { isPlainObject, jsonIn } from '../lambdas/core/json/forms.ts'
import { visible } from '../schemas/compiler/visible.ts'

/**
 * Calls a function with an event and waits for its answer.
 * @throws when it cannot be called, or fails
 */
export async function callFunction(client: LambdaClient, functionName: string, event: object): Promise<unknown> {
  const { Payload, FunctionError } = await client.send(
    new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(event)) }),
  )
  const answer = jsonIn(Payload ?? new Uint8Array())
  if (FunctionError === undefined) return answer
  const { errorType = '', errorMessage = '' } = isPlainObject(answer) ? answer : {}
  throw new Error(visible(`the function ${functionName} fails: ${errorType}: ${errorMessage}. Its log says more`))
}
