import type { AnsweredRequest } from '../http-api/http-api.ts'

/**
 * The line of an HTTP API's access log about a request. A variable without a value here is `-`, as in API Gateway.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 * @param format the stage's, with variables such as `$context.status`
 * @param at when the request came, on the run's clock
 */
export function accessLogLine(format: string, { status, routeKey }: AnsweredRequest, at: number): string {
  const values: Readonly<Record<string, string>> = {
    requestTimeEpoch: String(at),
    routeKey: routeKey ?? '-',
    status: String(status),
  }
  return format.replace(/\$context\.([\w.]+)/g, (_, name: string) => values[name] ?? '-')
}
