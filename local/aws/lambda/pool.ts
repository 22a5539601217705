import { setTimeout as delay } from 'node:timers/promises'
import type { FunctionSpec, FunctionSurroundings } from './function.ts'
import { Instance } from './instance.ts'
import { type FunctionError, Invocation, lambdaErrors, type Outcome } from './invocation.ts'

/** Lambda was seen to keep an idle process this long; it promises nothing. */
const idleLimitMs = 5 * 60_000

/** Lambda retries a throttled asynchronous event first after a second, and later at least every five minutes. */
const firstThrottleWaitMs = 1_000
const longestThrottleWaitMs = 5 * 60_000

export interface PoolOptions {
  readonly surroundings: FunctionSurroundings
  /** Called with every line that an instance prints. */
  readonly onLine?: (line: string) => void
  readonly onFailure?: (error: FunctionError) => void
  /** Called with what became of each event, and when it was sent to the function, in milliseconds since 1970. */
  readonly onOutcome?: (outcome: Outcome, invokedAt: number) => void
  /** An idle process ends after this time. @default five minutes */
  readonly idleLimitMs?: number
}

const tooOld: FunctionError = {
  errorType: lambdaErrors.eventTooOld,
  errorMessage: 'the event waited too long for an instance and was dropped',
}

/**
 * The instances of one function. It grows with the waiting events, keeps warm instances, and replaces dead ones. At its
 * limit an event waits; it is throttled only while somebody sets `isThrottled`.
 */
export class FunctionPool {
  readonly spec: FunctionSpec
  readonly surroundings: FunctionSurroundings
  /**
   * Time that an asynchronous event may wait for its turn before it is dropped: Lambda's default until the template
   * sets another.
   */
  maxAgeSeconds = 21_600
  /** Refuses every event, as Lambda does when an account's concurrency is used up. */
  isThrottled = false
  readonly #options: PoolOptions
  readonly #waiting: Invocation[] = []
  readonly #instances = new Set<Instance>()
  /** Idle instances, the last used at the end; as on Lambda, that one is used first. */
  #idle: Instance[] = []
  /** The end of each idle instance. */
  readonly #idleTimers = new WeakMap<Instance, NodeJS.Timeout>()
  readonly #stopping = new AbortController()

  constructor(spec: FunctionSpec, options: PoolOptions) {
    this.spec = spec
    this.surroundings = options.surroundings
    this.#options = options
  }

  /** Process ids of the living instances. */
  get pids(): number[] {
    return [...this.#instances].flatMap((instance) => instance.pid ?? [])
  }

  /**
   * Never rejects: a function's failure is an outcome.
   *
   * @param maxWaitMs Time that the event may wait for an instance; default for ever.
   */
  async invoke(event: unknown, maxWaitMs?: number): Promise<Outcome> {
    const invocation = new Invocation(event)
    const invokedAt = Date.now()
    if (this.isThrottled) {
      invocation.fail({ errorType: lambdaErrors.throttled, errorMessage: 'Rate Exceeded.' })
    }
    if (this.#stopping.signal.aborted) {
      invocation.fail({ errorType: lambdaErrors.stopped, errorMessage: `${this.spec.name} is stopped` })
    }
    const drop = () => this.#drop(invocation)
    const timer = maxWaitMs === undefined ? undefined : setTimeout(drop, maxWaitMs)
    if (!invocation.settled) this.#accept(invocation)
    const outcome = await invocation.outcome
    clearTimeout(timer)
    this.#options.onOutcome?.(outcome, invokedAt)
    if (!outcome.ok) this.#options.onFailure?.(outcome.error)
    return outcome
  }

  /**
   * Takes an asynchronous event: tries again while it is throttled, and drops it when it gets too old. There is no
   * retry when the function fails, as the template wants none.
   * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
   */
  async invokeAsync(event: unknown): Promise<Outcome> {
    const end = Date.now() + this.maxAgeSeconds * 1000
    for (let waitMs = firstThrottleWaitMs; ; waitMs = Math.min(2 * waitMs, longestThrottleWaitMs)) {
      const outcome = await this.invoke(event, Math.max(0, end - Date.now()))
      if (outcome.ok || outcome.error.errorType !== lambdaErrors.throttled) return outcome
      const pauseMs = Math.min(waitMs, Math.max(0, end - Date.now()))
      await delay(pauseMs, undefined, { signal: this.#stopping.signal }).catch(() => {})
      if (Date.now() >= end || this.#stopping.signal.aborted) return { ok: false, error: tooOld }
    }
  }

  /** Refuses new events, finishes those under way, and ends all processes. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    for (const instance of this.#idle.splice(0)) void instance.stop()
    while (this.#instances.size > 0) await Promise.all([...this.#instances].map((instance) => instance.ended))
  }

  #accept(invocation: Invocation): void {
    const instance = this.#idle.pop()
    if (instance === undefined) {
      this.#waiting.push(invocation)
      this.#grow()
    } else {
      clearTimeout(this.#idleTimers.get(instance))
      instance.run(invocation)
    }
  }

  /** Gives up a waiting event. */
  #drop(invocation: Invocation): void {
    const place = this.#waiting.indexOf(invocation)
    if (place < 0) return
    this.#waiting.splice(place, 1)
    invocation.fail(tooOld)
  }

  #grow(): void {
    const coming = [...this.#instances].filter((instance) => !instance.busy).length
    if (this.#waiting.length <= coming || this.#instances.size >= this.spec.maxInstances) return
    const { surroundings, onLine = () => {} } = this.#options
    const onIdle = (instance: Instance) => this.#assign(instance)
    const onEnd = (instance: Instance, startError: FunctionError | undefined) => {
      this.#instances.delete(instance)
      this.#idle = this.#idle.filter((other) => other !== instance)
      // Without this, a bundle that cannot load would be restarted for the same event for ever.
      if (startError !== undefined) this.#waiting.shift()?.fail(startError)
      this.#grow()
    }
    this.#instances.add(new Instance({ spec: this.spec, surroundings, onLine, onIdle, onEnd }))
  }

  #assign(instance: Instance): void {
    const invocation = this.#waiting.shift()
    if (invocation !== undefined) instance.run(invocation)
    else if (this.#stopping.signal.aborted) void instance.stop()
    else this.#rest(instance)
  }

  /** Keeps an instance warm until it has been idle for too long. */
  #rest(instance: Instance): void {
    this.#idle.push(instance)
    const end = () => {
      this.#idle = this.#idle.filter((other) => other !== instance)
      void instance.stop()
    }
    this.#idleTimers.set(instance, setTimeout(end, this.#options.idleLimitMs ?? idleLimitMs).unref())
  }
}
