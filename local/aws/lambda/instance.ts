import { type ChildProcess, spawn } from 'node:child_process'
import type { ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { functionEnvironment } from './environment.ts'
import type { FunctionSpec, FunctionSurroundings } from './function.ts'
import type { FunctionError, Invocation } from './invocation.ts'
import type { RuntimeApi, RuntimeClient } from './runtime-api.ts'

const bootstrap = fileURLToPath(new URL('bootstrap.ts', import.meta.url))

/** Lambda gives a function ten seconds to load; a laptop that starts many at once gets more. */
const startLimitMs = 30_000
/** How long a process that was told to end may take before it is killed. */
const stopLimitMs = 2_000

export interface InstanceOptions {
  readonly spec: FunctionSpec
  readonly surroundings: FunctionSurroundings
  readonly runtimeApi: RuntimeApi
  readonly onIdle: (instance: Instance) => void
  readonly onLine: (line: string) => void
  /** @param startError Set when the process ended before it asked for its first event. */
  readonly onEnd: (instance: Instance, startError: FunctionError | undefined) => void
}

/** One process of a function. It works on one event at a time. */
export class Instance implements RuntimeClient {
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>
  readonly #options: InstanceOptions
  readonly #child: ChildProcess
  #idleResponse: ServerResponse | undefined
  #current: Invocation | undefined
  #started = false
  #endReason: FunctionError | undefined
  #timer: NodeJS.Timeout

  constructor(options: InstanceOptions) {
    const { spec, surroundings, runtimeApi } = options
    this.#options = options
    const { address, release } = runtimeApi.register(this)
    this.#child = spawn(process.execPath, [`--max-old-space-size=${spec.memoryMegabytes}`, bootstrap, surroundings.clockFile], {
      cwd: spec.taskRoot,
      env: functionEnvironment(spec, surroundings, address),
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) if (stream) eachLine(stream, options.onLine)
    this.#timer = this.#killAfter(
      startLimitMs,
      'Runtime.InitTimeout',
      `the function did not start within ${startLimitMs / 1000} s`,
    )
    const exited = new Promise<FunctionError>((resolve) => {
      // A process that could not even be spawned has an error and no exit.
      this.#child.on('error', (error) => resolve({ errorType: 'Runtime.SpawnError', errorMessage: error.message }))
      this.#child.on('close', (code, signal) => {
        const how = signal === null ? `exit status ${code}` : `signal: ${signal.toLowerCase()}`
        resolve({ errorType: 'Runtime.ExitError', errorMessage: `Error: Runtime exited with error: ${how}` })
      })
    })
    this.ended = exited.then((reason) => {
      release()
      this.#end(this.#endReason ?? reason)
    })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Whether it works on an event; otherwise it asks for one now or soon. */
  get busy(): boolean {
    return this.#current !== undefined
  }

  /** Hands an event to the idle process. */
  run(invocation: Invocation): void {
    const { spec } = this.#options
    const response = this.#idleResponse
    if (response === undefined) throw new Error(`an instance of ${spec.name} was given an event while it was not idle`)
    this.#idleResponse = undefined
    this.#current = invocation
    const seconds = spec.timeoutSeconds
    this.#timer = this.#killAfter(
      seconds * 1000,
      'Sandbox.Timedout',
      `Task timed out after ${seconds.toFixed(2)} seconds`,
    )
    response
      .writeHead(200, {
        'content-type': 'application/json',
        'lambda-runtime-aws-request-id': invocation.id,
        'lambda-runtime-deadline-ms': String(Date.now() + seconds * 1000),
        'lambda-runtime-invoked-function-arn': spec.arn,
        'lambda-runtime-trace-id': `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${invocation.id.replaceAll('-', '').slice(8)};Sampled=0`,
      })
      .end(invocation.event)
  }

  /** Ends the process; resolves when it is gone. */
  async stop(): Promise<void> {
    this.#child.stdin?.end()
    const killer = setTimeout(() => this.#child.kill('SIGKILL'), stopLimitMs)
    await this.ended
    clearTimeout(killer)
  }

  next(response: ServerResponse): void {
    clearTimeout(this.#timer)
    this.#started = true
    this.#idleResponse = response
    this.#options.onIdle(this)
  }

  answered(requestId: string, payload: string): void {
    this.#finish(requestId)?.succeed(payload)
  }

  failed(requestId: string, error: FunctionError): void {
    this.#finish(requestId)?.fail(error)
  }

  failedToStart(error: FunctionError): void {
    this.#endReason ??= error
  }

  /** An answer to an event that has timed out meanwhile comes too late and is dropped. */
  #finish(requestId: string): Invocation | undefined {
    const finished = this.#current
    if (finished?.id !== requestId) return undefined
    clearTimeout(this.#timer)
    this.#current = undefined
    return finished
  }

  #killAfter(milliseconds: number, errorType: string, reason: string): NodeJS.Timeout {
    return setTimeout(() => {
      const errorMessage = this.#current ? `RequestId: ${this.#current.id} Error: ${reason}` : reason
      this.#endReason ??= { errorType, errorMessage }
      this.#child.kill('SIGKILL')
    }, milliseconds)
  }

  #end(reason: FunctionError): void {
    clearTimeout(this.#timer)
    this.#current?.fail(reason)
    this.#current = undefined
    this.#options.onEnd(this, this.#started ? undefined : reason)
  }
}

function eachLine(stream: Readable, onLine: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    lines.forEach(onLine)
  })
  stream.on('end', () => rest !== '' && onLine(rest))
}
