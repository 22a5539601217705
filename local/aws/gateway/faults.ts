import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { matches } from '../iam/pattern.ts'
import { operator } from '../iam/principals.ts'
import { AnswerLost, type Call, type Interceptor, type Service, ServiceError } from '../store.ts'

/** Which calls of the stores go wrong, and how. What is left out fits every call. */
export interface FaultRule {
  readonly service?: Service
  /** Pattern of IAM's action, such as `s3:Put*`; a batch has the action of the single operation. */
  readonly action?: string
  /** Pattern of the caller's name. @default everybody but the operator */
  readonly principal?: string
  /** Pattern of the ARN, such as `arn:aws:sqs:*`. */
  readonly resource?: string
  /**
   * `fail`: an error instead of the call. `slow`: the call is held back. `lose-answer`: the call is carried out, and then
   * the caller gets an error, or without a `status` a broken connection.
   */
  readonly kind: 'fail' | 'slow' | 'lose-answer'
  /** Of the error. @default 503 for `fail` */
  readonly status?: number
  /** Of the error, as the service names it. @default 'ServiceUnavailable' */
  readonly code?: string
  /** How long `slow` holds a call back. @default 0 */
  readonly ms?: number
  /** Share of the calls, 0 to 1. @default 1 */
  readonly probability?: number
  /** How many calls that it fits pass before. @default 0 */
  readonly skip?: number
  /** How many calls it hits. @default all */
  readonly count?: number
  /** Milliseconds since 1970. @default for ever */
  readonly until?: number
  /** Called with each hit: before `fail` and `slow`, and when `lose-answer` has carried the call out. */
  readonly onHit?: () => void
}

/** A rule in force. */
export interface Fault {
  /** Calls that it has hit so far. */
  readonly hits: number
  remove(): void
}

interface ActiveRule extends FaultRule {
  hits: number
  /** Calls that it fits, those that pass among them. */
  fitted: number
}

/** Faults on demand. The first rule that fits a call counts. */
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

  /** Takes back all rules that were added. */
  clear(): void {
    this.#rules.clear()
  }

  /** Lets go of the calls that are held back. */
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
    if (hit.kind === 'slow') return next()
    // A refusal is an answer as well.
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
  } = rule
  return (
    rule.hits < count &&
    Date.now() < until &&
    (rule.service ?? service) === service &&
    (rule.principal === undefined ? principal !== operator : matches(rule.principal, principal)) &&
    access.some((one) => matches(action, one.action) && matches(resource, one.resource)) &&
    Math.random() < probability
  )
}

function failure({ status = 503, code = 'ServiceUnavailable' }: FaultRule): ServiceError {
  return new ServiceError(status, code, 'A fault that the local run was told to make.')
}
