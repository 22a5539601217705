import { readFileSync, statSync } from 'node:fs'
import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { isObject } from '../../json.ts'
import { matches } from '../iam/pattern.ts'
import { AnswerLost, ServiceError } from '../store.ts'
import type { Call, Interceptor } from './gateway.ts'
import { operator } from './principals.ts'

/** Which calls of the stores go wrong, and how. What is left out fits every call. */
export interface FaultRule {
  readonly service?: Call['service']
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
  /** ISO 8601, or milliseconds since 1970. @default for ever */
  readonly until?: string | number
}

/** A rule that is given in this process. */
export interface GivenRule extends FaultRule {
  /** Called with each hit: before `fail` and `slow`, and when `lose-answer` has carried the call out. */
  readonly onHit?: () => void
}

/** A rule in force. */
export interface Fault {
  /** Calls that it has hit so far. */
  readonly hits: number
  remove(): void
}

interface ActiveRule extends GivenRule {
  hits: number
  /** Calls that it fits, those that pass among them. */
  fitted: number
}

const members: Readonly<Record<keyof FaultRule, readonly string[]>> = {
  service: ['string'],
  action: ['string'],
  principal: ['string'],
  resource: ['string'],
  kind: ['string'],
  status: ['number'],
  code: ['string'],
  ms: ['number'],
  probability: ['number'],
  skip: ['number'],
  count: ['number'],
  until: ['string', 'number'],
}

/**
 * Faults on demand: rules given in this process, and those of a control file, a JSON list of rules. The file is looked at
 * with every call, so whoever wrote it knows that the next call obeys it. The first rule that fits a call counts.
 */
export class Faults {
  readonly #file: string
  readonly #given = new Set<ActiveRule>()
  readonly #closing = new AbortController()
  #fromFile: { readonly stamp: string; readonly rules: readonly ActiveRule[] } = { stamp: '', rules: [] }

  constructor(file: string) {
    this.#file = file
  }

  add(rule: GivenRule): Fault {
    const active: ActiveRule = { ...rule, hits: 0, fitted: 0 }
    this.#given.add(active)
    return {
      get hits() {
        return active.hits
      },
      remove: () => void this.#given.delete(active),
    }
  }

  /** Takes back all rules that were added. */
  clear(): void {
    this.#given.clear()
  }

  /** Lets go of the calls that are held back. */
  close(): void {
    this.#closing.abort()
  }

  readonly interceptor: Interceptor = async (call, next) => {
    const hit = [...this.#given, ...this.#ruled()].find((rule) => fits(rule, call) && ++rule.fitted > (rule.skip ?? 0))
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

  #ruled(): readonly ActiveRule[] {
    const stat = statSync(this.#file, { throwIfNoEntry: false })
    const stamp = stat === undefined ? '' : `${stat.ino} ${stat.size} ${stat.mtimeMs}`
    if (stamp !== this.#fromFile.stamp) {
      this.#fromFile = { stamp, rules: stat?.size ? readRules(this.#file) : [] }
    }
    return this.#fromFile.rules
  }
}

function fits(rule: ActiveRule, { service, principal, access }: Call): boolean {
  const { action = '*', resource = '*', count = Number.POSITIVE_INFINITY, probability = 1, until } = rule
  return (
    rule.hits < count &&
    (until === undefined || Date.now() < new Date(until).getTime()) &&
    (rule.service ?? service) === service &&
    (rule.principal === undefined ? principal !== operator : matches(rule.principal, principal)) &&
    access.some((one) => matches(action, one.action) && matches(resource, one.resource)) &&
    Math.random() < probability
  )
}

function failure({ status = 503, code = 'ServiceUnavailable' }: FaultRule): ServiceError {
  return new ServiceError(status, code, 'A fault that the local run was told to make.')
}

/** @throws {Error} naming the file and what in it is no rule. */
function readRules(file: string): ActiveRule[] {
  const rules: unknown = JSON.parse(readFileSync(file, 'utf8'))
  if (!Array.isArray(rules)) throw new Error(`${file} should hold a list of rules`)
  return rules.map((rule: unknown, index) => {
    if (!isRule(rule)) throw new Error(`${file}: entry ${index} is no rule for a fault: ${JSON.stringify(rule)}`)
    return { ...rule, hits: 0, fitted: 0 }
  })
}

function isRule(value: unknown): value is FaultRule {
  if (!isObject(value) || !['fail', 'slow', 'lose-answer'].includes(String(value.kind))) return false
  const types = new Map<string, readonly string[]>(Object.entries(members))
  return Object.entries(value).every(([name, member]) => types.get(name)?.includes(typeof member))
}
