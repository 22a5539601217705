import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { matches } from '../iam/pattern.ts'
import { operator } from '../iam/principals.ts'
import { AnswerLost, type Call, type Interceptor, type Service, ServiceError } from '../store.ts'

/** Calls of the stores to disturb, and how. A member left out matches every call. */
export interface FaultRule {
  readonly service?: Service
  /** Pattern of the IAM action, such as `s3:Put*`; a batch counts as the action of its single operation. */
  readonly action?: string
  /** Pattern of the caller's name. @default every caller but the operator */
  readonly principal?: string
  /** Pattern of the ARN, such as `arn:aws:sqs:*`. */
  readonly resource?: string
  /**
   * `fail`: answers with an error in place of the call. `slow`: delays the call. `lose-answer`: carries out the
   * call, then answers with an error, or breaks the connection if no `status` is given. `repeat`: carries out the call
   * twice, as when a message is in a queue twice; not for calls with a body that is a stream.
   */
  readonly kind: 'fail' | 'slow' | 'lose-answer' | 'repeat'
  /** HTTP status of the error. @default 503 for `fail` */
  readonly status?: number
  /** The service's code for the error. @default 'ServiceUnavailable' */
  readonly code?: string
  /** Delay of a `slow` call, in milliseconds. @default 0 */
  readonly ms?: number
  /** Share of the matching calls to hit, 0 to 1. @default 1 */
  readonly probability?: number
  /** Decides which calls the share is of. @default Math.random */
  readonly random?: () => number
  /** Matching calls to let pass first. @default 0 */
  readonly skip?: number
  /** Calls to hit at most. @default all */
  readonly count?: number
  /** End of the rule, in milliseconds since 1970. @default for ever */
  readonly until?: number
  /** Called at each hit: after the call was carried out with `lose-answer`, else before. */
  readonly onHit?: () => void
}

/** A rule in force. */
export interface Fault {
  /** Calls hit so far. */
  readonly hits: number
  remove(): void
}

interface ActiveRule extends FaultRule {
  hits: number
  /** Matching calls, including those let pass. */
  fitted: number
}

/** Faults on demand. The first matching rule applies. */
export class Faults {
  readonly #rules = new Set<ActiveRule>()
  readonly #closing = new AbortController()

  add(rule: FaultRule): Fault {
    const active: ActiveRule = { ...rule, hits: 0, fitted: 0 }
    this.#rules.add(active)
    return {
      get hits() {
        return active.hits
      },
      remove: () => void this.#rules.delete(active),
    }
  }

  /** Removes all rules. */
  clear(): void {
    this.#rules.clear()
  }

  /** Releases the delayed calls. */
  close(): void {
    this.#closing.abort()
  }

  readonly interceptor: Interceptor = async (call, next) => {
    const hit = [...this.#rules].find((rule) => fits(rule, call) && ++rule.fitted > (rule.skip ?? 0))
    if (hit === undefined) return next()
    hit.hits++
    if (hit.kind !== 'lose-answer') hit.onHit?.()
    if (hit.kind === 'fail') throw failure(hit)
    if (hit.kind === 'slow') await delay(hit.ms ?? 0, undefined, { signal: this.#closing.signal }).catch(() => {})
    if (hit.kind === 'repeat') await next()
    if (hit.kind !== 'lose-answer') return next()
    // A refusal is an answer too.
    const answer = await next().catch(() => undefined)
    hit.onHit?.()
    if (answer?.body instanceof Readable) answer.body.destroy()
    throw hit.status === undefined ? new AnswerLost() : failure(hit)
  }
}

function fits(rule: ActiveRule, { service, principal, access }: Call): boolean {
  const {
    action = '*',
    resource = '*',
    count = Number.POSITIVE_INFINITY,
    probability = 1,
    until = Number.POSITIVE_INFINITY,
    random = Math.random,
  } = rule
  return (
    rule.hits < count &&
    Date.now() < until &&
    (rule.service ?? service) === service &&
    (rule.principal === undefined ? principal !== operator : matches(rule.principal, principal)) &&
    access.some((one) => matches(action, one.action) && matches(resource, one.resource)) &&
    random() < probability
  )
}

function failure({ status = 503, code = 'ServiceUnavailable' }: FaultRule): ServiceError {
  return new ServiceError(status, code, 'A fault injected into the local run.')
}
