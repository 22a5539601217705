import { notImplemented, ServiceError, type Store, type StoreRequest } from '../store.ts'
import { lambdaErrors } from './invocation.ts'
import type { FunctionPool } from './pool.ts'

/** The path of the one operation, with the name of the function. */
const invocationPath = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/

/** Whether a path is one of Lambda's, which has no header by which to know its requests. */
export const isLambdaPath = (path: string): boolean => path.startsWith('/2015-03-31/')

export interface LambdaOptions {
  readonly region: string
  readonly accountId: string
  /** The functions of the run, by name; filled while the template is built. */
  readonly functions: ReadonlyMap<string, Pick<FunctionPool, 'invoke'>>
}

/**
 * Lambda's operation Invoke, for callers that wait for the answer. Events are JSON objects.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function lambdaApi({ region, accountId, functions }: LambdaOptions): Store {
  const arnOf = (name: string) => `arn:aws:lambda:${region}:${accountId}:function:${name}`
  return {
    accessOf: async (request) => [{ action: 'lambda:InvokeFunction', resource: arnOf(nameIn(request)) }],
    async handle(request) {
      const name = nameIn(request)
      const { 'x-amz-invocation-type': type = 'RequestResponse', 'x-amz-log-type': log = 'None' } = request.headers
      if (type !== 'RequestResponse') throw notImplemented(`the invocation type ${type}`)
      if (log !== 'None') throw notImplemented(`the log type ${log}`)
      if (request.query.has('Qualifier')) throw notImplemented('versions and aliases of functions')
      const called = functions.get(name)
      if (!called) throw new ServiceError(404, 'ResourceNotFoundException', `Function not found: ${arnOf(name)}`)
      const outcome = await called.invoke(await request.json())
      if (!outcome.ok && outcome.error.errorType === lambdaErrors.throttled) {
        throw new ServiceError(429, lambdaErrors.throttled, outcome.error.errorMessage)
      }
      const headers = { 'content-type': 'application/json', 'x-amz-executed-version': '$LATEST' }
      if (outcome.ok) return { status: 200, headers, body: outcome.payload }
      const failed = { ...headers, 'x-amz-function-error': 'Unhandled' }
      return { status: 200, headers: failed, body: JSON.stringify(outcome.error) }
    },
    refuse: ({ status, code, message }) => ({
      status,
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
      body: JSON.stringify({ Type: 'User', Message: message }),
    }),
  }
}

function nameIn({ method, path }: StoreRequest): string {
  const [, name] = invocationPath.exec(path) ?? []
  if (method === 'POST' && name !== undefined) return decodeURIComponent(name)
  throw notImplemented(`${method} ${path} of Lambda`)
}
