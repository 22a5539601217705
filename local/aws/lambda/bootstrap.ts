/**
 * What runs inside each function's process in place of Lambda's runtime: asks the runtime API for one event after
 * the other and hands it to the handler of the bundle. It sees nothing but its environment, as on Lambda.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
import { existsSync } from 'node:fs'
import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { shiftDate, systemNow } from './clock.ts'

type Handler = (event: unknown, context: unknown) => unknown

const api = `http://${variable('AWS_LAMBDA_RUNTIME_API')}/2018-06-01/runtime`
const agent = new Agent({ keepAlive: true })
const [, , clockFile = ''] = process.argv
const lookAtClock = shiftDate(clockFile)

/** The event under way, to which an error outside the handler is charged. */
let requestId: string | undefined

// The host holds the other end of stdin: it closes when the host dies, however that happens.
process.stdin.on('close', () => process.exit(0)).resume()
// Ctrl-C, and what ends a whole group of processes, reaches functions as well; the host decides when they end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
process.on('uncaughtException', (error) => void report(error).finally(() => process.exit(1)))

const handler = await loadHandler().catch(async (error) => {
  await report(error)
  return process.exit(1)
})
while (true) await serveOne(handler)

async function loadHandler(): Promise<Handler> {
  const [file = '', exportName = ''] = variable('_HANDLER').split('.')
  const candidates = ['.mjs', '.js', '.cjs'].map((extension) =>
    path.join(variable('LAMBDA_TASK_ROOT'), file + extension),
  )
  const found = candidates.find((candidate) => existsSync(candidate))
  if (found === undefined) throw new Error(`Cannot find module '${file}'`)
  const loaded: Record<string, unknown> = await import(pathToFileURL(found).href)
  const exported = loaded[exportName]
  if (!isHandler(exported)) throw new Error(`${file}.${exportName} is undefined or not a function`)
  return exported
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function'
}

async function serveOne(handle: Handler): Promise<void> {
  const { headers, body } = await call('GET', '/invocation/next')
  const id = String(headers['lambda-runtime-aws-request-id'])
  requestId = id
  lookAtClock()
  process.env._X_AMZN_TRACE_ID = String(headers['lambda-runtime-trace-id'])
  try {
    const answer = (await handle(JSON.parse(body), contextOf(id, headers))) ?? null
    await call('POST', `/invocation/${id}/response`, JSON.stringify(answer))
  } catch (error) {
    await report(error)
  }
  requestId = undefined
}

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
function contextOf(awsRequestId: string, headers: IncomingHttpHeaders): unknown {
  const deadline = Number(headers['lambda-runtime-deadline-ms'])
  return {
    awsRequestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: variable('AWS_LAMBDA_FUNCTION_NAME'),
    functionVersion: variable('AWS_LAMBDA_FUNCTION_VERSION'),
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    memoryLimitInMB: variable('AWS_LAMBDA_FUNCTION_MEMORY_SIZE'),
    logGroupName: variable('AWS_LAMBDA_LOG_GROUP_NAME'),
    logStreamName: variable('AWS_LAMBDA_LOG_STREAM_NAME'),
    getRemainingTimeInMillis: () => deadline - systemNow(),
  }
}

async function report(error: unknown): Promise<void> {
  const resource = requestId === undefined ? '/init/error' : `/invocation/${requestId}/error`
  const described =
    error instanceof Error
      ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
      : { errorType: typeof error, errorMessage: String(error), trace: [] }
  console.error(JSON.stringify({ level: 'ERROR', ...described }))
  await call('POST', resource, JSON.stringify(described))
}

/** Without its host a function has nothing left to do: a call that fails ends the process. */
function call(
  method: string,
  resource: string,
  body?: string,
): Promise<{ headers: IncomingHttpHeaders; body: string }> {
  return new Promise((resolve) => {
    const sent = request(api + resource, { method, agent }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }))
      response.on('error', () => process.exit(1))
    })
    sent.on('error', () => process.exit(1))
    sent.end(body)
  })
}

function variable(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set`)
  return value
}
