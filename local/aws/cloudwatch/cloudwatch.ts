import type { RunClock } from '../../run-clock.ts'
import type { AnsweredRequest } from '../http-api/http-api.ts'
import type { Outcome } from '../lambda/invocation.ts'
import type { Queues } from '../sqs/sqs.ts'
import { accessLogLine } from './access-log.ts'
import { Alarms } from './alarms.ts'
import { LogGroups } from './log-groups.ts'
import { MetricStore } from './metric-store.ts'
import { QueueMetrics } from './queue-metrics.ts'
import { countAnswer, countInvocation } from './service-metrics.ts'

/** CloudWatch as far as alarms need it: what the other services report becomes metrics, and alarms watch them. */
export class CloudWatch {
  readonly alarms: Alarms
  readonly logGroups: LogGroups
  readonly #store = new MetricStore()
  readonly #clock: RunClock

  constructor(queues: Pick<Queues, 'messages'>, clock: RunClock) {
    this.#clock = clock
    this.logGroups = new LogGroups(this.#store)
    this.alarms = new Alarms(this.#store, new QueueMetrics(this.#store, queues, clock), clock)
  }

  /** Takes a line that a function printed. */
  printed(logGroup: string, line: string): void {
    this.logGroups.take(logGroup, line, this.#clock.now())
  }

  /** @param invokedAt on the system's clock */
  invoked(functionName: string, outcome: Outcome, invokedAt: number): void {
    countInvocation(this.#store, functionName, outcome, this.#clock.at(invokedAt))
  }

  answered(apiId: string, request: AnsweredRequest): void {
    countAnswer(this.#store, apiId, request, this.#clock.at(request.receivedAt))
  }

  /** Takes the access log's line about a request. */
  logAccess(logGroup: string, format: string, request: AnsweredRequest): void {
    const at = this.#clock.at(request.receivedAt)
    this.logGroups.take(logGroup, accessLogLine(format, request, at), at)
  }
}
