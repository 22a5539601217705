/**
 * Runs inside each function's process in place of Lambda's runtime: takes one event after the other from its host and
 * hands it to the bundle's handler. As on Lambda, it sees nothing but its environment.
 *
 * Lambda's runtime polls an HTTP API; this one uses a pipe, because HTTP would cost several system calls per request.
 * Host and process exchange lines (JSON text has no line breaks):
 *
 *     host     <request id> <deadline in ms> <trace id> <event>
 *     process  ready - | answer <request id> <JSON> | failure <request id> <error> | crash - <error>
 */
import { existsSync, readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { Socket } from 'node:net'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { shiftDate, systemNow } from './clock.ts'
import { eachLine, splitWords } from './lines.ts'

type Handler = (event: unknown, context: unknown) => unknown

/** The process's end of the pipe, beside stdin, stdout and stderr. */
const pipe = 3

const [, , clockFile = '', functionArn = '', packagesUrl = ''] = process.argv
const lookAtClock = shiftDate(clockFile)

// The pipe closes when the host dies in any way; without its host the function ends.
const host = new Socket({ fd: pipe })
host.on('error', () => process.exit(1)).on('close', () => process.exit(0))
// Ctrl-C and signals to the process group reach functions too; the host decides when they end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
process.on('uncaughtException', crash)

try {
  const handler = await loadHandler()
  eachLine(host, (line) => void serveOne(handler, line))
  host.write('ready - \n')
} catch (error) {
  crash(error)
}

async function loadHandler(): Promise<Handler> {
  const [file = '', exportName = ''] = variable('_HANDLER').split('.')
  const candidates = ['.mjs', '.js', '.cjs'].map((extension) =>
    path.join(variable('LAMBDA_TASK_ROOT'), file + extension),
  )
  const found = candidates.find((candidate) => existsSync(candidate))
  if (found === undefined) throw new Error(`Cannot find module '${file}'`)
  useOwnPackages()
  const loaded: Record<string, unknown> = await import(pathToFileURL(found).href)
  const exported = loaded[exportName]
  if (!isHandler(exported)) throw new Error(`${file}.${exportName} is undefined or not a function`)
  return exported
}

/** On Lambda the packages that `package.json` names lie beside the bundle; here they are this machine's own. */
function useOwnPackages(): void {
  const manifest = path.join(variable('LAMBDA_TASK_ROOT'), 'package.json')
  if (!existsSync(manifest)) return
  const { dependencies = {} }: { readonly dependencies?: object } = JSON.parse(readFileSync(manifest, 'utf8'))
  registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, Object.hasOwn(dependencies, specifier) ? { ...context, parentURL: packagesUrl } : context),
  })
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function'
}

async function serveOne(handle: Handler, line: string): Promise<void> {
  const [id = '', deadline, traceId, event = ''] = splitWords(line, 3)
  lookAtClock()
  process.env._X_AMZN_TRACE_ID = traceId
  try {
    const answer = (await handle(JSON.parse(event), contextOf(id, Number(deadline)))) ?? null
    host.write(`answer ${id} ${JSON.stringify(answer)}\n`)
  } catch (error) {
    host.write(`failure ${id} ${described(error)}\n`)
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
function contextOf(awsRequestId: string, deadline: number): unknown {
  return {
    awsRequestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: variable('AWS_LAMBDA_FUNCTION_NAME'),
    functionVersion: variable('AWS_LAMBDA_FUNCTION_VERSION'),
    invokedFunctionArn: functionArn,
    memoryLimitInMB: variable('AWS_LAMBDA_FUNCTION_MEMORY_SIZE'),
    logGroupName: variable('AWS_LAMBDA_LOG_GROUP_NAME'),
    logStreamName: variable('AWS_LAMBDA_LOG_STREAM_NAME'),
    getRemainingTimeInMillis: () => deadline - systemNow(),
  }
}

/** Reports an error outside the handler, which the host charges to the event under way. */
function crash(error: unknown): void {
  host.write(`crash - ${described(error)}\n`, () => process.exit(1))
}

/** Prints the error, as Lambda's runtime does, and returns it as JSON. */
function described(error: unknown): string {
  const parts =
    error instanceof Error
      ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
      : { errorType: typeof error, errorMessage: String(error), trace: [] }
  console.error(JSON.stringify({ level: 'ERROR', ...parts }))
  return JSON.stringify(parts)
}

function variable(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set`)
  return value
}
