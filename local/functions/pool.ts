import type { FunctionSurroundings } from './environment.ts'
import { Instance } from './instance.ts'
import { type FunctionError, Invocation, type Outcome } from './invocation.ts'
import type { RuntimeApi } from './runtime-api.ts'

/** A function as the template declares it. */
export interface FunctionSpec {
  readonly name: string
  readonly arn: string
  /** Name of the role that the function runs under. */
  readonly role: string
  /** Folder that holds the bundle. */
  readonly taskRoot: string
  /** File and export, such as `index.handler`. */
  readonly handler: string
  readonly timeoutSeconds: number
  readonly memoryMegabytes: number
  readonly logGroup: string
  readonly variables: Readonly<Record<string, string>>
  readonly maxInstances: number
}

export interface PoolOptions {
  readonly surroundings: FunctionSurroundings
  readonly runtimeApi: RuntimeApi
  /** Every line that an instance prints. */
  readonly onLine?: (line: string) => void
  readonly onFailure?: (error: FunctionError) => void
}

/**
 * The instances of one function. It grows with the events that wait, keeps warm instances, and replaces one that
 * died. An event waits where Lambda would throttle.
 */
export class FunctionPool {
  readonly spec: FunctionSpec
  readonly surroundings: FunctionSurroundings
  readonly #options: PoolOptions
  readonly #waiting: Invocation[] = []
  readonly #instances = new Set<Instance>()
  /** The one used last is at the end and is used first, as on Lambda. */
  #idle: Instance[] = []
  #stopped = false

  constructor(spec: FunctionSpec, options: PoolOptions) {
    this.spec = spec
    this.surroundings = options.surroundings
    this.#options = options
  }

  /** Process ids of the instances that live. */
  get pids(): number[] {
    return [...this.#instances].flatMap((instance) => instance.pid ?? [])
  }

  /** Never rejects: a function that fails is an outcome. */
  async invoke(event: unknown): Promise<Outcome> {
    const invocation = new Invocation(event)
    if (this.#stopped) invocation.fail({ errorType: 'Stopped', errorMessage: `${this.spec.name} is stopped` })
    else this.#accept(invocation)
    const outcome = await invocation.outcome
    if (!outcome.ok) this.#options.onFailure?.(outcome.error)
    return outcome
  }

  /** Takes no new events, finishes those it has, and ends all processes. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const instance of this.#idle.splice(0)) void instance.stop()
    while (this.#instances.size > 0) await Promise.all([...this.#instances].map((instance) => instance.ended))
  }

  #accept(invocation: Invocation): void {
    const instance = this.#idle.pop()
    if (instance === undefined) {
      this.#waiting.push(invocation)
      this.#grow()
    } else instance.run(invocation)
  }

  #grow(): void {
    const coming = [...this.#instances].filter((instance) => !instance.busy).length
    if (this.#waiting.length <= coming || this.#instances.size >= this.spec.maxInstances) return
    const { surroundings, runtimeApi, onLine = () => {} } = this.#options
    const onIdle = (instance: Instance) => this.#assign(instance)
    const onEnd = (instance: Instance, startError: FunctionError | undefined) => {
      this.#instances.delete(instance)
      this.#idle = this.#idle.filter((other) => other !== instance)
      // Without this, a bundle that cannot load would be started again and again for the same event.
      if (startError !== undefined) this.#waiting.shift()?.fail(startError)
      this.#grow()
    }
    this.#instances.add(new Instance({ spec: this.spec, surroundings, runtimeApi, onLine, onIdle, onEnd }))
  }

  #assign(instance: Instance): void {
    const invocation = this.#waiting.shift()
    if (invocation !== undefined) instance.run(invocation)
    else if (this.#stopped) void instance.stop()
    else this.#idle.push(instance)
  }
}
