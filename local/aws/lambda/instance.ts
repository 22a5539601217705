import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'
import { Duplex } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { projectRoot } from '../../template/assembly.ts'
import { functionEnvironment } from './environment.ts'
import type { FunctionSpec, FunctionSurroundings } from './function.ts'
import type { FunctionError, Invocation } from './invocation.ts'
import { eachLine, splitWords } from './lines.ts'

/** Lambda gives a function ten seconds to load; a laptop that starts many at once needs more. */
const startLimitMs = 30_000
/** Time between the request to end a process and its kill. */
const stopLimitMs = 2_000

export interface InstanceOptions {
  readonly spec: FunctionSpec
  readonly surroundings: FunctionSurroundings
  readonly onIdle: (instance: Instance) => void
  readonly onLine: (line: string) => void
  /** @param startError Set when the process ended before it asked for its first event. */
  readonly onEnd: (instance: Instance, startError: FunctionError | undefined) => void
}

/** One process of a function, which works on one event at a time. Protocol: see `bootstrap.ts`. */
export class Instance {
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>
  readonly #options: InstanceOptions
  readonly #child: ChildProcess
  readonly #pipe: Duplex
  /** What is `/tmp` on Lambda: gone with the process. */
  readonly #disk: string
  #current: Invocation | undefined
  #started = false
  #endReason: FunctionError | undefined
  #timer: NodeJS.Timeout

  constructor(options: InstanceOptions) {
    const { spec, surroundings } = options
    this.#options = options
    const heap = `--max-old-space-size=${spec.memoryMegabytes}`
    const packages = pathToFileURL(path.join(projectRoot, 'package.json')).href
    const args = [heap, surroundings.bootstrap, surroundings.clockFile, spec.arn, packages]
    this.#disk = mkdtempSync(path.join(surroundings.disks, `${spec.name}-`))
    this.#child = spawn(process.execPath, args, {
      cwd: spec.taskRoot,
      env: { ...functionEnvironment(spec, surroundings), TMPDIR: this.#disk },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    })
    const { stdout, stderr, stdio } = this.#child
    for (const stream of [stdout, stderr]) if (stream) eachLine(stream, options.onLine)
    const [, , , pipe] = stdio
    if (!(pipe instanceof Duplex)) throw new Error(`no pipe to a process of ${spec.name}`)
    this.#pipe = pipe
    // A broken pipe means that the process ended; its exit is reported below.
    pipe.on('error', () => {})
    eachLine(pipe, (line) => this.#hear(line))
    this.#timer = this.#killAfter(
      startLimitMs,
      'Runtime.InitTimeout',
      `the function did not start within ${startLimitMs / 1000} s`,
    )
    const exited = new Promise<FunctionError>((resolve) => {
      // A process that could not be spawned emits an error and no exit.
      this.#child.on('error', (error) => resolve({ errorType: 'Runtime.SpawnError', errorMessage: error.message }))
      this.#child.on('close', (code, signal) => {
        const how = signal === null ? `exit status ${code}` : `signal: ${signal.toLowerCase()}`
        resolve({ errorType: 'Runtime.ExitError', errorMessage: `Error: Runtime exited with error: ${how}` })
      })
    })
    this.ended = exited.then((reason) => this.#end(this.#endReason ?? reason))
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Whether it works on an event; otherwise it waits for one, or is about to. */
  get busy(): boolean {
    return this.#current !== undefined
  }

  /** Hands an event to the idle process. */
  run(invocation: Invocation): void {
    const { id, event } = invocation
    const seconds = this.#options.spec.timeoutSeconds
    this.#current = invocation
    this.#timer = this.#killAfter(
      seconds * 1000,
      'Sandbox.Timedout',
      `Task timed out after ${seconds.toFixed(2)} seconds`,
    )
    const now = Date.now()
    const traceId = `Root=1-${Math.floor(now / 1000).toString(16)}-${id.replaceAll('-', '').slice(8)};Sampled=0`
    this.#pipe.write(`${id} ${now + seconds * 1000} ${traceId} ${event}\n`)
  }

  /** Ends the process; resolves when it is gone. */
  async stop(): Promise<void> {
    this.#pipe.end()
    const killer = setTimeout(() => this.#child.kill('SIGKILL'), stopLimitMs)
    await this.ended
    clearTimeout(killer)
  }

  #hear(line: string): void {
    if (this.#endReason !== undefined) return
    const [kind = '', id = '', payload = ''] = splitWords(line, 2)
    if (kind === 'crash') {
      this.#endReason = parseError(payload)
      return
    }
    if (kind === 'answer') this.#finish(id)?.succeed(payload)
    if (kind === 'failure') this.#finish(id)?.fail(parseError(payload))
    this.#ready()
  }

  #ready(): void {
    clearTimeout(this.#timer)
    this.#started = true
    this.#options.onIdle(this)
  }

  /** Drops an answer that arrives after the event's timeout. */
  #finish(requestId: string): Invocation | undefined {
    const finished = this.#current
    if (finished?.id !== requestId) return undefined
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
    rmSync(this.#disk, { recursive: true, force: true })
    this.#current?.fail(reason)
    this.#current = undefined
    this.#options.onEnd(this, this.#started ? undefined : reason)
  }
}

function parseError(text: string): FunctionError {
  const { errorType, errorMessage, trace }: Partial<Record<string, unknown>> = JSON.parse(text)
  return {
    errorType: String(errorType),
    errorMessage: String(errorMessage),
    trace: Array.isArray(trace) ? trace.map(String) : [],
  }
}
