import type { AnsweredRequest } from '../http-api/http-api.ts'
import { lambdaErrors, type Outcome } from '../lambda/invocation.ts'
import type { MetricStore } from './metric-store.ts'

/** Errors of events that never reached the function. */
const notInvoked = new Set<string>([lambdaErrors.eventTooLarge, lambdaErrors.eventTooOld, lambdaErrors.stopped])

/**
 * Counts what became of an event: a throttled one is no invocation.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 * @param at when the function was invoked, on the run's clock
 */
export function countInvocation(store: MetricStore, functionName: string, outcome: Outcome, at: number): void {
  const error = outcome.ok ? undefined : outcome.error.errorType
  if (error !== undefined && notInvoked.has(error)) return
  const add = (name: string, value: number) =>
    store.add({ namespace: 'AWS/Lambda', name, dimensions: { FunctionName: functionName }, value, at })
  const isThrottled = error === lambdaErrors.throttled
  add('Throttles', isThrottled ? 1 : 0)
  if (isThrottled) return
  add('Invocations', 1)
  add('Errors', outcome.ok ? 0 : 1)
}

/**
 * Counts whether an answer of an HTTP API is an error, whether its function or API Gateway itself gave it.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
 * @param at when the request came, on the run's clock
 */
export function countAnswer(store: MetricStore, apiId: string, { status }: AnsweredRequest, at: number): void {
  const metric = { namespace: 'AWS/ApiGateway', name: '5xx', dimensions: { ApiId: apiId } }
  store.add({ ...metric, value: status >= 500 ? 1 : 0, at })
}
